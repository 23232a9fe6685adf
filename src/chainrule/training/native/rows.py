"""Rows of an array that stays where NumPy has it, as machine code: no copy of a data set is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Shape, size
from chainrule.training.native import machine
from chainrule.training.native.handler import Work, done
from chainrule.training.native.writing import INT, LONG, POINTER, Pen, Value

LEAST = 2**20
"""Bytes. What is smaller is copied in no time."""
PARTS = 8
"""Rows of a batch are shared among cores in so many parts at most."""


@jax.tree_util.register_pytree_node_class
class Outside:
    """A float32 array of NumPy's that compiled programs take rows of.

    JAX would copy it unless it begins at a multiple of 64 bytes, which NumPy's large arrays do not. It must
    live, and stay as it is, for as long as a program runs that was given it: ``held`` keeps it.
    """

    def __init__(self, array: np.ndarray) -> None:
        self.held: np.ndarray | None = array
        self.shape: Shape = array.shape
        self.address: Any = np.array([array.ctypes.data & 0xFFFFFFFF, array.ctypes.data >> 32], np.uint32)

    def take(self, rows: Array) -> Array:
        """The rows of these numbers, which are known to be in range."""
        taken = Taken(rows.shape[0], size(self.shape[1:]))
        work = Work(
            f"rows_{taken.rows}_{taken.numbers}",
            partial(write_rows, taken=taken),
            machine.vectors().lanes,
            taken.parts,
            taken.rows * taken.numbers,
        )
        return done(work, (self.address, rows.astype(jnp.int32)), (taken.rows, *self.shape[1:]))

    def tree_flatten(self) -> tuple[tuple[Any], Shape]:
        """The address is given to a program anew in each call; the shape is part of the program."""
        return (self.address,), self.shape

    @classmethod
    def tree_unflatten(cls, shape: Shape, children: Sequence[Any]) -> Outside:
        """As a program sees it."""
        outside = cls.__new__(cls)
        outside.held, outside.shape, outside.address = None, shape, children[0]
        return outside


def left_outside(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The arrays as programs take them: where they are if they can be, else to be copied by JAX."""
    return {name: Outside(array) if stays_outside(array) else array for name, array in arrays.items()}


def stays_outside(array: np.ndarray) -> bool:
    """Whether programs can take the rows from where they are: of floats in one piece, on a CPU."""
    return (
        array.dtype == np.float32
        and array.ndim > 1
        and array.nbytes >= LEAST
        and array.flags.c_contiguous
        and jax.default_backend() == "cpu"
    )


@dataclass(frozen=True)
class Taken:
    """So many rows of so many numbers each."""

    rows: int
    numbers: int

    @property
    def parts(self) -> int:
        return min(self.rows, PARTS)


def write_rows(pen: Pen, address: Value, order: Value, result: Value, part: Value, taken: Taken) -> None:
    """Write a part of the rows, one after the other."""
    builder = pen.builder
    source = builder.inttoptr(builder.load(address, align=4, typ=LONG), POINTER)

    def one(row: Value) -> None:
        number = builder.load(builder.gep(order, [row], source_etype=INT), align=4, typ=INT)
        begin = pen.at(source, pen.times(builder.zext(number, LONG), taken.numbers))
        pen.copy(begin, pen.at(result, pen.times(row, taken.numbers)), taken.numbers)

    pen.share(taken.rows, taken.parts, part, one)
