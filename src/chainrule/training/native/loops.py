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
from chainrule.training.native.arithmetic import WRITERS
from chainrule.training.native.listing import Line, Listing, listed

_TYPES = (jnp.float32, jnp.bool_)


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

    listing: Listing
    shape: Shape
    name: str

    def extent(self, value: int) -> Extent | None:
        return extent(self.listing.kinds[value].shape, self.shape)

    @property
    def numbers(self) -> int:
        return math.prod(self.shape)

    @property
    def columns(self) -> int:
        return self.shape[-1]

    @property
    def sums(self) -> list[Line]:
        """The lines that sum along the columns."""
        return [line for line in self.listing.lines if is_sum(line)]

    @property
    def whole(self) -> list[int]:
        """The results that are arrays of the loop's shape."""
        return [value for value in self.listing.results if self.extent(value) is Extent.WHOLE]

    @property
    def has_columns(self) -> bool:
        """Whether it matters which column a number is in."""
        return bool(self.sums) or any(self.extent(i) is Extent.COLUMNS for i in self.listing.used)

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
    made = jax.make_jaxpr(function)(*kinds)
    written = hashlib.sha256(f"{made} {made.consts}".encode()).hexdigest()[:24]
    loop = Loop(listed(made), shape, written)
    return loop if _is_one_pass(loop) else None


def _is_one_pass(loop: Loop) -> bool:
    # A tracer stands for a number that the program is given, as the rate of a network in a sweep.
    constants = loop.listing.constants.values()
    if any(isinstance(each, jax.core.Tracer) or np.shape(each) != () for each in constants):
        return False
    after: set[int] = set()
    for line in loop.listing.lines:
        values = (*line.inputs, *line.results)
        kinds = [loop.listing.kinds[value] for value in values]
        if any(loop.extent(v) is None for v in values) or any(k.dtype not in _TYPES for k in kinds):
            return False
        is_late = bool(after.intersection(line.inputs))
        if is_sum(line):
            if is_late or not _is_along_columns(loop, line):
                return False
        elif not _is_number_by_number(loop, line) or (is_late and is_whole(loop, line)):
            return False
        if is_late or is_sum(line):
            after.update(line.results)
    return all(loop.listing.kinds[result].dtype == jnp.float32 for result in loop.listing.results)


def is_sum(line: Line) -> bool:
    return str(line.primitive.name) == "reduce_sum"


def is_whole(loop: Loop, line: Line) -> bool:
    return loop.extent(line.results[0]) is Extent.WHOLE


def _is_along_columns(loop: Loop, line: Line) -> bool:
    axes = tuple(range(len(loop.listing.kinds[line.inputs[0]].shape) - 1))
    return loop.extent(line.inputs[0]) is Extent.WHOLE and tuple(line.options["axes"]) == axes != ()


def _is_number_by_number(loop: Loop, line: Line) -> bool:
    """Whether each number of the result is made of those at its place alone."""
    if line.primitive.name not in WRITERS or line.options.get("y", 1) < 1:
        return False
    if line.primitive.name == "broadcast_in_dim" and loop.extent(line.inputs[0]) is Extent.COLUMNS:
        last = len(loop.listing.kinds[line.results[0]].shape) - 1
        return bool(line.options["broadcast_dimensions"][-1] == last)
    extents = {loop.extent(value) for value in line.inputs}
    return is_whole(loop, line) or Extent.WHOLE not in extents
