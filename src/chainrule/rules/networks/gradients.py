"""Gradients as products of factors, layer by layer: how they vanish and explode.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 8.2.5.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, absolute, constant, namespace, sqrt, total
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import NO_ROOT, NO_SLOPE


@rule(tex="1")
def own_gradient(a: Array) -> Array:
    """The derivative of the output in itself, which is 1; the output's shape."""
    return constant(1, a)


_NO_WEIGHT = "no_weight", "the weight is left out"


@rule(
    tex=r"<W> \cdot <slope>",
    slips=(
        Slip(*NO_SLOPE, lambda W, slope: W + 0 * slope, "<W>"),
        Slip(*_NO_WEIGHT, lambda W, slope: slope + 0 * W, "<slope>"),
    ),
)
def layer_factor(W: Array, slope: Array) -> Array:
    """What the gradient is multiplied by on its way back through one layer of one unit."""
    return W * slope


@rule(
    tex=r"\sqrt{\sum <d>^2}",
    slips=(
        Slip(*NO_ROOT, lambda d: total(d**2), r"\sum <d>^2"),
        Slip(
            "not_squared",
            "the entries are added without squares",
            lambda d: total(absolute(d)),
            r"\sum \left| <d> \right|",
        ),
    ),
)
def norm(d: Array) -> Array:
    """The Euclidean length of a gradient: the root of the sum of its squares; a number.

    >>> import numpy as np
    >>> float(norm(np.array([[3.0, 4.0]])))
    5.0
    """
    return sqrt(total(d**2))


@rule(
    tex=r"\frac{<later>}{<last>}",
    slips=(
        Slip(
            "inverted",
            "the second is divided by the first",
            lambda later, last: last / later,
            r"\frac{<last>}{<later>}",
        ),
    ),
)
def ratio(later: Array, last: Array) -> Array:
    """How large one size is beside another."""
    return later / last


@rule(
    tex=r"<slopes> \odot <weights>",
    slips=(
        Slip(*NO_SLOPE, lambda slopes, weights: weights + 0 * slopes, "<weights>"),
        Slip(*_NO_WEIGHT, lambda slopes, weights: slopes + 0 * weights, "<slopes>"),
    ),
)
def chain_factors(slopes: Array, weights: Array) -> Array:
    """The factor of each layer of a chain: the slope of its activation times its weight."""
    return slopes * weights


@rule(
    tex=r"1 \cdot (<factors>)_{1} \cdots (<factors>)_{i}",
    slips=(
        Slip(
            "added",
            "the factors are added",
            lambda factors: namespace(factors).cumsum(factors),
            r"(<factors>)_{1} + \cdots + (<factors>)_{i}",
        ),
        Slip(
            "not_multiplied",
            "the factors before are left out",
            lambda factors: factors,
            r"(<factors>)_{i}",
        ),
    ),
)
def running_product(factors: Array) -> Array:
    """The products of the first factor, the first two, and so on; shape (n,).

    >>> import numpy as np
    >>> running_product(np.array([0.5, 0.5, 4.0])).tolist()
    [0.5, 0.25, 1.0]
    """
    xp = namespace(factors)
    return xp.cumprod(xp.concat([constant(1, factors[:1]), factors]))[1:]


@rule(
    tex="<factor>^{<depth>}",
    slips=(
        Slip(
            "multiplied",
            "it is multiplied by the number of layers, not raised to it",
            lambda factor, depth: factor * depth,
            r"<factor> \cdot <depth>",
        ),
        Slip(
            "one_layer_less",
            "one layer is left out",
            lambda factor, depth: factor ** (depth - 1),
            "<factor>^{<depth> - 1}",
        ),
    ),
)
def equal_factors(factor: Array, depth: Array) -> Array:
    """The product of so many equal factors."""
    return factor**depth


@rule(tex="<products>_{n}")
def last_product(products: Array) -> Array:
    """The product of all factors, the last of the running products."""
    return products[-1]
