"""Sums and largest numbers along the first axes of an array, or along the last ones."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from llvmlite import ir

from chainrule.training.native import machine
from chainrule.training.native.equations import Equation
from chainrule.training.native.whole.loops import added, nested
from chainrule.training.native.whole.places import Held, one, read, write
from chainrule.training.native.writing import FLOAT, INT, Pen, Value

KINDS = ("reduce_sum", "reduce_max")


def is_along_an_end(equation: Equation) -> bool:
    """Whether it is a reduction of float32 that is written here."""
    (x,) = equation.inputs
    axes = tuple(equation.params.get("axes", ()))
    if x.dtype != np.float32 or not axes:
        return False
    first, last = tuple(range(len(axes))), tuple(range(len(x.shape) - len(axes), len(x.shape)))
    if equation.name == "argmax":
        return axes == last and equation.params["index_dtype"] == np.int32
    return equation.name in KINDS and axes in (first, last)


def write_reduced(pen: Pen, equation: Equation, x: Held, result: Held) -> None:
    """Write the reduction of an array whose numbers lie side by side."""
    axes, name = equation.params["axes"], equation.name
    length = math.prod(x.shape[axis] for axis in axes)
    kept = math.prod(result.shape)
    if name != "argmax" and axes[0] == 0 and kept > 1:
        _down(pen, name, x, length, result)
        return

    def row(offsets: Sequence[Value | int]) -> None:
        start = added(pen, 0, offsets[0], length)
        of_row = _largest_place(pen, x, start, length) if name == "argmax" else None
        value = of_row if of_row is not None else _across(pen, name, x, start, length)
        write(pen, value, result, offsets[0])

    nested(pen, [(kept, (1,))], [0], row, kept * length <= pen.short)


def _together(pen: Pen, name: str, a: Value, b: Value) -> Value:
    """Two numbers, or two vectors, taken together."""
    if name == "reduce_sum":
        return pen.builder.fadd(a, b)
    kind = f"v{a.type.count}f32" if isinstance(a.type, ir.VectorType) else "f32"
    return pen.builder.call(pen.known(f"llvm.maximum.{kind}", a.type, [a.type] * 2), [a, b])


def _folded(pen: Pen, name: str, vector: Value) -> Value:
    """The numbers of a vector taken together, by halves."""
    kind = f"v{vector.type.count}f32"
    if name == "reduce_sum":
        function = pen.known(f"llvm.vector.reduce.fadd.{kind}", FLOAT, [FLOAT, vector.type])
        return pen.builder.call(function, [ir.Constant(FLOAT, -0.0), vector], fastmath=("reassoc",))
    function = pen.known(f"llvm.vector.reduce.fmaximum.{kind}", FLOAT, [vector.type])
    return pen.builder.call(function, [vector])


def _across(pen: Pen, name: str, x: Held, start: Value | int, length: int) -> Value:
    """Numbers side by side taken together."""
    lanes = machine.vectors().lanes
    whole, rest = divmod(length, lanes)
    found = []
    if whole:

        def further(i: Value, before: Sequence[Value]) -> Sequence[Value]:
            offset = pen.sum(start, lanes, pen.times(i, lanes))
            return [_together(pen, name, before[0], read(pen, x, offset, 1, lanes))]

        found.append(_folded(pen, name, pen.loop(whole - 1, further, [read(pen, x, start, 1, lanes)])[0]))
    if rest:
        found.append(_folded(pen, name, read(pen, x, pen.sum(start, whole * lanes), 1, rest)))
    return found[0] if len(found) == 1 else _together(pen, name, *found)


def _down(pen: Pen, name: str, x: Held, rows: int, result: Held) -> None:
    """The rows of a matrix taken together."""
    columns, lanes = math.prod(result.shape), machine.vectors().lanes

    def some(column: Value | int, count: int) -> None:
        def row(i: Value | int, before: Value) -> Value:
            return _together(pen, name, before, read(pen, x, added(pen, column, i, columns), 1, count))

        total = read(pen, x, column, 1, count)
        if rows <= pen.short:
            for i in range(1, rows):
                total = row(i, total)
        else:
            (total,) = pen.loop(rows - 1, lambda i, s: [row(pen.sum(i, 1), s[0])], [total])
        write(pen, total, result, column)

    whole, rest = divmod(columns, lanes)
    nested(pen, [(whole, (lanes,))], [0], lambda offsets: some(offsets[0], lanes), whole <= pen.short)
    if rest:
        some(whole * lanes, rest)


def _largest_place(pen: Pen, x: Held, start: Value | int, length: int) -> Value:
    """Where the largest of some numbers stands: the first of equal ones, and the first NaN before all."""

    def compared(i: Value, best: Sequence[Value]) -> Sequence[Value]:
        number, builder = one(pen, x, pen.sum(start, i)), pen.builder
        largest, place = best
        is_new = builder.fcmp_unordered("uno", number, number)
        is_new = builder.or_(is_new, builder.fcmp_ordered(">", number, largest))
        is_new = builder.and_(is_new, builder.fcmp_ordered("ord", largest, largest))
        here = builder.trunc(i, INT)
        return [builder.select(is_new, number, largest), builder.select(is_new, here, place)]

    first = ir.Constant(FLOAT, -math.inf)
    return pen.loop(length, compared, [first, ir.Constant(INT, 0)])[1]
