"""``chainrule solve SHEET``: every question of a worksheet, worked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def command(
    sheets: Annotated[
        list[Path], typer.Argument(metavar="SHEET...", help="Worksheets, TOML files.", show_default=False)
    ],
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            help="Write .html, .pdf, .docx, .md, .tex, .ipynb or .json instead; can be repeated.",
        ),
    ] = None,
    questions: Annotated[
        list[str] | None,
        typer.Option("-q", "--question", help="Only the question of this id; can be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Work every question of one worksheet, or of several."""
    from chainrule.paper.output import check_ending
    from chainrule.paper.solving import solve
    from chainrule.paper.workings import Document

    for path in output or []:
        check_ending(path)
    document = Document([solve(sheet, questions) for sheet in sheets])
    for path in output or []:
        document.save(path)
        typer.echo(f"wrote {path}", err=True)
    if as_json:
        typer.echo(json.dumps(document.to_json(), ensure_ascii=False, indent=2))
    elif not output:
        from chainrule.paper.output.terminal import Terminal, show

        show(document, Terminal(highlight=False))


command.__name__ = "solve"
