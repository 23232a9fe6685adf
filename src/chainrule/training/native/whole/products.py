"""Products of matrices within a function, on one core."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.training.native import machine
from chainrule.training.native.equations import Equation
from chainrule.training.native.outer import Outer, write_outer
from chainrule.training.native.product import Product, write_product
from chainrule.training.native.vectors import Vector
from chainrule.training.native.whole.loops import added, nested
from chainrule.training.native.whole.places import Held, one, read, spread, write
from chainrule.training.native.writing import Pen, Value

FEW = 2**10
"""Multiplications. So many are written one after the other where loops are, without tiles."""


def is_of_matrices(equation: Equation) -> bool:
    """Whether it is a product of two matrices of float32, along any one axis of each."""
    a, b = equation.inputs
    if equation.name != "dot_general" or not a.dtype == b.dtype == equation.result.dtype == np.float32:
        return False
    contracted, batched = equation.params["dimension_numbers"]
    return len(a.shape) == len(b.shape) == 2 and batched == ((), ()) and len(contracted[0]) == 1


def is_by_rows(pen: Pen, a: Held, b: Held) -> bool:
    """Whether a product is written row by row, however the matrices lie."""
    return pen.short > 1 and a.shape[0] * a.shape[1] * b.shape[1] <= FEW


def write_matrices(pen: Pen, a: Held, b: Held, result: Held) -> None:
    """Write the product of a (m, n) and b (n, k).

    Where it is not by rows, the numbers of a and b lie side by side, or those of a's columns do.
    """
    (m, n), k = a.shape, b.shape[1]
    if is_by_rows(pen, a, b):
        _by_rows(pen, a, b, result)
    elif a.strides[0] == 1 and a.strides[1] == m:
        outer = Outer(n, m, k)
        own = pen.with_lanes(outer.lanes)
        own.each(outer.parts, lambda part: write_outer(own, a.base, b.base, result.base, part, outer))
    else:
        product = Product(m, n, k)
        own = pen.with_lanes(product.lanes)
        panels = product.panels
        own.each(panels, lambda panel: write_product(own, a.base, b.base, result.base, panel, product))


def _by_rows(pen: Pen, a: Held, b: Held, result: Held) -> None:
    """Each row of the result as a sum of the rows of b."""
    (rows, terms), columns = a.shape, b.shape[1]
    lanes = machine.vectors().lanes

    def some(row: Value | int, column: int, count: int) -> None:
        start = added(pen, 0, row, a.strides[0])
        total: Vector | None = None
        for i in range(terms):
            factor = Vector(pen, spread(pen, one(pen, a, pen.sum(start, i * a.strides[1])), count))
            place = i * b.strides[0] + column * b.strides[1]
            line = Vector(pen, read(pen, b, place, b.strides[1], count))
            total = factor * line if total is None else factor.times_plus(line, total)
        assert total is not None
        write(pen, total.value, result, added(pen, column, row, columns))

    def row(offsets: Sequence[Value | int]) -> None:
        for column in range(0, columns, lanes):
            some(offsets[0], column, min(lanes, columns - column))

    nested(pen, [(rows, (1,))], [0], row, True)
