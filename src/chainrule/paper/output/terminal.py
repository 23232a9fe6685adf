"""A solution on the terminal."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule as Divider
from rich.text import Text

from chainrule.paper.explain import Entry, explain, given_entries
from chainrule.paper.notation import minus
from chainrule.paper.workings import Solution


class Terminal(Console):
    """A console whose reader may leave: ``chainrule solve … | head`` is no mistake of anybody's."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def show(solution: Solution, console: Console) -> None:
    """Print every question: what is given, then each quantity worked."""
    if solution.title:
        console.print(Text(solution.title, style="bold"))
    for working in solution.workings:
        console.print()
        console.print(Divider(working.name, align="left", characters="─"))
        if working.text:
            console.print(Text(working.text.strip()))
        _block(console, "Given", (_given(entry) for entry in given_entries(working)))
        for part in explain(working):
            _block(console, part.title, (line for entry in part.entries for line in _worked(entry)))


def as_text(solution: Solution) -> str:
    """What :func:`show` prints, as text without colour."""
    file = io.StringIO()
    show(solution, Console(width=100, color_system=None, highlight=False, file=file))
    return file.getvalue().rstrip()


def _block(console: Console, title: str, lines: Iterator[tuple[int, Text]]) -> None:
    console.print()
    console.print(Text(title, style="bold cyan"))
    for indent, line in lines:
        console.print(Padding(line, (0, 0, 0, indent), expand=False))


def _given(entry: Entry) -> tuple[int, Text]:
    return 2, Text.assemble((entry.plain, "bold"), " = ", minus(entry.value_plain))


def _worked(entry: Entry) -> Iterator[tuple[int, Text]]:
    yield 2, Text.assemble((entry.plain, "bold"), " = ", (entry.formula_plain, "dim"))
    for line in entry.lines:
        yield 4, Text(line.plain)
    if entry.left_out:
        yield 4, Text(f"… and {entry.left_out} more, likewise")
    if entry.is_single:
        return
    value = minus(entry.value_plain)
    if entry.decimals_plain:
        value += f" {'=' if entry.decimals_are_exact else '≈'} {minus(entry.decimals_plain)}"
    yield 2, Text.assemble((entry.plain, "bold"), " = " if entry.value_is_exact else " ≈ ", (value, "green"))
