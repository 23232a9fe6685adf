"""Constraints: what keeps a weight in bounds after each update; Keras' classes, names and defaults."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

from chainrule.doors import missing, numbers, real_number
from chainrule.lookup import build, with_aliases
from chainrule.rules import constraints as rules
from chainrule.rules.arrays import Array
from chainrule.rules.rule import Rule, Shape


class Constraint:
    """Bounds of a weight: the rule that brings it back into them.

    Called with an array, a constraint gives it within the bounds, as in Keras.
    """

    @property
    def rule(self) -> Rule:
        """The rule of the weight within its bounds, from the weight; its shape."""
        raise missing(self, "rule")

    def __call__(self, W: Array) -> Array:
        return self.rule(W if hasattr(W, "dtype") else numbers(W, "W").astype(float))

    def check_shape(self, shape: Shape) -> None:
        """Raise ValueError where a weight of this shape cannot have these bounds."""

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))


class _Norm(Constraint):
    """Bounds of the norm along an axis or several."""

    axis: int | list[int]
    bounds: Rule

    @property
    def rule(self) -> Rule:
        axes = tuple(self.axis) if isinstance(self.axis, list) else (self.axis,)
        return replace(self.bounds, defaults={**vars(self), "axis": axes})

    def check_shape(self, shape: Shape) -> None:
        for axis in self.axis if isinstance(self.axis, list) else [self.axis]:
            if not -len(shape) <= axis < len(shape):
                raise ValueError(
                    f"{type(self).__name__} takes norms along axis {axis}, which a weight of shape {shape} "
                    "does not have"
                )


class MaxNorm(_Norm):
    """Norms not above ``max_value``; the axes are those along which a norm is taken, as in Keras.

    With axis 0, of a Dense layer's W the weights into each unit; for Conv2D give [0, 1, 2].
    Raises ValueError for a ``max_value`` that is not above 0, TypeError for an axis that is no number.

    >>> import numpy as np
    >>> MaxNorm(1)(np.array([[3.0, 0.3], [4.0, 0.4]]))
    array([[0.6, 0.3],
           [0.8, 0.4]])
    """

    bounds = rules.max_norm

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = _positive(max_value, "max_value")
        self.axis = _axis(axis)


class NonNeg(Constraint):
    """No weight below 0."""

    @property
    def rule(self) -> Rule:
        return rules.non_negative


class UnitNorm(_Norm):
    """Norms of 1; the axes are as in :class:`MaxNorm`."""

    bounds = rules.unit_norm

    def __init__(self, axis: Any = 0) -> None:
        self.axis = _axis(axis)


class MinMaxNorm(_Norm):
    """Norms between two bounds, or with a ``rate`` below 1 moved so far towards them.

    Raises ValueError unless 0 ≤ ``min_value`` ≤ ``max_value``, 0 < ``max_value`` and 0 ≤ ``rate`` ≤ 1.
    """

    bounds = rules.min_max_norm

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value = real_number(min_value, "min_value", "be at least 0", lambda v: v >= 0)
        self.max_value = _positive(max_value, "max_value")
        self.rate = real_number(rate, "rate", "lie between 0 and 1", lambda v: 0 <= v <= 1)
        self.axis = _axis(axis)
        if self.min_value > self.max_value:
            raise ValueError(f"min_value must not be above max_value {max_value!r}, got {min_value!r}")


def _positive(value: Any, name: str) -> Any:
    return real_number(value, name, "be greater than 0", lambda found: found > 0)


def _axis(axis: Any) -> int | list[int]:
    """An axis, or a list of several."""
    several = list(axis) if isinstance(axis, list | tuple) else [axis]
    if not several or any(isinstance(a, bool) or not hasattr(a, "__index__") for a in several):
        raise TypeError(f"axis must be a whole number or a list of them, got {axis!r}")
    if len(set(several)) < len(several):
        raise ValueError(f"axis names an axis twice: {axis!r}")
    whole = [operator.index(a) for a in several]
    return whole if isinstance(axis, list | tuple) else whole[0]


# Keras' other names for the classes
max_norm, non_neg, unit_norm, min_max_norm = MaxNorm, NonNeg, UnitNorm, MinMaxNorm

CONSTRAINTS = with_aliases((MaxNorm, NonNeg, UnitNorm, MinMaxNorm))


def get(identifier: Any) -> Constraint | None:
    """A constraint from its name, its table or itself; None for none.

    >>> get({"name": "max_norm", "max_value": 3}).get_config()
    {'max_value': 3, 'axis': 0}
    """
    if identifier is None:
        return None
    found: Constraint = build("constraint", identifier, CONSTRAINTS, Constraint)
    return found


def serialize(constraint: Constraint | None) -> dict[str, Any] | None:
    """The table that :func:`get` makes the constraint from again."""
    if constraint is None:
        return None
    return {"class_name": type(constraint).__name__, "config": constraint.get_config()}
