"""Slopes and curvature of a formula, and how gradient descent goes over a quadratic.

``gradient`` and ``hessian`` take the formula itself, an object with a ``derivative``.
Source: Goodfellow, Bengio, Courville, "Deep Learning" (2016), sections 4.3 and 8.2.1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import ONE_FOR_TWO


@rule(tex=r"\text{derivative of } <f>", as_whole=True)
def derivative(f: Array, *, x: str) -> Array:
    """The derivative of a formula in its one variable."""
    return f[()].derivative(x)


@rule(tex=r"\text{partial derivatives of } <f>", as_whole=True)
def gradient(f: Array, *, variables: Sequence[str]) -> Array:
    """The partial derivatives of a formula; shape (n,)."""
    return np.array([f[()].derivative(x) for x in variables], dtype=object)


@rule(tex=r"\text{partial derivatives of } <gradient>", as_whole=True)
def hessian(gradient: Array, *, variables: Sequence[str]) -> Array:
    """The second partial derivatives, of the gradient; shape (n, n)."""
    return np.array([[slope.derivative(x) for x in variables] for slope in gradient], dtype=object)


@rule(
    tex=r"1 - <learning_rate> <eigenvalues>",
    slips=(
        Slip(
            "no_one",
            "the 1 is left out",
            lambda learning_rate, eigenvalues: -learning_rate * eigenvalues,
            r"-<learning_rate> <eigenvalues>",
        ),
    ),
)
def shrink_factors(learning_rate: Array, eigenvalues: Array) -> Array:
    """What a step of descent multiplies the distance to the minimum by, along each eigenvector."""
    return 1 - learning_rate * eigenvalues


@rule(
    tex=r"\frac{2}{<largest>}",
    slips=(
        Slip(
            *ONE_FOR_TWO,
            lambda largest: 1 / largest,
            r"\frac{1}{<largest>}",
        ),
    ),
)
def learning_rate_limit(largest: Array) -> Array:
    """The learning rate from which on descent on a quadratic diverges."""
    return 2 / largest


@rule(
    tex=r"\frac{2}{<largest> + <smallest>}",
    slips=(
        Slip(
            *ONE_FOR_TWO,
            lambda largest, smallest: 1 / (largest + smallest),
            r"\frac{1}{<largest> + <smallest>}",
        ),
        Slip(
            "largest_alone",
            "the smallest eigenvalue is left out",
            lambda largest, smallest: 2 / largest + 0 * smallest,
            r"\frac{2}{<largest>}",
        ),
    ),
)
def best_learning_rate(largest: Array, smallest: Array) -> Array:
    """The learning rate whose slowest direction is the fastest."""
    return 2 / (largest + smallest)


@rule(
    tex=r"\frac{<kappa> - 1}{<kappa> + 1}",
    slips=(
        Slip(
            "inverted",
            "the fraction is turned over",
            lambda kappa: (kappa + 1) / (kappa - 1),
            r"\frac{<kappa> + 1}{<kappa> - 1}",
        ),
    ),
)
def best_factor(kappa: Array) -> Array:
    """What the distance to the minimum shrinks by at least in a step, at the best learning rate."""
    return (kappa - 1) / (kappa + 1)


@rule(
    tex=r"<da> \odot <slope>",
    slips=(Slip("no_slope", "the slope is left out", lambda da, slope: da + 0 * slope, "<da>"),),
)
def through_slope(da: Array, slope: Array) -> Array:
    """A gradient taken back through a function of each element: times its slope, one by one."""
    return da * slope
