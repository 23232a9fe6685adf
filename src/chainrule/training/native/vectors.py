"""Vectors of numbers in a function that is being written, with the arithmetic of Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir

from chainrule.training.native.writing import FLOAT, INT, Pen, Value

BIT = ir.IntType(1)
KINDS = {np.dtype(np.float32): FLOAT, np.dtype(np.int32): INT, np.dtype(bool): BIT}
"""LLVM's types of the numbers that there are."""


def constant(number: Any, kind: ir.Type, count: int) -> ir.Constant:
    """A known number in all places of a vector."""
    known = float(number) if kind == FLOAT else int(number)
    return ir.Constant(ir.VectorType(kind, count), [known] * count)


@dataclass(frozen=True, eq=False)
class Vector:
    """A vector of float32; what it meets is another, or a known number. Arithmetic writes instructions."""

    pen: Pen
    value: Value

    @property
    def count(self) -> int:
        return int(self.value.type.count)

    def known(self, number: float) -> Vector:
        """A known number in all places of a vector of this length."""
        return Vector(self.pen, constant(number, FLOAT, self.count))

    def _with(self, instruction: str, other: Vector | float) -> Vector:
        return Vector(self.pen, getattr(self.pen.builder, instruction)(self.value, self._raised(other).value))

    def _raised(self, other: Vector | float) -> Vector:
        return other if isinstance(other, Vector) else self.known(other)

    def __add__(self, other: Vector | float) -> Vector:
        return self._with("fadd", other)

    def __sub__(self, other: Vector | float) -> Vector:
        return self._with("fsub", other)

    def __mul__(self, other: Vector | float) -> Vector:
        return self._with("fmul", other)

    def __truediv__(self, other: Vector | float) -> Vector:
        return self._with("fdiv", other)

    def times_plus(self, factor: Vector | float, summand: Vector | float) -> Vector:
        """self · factor + summand, rounded once."""
        return self.by_llvm("fma", self._raised(factor), self._raised(summand))

    def by_llvm(self, name: str, *others: Vector | float) -> Vector:
        """One of LLVM's functions of vectors."""
        inputs = [self.value, *(self._raised(other).value for other in others)]
        kinds = [each.type for each in inputs]
        function = self.pen.known(f"llvm.{name}.v{self.count}f32", self.value.type, kinds)
        return Vector(self.pen, self.pen.builder.call(function, inputs))

    def compared(self, sign: str, other: Vector | float) -> Value:
        """Where the sign holds; nowhere where one is NaN."""
        return self.pen.builder.fcmp_ordered(sign, self.value, self._raised(other).value)

    def where(self, holds: Value, otherwise: Vector | float) -> Vector:
        """The numbers where something holds, the others elsewhere."""
        return Vector(self.pen, self.pen.builder.select(holds, self.value, self._raised(otherwise).value))

    def unless_nan(self, given: Vector) -> Vector:
        """The numbers where those that were given are none that are not numbers, and else those."""
        return self.where(self.pen.builder.fcmp_ordered("ord", given.value, given.value), given)

    def bits(self) -> Whole:
        return Whole(self.pen, self.pen.builder.bitcast(self.value, ir.VectorType(INT, self.count)))

    def whole(self) -> Whole:
        """The numbers, known to be whole and not too large."""
        return Whole(self.pen, self.pen.builder.fptosi(self.value, ir.VectorType(INT, self.count)))


@dataclass(frozen=True, eq=False)
class Whole:
    """A vector of int32."""

    pen: Pen
    value: Value

    @property
    def count(self) -> int:
        return int(self.value.type.count)

    def _with(self, instruction: str, other: Whole | int) -> Whole:
        right = other.value if isinstance(other, Whole) else constant(other, INT, self.count)
        return Whole(self.pen, getattr(self.pen.builder, instruction)(self.value, right))

    def __add__(self, other: Whole | int) -> Whole:
        return self._with("add", other)

    def __sub__(self, other: Whole | int) -> Whole:
        return self._with("sub", other)

    def __lshift__(self, places: int) -> Whole:
        return self._with("shl", places)

    def __rshift__(self, places: int) -> Whole:
        return self._with("ashr", places)

    def as_bits(self) -> Vector:
        """The float32 that have these bits."""
        return Vector(self.pen, self.pen.builder.bitcast(self.value, ir.VectorType(FLOAT, self.count)))

    def as_numbers(self) -> Vector:
        return Vector(self.pen, self.pen.builder.sitofp(self.value, ir.VectorType(FLOAT, self.count)))
