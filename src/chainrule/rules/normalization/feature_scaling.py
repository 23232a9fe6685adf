"""The scaling of features to an interval or to length 1."""

from __future__ import annotations

from chainrule.rules.arrays import Array, largest
from chainrule.rules.normalization.statistics import batch_axes
from chainrule.rules.rule import Slip, per_element, rule, size


@rule(tex=r"\min_{i} (<x>)_{i}")
def feature_min(x: Array) -> Array:
    """The smallest value of each feature; shape (c,)."""
    return -largest(-x, axis=batch_axes(x.shape))


@rule(tex=r"\max_{i} (<x>)_{i}")
def feature_max(x: Array) -> Array:
    """The largest value of each feature; shape (c,)."""
    return largest(x, axis=batch_axes(x.shape))


@rule(
    tex=r"<a> + (<b> - <a>) \cdot \frac{<x> - <x_min>}{<x_max> - <x_min>}",
    multiplications=lambda x, *_: 2 * size(x),
    slips=(
        Slip(
            "no_start",
            "the range's start is not added",
            lambda x, x_min, x_max, a, b: (b - a) * ((x - x_min) / (x_max - x_min)),
            r"(<b> - <a>) \cdot \frac{<x> - <x_min>}{<x_max> - <x_min>}",
        ),
        Slip(
            "unit_range",
            "it is scaled to 0 … 1",
            lambda x, x_min, x_max, a, b: (x - x_min) / (x_max - x_min),
            r"\frac{<x> - <x_min>}{<x_max> - <x_min>}",
        ),
        Slip(
            "end_for_width",
            "the range's end is taken for its width",
            lambda x, x_min, x_max, a, b: a + b * ((x - x_min) / (x_max - x_min)),
            r"<a> + <b> \cdot \frac{<x> - <x_min>}{<x_max> - <x_min>}",
        ),
    ),
)
def min_max_scaled(x: Array, x_min: Array, x_max: Array, a: Array, b: Array) -> Array:
    """x stretched so that its smallest value is a and its largest b; shape of x."""
    return a + (b - a) * ((x - x_min) / (x_max - x_min))


@rule(
    tex=r"\frac{<x> - <x_min>}{<x_max> - <x_min>}",
    multiplications=per_element(1),
    slips=(
        Slip(
            "divided_by_largest",
            "it is divided by the largest value instead of the spread",
            lambda x, x_min, x_max: (x - x_min) / x_max,
            r"\frac{<x> - <x_min>}{<x_max>}",
        ),
        Slip(
            "smallest_not_subtracted",
            "the smallest value is not subtracted from x",
            lambda x, x_min, x_max: x / (x_max - x_min),
            r"\frac{<x>}{<x_max> - <x_min>}",
        ),
        Slip(
            "share_of_largest",
            "each value is divided by the largest",
            lambda x, x_min, x_max: x / x_max + 0 * x_min,
            r"\frac{<x>}{<x_max>}",
        ),
    ),
)
def unit_scaled(x: Array, x_min: Array, x_max: Array) -> Array:
    """x stretched so that its smallest value is 0 and its largest 1; shape of x."""
    return (x - x_min) / (x_max - x_min)
