"""``chainrule make TOPIC``: new exercises whose numbers come out well, and their key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    topics: Annotated[
        list[str],
        typer.Argument(metavar="TOPIC...", help="Topics of a worksheet, as network.", show_default=False),
    ],
    difficulty: Annotated[str, typer.Option("--difficulty", "-d", help="easy, medium or hard.")] = "easy",
    count: Annotated[int, typer.Option("--count", "-n", help="How many questions.")] = 5,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", help="The same seed gives the same questions.", show_default="drawn, and told"
        ),
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only questions of this kind; can be repeated. --kinds lists them."),
    ] = None,
    list_kinds: Annotated[
        bool, typer.Option("--kinds", help="List the kinds of questions of the topics.")
    ] = False,
    title: Annotated[str, typer.Option("--title", help="The title of the sheet.")] = "",
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            help="Write the sheet: .html, .pdf, .docx, .md or .tex to hand out, .toml the worksheet, "
            ".xml for Moodle, .ipynb for nbgrader; can be repeated.",
        ),
    ] = None,
    key: Annotated[
        list[Path] | None,
        typer.Option(
            "-k", "--key", help="Write the key, every question worked, as solve -o does; can be repeated."
        ),
    ] = None,
    students: Annotated[
        Path | None,
        typer.Option(
            "--students",
            help="A class list: a variant for each student. {student} in a path makes a file for each.",
        ),
    ] = None,
) -> None:
    """Draw new exercises of a topic, or of several in turn."""
    from chainrule.exercises.making import variants
    from chainrule.exercises.saving import check_key, check_sheet, save_keys, save_sheets
    from chainrule.exercises.students import read_class

    if list_kinds:
        _list(topics)
        return
    sheets, keys = output or [], key or []
    for path in sheets:
        check_sheet(path, students is not None)
    for path in keys:
        check_key(path, students is not None)
    if students is not None and not sheets and not keys:
        raise ValueError("--students: where to write the sheets is missing; add -o 'sheets/{student}.html'")
    names = read_class(students) if students is not None else [""]
    # What the options may be is checked where the questions are drawn, from Python too.
    sets = variants(topics, names, difficulty, count, seed, title, kinds or [])  # type: ignore[arg-type]
    if seed is None:
        typer.echo(f"seed {sets[0].seed}", err=True)
    written = [place for path in sheets for place in save_sheets(sets, path)]
    written += [place for path in keys for place in save_keys(sets, path)]
    for place in written:
        typer.echo(f"wrote {place}", err=True)
    if not written:
        typer.echo(sets[0].source, nl=False)


def _list(topics: list[str]) -> None:
    """The kinds of questions of topics, each with its difficulties and what it is."""
    from rich.table import Table

    from chainrule.exercises.kinds import kinds
    from chainrule.paper.output.terminal import Terminal

    terminal = Terminal(highlight=False)
    for topic in topics:
        table = Table(title=topic if len(topics) > 1 else None, title_justify="left")
        table.add_column("kind", no_wrap=True)
        table.add_column("difficulty")
        table.add_column("")
        for each in kinds(topic):
            asked = " (only with --kind)" if each.when_asked else ""
            table.add_row(each.name, ", ".join(each.difficulties), f"{each.what}{asked}")
        terminal.print(table)


command.__name__ = "make"
