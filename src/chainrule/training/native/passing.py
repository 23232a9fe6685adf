"""One pass over arrays as machine code: of vectors as they come, or of rows where columns matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from chainrule.training.native.equations import Quantity
from chainrule.training.native.loops import VIEWS, Extent, Loop, is_sum
from chainrule.training.native.primitives import written
from chainrule.training.native.vectors import KINDS, constant
from chainrule.training.native.writing import FLOAT, Pen, Value, long

PARTS = 16
"""The numbers are shared among cores in so many parts, whatever the cores: sums stay the same."""
AT_ONCE = 4
"""Vectors that are worked on side by side, so that their sums do not wait for each other."""


def write_loop(pen: Pen, *buffers: Value, loop: Loop) -> None:
    """Write a part of the results. The buffers are inputs, whole results, the sums of parts, and the part."""
    if loop.has_columns:
        _write_rows(pen, *buffers, loop=loop)
    else:
        _write_vectors(pen, *buffers, loop=loop)


def _write_vectors(pen: Pen, *buffers: Value, loop: Loop) -> None:
    *arrays, part = buffers
    inputs = dict(zip(loop.inputs.values(), arrays, strict=False))
    results = arrays[len(inputs) :]
    same = _singles(pen, loop, inputs)

    def work(place: Value, numbers: int | None) -> None:
        values = _written(pen, loop, same | _read(pen, loop, inputs, place, numbers))
        for result, buffer in zip(loop.whole, results, strict=True):
            pen.write(values[result], pen.at(buffer, place), numbers)

    whole, rest = divmod(loop.numbers, pen.lanes)
    pen.share(whole, PARTS, part, lambda vector: work(pen.times(vector, pen.lanes), None))
    if rest:
        is_last = pen.builder.icmp_signed("==", part, long(PARTS - 1))
        with pen.builder.if_then(is_last):
            work(long(whole * pen.lanes), rest)


def _write_rows(pen: Pen, *buffers: Value, loop: Loop) -> None:
    """Rows of some columns, then of the next, so that what belongs to a column stays in registers."""
    vectors, rest = divmod(loop.columns, pen.lanes)
    at_once = next(count for count in (4, 2, 1) if vectors % count == 0)

    def group(i: Value, _: Sequence[Value]) -> Sequence[Value]:
        _write_columns(pen, buffers, loop, pen.times(i, at_once * pen.lanes), at_once, None)
        return ()

    pen.loop(vectors // at_once, group)
    if rest:
        _write_columns(pen, buffers, loop, long(vectors * pen.lanes), 1, rest)


def _write_columns(
    pen: Pen, buffers: Sequence[Value], loop: Loop, first: Value, vectors: int, numbers: int | None
) -> None:
    """So many vectors of columns of a part's rows; ``numbers`` of them, where a vector is not whole."""
    *arrays, part = buffers
    inputs = dict(zip(loop.inputs.values(), arrays, strict=False))
    results = arrays[len(inputs) : len(inputs) + len(loop.whole)]
    totals = arrays[len(inputs) + len(results) :]
    same = [
        _singles(pen, loop, inputs) | _columns(pen, loop, inputs, pen.sum(first, v * pen.lanes), numbers)
        for v in range(vectors)
    ]

    def work(row: Value, v: int, sums: Sequence[Value]) -> list[Value]:
        place = pen.sum(pen.times(row, loop.columns), first, v * pen.lanes)
        values = _written(pen, loop, same[v] | _read(pen, loop, inputs, place, numbers))
        for result, buffer in zip(loop.whole, results, strict=True):
            pen.write(values[result], pen.at(buffer, place), numbers)
        return [
            pen.builder.fadd(before, values[summed.inputs[0]])
            for before, summed in zip(sums, loop.sums, strict=True)
        ]

    rows = loop.numbers // loop.columns
    begin, end = (pen.builder.udiv(pen.times(pen.sum(part, more), rows), long(PARTS)) for more in (0, 1))
    apart = AT_ONCE // vectors
    size = len(totals)
    steps = pen.builder.udiv(pen.builder.sub(end, begin), long(apart))

    def several(i: Value, sums: Sequence[Value]) -> Sequence[Value]:
        start, after = pen.sum(begin, pen.times(i, apart)), []
        for number, (each, v) in enumerate(product(range(apart), range(vectors))):
            after += work(pen.sum(start, each), v, sums[number * size : (number + 1) * size])
        return after

    def single(i: Value, sums: Sequence[Value]) -> Sequence[Value]:
        row, after = pen.sum(begin, pen.times(steps, apart), i), []
        for v in range(vectors):
            after += work(row, v, sums[v * size : (v + 1) * size])
        return after

    sums = pen.loop(steps, several, [pen.zeros()] * (apart * vectors * size))
    own = sums[: vectors * size]
    for each in range(1, apart):
        more = sums[each * vectors * size : (each + 1) * vectors * size]
        own = [pen.builder.fadd(a, b) for a, b in zip(own, more, strict=True)]
    rest = pen.builder.sub(pen.builder.sub(end, begin), pen.times(steps, apart))
    own = pen.loop(rest, single, own)
    for number, (v, buffer) in enumerate(product(range(vectors), totals)):
        target = pen.at(buffer, pen.times(part, loop.columns), first, v * pen.lanes)
        pen.write(own[number], target, numbers)


def _singles(pen: Pen, loop: Loop, inputs: Mapping[Quantity, Value]) -> dict[Quantity, Value]:
    return {i: pen.number(each) for i, each in inputs.items() if loop.extent(i) is Extent.SINGLE}


def _columns(
    pen: Pen, loop: Loop, inputs: Mapping[Quantity, Value], first: Value, numbers: int | None
) -> dict[Quantity, Value]:
    return {
        i: pen.read(pen.at(each, first), numbers)
        for i, each in inputs.items()
        if loop.extent(i) is Extent.COLUMNS
    }


def _read(
    pen: Pen, loop: Loop, inputs: Mapping[Quantity, Value], place: Value, numbers: int | None
) -> dict[Quantity, Value]:
    return {
        i: pen.read(pen.at(each, place), numbers)
        for i, each in inputs.items()
        if loop.extent(i) is Extent.WHOLE
    }


def _written(pen: Pen, loop: Loop, inputs: Mapping[Quantity, Value]) -> dict[Quantity, Value]:
    """All values before the sums, as vectors."""
    values = dict(inputs)
    for equation in loop.equations.lines:
        for quantity in equation.inputs:
            if quantity.known is not None:
                values[quantity] = constant(quantity.known, KINDS[quantity.dtype], pen.lanes)
        if is_sum(equation) or any(quantity not in values for quantity in equation.inputs):
            continue
        taken = [values[quantity] for quantity in equation.inputs]
        extents = [loop.extent(quantity) for quantity in equation.inputs]
        if equation.name in VIEWS:
            result = taken[0]
        elif equation.name == "div" and extents[0] is Extent.WHOLE is not extents[1]:
            result = _divided_by_one_for_all(pen, *taken)
        else:
            result = written(pen, equation, taken)
        values[equation.result] = result
    return values


def _divided_by_one_for_all(pen: Pen, value: Value, divisor: Value) -> Value:
    """A quotient whose divisor is the same for many: its inverse is worked out once, before the loop."""
    return pen.builder.fmul(value, pen.builder.fdiv(constant(1.0, FLOAT, pen.lanes), divisor))
