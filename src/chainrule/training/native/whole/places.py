"""Where arrays lie while a function works, and vectors of theirs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from llvmlite import ir

from chainrule.rules.rule import Shape
from chainrule.training.native.equations import Quantity
from chainrule.training.native.vectors import BIT, KINDS, constant
from chainrule.training.native.writing import BYTE, LONG, POINTER, Pen, Value, long

FEW, SINGLE = 256, 16
"""Numbers. So many lie on the stack, where no loops are and LLVM may keep them in registers; or elsewhere."""


@dataclass(frozen=True)
class Known:
    """An array of one number, which is known beforehand."""

    number: float | int | bool
    dtype: np.dtype
    shape: Shape

    @property
    def strides(self) -> Shape:
        return (0,) * len(self.shape)


@dataclass(frozen=True, eq=False)
class Held:
    """An array in memory: where it begins, and how far its numbers are apart along each axis."""

    base: Value
    dtype: np.dtype
    shape: Shape
    strides: Shape

    @property
    def is_whole(self) -> bool:
        """Whether its numbers lie side by side in their order."""
        return strides_of(self.shape) == tuple(
            own if length > 1 else one
            for own, one, length in zip(self.strides, strides_of(self.shape), self.shape, strict=True)
        )


Place = Known | Held


def strides_of(shape: Shape) -> Shape:
    """How far numbers are apart along each axis where they lie side by side.

    >>> strides_of((2, 3, 4))
    (12, 4, 1)
    """
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def whole_at(base: Value, quantity: Quantity) -> Held:
    """An array whose numbers lie side by side."""
    return Held(base, quantity.dtype, quantity.shape, strides_of(quantity.shape))


@dataclass
class Memory:
    """The memory of a function: of few numbers the stack's, of others malloc's, given back at its end."""

    pen: Pen
    taken: list[Value] = field(default_factory=list)

    def is_near(self, shape: Shape) -> bool:
        """Whether an array of this shape lies on the stack."""
        return math.prod(shape) <= (FEW if self.pen.short > 1 else SINGLE)

    def new(self, quantity: Quantity) -> Held:
        """Room for an array."""
        size, kind = max(1, math.prod(quantity.shape)), stored(quantity.dtype)
        with self.pen.builder.goto_entry_block():
            if self.is_near(quantity.shape):
                base = untyped(self.pen.builder.alloca(ir.ArrayType(kind, size)))
            else:
                malloc = self.pen.known("malloc", POINTER, [LONG])
                base = self.pen.builder.call(malloc, [long(size * bytes_of(kind))])
                self.taken.append(base)
        return whole_at(base, quantity)

    def give_back(self) -> None:
        free = self.pen.known("free", ir.VoidType(), [POINTER])
        for base in self.taken:
            self.pen.builder.call(free, [base])


def stored(dtype: np.dtype) -> ir.Type:
    """The type of numbers in memory."""
    kind = KINDS[dtype]
    return BYTE if kind == BIT else kind


def untyped(pointer: Value) -> Value:
    """The pointer as one to whatever is read there: llvmlite would keep to what it was made for."""
    pointer.type = POINTER
    return pointer


def bytes_of(kind: ir.Type) -> int:
    return 1 if kind == BYTE else 4


def address(pen: Pen, place: Held, offset: Value | int) -> Value:
    """The address so many numbers after the first."""
    return pen.builder.gep(place.base, [pen.sum(offset)], source_etype=stored(place.dtype))


def read(pen: Pen, place: Place, offset: Value | int, stride: int, count: int) -> Value:
    """A vector of so many numbers, so far apart from each other."""
    if isinstance(place, Known):
        return constant(place.number, KINDS[place.dtype], count)
    kind = stored(place.dtype)
    if stride == 1:
        vector = ir.VectorType(kind, count)
        return _unpacked(
            pen, pen.builder.load(address(pen, place, offset), align=bytes_of(kind), typ=vector), place
        )
    if stride == 0:
        return spread(pen, one(pen, place, offset), count)
    result = ir.Constant(ir.VectorType(KINDS[place.dtype], count), ir.Undefined)
    for i in range(count):
        number = one(pen, place, pen.sum(offset, i * stride))
        result = pen.builder.insert_element(result, number, ir.Constant(ir.IntType(32), i))
    return result


def one(pen: Pen, place: Place, offset: Value | int) -> Value:
    """One number."""
    if isinstance(place, Known):
        return ir.Constant(KINDS[place.dtype], place.number)
    kind = stored(place.dtype)
    return _unpacked(
        pen, pen.builder.load(address(pen, place, offset), align=bytes_of(kind), typ=kind), place
    )


def write(pen: Pen, value: Value, place: Held, offset: Value | int) -> None:
    """A vector, or one number, side by side."""
    if KINDS[place.dtype] == BIT:
        is_vector = isinstance(value.type, ir.VectorType)
        kind = ir.VectorType(BYTE, value.type.count) if is_vector else BYTE
        value = pen.builder.zext(value, kind)
    pen.builder.store(value, address(pen, place, offset), align=bytes_of(stored(place.dtype)))


def spread(pen: Pen, number: Value, count: int) -> Value:
    """One number in all places of a vector."""
    nothing = ir.Constant(ir.VectorType(number.type, count), ir.Undefined)
    first = pen.builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    places = ir.Constant(ir.VectorType(ir.IntType(32), count), [0] * count)
    return pen.builder.shuffle_vector(first, nothing, places)


def _unpacked(pen: Pen, value: Value, place: Held) -> Value:
    """Whether something holds is a byte in memory, and a bit elsewhere."""
    if KINDS[place.dtype] != BIT:
        return value
    return pen.builder.icmp_unsigned("!=", value, ir.Constant(value.type, None))


# --------------------------------------------------------------------------- the same numbers, seen otherwise


def broadcast(place: Place, shape: Shape, axes: Sequence[int]) -> Place:
    """The array with its axes at these places among those of a shape, repeated along all others."""
    if isinstance(place, Known):
        return replace(place, shape=shape)
    strides = [0] * len(shape)
    for axis, length, stride in zip(axes, place.shape, place.strides, strict=True):
        strides[axis] = stride if length == shape[axis] else 0
    return replace(place, shape=shape, strides=tuple(strides))


def transposed(place: Place, order: Sequence[int]) -> Place:
    shape = tuple(place.shape[axis] for axis in order)
    if isinstance(place, Known):
        return replace(place, shape=shape)
    return replace(place, shape=shape, strides=tuple(place.strides[axis] for axis in order))


def reshaped(place: Place, shape: Shape) -> Place:
    """The numbers, which lie side by side, in another shape."""
    if isinstance(place, Known):
        return replace(place, shape=shape)
    return replace(place, shape=shape, strides=strides_of(shape))
