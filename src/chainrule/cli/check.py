"""``chainrule check SHEET ANSWERS…``: answer sheets, marked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from chainrule.marking.sheet import MarkedSheet

SIGNS = {"right": "✓", "follows": "↳", "wrong": "✗", "missing": "–"}


def command(
    sheet: Annotated[
        Path,
        typer.Argument(
            help="The worksheet, a TOML file; or a folder with a worksheet for each student.",
            show_default=False,
        ),
    ],
    answers: Annotated[
        list[Path],
        typer.Argument(
            metavar="ANSWERS...", help="Answer sheets, TOML files, or folders of them.", show_default=False
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write the results of the class as a .html file, too."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_table: Annotated[bool, typer.Option("--csv", help="Print CSV, a line for each answer.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with status 1 where an answer is wrong or missing.")
    ] = False,
) -> int:
    """Mark answer sheets: the first wrong step, and the slip that made it."""
    from chainrule.marking.results import as_csv
    from chainrule.marking.sheet import mark_files
    from chainrule.paper.solving import solve

    if as_json and as_table:
        raise ValueError("give --json or --csv, not both")
    if output is not None and output.suffix != ".html":
        raise ValueError(f"{output}: the results of a class are written as .html")
    asked = sheet if sheet.is_dir() else solve(sheet)
    marked, unusable = [], False
    for found in mark_files(asked, answers):
        if isinstance(found, ValueError):
            unusable = True
            typer.echo("chainrule: " + " ".join(str(found).split()), err=True)
        else:
            marked.append(found)
    if output is not None and marked:
        from chainrule.files import write_whole
        from chainrule.report.classroom import class_report

        write_whole(
            output, class_report(asked.name if isinstance(asked, Path) else asked.title, marked).encode()
        )
        typer.echo(f"wrote {output}", err=True)
    if as_json:
        typer.echo(json.dumps({"sheets": [one.to_json() for one in marked]}, ensure_ascii=False, indent=2))
    elif as_table:
        typer.echo(as_csv(marked), nl=False)
    elif len(marked) == 1:
        _show_sheet(marked[0])
    elif marked:
        _show_class(marked)
    if unusable:
        return 2
    short = any(one.score < one.out_of for one in marked)
    return 1 if strict and short else 0


def _show_sheet(sheet: MarkedSheet) -> None:
    """One student's sheet: each answer with its verdict."""
    from rich.table import Table
    from rich.text import Text

    from chainrule.paper.output.terminal import Terminal

    terminal = Terminal(highlight=False)
    terminal.print(Text(f"{sheet.student}: {sheet.score:g} of {sheet.out_of:g}"), style="bold")
    for question in sheet.questions:
        table = Table(title=Text(f"{question.id}: {question.score:g} of {question.out_of:g}"))
        table.title_justify = "left"
        for head in ("", "quantity", "given", ""):
            table.add_column(head, overflow="fold")
        for answer in question.answers:
            given = "" if answer.given is None else str(answer.given).replace("'", "")
            said = answer.explanation if answer.verdict != "missing" else "missing"
            table.add_row(SIGNS[answer.verdict], Text(answer.name), Text(given), Text(said))
        terminal.print(table)


def _show_class(sheets: list[MarkedSheet]) -> None:
    """A class: each student's marks and first mistake, and for each question what went wrong how often."""
    from rich.table import Table
    from rich.text import Text

    from chainrule.marking.results import by_question, first_wrong
    from chainrule.paper.output.terminal import Terminal

    terminal = Terminal(highlight=False)
    table = Table("student", "marks", "first wrong")
    for sheet in sheets:
        table.add_row(Text(sheet.student), f"{sheet.score:g} of {sheet.out_of:g}", Text(first_wrong(sheet)))
    terminal.print(table)
    results = Table("question", "marks on average", "what went wrong first")
    for result in by_question(sheets):
        slips = "\n".join(f"{count} × {what}" for what, count in result.slips)
        results.add_row(Text(result.id), f"{result.mean:.3g} of {result.out_of:g}", Text(slips))
    terminal.print(results)


command.__name__ = "check"
