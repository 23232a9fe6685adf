"""Functions that one pass over arrays of one shape can do: number by number, and sums along columns."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.rules.rule import Shape
from chainrule.training.native import machine
from chainrule.training.native.equations import Equation, Equations, Quantity, UnknownError, equations_of
from chainrule.training.native.primitives import is_number_by_number

_TYPES = (np.float32, np.bool_)
VIEWS = ("broadcast_in_dim", "reshape", "squeeze", "expand_dims")
"""The same numbers, which a vector has in the same places."""


class Extent(Enum):
    """What a value has: a number for each place of the arrays, for each of their columns, or a single one."""

    WHOLE = "whole"
    COLUMNS = "columns"
    SINGLE = "single"


def extent(of: Shape, shape: Shape) -> Extent | None:
    """That of a value beside arrays of a shape, whose last axis are columns; None for any other."""
    if of[-1:] == shape[-1:] and math.prod(of) == math.prod(shape):
        return Extent.WHOLE
    if math.prod(of) == 1:
        return Extent.SINGLE
    return Extent.COLUMNS if of[-1] == math.prod(of) == shape[-1] else None


@dataclass(frozen=True)
class Loop:
    """A function of arrays of one shape, of numbers for each column, and of single numbers."""

    equations: Equations
    shape: Shape
    name: str

    def extent(self, quantity: Quantity) -> Extent | None:
        return extent(quantity.shape, self.shape)

    @property
    def inputs(self) -> dict[int, Quantity]:
        """The inputs that the results depend on, by their numbers."""
        return {i: self.equations.given[i] for i in self.equations.used}

    @property
    def numbers(self) -> int:
        return math.prod(self.shape)

    @property
    def columns(self) -> int:
        return self.shape[-1]

    @property
    def sums(self) -> list[Equation]:
        """Those that sum along the columns."""
        return [each for each in self.equations.lines if is_sum(each)]

    @property
    def whole(self) -> list[Quantity]:
        """The results that are arrays of the loop's shape."""
        return [result for result in self.equations.results if self.extent(result) is Extent.WHOLE]

    @property
    def has_columns(self) -> bool:
        """Whether it matters which column a number is in."""
        return bool(self.sums) or any(self.extent(q) is Extent.COLUMNS for q in self.inputs.values())

    @property
    def lanes(self) -> int:
        return machine.lanes_for(self.columns) if self.has_columns else machine.vectors().lanes


def loop_of(function: Callable[..., Any], inputs: Sequence[Any], shape: Shape) -> Loop | None:
    """The function's loop over arrays of this shape; None where one pass of such does not do its work.

    ``inputs`` are arrays, or what has a shape and a type.
    """
    kinds = [jax.ShapeDtypeStruct(i.shape, i.dtype) for i in inputs]
    if any(kind.dtype != jnp.float32 or extent(kind.shape, shape) is None for kind in kinds):
        return None
    try:
        equations = equations_of(jax.make_jaxpr(function)(*kinds))
    except UnknownError:
        return None
    # What it found is an array, or a number that the program is given, as the rate of a network in a sweep.
    if equations.found:
        return None
    loop = Loop(equations, shape, hashlib.sha256(equations.written.encode()).hexdigest()[:24])
    return loop if _is_one_pass(loop) else None


def _is_one_pass(loop: Loop) -> bool:
    after: set[Quantity] = set()
    for each in loop.equations.lines:
        quantities = (*each.inputs, each.result)
        if any(loop.extent(q) is None for q in quantities) or any(q.dtype not in _TYPES for q in quantities):
            return False
        is_late = bool(after.intersection(each.inputs))
        if is_sum(each):
            if is_late or not _is_along_columns(loop, each):
                return False
        elif not _is_in_place(loop, each) or (is_late and is_whole(loop, each)):
            return False
        if is_late or is_sum(each):
            after.add(each.result)
    return all(result.dtype == np.float32 for result in loop.equations.results)


def is_sum(equation: Equation) -> bool:
    return equation.name == "reduce_sum"


def is_whole(loop: Loop, equation: Equation) -> bool:
    return loop.extent(equation.result) is Extent.WHOLE


def _is_along_columns(loop: Loop, equation: Equation) -> bool:
    (x,) = equation.inputs
    axes = tuple(range(len(x.shape) - 1))
    return loop.extent(x) is Extent.WHOLE and tuple(equation.params["axes"]) == axes != ()


def _is_in_place(loop: Loop, equation: Equation) -> bool:
    """Whether each number of the result is made of those at its place alone."""
    if equation.name not in VIEWS and not is_number_by_number(equation):
        return False
    first = equation.inputs[0]
    if equation.name == "broadcast_in_dim" and loop.extent(first) is Extent.COLUMNS:
        last = len(equation.result.shape) - 1
        return bool(equation.params["broadcast_dimensions"][-1] == last)
    extents = {loop.extent(quantity) for quantity in equation.inputs}
    return is_whole(loop, equation) or Extent.WHOLE not in extents
