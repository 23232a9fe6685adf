"""Measures of a regression, from its residuals.

Source: scikit-learn, "Metrics and scoring".
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, absolute, sqrt, total
from chainrule.rules.rule import Slip, rule, size
from chainrule.rules.slipping import MEAN_NOT_SUBTRACTED, NO_ROOT, OPPOSITE_SIGN, SUM_FOR_MEAN

_ABSOLUTE = "absolute_for_square", "the errors are not squared, only made positive"


@rule(
    tex=r"<y> - <yhat>",
    slips=(Slip(*OPPOSITE_SIGN, lambda y, yhat: yhat - y, "<yhat> - <y>"),),
)
def residuals(y: Array, yhat: Array) -> Array:
    """Target minus prediction; (m,)."""
    return y - yhat


@rule(
    tex=r"\frac{1}{m} \sum_i \left| (<e>)_{i} \right|",
    slips=(
        Slip(
            "signs_kept",
            "errors of different sign cancel, as they are not made positive",
            lambda e: total(e) / size(e.shape),
            r"\frac{1}{m} \sum_i (<e>)_{i}",
        ),
        Slip(*SUM_FOR_MEAN, lambda e: total(absolute(e)), r"\sum_i \left| (<e>)_{i} \right|"),
    ),
)
def mean_absolute(e: Array) -> Array:
    """The mean absolute error, from the residuals."""
    return total(absolute(e)) / size(e.shape)


@rule(
    tex=r"\frac{1}{m} \sum_i (<e>)_{i}^2",
    slips=(
        Slip(*SUM_FOR_MEAN, lambda e: total(e**2), r"\sum_i (<e>)_{i}^2"),
        Slip(
            "halved",
            "it is halved once more",
            lambda e: total(e**2) / (2 * size(e.shape)),
            r"\frac{1}{2 m} \sum_i (<e>)_{i}^2",
        ),
        Slip(
            *_ABSOLUTE,
            lambda e: total(absolute(e)) / size(e.shape),
            r"\frac{1}{m} \sum_i \left| (<e>)_{i} \right|",
        ),
        Slip(
            "one_less",
            "the sum is divided by n - 1 in place of n",
            lambda e: total(e**2) / (size(e.shape) - 1),
            r"\frac{1}{m - 1} \sum_i (<e>)_{i}^2",
        ),
    ),
)
def mean_square(e: Array) -> Array:
    """The mean squared error, from the residuals."""
    return total(e**2) / size(e.shape)


@rule(tex=r"\sqrt{<mse>}", slips=(Slip(*NO_ROOT, lambda mse: mse, "<mse>"),))
def root(mse: Array) -> Array:
    """The root of the mean squared error."""
    return sqrt(mse)


@rule(
    tex=r"\frac{1}{m} \sum_i (<y>)_{i}",
    slips=(
        Slip(*SUM_FOR_MEAN, lambda y: total(y), r"\sum_i (<y>)_{i}"),
        Slip(
            "one_less",
            "the sum is divided by n - 1 in place of n",
            lambda y: total(y) / (size(y.shape) - 1),
            r"\frac{1}{m - 1} \sum_i (<y>)_{i}",
        ),
    ),
)
def mean_target(y: Array) -> Array:
    """The mean of the targets."""
    return total(y) / size(y.shape)


@rule(
    tex=r"\sum_i (<e>)_{i}^2",
    slips=(
        Slip(
            "mean_for_sum",
            "the sum is divided, as a mean is",
            lambda e: total(e**2) / size(e.shape),
            r"\frac{1}{m} \sum_i (<e>)_{i}^2",
        ),
        Slip(*_ABSOLUTE, lambda e: total(absolute(e)), r"\sum_i \left| (<e>)_{i} \right|"),
    ),
)
def residual_squares(e: Array) -> Array:
    """The squares of the residuals, summed."""
    return total(e**2)


@rule(
    tex=r"\sum_i \left( (<y>)_{i} - <mean> \right)^2",
    slips=(
        Slip(
            "mean_for_sum",
            "the sum is divided, as a mean is",
            lambda y, mean: total((y - mean) ** 2) / size(y.shape),
            r"\frac{1}{m} \sum_i \left( (<y>)_{i} - <mean> \right)^2",
        ),
        Slip(
            *MEAN_NOT_SUBTRACTED,
            lambda y, mean: total(y**2) + 0 * mean,
            r"\sum_i (<y>)_{i}^2",
        ),
    ),
)
def total_squares(y: Array, mean: Array) -> Array:
    """The squared distances of the targets from their mean, summed."""
    return total((y - mean) ** 2)


@rule(
    tex=r"1 - \frac{<residual>}{<whole>}",
    slips=(
        Slip(
            "not_from_one",
            "the share is not taken from 1",
            lambda residual, whole: residual / whole,
            r"\frac{<residual>}{<whole>}",
        ),
        Slip(
            "inverted",
            "numerator and denominator are exchanged",
            lambda residual, whole: 1 - whole / residual,
            r"1 - \frac{<whole>}{<residual>}",
        ),
    ),
)
def determination(residual: Array, whole: Array) -> Array:
    """R², the share of the targets' variation that the predictions explain."""
    return 1 - residual / whole
