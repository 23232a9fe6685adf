"""Sums along the columns of matrices as machine code: what batch normalization and biases need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.training.native import machine
from chainrule.training.native.writing import Pen, Value, long

PARTS = 16
"""Rows are shared among cores in so many parts, whatever the cores: sums stay the same."""
APART = 4
"""Sums of a column that do not wait for each other."""


@dataclass(frozen=True)
class Columns:
    """A matrix, and what is summed of its numbers a: a itself, or a · (b - c).

    b is another matrix or the first itself (``squared``), c has a number for each column, or is left out.
    """

    rows: int
    columns: int
    times: bool = False
    squared: bool = False
    less: bool = False

    @property
    def lanes(self) -> int:
        return machine.lanes_for(self.columns)

    @property
    def name(self) -> str:
        kind = "".join("01"[flag] for flag in (self.times, self.squared, self.less))
        return f"{self.rows}_{self.columns}_{kind}_{self.lanes}"


def write_columns(pen: Pen, *buffers: Value, columns: Columns) -> None:
    """Write sums (parts, columns) of a part of the rows.

    The buffers are a, then b and c where there are such, the sums and the part.
    """
    *inputs, sums, part = buffers
    rows = [pen.builder.udiv(pen.times(pen.sum(part, more), columns.rows), long(PARTS)) for more in (0, 1)]
    target = pen.at(sums, pen.times(part, columns.columns))
    for column in range(0, columns.columns, pen.lanes):
        rest = columns.columns - column
        numbers = rest if rest < pen.lanes else None
        own = [pen.at(each, column) for each in inputs]
        total = _summed(pen, own, rows[0], rows[1], numbers, columns)
        pen.write(total, pen.at(target, column), numbers)


def _summed(
    pen: Pen, inputs: Sequence[Value], first: Value, following: Value, numbers: int | None, columns: Columns
) -> Value:
    """The sums of some columns, of the rows from the first to before the following one."""
    less = pen.read(inputs[-1], numbers) if columns.less else pen.zeros()

    def added(row: Value, before: Value) -> Value:
        place = pen.times(row, columns.columns)
        value = pen.read(pen.at(inputs[0], place), numbers)
        if columns.squared:
            value = pen.builder.fsub(value, less)
            return pen.multiplied_and_added(value, value, before)
        if columns.times:
            other = pen.builder.fsub(pen.read(pen.at(inputs[1], place), numbers), less)
            return pen.multiplied_and_added(value, other, before)
        return pen.builder.fadd(before, value)

    def several(i: Value, sums: Sequence[Value]) -> Sequence[Value]:
        start = pen.sum(first, pen.times(i, APART))
        return [added(pen.sum(start, apart), before) for apart, before in enumerate(sums)]

    steps = pen.builder.udiv(pen.builder.sub(following, first), long(APART))
    total, *others = pen.loop(steps, several, [pen.zeros()] * APART)
    for other in others:
        total = pen.builder.fadd(total, other)
    done = pen.sum(first, pen.times(steps, APART))
    rest = pen.builder.sub(following, done)
    return pen.loop(rest, lambda i, sums: [added(pen.sum(done, i), sums[0])], [total])[0]
