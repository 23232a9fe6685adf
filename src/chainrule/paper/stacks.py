"""Arrays of three axes or more, written as the matrices that they hold: one per sample, channel, filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.paper.notation import FIRST_SHOWN, LARGEST_ARRAY, plain_array, tex_array, visible
from chainrule.paper.tape import KERNEL, MAPS

Write = Callable[[Any], str]
DOTS = "…"


@dataclass(frozen=True)
class Stack:
    """Matrices in rows and columns that have names; of more than a few, the first ones and the last.

    >>> stack = Stack.of(np.zeros((1, 2, 2, 3)), "samples")
    >>> stack.rows, stack.columns, stack.matrices[0][0].shape
    (('sample 1',), ('channel 1', 'channel 2', 'channel 3'), (2, 2))
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    matrices: list[list[np.ndarray]]

    @classmethod
    def of(cls, value: np.ndarray, kind: str) -> Stack:
        """The matrices of an array of three axes or more that holds samples, a kernel or maps."""
        if kind == KERNEL and value.ndim == 4:
            return cls._named("channel", "filter", value.transpose(2, 3, 0, 1))
        if kind == KERNEL and value.ndim == 3:
            return cls._named("", "filter", value.transpose(2, 0, 1)[None])
        if kind == MAPS and value.ndim == 3:
            return cls._named("", "channel", value.transpose(2, 0, 1)[None])
        if value.ndim == 4:
            return cls._named("sample", "channel", value.transpose(0, 3, 1, 2))
        if value.ndim == 3:
            return cls._named("sample", "", value[:, None])
        flat = value.reshape(-1, 1, *value.shape[-2:])
        return cls._named("matrix", "", flat)

    @classmethod
    def _named(cls, row: str, column: str, grid: np.ndarray) -> Stack:
        rows, columns = (
            tuple(f"{word} {i}" if word else "" for i in range(1, count + 1))
            for word, count in zip((row, column), grid.shape[:2], strict=True)
        )
        return cls(rows, columns, [list(line) for line in grid])

    def shown(self) -> Iterator[tuple[str, list[tuple[str, np.ndarray]]]]:
        """The rows that are shown and the matrices in them, with names where there are several."""
        for row, line in _ends(self.rows, self.matrices):
            named = row if len(self.rows) > 1 else ""
            cells = _ends(self.columns, line)
            yield named, [(column if len(self.columns) > 1 else "", matrix) for column, matrix in cells]


def _ends(names: Sequence[str], values: Sequence[Any]) -> list[tuple[str, Any]]:
    pairs = list(zip(names, values, strict=True))
    return pairs if len(pairs) <= LARGEST_ARRAY else [*pairs[:FIRST_SHOWN], pairs[-1]]


def tex_value(value: np.ndarray, write: Write, kind: str) -> str:
    """A value in TeX: a number, a matrix, or matrices under the names of their channels."""
    if value.ndim < 3:
        return tex_array(value, write)
    stack = Stack.of(value, kind)
    lines = list(stack.shown())
    several = len(stack.rows) > 1
    head = [column for column, _ in lines[0][1]]
    made = []
    if any(head):
        made.append(([""] if several else []) + [rf"\text{{{name}}}" for name in head])
    for row, cells in lines:
        named = [rf"\text{{{row}}}"] if several else []
        made.append(named + [tex_array(matrix, write) for _, matrix in cells])
    if len(made) == len(made[0]) == 1:
        return made[0][0]
    if len(stack.columns) > LARGEST_ARRAY:
        made = [[*line[:-1], r"\cdots", line[-1]] for line in made]
    if len(stack.rows) > LARGEST_ARRAY:
        made.insert(len(made) - 1, [r"\vdots", *[""] * (len(made[0]) - 1)])
    return r"{\begin{matrix} " + r" \\ ".join(" & ".join(line) for line in made) + r" \end{matrix}}"


def plain_value(value: np.ndarray, write: Write, kind: str) -> str:
    """A value in plain text; several matrices stand on a line each, behind their names."""
    if value.ndim < 3:
        return plain_array(value, write)
    stack, lines = Stack.of(value, kind), []
    for row, cells in stack.shown():
        for column, matrix in cells:
            name = ", ".join(word for word in (row, column) if word)
            lines.append((name, _plain_matrix(matrix, write, " " * (len(name) + 5) if name else "   ")))
        if len(stack.columns) > LARGEST_ARRAY:
            lines.insert(len(lines) - 1, ("", DOTS))
    if len(stack.rows) > LARGEST_ARRAY:
        lines.insert(len(lines) - len(cells), ("", DOTS))
    if len(lines) == 1 and not lines[0][0] and "\n" not in lines[0][1]:
        return lines[0][1]
    return "".join(f"\n  {name}: {text}" if name else f"\n  {text}" for name, text in lines)


def _plain_matrix(matrix: np.ndarray, write: Write, indent: str) -> str:
    """A matrix with a row on each line, its columns aligned; one row as ever."""
    if len(matrix) == 1 or len(matrix) > LARGEST_ARRAY or matrix.shape[1] > LARGEST_ARRAY:
        return plain_array(matrix, write)
    cells = [[write(v) for v in row] for row in matrix]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rows = [
        "[" + ", ".join(cell.rjust(n) for cell, n in zip(row, widths, strict=True)) + "]" for row in cells
    ]
    return "[" + f",\n{indent}".join(rows) + "]"


def visible_values(value: np.ndarray, kind: str) -> list[Any]:
    """The elements that :func:`tex_value` and :func:`plain_value` write."""
    if value.ndim < 3:
        return visible(value)
    return [v for _, cells in Stack.of(value, kind).shown() for _, matrix in cells for v in visible(matrix)]
