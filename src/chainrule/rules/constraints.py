"""Bounds of a weight, which bring it back after each update: its norm along some axes, or its sign.

The norm along an axis is that of the numbers which differ in this axis alone: with axis 0 of a dense
layer's W, of the weights into one unit. Source: Srivastava et al., "Dropout" (JMLR 2014), section 5.1,
for the largest norm. Keras adds ε = 1e-7 to each norm, so that a weight within its bounds shrinks a
little in every update; here it stays, and a weight of norm 0 too.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, sqrt, total, where
from chainrule.rules.rule import Shape, rule, size

Axes = tuple[int, ...]


def _squares_and_scaling(W: Shape) -> int:
    return 2 * size(W)


def _norms(W: Array, axis: Axes) -> Array:
    return sqrt(total(W**2, axis=axis, keepdims=True))


def _not_zero(norms: Array) -> Array:
    """The norms as they are divided by: any number will do for a weight that is 0."""
    return where(norms > 0, norms, constant(1, norms))


@rule(
    tex=r"<W> \cdot \min\left(1, \frac{<max_value>}{\lVert <W> \rVert}\right)",
    multiplications=_squares_and_scaling,
)
def max_norm(W: Array, *, max_value: Array, axis: Axes) -> Array:
    """The weights shortened where their norm is above the largest; W's shape.

    >>> import numpy as np
    >>> max_norm(np.array([[3.0, 0.3], [4.0, 0.4]]), max_value=1.0, axis=(0,))
    array([[0.6, 0.3],
           [0.8, 0.4]])
    """
    norms = _norms(W, axis)
    most = constant(max_value, norms)
    return W * (most / where(norms > most, norms, most))


@rule(tex=r"\max(<W>, 0)")
def non_negative(W: Array) -> Array:
    """Every weight below 0 made 0; W's shape."""
    return where(W < 0, constant(0, W), W)


@rule(tex=r"\frac{<W>}{\lVert <W> \rVert}", multiplications=_squares_and_scaling)
def unit_norm(W: Array, *, axis: Axes) -> Array:
    """The weights divided by their norm; W's shape."""
    return W / _not_zero(_norms(W, axis))


@rule(
    tex=r"<W> \cdot \left( 1 + <rate> \cdot \frac{\min(\max(\lVert <W> \rVert, <min_value>), <max_value>)"
    r" - \lVert <W> \rVert}{\lVert <W> \rVert} \right)",
    multiplications=lambda W: 3 * size(W),
)
def min_max_norm(W: Array, *, min_value: Array, max_value: Array, rate: Array, axis: Axes) -> Array:
    """The weights with their norm moved towards an interval, all the way where the rate is 1; W's shape."""
    norms = _norms(W, axis)
    low, high = constant(min_value, norms), constant(max_value, norms)
    within = where(norms > high, high, where(norms < low, low, norms))
    return W * ((norms + rate * (within - norms)) / _not_zero(norms))
