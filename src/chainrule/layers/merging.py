"""Layers that make one output of several: sum, difference, mean, product, maximum, side by side."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from chainrule.layers.merge import Merge
from chainrule.layers.node import Node
from chainrule.layers.steps import Quantities
from chainrule.rules import merging as rules
from chainrule.rules.networks.counts import sum_of
from chainrule.rules.rule import Call, Name, Rule, Shape
from chainrule.rules.shapes import unchanged


class _PlaceByPlace(Merge):
    """A merge of inputs that all have one shape."""

    def merged_shape(self, shapes: Sequence[Shape]) -> Shape:
        if len(set(shapes)) > 1:
            found = ", ".join(map(str, shapes))
            raise ValueError(f"{type(self).__name__} takes inputs of one shape, got {found}")
        return shapes[0]

    def rule(self, count: int) -> Rule:
        """The rule of so many inputs."""
        raise NotImplementedError

    def merge(self, q: Quantities, xs: tuple[Name, ...]) -> Name:
        q.a = self.rule(len(xs))(*xs)
        return q.a


class Add(_PlaceByPlace):
    """The sum of the inputs.

    >>> Add().merged_shape([(2, 3), (2, 3)])
    (2, 3)
    """

    def rule(self, count: int) -> Rule:
        return sum_of(count)

    def share(self, q: Quantities, xs: tuple[Name, ...], da: Name) -> tuple[Call, ...]:
        return tuple(unchanged(da) for _ in xs)


class Subtract(_PlaceByPlace):
    """The first of two inputs less the second."""

    def merged_shape(self, shapes: Sequence[Shape]) -> Shape:
        if len(shapes) != 2:
            raise ValueError(f"Subtract takes two inputs, got {len(shapes)}")
        return super().merged_shape(shapes)

    def rule(self, count: int) -> Rule:
        return rules.subtracted

    def share(self, q: Quantities, xs: tuple[Name, ...], da: Name) -> tuple[Call, ...]:
        return unchanged(da), rules.subtracted_dx2(da)


class Average(_PlaceByPlace):
    """The mean of the inputs."""

    def rule(self, count: int) -> Rule:
        return rules.averaged(count)

    def share(self, q: Quantities, xs: tuple[Name, ...], da: Name) -> tuple[Call, ...]:
        return tuple(rules.averaged_dx(len(xs))(da) for _ in xs)


class Multiply(_PlaceByPlace):
    """The product of the inputs, place by place."""

    def rule(self, count: int) -> Rule:
        return rules.multiplied(count)

    def share(self, q: Quantities, xs: tuple[Name, ...], da: Name) -> tuple[Call, ...]:
        gradient = rules.multiplied_dx(len(xs))
        return tuple(gradient(da, *xs[:i], *xs[i + 1 :]) for i in range(len(xs)))


class Maximum(_PlaceByPlace):
    """The largest of the inputs, place by place; of equal ones the first has the gradient."""

    def rule(self, count: int) -> Rule:
        return rules.maximum(count)

    def share(self, q: Quantities, xs: tuple[Name, ...], da: Name) -> tuple[Call, ...]:
        return tuple(rules.maximum_dx(i)(da, q.a, *xs[:i]) for i in range(1, len(xs) + 1))


class Concatenate(Merge):
    """The inputs one behind the other along an axis, which counts the batch as axis 0; usually the last.

    Raises ValueError for the batch's axis, or inputs that differ along another.

    >>> Concatenate().merged_shape([(4, 4, 3), (4, 4, 5)])
    (4, 4, 8)
    """

    def __init__(self, axis: int = -1, name: str | None = None) -> None:
        super().__init__(name)
        if isinstance(axis, bool) or not hasattr(axis, "__index__"):
            raise TypeError(f"axis must be a whole number, got {axis!r}")
        if axis == 0:
            raise ValueError("axis 0 is the batch's, whose samples stay apart: give another, as -1")
        self.axis = operator.index(axis)

    def merged_shape(self, shapes: Sequence[Shape]) -> Shape:
        rank = len(shapes[0])
        place = self.axis - 1 if self.axis > 0 else rank + self.axis
        others = {(len(shape), *shape[:place], "…", *shape[place + 1 :]) for shape in shapes}
        if not 0 <= place < rank or len(others) > 1:
            found = ", ".join(str((None, *shape)) for shape in shapes)
            raise ValueError(
                f"Concatenate takes inputs that are alike but along axis {self.axis}; got {found}"
            )
        return (*shapes[0][:place], sum(shape[place] for shape in shapes), *shapes[0][place + 1 :])

    def merge(self, q: Quantities, xs: tuple[Name, ...]) -> Name:
        q.a = rules.concatenated(len(xs))(*xs, axis=self.axis)
        return q.a

    def share(self, q: Quantities, xs: tuple[Name, ...], da: Name) -> tuple[Call, ...]:
        pieces = range(1, len(xs) + 1)
        return tuple(rules.concatenated_dx(i)(da, *xs[:i], axis=self.axis) for i in pieces)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"axis": self.axis}


# ------------------------------------------------------- Keras' functions that make a layer and apply it


def add(inputs: Sequence[Node], name: str | None = None) -> Node:
    """What :class:`Add` gives for these inputs."""
    return Add(name)(inputs)


def subtract(inputs: Sequence[Node], name: str | None = None) -> Node:
    """What :class:`Subtract` gives for these inputs."""
    return Subtract(name)(inputs)


def average(inputs: Sequence[Node], name: str | None = None) -> Node:
    """What :class:`Average` gives for these inputs."""
    return Average(name)(inputs)


def multiply(inputs: Sequence[Node], name: str | None = None) -> Node:
    """What :class:`Multiply` gives for these inputs."""
    return Multiply(name)(inputs)


def maximum(inputs: Sequence[Node], name: str | None = None) -> Node:
    """What :class:`Maximum` gives for these inputs."""
    return Maximum(name)(inputs)


def concatenate(inputs: Sequence[Node], axis: int = -1, name: str | None = None) -> Node:
    """What :class:`Concatenate` gives for these inputs."""
    return Concatenate(axis, name)(inputs)
