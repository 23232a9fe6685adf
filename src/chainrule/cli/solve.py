"""``chainrule solve SHEET``: every question of a worksheet, worked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def command(
    sheet: Annotated[Path, typer.Argument(help="The worksheet, a TOML file.", show_default=False)],
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o", "--output", help="Write .html, .md, .tex, .ipynb or .json instead; can be repeated."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Work every question of a worksheet."""
    from chainrule.paper.output import check_ending
    from chainrule.paper.solving import solve

    for path in output or []:
        check_ending(path)
    solution = solve(sheet)
    for path in output or []:
        solution.save(path)
        typer.echo(f"wrote {path}", err=True)
    if as_json:
        typer.echo(json.dumps(solution.to_json(), ensure_ascii=False, indent=2))
    elif not output:
        from chainrule.paper.output.terminal import Terminal, show

        show(solution, Terminal(highlight=False))


command.__name__ = "solve"
