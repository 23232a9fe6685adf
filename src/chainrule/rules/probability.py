"""Probability: events, Bayes' theorem, random variables, and densities.

Sources: Goodfellow, Bengio, Courville, Deep Learning (2016), chapter 3; Grinstead and Snell, Introduction
to Probability (1997), chapters 1, 4, 5 and 6.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

import numpy as np

from chainrule.rules.arrays import Array, constant, erf, exp, namespace, pi, sqrt, total, where
from chainrule.rules.rule import Rule, Slip, rule

# ------------------------------------------------------------------------------- events


@rule(tex=r"\frac{<favourable>}{<possible>}")
def classical(favourable: Array, possible: Array) -> Array:
    """Probability where all outcomes are equally likely; Laplace's definition.

    >>> import numpy as np
    >>> classical(np.array(3.0), np.array(6.0))
    np.float64(0.5)
    """
    return favourable / possible


def sum_over(condition: str) -> Rule:
    """The sum of the probabilities given; ``condition`` says in TeX over what."""
    return Rule("sum_over", total, tex=rf"\sum_{{{condition}}} <p>", named=("p",))


@rule(tex=r"1 - <p>", slips=(Slip("not_turned", "the probability is not taken from 1", lambda p: p, "<p>"),))
def complement(p: Array) -> Array:
    """Probability that the event does not happen."""
    return 1 - p


@rule(
    tex=r"<p> + <q> - <both>",
    slips=(
        Slip("counted_twice", "what both share is counted twice", lambda p, q, both: p + q, "<p> + <q>"),
        Slip("multiplied", "the probabilities are multiplied", lambda p, q, both: p * q, r"<p> \cdot <q>"),
    ),
)
def union(p: Array, q: Array, both: Array) -> Array:
    """Probability that at least one of two events happens; inclusion and exclusion."""
    return p + q - both


@rule(
    tex=r"\frac{<both>}{<condition>}",
    slips=(
        Slip("not_divided", "nothing is divided by the condition", lambda both, condition: both, "<both>"),
    ),
)
def conditional(both: Array, condition: Array) -> Array:
    """Probability of one event given another."""
    return both / condition


@rule(tex=r"<p> \cdot <q>", slips=(Slip("added", "they are added", lambda p, q: p + q, "<p> + <q>"),))
def product(p: Array, q: Array) -> Array:
    """Product of two probabilities: of independent events, or of a likelihood and a prior."""
    return p * q


@rule(tex=r"\left[ <both> = <expected> \right]")
def equal(both: Array, expected: Array) -> Array:
    """Whether two probabilities are equal: 1 or 0."""
    return where(both == expected, constant(1, both), constant(0, both))


@cache
def added(parts: int) -> Rule:
    """The sum of so many quantities, each by its name: the rule of total probability, for one.

    >>> added(2).tex
    '<part1> + <part2>'
    """
    names = tuple(f"part{i}" for i in range(1, parts + 1))
    tex = " + ".join(f"<{name}>" for name in names)
    return Rule("added", lambda *values: reduce(operator.add, values), tex=tex, named=names)


# --------------------------------------------------------------------- random variables


def gathered(groups: tuple[tuple[int, ...], ...]) -> Rule:
    """Mass function of a random variable: for each value, the outcomes that have it, added."""

    def function(p: Array) -> Array:
        return namespace(p).stack([total(p[list(group)]) for group in groups])

    return Rule("gathered", function, tex=r"\sum_{o :\, X(o) = x} <p>")


@rule(tex=r"\sum_{t \le x} P(X = t)")
def cumulative(p: Array) -> Array:
    """Distribution function at each of the values, which stand in increasing order."""
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
    ),
)
def expectation(x: Array, p: Array) -> Array:
    """Expectation of a discrete random variable; values and probabilities in two vectors.

    >>> import numpy as np
    >>> expectation(np.array([0.0, 1.0]), np.array([0.25, 0.75]))
    np.float64(0.75)
    """
    return total(x * p)


@rule(tex=r"\sum <x>^2 \, <p>")
def second_moment(x: Array, p: Array) -> Array:
    """Expectation of the square."""
    return total(x**2 * p)


@rule(tex=r"\sum \left( <x> - <mean> \right)^2 <p>")
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
        Slip("nothing_subtracted", "the mean is not subtracted", lambda square, mean: square, "<square>"),
    ),
)
def variance_by_moments(square: Array, mean: Array) -> Array:
    """Variance from the expectation of the square and the mean."""
    return square - mean**2


@rule(tex=r"\sqrt{<variance>}")
def standard_deviation(variance: Array) -> Array:
    """Square root of the variance."""
    return sqrt(variance)


# ------------------------------------------------------------------------ two variables


@rule(tex=r"\sum_{y} <joint>")
def marginal_of_rows(joint: Array) -> Array:
    """Mass function of the variable in the rows; shape (rows,)."""
    return total(joint, axis=1)


@rule(tex=r"\sum_{x} <joint>")
def marginal_of_columns(joint: Array) -> Array:
    """Mass function of the variable in the columns; shape (columns,)."""
    return total(joint, axis=0)


@rule(tex=r"\sum_{x, y} <x> \, <y> \, <joint>")
def mean_product(x: Array, y: Array, joint: Array) -> Array:
    """Expectation of the product of two variables; joint is (values of x, values of y)."""
    return total(x.reshape(-1, 1) * y * joint)


@rule(
    tex=r"<product> - <mean_x> \cdot <mean_y>",
    slips=(
        Slip(
            "nothing_subtracted",
            "the product of the means is not subtracted",
            lambda product, mean_x, mean_y: product,
            "<product>",
        ),
    ),
)
def covariance(product: Array, mean_x: Array, mean_y: Array) -> Array:
    """Covariance from the expectation of the product and the means."""
    return product - mean_x * mean_y


@rule(tex=r"\sum_{x, y} \left( <x> - <mean_x> \right) \left( <y> - <mean_y> \right) <joint>")
def covariance_by_definition(x: Array, y: Array, joint: Array, mean_x: Array, mean_y: Array) -> Array:
    """Expected product of the distances from the means."""
    return total((x - mean_x).reshape(-1, 1) * (y - mean_y) * joint)


@rule(tex=r"\frac{<covariance>}{\sqrt{<variance_x> \cdot <variance_y>}}")
def correlation(covariance: Array, variance_x: Array, variance_y: Array) -> Array:
    """Correlation coefficient: the covariance in units of both standard deviations."""
    return covariance / sqrt(variance_x * variance_y)


@rule(
    tex=r"<variance_x> + <variance_y> + 2 <covariance>",
    slips=(
        Slip(
            "no_covariance",
            "the covariance is left out",
            lambda variance_x, variance_y, covariance: variance_x + variance_y,
            "<variance_x> + <variance_y>",
        ),
        Slip(
            "covariance_once",
            "the covariance is taken once, not twice",
            lambda variance_x, variance_y, covariance: variance_x + variance_y + covariance,
            "<variance_x> + <variance_y> + <covariance>",
        ),
    ),
)
def variance_of_sum(variance_x: Array, variance_y: Array, covariance: Array) -> Array:
    """Variance of the sum of two variables."""
    return variance_x + variance_y + 2 * covariance


@rule(tex=r"\sum_{x, y} \left( <x> + <y> - <mean_x> - <mean_y> \right)^2 <joint>")
def variance_of_sum_by_definition(x: Array, y: Array, joint: Array, mean_x: Array, mean_y: Array) -> Array:
    """Variance of the sum of two variables, from their joint mass function."""
    return total((x.reshape(-1, 1) + y - mean_x - mean_y) ** 2 * joint)


# ---------------------------------------------------------------------------- densities


@rule(tex=r"\begin{cases} \frac{1}{<b> - <a>} & <a> \le x \le <b> \\ 0 & \text{otherwise} \end{cases}")
def uniform_pdf(x: Array, a: Array, b: Array) -> Array:
    """Density of the uniform distribution on [a, b]."""
    return where((x >= a) & (x <= b), 1 / (b - a), constant(0, x))


@rule(
    tex=r"\begin{cases} 0 & x < <a> \\ \frac{x - <a>}{<b> - <a>} & <a> \le x \le <b> \\"
    r" 1 & x > <b> \end{cases}"
)
def uniform_cdf(x: Array, a: Array, b: Array) -> Array:
    """Distribution function of the uniform distribution on [a, b]."""
    return where(x < a, constant(0, x), where(x > b, constant(1, x), (x - a) / (b - a)))


@rule(tex=r"\frac{<a> + <b>}{2}")
def uniform_mean(a: Array, b: Array) -> Array:
    """Expectation of the uniform distribution on [a, b]."""
    return (a + b) / 2


@rule(
    tex=r"\frac{(<b> - <a>)^2}{12}",
    slips=(
        Slip(
            "halved",
            "the length's square is divided by 2",
            lambda a, b: (b - a) ** 2 / 2,
            r"\frac{(<b> - <a>)^2}{2}",
        ),
    ),
)
def uniform_variance(a: Array, b: Array) -> Array:
    """Variance of the uniform distribution on [a, b]."""
    return (b - a) ** 2 / 12


@rule(
    tex=r"\frac{1}{<sigma> \sqrt{2 \pi}} \, e^{-\frac{(x - <mu>)^2}{2 <sigma>^2}}",
    slips=(
        Slip(
            "no_factor",
            "the factor before the exponential is left out",
            lambda x, mu, sigma: exp(-((x - mu) ** 2) / (2 * sigma**2)),
            r"e^{-\frac{(x - <mu>)^2}{2 <sigma>^2}}",
        ),
    ),
)
def normal_pdf(x: Array, mu: Array, sigma: Array) -> Array:
    """Density of the normal distribution."""
    return 1 / (sigma * sqrt(constant(2, sigma) * pi(sigma))) * exp(-((x - mu) ** 2) / (2 * sigma**2))


@rule(
    tex=r"\frac{x - <mu>}{<sigma>}",
    slips=(
        Slip(
            "variance_for_deviation",
            "the variance divides where the standard deviation should",
            lambda x, mu, sigma: (x - mu) / sigma**2,
            r"\frac{x - <mu>}{<sigma>^2}",
        ),
    ),
)
def standard_score(x: Array, mu: Array, sigma: Array) -> Array:
    """How many standard deviations a value is above the mean."""
    return (x - mu) / sigma


@rule(
    tex=r"\Phi(<z>) = \frac{1}{2} \left( 1 + \operatorname{erf} \left( \frac{<z>}{\sqrt{2}} \right) \right)"
)
def normal_cdf(z: Array) -> Array:
    """Distribution function of the standard normal distribution."""
    return (1 + erf(np.asarray(z / sqrt(constant(2, z))))) / 2


@rule(tex=r"<high> - <low>")
def difference(high: Array, low: Array) -> Array:
    """How much larger one quantity is: of F at both ends, the probability of an interval."""
    return high - low


@rule(tex="<mu>")
def normal_mean(mu: Array) -> Array:
    """Expectation of the normal distribution."""
    return mu


@rule(tex="<sigma>^2")
def normal_variance(sigma: Array) -> Array:
    """Variance of the normal distribution."""
    return sigma**2


@rule(tex="<p>")
def same(p: Array) -> Array:
    """What another quantity already is."""
    return p


@rule(tex="0")
def outside(x: Array) -> Array:
    """Density where it has no formula, or distribution function below everything: 0."""
    return constant(0, x)


def level(value: Any, tex: str) -> Rule:
    """A density that has the same value everywhere on its interval."""
    return Rule("level", lambda x: constant(value, x), tex=tex)


@dataclass(frozen=True)
class Integration:
    """One integral: how it is worked from both limits, and how it is written.

    ``antiderivative`` is empty where none is known. A limit that is infinite is given here, with
    its TeX; a finite one is an input of the rule.
    """

    function: Callable[[Any, Any], Any]
    integrand: str
    antiderivative: str = ""
    low: float | None = None
    high: float | None = None

    def limits(self, i: int) -> tuple[str, ...]:
        """Names of the limits that are inputs."""
        ends = ((f"low{i}", self.low), (f"high{i}", self.high))
        return tuple(name for name, fixed in ends if fixed is None)

    def tex(self, i: int) -> tuple[str, str]:
        """The integral, and the antiderivative between the limits."""
        low = f"<low{i}>" if self.low is None else r"-\infty"
        high = f"<high{i}>" if self.high is None else r"\infty"
        between = rf"\left[ {self.antiderivative} \right]_{{{low}}}^{{{high}}}" if self.antiderivative else ""
        return rf"\int_{{{low}}}^{{{high}}} {self.integrand} \, dx", between


def definite_integral(parts: tuple[Integration, ...]) -> Rule:
    r"""The sum of integrals over one interval or several; the finite limits are the rule's inputs.

    >>> definite_integral((Integration(lambda a, b: b**2 - a**2, "2 x", "x^2"),)).tex
    '\\int_{<low1>}^{<high1>} 2 x \\, dx = \\left[ x^2 \\right]_{<low1>}^{<high1>}'
    """

    def function(*limits: Array) -> Array:
        left = [limit[()] for limit in limits]
        values = []
        for part in parts:
            low = left.pop(0) if part.low is None else part.low
            high = left.pop(0) if part.high is None else part.high
            values.append(part.function(low, high))
        return np.asarray(reduce(operator.add, values), dtype=object)

    whole, between = zip(*(part.tex(i) for i, part in enumerate(parts, 1)), strict=True)
    tex = " + ".join(whole) + (" = " + " + ".join(between) if all(between) else "")
    names = tuple(name for i, part in enumerate(parts, 1) for name in part.limits(i))
    return Rule("definite_integral", function, tex=tex, named=names)
