"""A solution on the terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Divider
from rich.table import Table as RichTable
from rich.text import Text

from chainrule.paper.explain import Entry, explain, given_entries
from chainrule.paper.notation import minus
from chainrule.paper.plain import plain
from chainrule.paper.prose import plain_prose
from chainrule.paper.workings import Chain, Document, Remark, Table, Working


class Terminal(Console):
    """A console whose reader may leave: ``chainrule solve … | head`` is no mistake of anybody's."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def show(document: Document, console: Console) -> None:
    """Print every question: what is given, then each quantity worked."""
    several = len(document.sheets) > 1
    for i, sheet in enumerate(document.sheets, start=1):
        if several:
            console.print(Divider(f"{i}. {sheet.title}", characters="═"))
        elif sheet.title:
            console.print(Text(sheet.title, style="bold"))
        for j, working in enumerate(sheet.workings, start=1):
            number = f"{i}.{j} " if several else f"{j}. " if len(sheet.workings) > 1 else ""
            _question(working, number, console)


def _question(working: Working, number: str, console: Console) -> None:
    console.print()
    console.print(Divider(number + working.name, align="left", characters="─"))
    if working.text:
        console.print(Text(working.text.strip()))
    if given := given_entries(working):
        _block(console, "Given", [Padding(_given(entry), (0, 0, 0, 2), expand=False) for entry in given])
    for part in explain(working):
        if lines := [line for item in part.items for line in _shown(item)]:
            _block(console, part.title, lines)


def as_text(document: Document) -> str:
    """What :func:`show` prints, as text without colour."""
    file = io.StringIO()
    show(document, Console(width=100, color_system=None, highlight=False, file=file))
    return file.getvalue().rstrip()


def _block(console: Console, title: str, lines: Iterable[RenderableType]) -> None:
    console.print()
    console.print(Text(title, style="bold cyan"))
    for line in lines:
        console.print(line)


def _given(entry: Entry) -> Text:
    sign = " = " if entry.value_is_exact else " ≈ "
    return Text.assemble((entry.plain, "bold"), sign, minus(entry.value_plain))


def _shown(item: Any) -> Iterator[RenderableType]:
    """The lines of whatever stands on a page; pictures are for paper."""
    match item:
        case Entry():
            for indent, line in _worked(item):
                yield Padding(line, (0, 0, 0, indent), expand=False)
        case Remark():
            yield Padding(Text(plain_prose(item.text)), (0, 0, 0, 2), expand=False)
        case Table():
            yield Padding(_table(item), (0, 0, 0, 2), expand=False)
        case Chain():
            for i, link in enumerate(item.links):
                left = plain(item.left) if not i else " " * len(plain(item.left))
                reason = f"   ({plain_prose(link.reason)})" if link.reason else ""
                line = Text.assemble((left, "bold"), f" = {plain(link.tex)}", (reason, "dim"))
                yield Padding(line, (0, 0, 0, 2), expand=False)


def _table(item: Table) -> RichTable:
    title = plain_prose(item.title) or None
    made = RichTable(title=title, title_justify="left", title_style="", box=SIMPLE_HEAD, pad_edge=False)
    for cell in item.head:
        made.add_column(Text(plain_prose(cell)), overflow="fold")
    for row in item.rows:
        made.add_row(*(Text(plain_prose(cell)) for cell in row))
    return made


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
