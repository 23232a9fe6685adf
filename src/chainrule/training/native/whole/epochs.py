"""Epochs of updates as machine code: rows are taken, and updates done, until all batches are through."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from llvmlite import ir

from chainrule.rules.rule import Shape
from chainrule.training.native import machine
from chainrule.training.native.equations import Equations, Quantity
from chainrule.training.native.shuffling import write_order
from chainrule.training.native.sorting import get
from chainrule.training.native.whole.body import Body
from chainrule.training.native.whole.loops import copy_of
from chainrule.training.native.whole.places import (
    Held,
    Memory,
    Place,
    address,
    one,
    whole_at,
    write,
)
from chainrule.training.native.writing import BYTES, INT, LONG, POINTER, Pen, Value, long

TINY = 1000
"""Vectors of an update that is written without loops, so that LLVM can keep its arrays in registers."""


class Order(Enum):
    """In which order the rows of an epoch are taken.

    GIVEN are the numbers of the rows; DRAWN is by a key's two numbers and the number of the first epoch.
    """

    AS_THEY_COME = "as they come"
    GIVEN = "given"
    DRAWN = "drawn"


@dataclass(frozen=True)
class Table:
    """An array of the data set, as a batch has it; of one outside, the function is given the address.

    Of random numbers, each batch takes the next rows, in whatever order the data are gone through.
    """

    batch: Quantity
    is_outside: bool = False
    is_random: bool = False

    @property
    def numbers(self) -> int:
        """In a row."""
        return math.prod(self.batch.shape[1:])


@dataclass(frozen=True)
class Epochs:
    """What an epoch is.

    ``update`` takes ``values`` that it changes, others, a batch of ``size`` rows of each table, and what it
    found elsewhere; it gives the new values, and what is summed over the epoch. ``last`` is the same for the
    last batch where that has fewer rows. There is room for the sums of ``capacity`` epochs.
    """

    update: Equations
    last: Equations | None
    values: int
    tables: tuple[Table, ...]
    rows: int
    size: int
    order: Order
    capacity: int

    @property
    def is_tiny(self) -> bool:
        """Whether updates are written without loops."""
        return self.update.vectors + (self.last.vectors if self.last else 0) <= TINY

    @property
    def others(self) -> int:
        return len(self.update.given) - self.values - len(self.tables) - len(self.update.found)

    @property
    def kinds(self) -> list[tuple[Shape, np.dtype]]:
        """Shapes and types of what comes out: the new values, and the sums (names, capacity)."""
        sums = len(self.update.results) - self.values
        new = [(quantity.shape, quantity.dtype) for quantity in self.update.given[: self.values]]
        return [*new, ((sums, self.capacity), np.dtype(np.float32))]

    @property
    def is_one_batch(self) -> bool:
        """Whether every update is of all rows as they come, which need not be taken then."""
        return self.rows == self.size and self.order is Order.AS_THEY_COME

    @property
    def name(self) -> str:
        written = [self.update.written, self.last.written if self.last else "", *self.tables_written]
        written += [str(x) for x in (self.values, self.rows, self.size, self.order, self.capacity)]
        digest = hashlib.sha256("\n".join(written).encode()).hexdigest()
        return f"epochs_{digest[:32]}_{machine.vectors().lanes}"

    @property
    def tables_written(self) -> list[str]:
        return [
            f"{table.batch.shape} {table.batch.dtype} {table.is_outside} {table.is_random}"
            for table in self.tables
        ]


def write_epochs(pen: Pen, *buffers: Value, epochs: Epochs) -> None:
    """Write it all: of values, others, tables, the order and the number of epochs, to values and sums."""
    *arrays, _ = buffers
    memory = Memory(pen)
    pen.short = 16 if epochs.is_tiny else 1
    values, others, tables, found, (order, count, *results) = _split(
        arrays, epochs.values, epochs.others, len(epochs.tables), len(epochs.update.found)
    )
    carried = _carried(pen, memory, epochs, values, results)
    quantities = epochs.update.given
    known, further = (
        [_near(pen, memory, whole_at(base, q)) for base, q in zip(bases, kinds, strict=False)]
        for bases, kinds in (
            (others, quantities[epochs.values :]),
            (found, quantities[len(quantities) - len(found) :]),
        )
    )
    data = [_data(pen, base, table) for base, table in zip(tables, epochs.tables, strict=True)]
    batch = [_batch(pen, memory, *each, epochs) for each in zip(data, epochs.tables, strict=True)]
    names = epochs.update.results[epochs.values :]
    sums = [memory.new(quantity) for quantity in names]
    zero = ir.Constant(ir.FloatType(), 0.0)
    ordered = _ordered(memory, epochs, order)

    def take(first: Value, rows: int) -> None:
        for place, target, table in zip(data, batch, epochs.tables, strict=True):
            if not epochs.is_one_batch:
                _take(pen, place, target, table, None if table.is_random else ordered, first, rows)

    def updated(equations: Equations, first: Value, rows: int) -> None:
        take(first, rows)
        given = [*carried, *known, *batch, *further]
        _write_update(pen, memory, equations, given, carried, sums)

    def full(i: Value, _: Sequence[Value]) -> Sequence[Value]:
        updated(epochs.update, pen.times(i, epochs.size), epochs.size)
        return ()

    def epoch(number: Value, _: Sequence[Value]) -> Sequence[Value]:
        if epochs.order is Order.DRAWN and ordered is not None:
            _draw(pen, order, number, ordered, epochs.rows)
        for place in sums:
            write(pen, zero, place, 0)
        batches, rest = divmod(epochs.rows, epochs.size)
        if batches == 1:
            full(long(0), ())
        else:
            pen.loop(batches, full)
        if epochs.last is not None:
            updated(epochs.last, long(epochs.rows - rest), rest)
        for i, place in enumerate(sums):
            logs = pen.at(results[epochs.values], i * epochs.capacity, number)
            pen.builder.store(one(pen, place, 0), logs, align=BYTES)
        return ()

    pen.loop(pen.builder.sext(pen.builder.load(count, align=BYTES, typ=INT), LONG), epoch)
    for place, result in zip(carried, results, strict=False):
        if place.base is not result:
            copy_of(pen, place, Held(result, place.dtype, place.shape, place.strides))
    memory.give_back()


def _ordered(memory: Memory, epochs: Epochs, given: Value) -> Value | None:
    """Where the numbers of the rows are, in the order in which they are taken."""
    if epochs.order is Order.DRAWN:
        return memory.new(Quantity((epochs.rows,), np.dtype(np.int32))).base
    return given if epochs.order is Order.GIVEN else None


def _draw(pen: Pen, given: Value, number: Value, order: Value, rows: int) -> None:
    """Write the order of an epoch, the first of which has the number that is given."""
    first, second, begin = (get(pen, given, long(i)) for i in range(3))
    epoch = pen.builder.add(begin, pen.builder.trunc(number, INT))
    write_order(pen, (first, second), epoch, order, rows)


def _split(arrays: Sequence[Value], *counts: int) -> list[Sequence[Value]]:
    parts, start = [], 0
    for count in counts:
        parts.append(arrays[start : start + count])
        start += count
    return [*parts, arrays[start:]]


def _carried(
    pen: Pen, memory: Memory, epochs: Epochs, values: Sequence[Value], results: Sequence[Value]
) -> list[Held]:
    """The values as they change: few numbers on the stack, others where the results are."""
    carried = []
    for base, result, quantity in zip(values, results, epochs.update.given, strict=False):
        place = memory.new(quantity) if memory.is_near(quantity.shape) else whole_at(result, quantity)
        copy_of(pen, whole_at(base, quantity), place)
        carried.append(place)
    return carried


def _near(pen: Pen, memory: Memory, place: Held) -> Held:
    """What is given, on the stack if it is small."""
    quantity = Quantity(place.shape, place.dtype)
    if not memory.is_near(place.shape):
        return place
    near = memory.new(quantity)
    copy_of(pen, place, near)
    return near


def _data(pen: Pen, base: Value, table: Table) -> Held:
    """Where a table is."""
    if table.is_outside:
        base = pen.builder.inttoptr(pen.builder.load(base, align=BYTES, typ=LONG), POINTER)
    return whole_at(base, table.batch)


def _batch(pen: Pen, memory: Memory, data: Held, table: Table, epochs: Epochs) -> Held:
    """Where the rows of a batch are."""
    return _near(pen, memory, data) if epochs.is_one_batch else memory.new(table.batch)


def _take(
    pen: Pen, data: Held, batch: Held, table: Table, order: Value | None, first: Value, rows: int
) -> None:
    """Copy rows of a table, in some order or as they come."""
    numbers = table.numbers
    if order is None:
        pen.copy(pen.at(data.base, pen.times(first, numbers)), batch.base, rows * numbers)
        return

    def row(i: Value, _: Sequence[Value]) -> Sequence[Value]:
        place = pen.builder.gep(order, [pen.sum(first, i)], source_etype=INT)
        number = pen.builder.sext(pen.builder.load(place, align=BYTES, typ=INT), LONG)
        source = address(pen, data, pen.times(number, numbers))
        target = address(pen, batch, pen.times(i, numbers))
        if numbers == 1:
            pen.builder.store(pen.builder.load(source, align=BYTES, typ=INT), target, align=BYTES)
        else:
            pen.copy(source, target, numbers)
        return ()

    pen.loop(rows, row)


def _write_update(
    pen: Pen,
    memory: Memory,
    equations: Equations,
    given: Sequence[Held],
    carried: Sequence[Held],
    sums: Sequence[Held],
) -> None:
    """Write one update; the batch may lie where a larger one did."""
    places: dict[Quantity, Place] = {}
    for quantity, place in zip(equations.given, given, strict=True):
        places[quantity] = Held(place.base, place.dtype, quantity.shape, place.strides)
    new = equations.results[: len(carried)]
    target = {
        result: (old, place)
        for result, old, place in zip(new, equations.given, carried, strict=False)
        if result not in equations.given
    }
    body = Body(pen, memory, equations, places, target)
    found = body.write()
    for more, total in zip(found[len(carried) :], sums, strict=True):
        summed = pen.builder.fadd(one(pen, total, 0), one(pen, more, 0))
        write(pen, summed, total, 0)
    taken = [
        _set_apart(pen, memory, place) if body.root(result) in equations.given else place
        for result, place in zip(new, found, strict=False)
    ]
    for new_place, old in zip(taken, carried, strict=True):
        if not (isinstance(new_place, Held) and new_place.base is old.base):
            copy_of(pen, new_place, old)


def _set_apart(pen: Pen, memory: Memory, place: Place) -> Held:
    """A given array as a result: copied before it changes."""
    apart = memory.new(Quantity(place.shape, place.dtype))
    copy_of(pen, place, apart)
    return apart
