"""The standard deviation, and what is normalized by it."""

from __future__ import annotations

from chainrule.rules.arrays import Array, sqrt
from chainrule.rules.rule import Slip, per_element, rule
from chainrule.rules.slipping import NOT_DIVIDED_BY_DEVIATION, VARIANCE_FOR_DEVIATION

_DEVIATION = Slip(*VARIANCE_FOR_DEVIATION, lambda var: var, "<var>")


_SAFE = (
    Slip(*VARIANCE_FOR_DEVIATION, lambda var, *, epsilon: var + epsilon, "<var> + <epsilon>"),
    Slip("no_epsilon", "ε is left out", lambda var, *, epsilon: sqrt(var), r"\sqrt{<var>}"),
)


@rule(tex=r"\sqrt{<var>}", slips=(_DEVIATION,))
def deviation(var: Array) -> Array:
    """The standard deviation."""
    return sqrt(var)


@rule(
    tex=r"\sqrt{<var> + <epsilon>}",
    slips=(
        *_SAFE,
        Slip(
            "epsilon_outside",
            "ε is added outside the root",
            lambda var, *, epsilon: sqrt(var) + epsilon,
            r"\sqrt{<var>} + <epsilon>",
        ),
    ),
)
def safe_deviation(var: Array, *, epsilon: Array) -> Array:
    """The deviation that is divided by, ε in the root so that it is not 0: the paper's and Keras' form."""
    return sqrt(var + epsilon)


@rule(
    tex=r"\sqrt{<var>} + <epsilon>",
    slips=(
        *_SAFE,
        Slip(
            "epsilon_inside",
            "ε is added inside the root",
            lambda var, *, epsilon: sqrt(var + epsilon),
            r"\sqrt{<var> + <epsilon>}",
        ),
    ),
)
def safe_deviation_outside(var: Array, *, epsilon: Array) -> Array:
    """The deviation with ε added to it, as some courses write it."""
    return sqrt(var) + epsilon


@rule(
    tex=r"\frac{<x> - <mean>}{<deviation>}",
    multiplications=per_element(1),
    slips=(
        Slip(
            *VARIANCE_FOR_DEVIATION,
            lambda x, mean, deviation: (x - mean) / deviation**2,
            r"\frac{<x> - <mean>}{(<deviation>)^2}",
        ),
        Slip(
            "mean_not_subtracted",
            "the mean is not subtracted",
            lambda x, mean, deviation: x / deviation + 0 * mean,
            r"\frac{<x>}{<deviation>}",
        ),
        Slip(
            *NOT_DIVIDED_BY_DEVIATION,
            lambda x, mean, deviation: x - mean + 0 * deviation,
            "<x> - <mean>",
        ),
    ),
)
def normalized(x: Array, mean: Array, deviation: Array) -> Array:
    """x with mean 0 and, but for ε, variance 1; shape of x.

    >>> import numpy as np
    >>> normalized(np.array([2.0, 4.0]), np.float64(3), np.float64(0.5))
    array([-2.,  2.])
    """
    return (x - mean) / deviation


@rule(
    tex=r"\frac{<dxhat>}{<deviation>}",
    multiplications=per_element(1),
    slips=(
        Slip(
            *NOT_DIVIDED_BY_DEVIATION,
            lambda dxhat, deviation: dxhat + 0 * deviation,
            "<dxhat>",
        ),
    ),
)
def normalized_dx(dxhat: Array, deviation: Array) -> Array:
    """Gradient of the loss in x where mean and deviation are given and do not depend on x; shape of x."""
    return dxhat / deviation
