"""Gradients that are made smaller where they are too large, as a whole or in each number.

Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks" (ICML 2013),
section 3.2; Goodfellow, Bengio, Courville, Deep Learning (2016), section 10.11.1.
"""

from __future__ import annotations

from functools import cache

from chainrule.rules.arrays import Array, absolute, constant, largest, largest_of, sqrt, total, where
from chainrule.rules.rule import Rule, Shape, Slip, rule, size
from chainrule.rules.slipping import NO_ROOT


@rule(
    tex=r"\min(\max(<d>, -<clipvalue>), <clipvalue>)",
    slips=(
        Slip("not_clipped", "nothing is clipped", lambda d, *, clipvalue: d, "<d>"),
        Slip(
            "one_side",
            "only what is above the limit is clipped, not what is below its negative",
            lambda d, *, clipvalue: where(d > clipvalue, constant(clipvalue, d), d),
            r"\min(<d>, <clipvalue>)",
        ),
    ),
)
def clipped_by_value(d: Array, *, clipvalue: Array) -> Array:
    """Each number of a gradient brought between -c and c; its direction may change.

    >>> import numpy as np
    >>> clipped_by_value(np.array([3.0, -0.2, -5.0]), clipvalue=1.0)
    array([ 1. , -0.2, -1. ])
    """
    high, low = constant(clipvalue, d), constant(-clipvalue, d)
    return where(d > high, high, where(d < low, low, d))


@rule(
    tex=r"<d> \cdot \min\left(1, \frac{<clipnorm>}{<norm>}\right)",
    multiplications=lambda d, norm: size(d) + 1,
    slips=(
        Slip("not_clipped", "nothing is clipped", lambda d, norm, *, clipnorm: d, "<d>"),
        Slip(
            "by_value",
            "each number is clipped by itself",
            lambda d, norm, *, clipnorm: where(
                d > clipnorm, constant(clipnorm, d), where(d < -clipnorm, constant(-clipnorm, d), d)
            ),
            r"\min(\max(<d>, -<clipnorm>), <clipnorm>)",
        ),
        Slip(
            "only_divided",
            "the gradient is divided by its norm and not multiplied by the limit",
            lambda d, norm, *, clipnorm: d / norm,
            r"\frac{<d>}{<norm>}",
        ),
    ),
)
def clipped_by_norm(d: Array, norm: Array, *, clipnorm: Array) -> Array:
    """A gradient shortened where the norm is above c; its direction stays.

    >>> import numpy as np
    >>> clipped_by_norm(np.array([3.0, 4.0]), np.float64(5), clipnorm=1.0)
    array([0.6, 0.8])
    """
    allowed = constant(clipnorm, norm)
    return d * (allowed / where(norm > allowed, norm, allowed))


@cache
def norm_of(count: int) -> Rule:
    """The Euclidean norm of so many arrays, as if they were one long vector; a number.

    >>> import numpy as np
    >>> float(norm_of(2)(np.array([[3.0]]), np.array([4.0])))
    5.0
    """
    names = tuple(f"d{i}" for i in range(1, count + 1))
    squares = " + ".join(rf"\sum <{name}>^2" for name in names)
    absolutes = " + ".join(rf"\sum \left| <{name}> \right|" for name in names)
    return Rule(
        "norm",
        _norm,
        rf"\sqrt{{{squares}}}",
        multiplications=_squares,
        slips=(
            Slip(*NO_ROOT, lambda *arrays: _norm(*arrays) ** 2, squares),
            Slip("one_norm", "the sizes are added instead of their squares", _one_norm, absolutes),
        ),
        stable=_scaled_norm,
        named=names,
    )


def _squares(*shapes: Shape) -> int:
    return sum(size(shape) for shape in shapes)


def _norm(*arrays: Array) -> Array:
    first, *others = (total(array**2) for array in arrays)
    for other in others:
        first = first + other
    return sqrt(first)


def _one_norm(*arrays: Array) -> Array:
    first, *others = (total(absolute(array)) for array in arrays)
    for other in others:
        first = first + other
    return first


def _scaled_norm(*arrays: Array) -> Array:
    """For floating point, in which the squares of large numbers overflow."""
    most = largest_of([largest(absolute(array), axis=tuple(range(array.ndim))) for array in arrays])
    scale = where(most > 0, most, constant(1, most))
    return scale * _norm(*(array / scale for array in arrays))
