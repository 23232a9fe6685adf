"""One discrete random variable: mass function, expectation, variance.

Source: Grinstead and Snell, Introduction to Probability (1997), chapter 6.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, absolute, namespace, sqrt, total
from chainrule.rules.probability.slips import DEVIATION
from chainrule.rules.rule import Rule, Slip, rule
from chainrule.rules.slipping import MEAN_NOT_SUBTRACTED, NO_ROOT


def gathered(groups: tuple[tuple[int, ...], ...]) -> Rule:
    """Mass function of a random variable: for each value, the outcomes that have it, added."""

    def function(p: Array) -> Array:
        return namespace(p).stack([total(p[list(group)]) for group in groups])

    def first_outcome(p: Array) -> Array:
        return namespace(p).stack([p[group[0]] for group in groups])

    one_outcome = "one_outcome", "only one of the outcomes that have the value is counted"
    return Rule(
        "gathered",
        function,
        tex=r"\sum_{o :\, X(o) = x} <p>",
        slips=(Slip(*one_outcome, first_outcome, "<p>"),),
    )


@rule(
    tex=r"\sum_{t \le x} P(X = t)",
    slips=(
        Slip(
            "not_summed",
            "the probabilities of the values before are not added",
            lambda p: p,
            "P(X = x)",
        ),
        Slip(
            "value_left_out",
            "the probability of the value itself is left out",
            lambda p: _cumulative(p) - p,
            r"\sum_{t < x} P(X = t)",
        ),
        Slip(
            "from_above",
            "the probabilities of the values behind are added",
            lambda p: 1 - _cumulative(p) + p,
            r"\sum_{t \ge x} P(X = t)",
        ),
    ),
)
def cumulative(p: Array) -> Array:
    """Distribution function at each of the values, which stand in increasing order."""
    return _cumulative(p)


def _cumulative(p: Array) -> Array:
    return namespace(p).stack([total(p[: k + 1]) for k in range(p.shape[0])])


@rule(
    tex=r"\sum <x> \, <p>",
    slips=(
        Slip(
            "plain_mean",
            "the values are averaged without their probabilities",
            lambda x, p: total(x) / x.shape[0] + 0 * total(p),
            r"\frac{1}{n} \sum <x>",
        ),
        Slip(
            "values_left_out",
            "the probabilities are added without the values",
            lambda x, p: total(p) + 0 * total(x),
            r"\sum <p>",
        ),
        Slip(
            "values_squared",
            "the values are squared",
            lambda x, p: total(x**2 * p),
            r"\sum <x>^2 \, <p>",
        ),
    ),
)
def expectation(x: Array, p: Array) -> Array:
    """Expectation of a discrete random variable; values and probabilities in two vectors.

    >>> import numpy as np
    >>> expectation(np.array([0.0, 1.0]), np.array([0.25, 0.75]))
    np.float64(0.75)
    """
    return total(x * p)


@rule(
    tex=r"\sum <x>^2 \, <p>",
    slips=(
        Slip(
            "squared_mean",
            "the expectation is squared, not the values",
            lambda x, p: total(x * p) ** 2,
            r"\left( \sum <x> \, <p> \right)^2",
        ),
        Slip(
            "probabilities_squared",
            "the probabilities are squared too",
            lambda x, p: total((x * p) ** 2),
            r"\sum \left( <x> \, <p> \right)^2",
        ),
        Slip("not_squared", "the values are not squared", lambda x, p: total(x * p), r"\sum <x> \, <p>"),
    ),
)
def second_moment(x: Array, p: Array) -> Array:
    """Expectation of the square."""
    return total(x**2 * p)


@rule(
    tex=r"\sum \left( <x> - <mean> \right)^2 <p>",
    slips=(
        Slip(
            *MEAN_NOT_SUBTRACTED,
            lambda x, p, mean: total(x**2 * p) + 0 * mean,
            r"\sum <x>^2 \, <p>",
        ),
        Slip(
            "plain_mean",
            "the squares are averaged without their probabilities",
            lambda x, p, mean: total((x - mean) ** 2) / x.shape[0],
            r"\frac{1}{n} \sum \left( <x> - <mean> \right)^2",
        ),
        Slip(
            "not_squared",
            "the distances are not squared, only made positive",
            lambda x, p, mean: total(absolute(x - mean) * p),
            r"\sum \left| <x> - <mean> \right| <p>",
        ),
        Slip(
            *DEVIATION,
            lambda x, p, mean: sqrt(total((x - mean) ** 2 * p)),
            r"\sqrt{\sum \left( <x> - <mean> \right)^2 <p>}",
        ),
    ),
)
def variance(x: Array, p: Array, mean: Array) -> Array:
    """Expected squared distance from the mean."""
    return total((x - mean) ** 2 * p)


@rule(
    tex=r"<square> - <mean>^2",
    slips=(
        Slip(
            "mean_not_squared",
            "the mean is not squared",
            lambda square, mean: square - mean,
            "<square> - <mean>",
        ),
        Slip(*MEAN_NOT_SUBTRACTED, lambda square, mean: square, "<square>"),
        Slip(
            *DEVIATION,
            lambda square, mean: sqrt(square - mean**2),
            r"\sqrt{<square> - <mean>^2}",
        ),
    ),
)
def variance_by_moments(square: Array, mean: Array) -> Array:
    """Variance from the expectation of the square and the mean."""
    return square - mean**2


@rule(tex=r"\sqrt{<variance>}", slips=(Slip(*NO_ROOT, lambda variance: variance, "<variance>"),))
def standard_deviation(variance: Array) -> Array:
    """Square root of the variance."""
    return sqrt(variance)
