"""Averages of the gradients and of their squares.

Sources: Duchi, Hazan, Singer (JMLR 2011) for AdaGrad; Hinton, Neural Networks for Machine Learning,
lecture 6e (2012) for RMSProp; Kingma, Ba, "Adam" (ICLR 2015); Reddi, Kale, Kumar, "On the convergence of
Adam and beyond" (ICLR 2018) for AMSGrad.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, largest_of, where
from chainrule.rules.rule import Shape, Slip, per_element, rule, size
from chainrule.rules.slipping import MEAN_NOT_SUBTRACTED

_NO_PAST = "what was there before is left out"
_SWAPPED = "the factors of the old value and the new one are swapped"
_NO_COMPLEMENT = "the factor of the new value is left out"


@rule(
    tex=r"<beta> \cdot <m> + (1 - <beta>) \cdot <d>",
    multiplications=per_element(2),
    slips=(
        Slip(
            "weights_swapped",
            _SWAPPED,
            lambda m, d, *, beta: (1 - beta) * m + beta * d,
            r"(1 - <beta>) \cdot <m> + <beta> \cdot <d>",
        ),
        Slip("no_complement", _NO_COMPLEMENT, lambda m, d, *, beta: beta * m + d, r"<beta> \cdot <m> + <d>"),
        Slip("no_past", _NO_PAST, lambda m, d, *, beta: (1 - beta) * d + 0 * m, r"(1 - <beta>) \cdot <d>"),
    ),
)
def gradient_average(m: Array, d: Array, *, beta: Array) -> Array:
    """The moving average of the gradients: the velocity in one form of momentum, Adam's first moment."""
    return beta * m + (1 - beta) * d


_NO_SQUARE = "the gradient is not squared"


@rule(
    tex=r"<r> + <d>^2",
    multiplications=per_element(1),
    slips=(
        Slip("no_square", _NO_SQUARE, lambda r, d: r + d, "<r> + <d>"),
        Slip("no_past", _NO_PAST, lambda r, d: d**2 + 0 * r, "<d>^2"),
    ),
)
def squares_sum(r: Array, d: Array) -> Array:
    """The sum of all squared gradients: AdaGrad."""
    return r + d**2


@rule(
    tex=r"<rho> \cdot <r> + (1 - <rho>) \cdot <d>^2",
    multiplications=per_element(3),
    slips=(
        Slip(
            "no_square",
            _NO_SQUARE,
            lambda r, d, *, rho: rho * r + (1 - rho) * d,
            r"<rho> \cdot <r> + (1 - <rho>) \cdot <d>",
        ),
        Slip(
            "weights_swapped",
            _SWAPPED,
            lambda r, d, *, rho: (1 - rho) * r + rho * d**2,
            r"(1 - <rho>) \cdot <r> + <rho> \cdot <d>^2",
        ),
        Slip(
            "no_complement",
            _NO_COMPLEMENT,
            lambda r, d, *, rho: rho * r + d**2,
            r"<rho> \cdot <r> + <d>^2",
        ),
        Slip(
            "factor_squared",
            "the factor of the gradient is squared too",
            lambda r, d, *, rho: rho * r + ((1 - rho) * d) ** 2,
            r"<rho> \cdot <r> + \left( (1 - <rho>) \cdot <d> \right)^2",
        ),
        Slip("no_past", _NO_PAST, lambda r, d, *, rho: (1 - rho) * d**2 + 0 * r, r"(1 - <rho>) \cdot <d>^2"),
    ),
)
def squares_average(r: Array, d: Array, *, rho: Array) -> Array:
    """The moving average of the squared gradients: RMSProp, and Adam's second moment."""
    return rho * r + (1 - rho) * d**2


def _not_negative_variance(r: Array, m: Array) -> Array:
    """For floating point, in which the difference of two that are nearly equal may fall below 0."""
    variance = r - m**2
    return where(variance < 0, constant(0, variance), variance)


@rule(
    tex=r"<r> - <m>^2",
    multiplications=per_element(1),
    stable=_not_negative_variance,
    slips=(
        Slip("mean_not_squared", "the mean is not squared", lambda r, m: r - m, "<r> - <m>"),
        Slip(*MEAN_NOT_SUBTRACTED, lambda r, m: r + 0 * m, "<r>"),
    ),
)
def gradient_variance(r: Array, m: Array) -> Array:
    """The average square less the squared average: what centered RMSProp divides by."""
    return r - m**2


@rule(
    tex=r"\max(<u>, <v>)",
    slips=(Slip("no_maximum", "the newest is taken, not the largest", lambda u, v: v + 0 * u, "<v>"),),
)
def largest_so_far(u: Array, v: Array) -> Array:
    """Element by element the largest second moment up to now: AMSGrad.

    >>> import numpy as np
    >>> largest_so_far(np.array([1.0, 5.0]), np.array([2.0, 3.0]))
    array([2., 5.])
    """
    return largest_of((u, v))


def _bias_correction(m: Shape, t: Shape) -> int:
    return size(m)


@rule(
    tex=r"\frac{<m>}{1 - <beta>^{<t>}}",
    multiplications=_bias_correction,
    slips=(
        Slip("no_correction", "the bias correction is left out", lambda m, t, *, beta: m, "<m>"),
        Slip(
            "no_power",
            "the power t of β is left out",
            lambda m, t, *, beta: m / (1 - beta),
            r"\frac{<m>}{1 - <beta>}",
        ),
        Slip(
            "counted_from_zero",
            "the updates are counted from 0",
            lambda m, t, *, beta: m / (1 - beta ** (t - 1)),
            r"\frac{<m>}{1 - <beta>^{<t> - 1}}",
        ),
        Slip(
            "multiplied",
            "it is multiplied instead of divided",
            lambda m, t, *, beta: m * (1 - beta**t),
            r"<m> \cdot (1 - <beta>^{<t>})",
        ),
    ),
)
def bias_corrected(m: Array, t: Array, *, beta: Array) -> Array:
    """A moving average that began at 0, divided by the weights that it has so far."""
    return m / (1 - beta**t)
