"""Probability: events, Bayes' theorem, random variables, and densities.

Sources: Goodfellow, Bengio, Courville, Deep Learning (2016), chapter 3; Grinstead and Snell, Introduction
to Probability (1997), chapters 1, 4, 5 and 6.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

import numpy as np

from chainrule.rules.arrays import Array, absolute, constant, erf, exp, namespace, pi, sqrt, total, where
from chainrule.rules.rule import Rule, Slip, rule

_NO_ROOT = "no_root", "the root is left out"
_NOTHING = "nothing_subtracted"
_ADDED = "added", "they are added"

# ------------------------------------------------------------------------------- events


@rule(
    tex=r"\frac{<favourable>}{<possible>}",
    slips=(
        Slip(
            "odds",
            "the favourable are divided by the others, not by all",
            lambda favourable, possible: favourable / (possible - favourable),
            r"\frac{<favourable>}{<possible> - <favourable>}",
        ),
        Slip(
            "others_counted",
            "the outcomes are counted that are not favourable",
            lambda favourable, possible: (possible - favourable) / possible,
            r"\frac{<possible> - <favourable>}{<possible>}",
        ),
    ),
)
def classical(favourable: Array, possible: Array) -> Array:
    """Probability where all outcomes are equally likely; Laplace's definition.

    >>> import numpy as np
    >>> classical(np.array(3.0), np.array(6.0))
    np.float64(0.5)
    """
    return favourable / possible


def sum_over(condition: str) -> Rule:
    """The sum of the probabilities given; ``condition`` says in TeX over what."""
    multiplied = Slip(
        "multiplied",
        "the probabilities are multiplied",
        lambda p: reduce(operator.mul, p),
        rf"\prod_{{{condition}}} <p>",
    )
    return Rule("sum_over", total, tex=rf"\sum_{{{condition}}} <p>", named=("p",), slips=(multiplied,))


@rule(tex=r"1 - <p>", slips=(Slip("not_turned", "the probability is not taken from 1", lambda p: p, "<p>"),))
def complement(p: Array) -> Array:
    """Probability that the event does not happen."""
    return 1 - p


@rule(
    tex=r"<p> + <q> - <both>",
    slips=(
        Slip("counted_twice", "what both share is counted twice", lambda p, q, both: p + q, "<p> + <q>"),
        Slip("multiplied", "the probabilities are multiplied", lambda p, q, both: p * q, r"<p> \cdot <q>"),
        Slip(
            "one_alone",
            "only what happens of one alone is counted",
            lambda p, q, both: p + q - 2 * both,
            "<p> + <q> - 2 <both>",
        ),
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


def conditional_beside(event: str) -> Rule:
    """The rule of a conditional probability, where the event's own probability is the quantity named."""
    tex = rf"P(\text{{{event.removeprefix('P_').replace('_', ' ')}}})"
    return conditional.with_slips(
        Slip(
            "swapped_condition",
            "event and condition are exchanged: P(A | B) and P(B | A) differ",
            lambda both, condition, own: both / own,
            rf"\frac{{<both>}}{{{tex}}}",
            also=(event,),
        ),
        Slip(
            "condition_ignored",
            "the condition is ignored",
            lambda both, condition, own: own,
            tex,
            also=(event,),
        ),
    )


@rule(
    tex=r"<p> \cdot <q>",
    slips=(
        Slip(*_ADDED, lambda p, q: p + q, "<p> + <q>"),
        Slip("not_multiplied", "the second factor is left out", lambda p, q: p, "<p>"),
    ),
)
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
    slips = (
        Slip(
            "multiplied",
            "they are multiplied",
            lambda *values: reduce(operator.mul, values),
            r" \cdot ".join(f"<{name}>" for name in names),
        ),
        Slip("first_alone", "the first alone is taken", lambda *values: values[0], f"<{names[0]}>"),
    )
    return Rule(
        "added",
        lambda *values: reduce(operator.add, values),
        tex=tex,
        named=names,
        slips=slips if parts > 1 else (),
    )


# --------------------------------------------------------------------- random variables


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


_DEVIATION = "deviation_for_variance", "the root is taken, which gives the standard deviation"


@rule(
    tex=r"\sum \left( <x> - <mean> \right)^2 <p>",
    slips=(
        Slip(
            _NOTHING,
            "the mean is not subtracted",
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
            *_DEVIATION,
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
        Slip(_NOTHING, "the mean is not subtracted", lambda square, mean: square, "<square>"),
        Slip(
            *_DEVIATION,
            lambda square, mean: sqrt(square - mean**2),
            r"\sqrt{<square> - <mean>^2}",
        ),
    ),
)
def variance_by_moments(square: Array, mean: Array) -> Array:
    """Variance from the expectation of the square and the mean."""
    return square - mean**2


@rule(tex=r"\sqrt{<variance>}", slips=(Slip(*_NO_ROOT, lambda variance: variance, "<variance>"),))
def standard_deviation(variance: Array) -> Array:
    """Square root of the variance."""
    return sqrt(variance)


# ------------------------------------------------------------------------ two variables


_OTHER_MARGINAL = "transposed", "rows and columns are exchanged"


@rule(
    tex=r"\sum_{y} <joint>",
    slips=(Slip(*_OTHER_MARGINAL, lambda joint: total(joint, axis=0), r"\sum_{x} <joint>"),),
)
def marginal_of_rows(joint: Array) -> Array:
    """Mass function of the variable in the rows; shape (rows,)."""
    return total(joint, axis=1)


@rule(
    tex=r"\sum_{x} <joint>",
    slips=(Slip(*_OTHER_MARGINAL, lambda joint: total(joint, axis=1), r"\sum_{y} <joint>"),),
)
def marginal_of_columns(joint: Array) -> Array:
    """Mass function of the variable in the columns; shape (columns,)."""
    return total(joint, axis=0)


@rule(
    tex=r"\sum_{x, y} <x> \, <y> \, <joint>",
    slips=(
        Slip(
            "means_multiplied",
            "the two expectations are multiplied, as if they were independent",
            lambda x, y, joint: total(x * total(joint, axis=1)) * total(y * total(joint, axis=0)),
            r"E(X) \cdot E(Y)",
        ),
    ),
)
def mean_product(x: Array, y: Array, joint: Array) -> Array:
    """Expectation of the product of two variables; joint is (values of x, values of y)."""
    return total(x.reshape(-1, 1) * y * joint)


@rule(
    tex=r"<product> - <mean_x> \cdot <mean_y>",
    slips=(
        Slip(
            _NOTHING,
            "the product of the means is not subtracted",
            lambda product, mean_x, mean_y: product,
            "<product>",
        ),
        Slip(
            "means_not_multiplied",
            "the means are subtracted one after the other, not their product",
            lambda product, mean_x, mean_y: product - mean_x - mean_y,
            "<product> - <mean_x> - <mean_y>",
        ),
    ),
)
def covariance(product: Array, mean_x: Array, mean_y: Array) -> Array:
    """Covariance from the expectation of the product and the means."""
    return product - mean_x * mean_y


@rule(
    tex=r"\sum_{x, y} \left( <x> - <mean_x> \right) \left( <y> - <mean_y> \right) <joint>",
    slips=(
        Slip(
            _NOTHING,
            "the means are not subtracted",
            lambda x, y, joint, mean_x, mean_y: total(x.reshape(-1, 1) * y * joint) + 0 * mean_x,
            r"\sum_{x, y} <x> \, <y> \, <joint>",
        ),
    ),
)
def covariance_by_definition(x: Array, y: Array, joint: Array, mean_x: Array, mean_y: Array) -> Array:
    """Expected product of the distances from the means."""
    return total((x - mean_x).reshape(-1, 1) * (y - mean_y) * joint)


@rule(
    tex=r"\frac{<covariance>}{\sqrt{<variance_x> \cdot <variance_y>}}",
    slips=(
        Slip(
            *_NO_ROOT,
            lambda covariance, variance_x, variance_y: covariance / (variance_x * variance_y),
            r"\frac{<covariance>}{<variance_x> \cdot <variance_y>}",
        ),
        Slip(
            "variances_added",
            "the variances are added under the root, not multiplied",
            lambda covariance, variance_x, variance_y: covariance / sqrt(variance_x + variance_y),
            r"\frac{<covariance>}{\sqrt{<variance_x> + <variance_y>}}",
        ),
    ),
)
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


@rule(
    tex=r"\sum_{x, y} \left( <x> + <y> - <mean_x> - <mean_y> \right)^2 <joint>",
    slips=(
        Slip(
            _NOTHING,
            "the means are not subtracted",
            lambda x, y, joint, mean_x, mean_y: total((x.reshape(-1, 1) + y) ** 2 * joint) + 0 * mean_x,
            r"\sum_{x, y} \left( <x> + <y> \right)^2 <joint>",
        ),
    ),
)
def variance_of_sum_by_definition(x: Array, y: Array, joint: Array, mean_x: Array, mean_y: Array) -> Array:
    """Variance of the sum of two variables, from their joint mass function."""
    return total((x.reshape(-1, 1) + y - mean_x - mean_y) ** 2 * joint)


# ---------------------------------------------------------------------------- densities


@rule(
    tex=r"\begin{cases} \frac{1}{<b> - <a>} & <a> \le x \le <b> \\ 0 & \text{otherwise} \end{cases}",
    slips=(
        Slip(
            "not_inverted",
            "the length is taken, not 1 over it",
            lambda x, a, b: b - a + 0 * x,
            "<b> - <a>",
        ),
        Slip(
            "distribution_for_density",
            "the distribution function is taken",
            lambda x, a, b: _uniform_cdf(x, a, b),
            r"\frac{x - <a>}{<b> - <a>}",
        ),
        Slip(
            "not_zero_outside",
            "the density is taken outside of its interval as inside",
            lambda x, a, b: 1 / (b - a) + 0 * x,
            r"\frac{1}{<b> - <a>}",
        ),
    ),
)
def uniform_pdf(x: Array, a: Array, b: Array) -> Array:
    """Density of the uniform distribution on [a, b]."""
    return where((x >= a) & (x <= b), 1 / (b - a), constant(0, x))


@rule(
    tex=r"\begin{cases} 0 & x < <a> \\ \frac{x - <a>}{<b> - <a>} & <a> \le x \le <b> \\"
    r" 1 & x > <b> \end{cases}",
    slips=(
        Slip(
            "density_for_distribution",
            "the density is taken",
            lambda x, a, b: 1 / (b - a) + 0 * x,
            r"\frac{1}{<b> - <a>}",
        ),
        Slip(
            "from_above",
            "the probability of larger values is taken",
            lambda x, a, b: 1 - _uniform_cdf(x, a, b),
            r"\frac{<b> - x}{<b> - <a>}",
        ),
        Slip(
            "lower_end_left_out",
            "the lower end of the interval is not subtracted above",
            lambda x, a, b: x / (b - a),
            r"\frac{x}{<b> - <a>}",
        ),
    ),
)
def uniform_cdf(x: Array, a: Array, b: Array) -> Array:
    """Distribution function of the uniform distribution on [a, b]."""
    return _uniform_cdf(x, a, b)


def _uniform_cdf(x: Array, a: Array, b: Array) -> Array:
    return where(x < a, constant(0, x), where(x > b, constant(1, x), (x - a) / (b - a)))


@rule(
    tex=r"\frac{<a> + <b>}{2}",
    slips=(
        Slip(
            "half_the_length",
            "half the length is taken, not the middle",
            lambda a, b: (b - a) / 2,
            r"\frac{<b> - <a>}{2}",
        ),
        Slip("not_halved", "the sum is not halved", lambda a, b: a + b, "<a> + <b>"),
    ),
)
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
        Slip(
            "not_squared",
            "the length is not squared",
            lambda a, b: (b - a) / 12,
            r"\frac{<b> - <a>}{12}",
        ),
        Slip(
            _NOTHING,
            "the square of the mean is not subtracted",
            lambda a, b: (a * a + a * b + b * b) / 3,
            r"\frac{<a>^2 + <a> <b> + <b>^2}{3}",
        ),
        Slip(
            *_DEVIATION,
            lambda a, b: (b - a) / sqrt(constant(12, b)),
            r"\frac{<b> - <a>}{\sqrt{12}}",
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
        Slip(
            "no_factor_two",
            "the factor 2 in the exponent is left out",
            lambda x, mu, sigma: _height(sigma) * exp(-((x - mu) ** 2) / sigma**2),
            r"\frac{1}{<sigma> \sqrt{2 \pi}} \, e^{-\frac{(x - <mu>)^2}{<sigma>^2}}",
        ),
        Slip(
            "no_minus_sign",
            "the minus sign in the exponent is left out",
            lambda x, mu, sigma: _height(sigma) * exp((x - mu) ** 2 / (2 * sigma**2)),
            r"\frac{1}{<sigma> \sqrt{2 \pi}} \, e^{\frac{(x - <mu>)^2}{2 <sigma>^2}}",
        ),
        Slip(
            *_NO_ROOT,
            lambda x, mu, sigma: (
                exp(-((x - mu) ** 2) / (2 * sigma**2)) / (sigma * constant(2, sigma) * pi(sigma))
            ),
            r"\frac{1}{<sigma> \cdot 2 \pi} \, e^{-\frac{(x - <mu>)^2}{2 <sigma>^2}}",
        ),
    ),
)
def normal_pdf(x: Array, mu: Array, sigma: Array) -> Array:
    """Density of the normal distribution."""
    return _height(sigma) * exp(-((x - mu) ** 2) / (2 * sigma**2))


def _height(sigma: Array) -> Array:
    """The density of a normal distribution at its mean."""
    return 1 / (sigma * sqrt(constant(2, sigma) * pi(sigma)))


@rule(
    tex=r"\frac{x - <mu>}{<sigma>}",
    slips=(
        Slip(
            "variance_for_deviation",
            "the variance divides where the standard deviation should",
            lambda x, mu, sigma: (x - mu) / sigma**2,
            r"\frac{x - <mu>}{<sigma>^2}",
        ),
        Slip(
            _NOTHING,
            "the mean is not subtracted",
            lambda x, mu, sigma: x / sigma + 0 * mu,
            r"\frac{x}{<sigma>}",
        ),
        Slip(
            "not_divided",
            "nothing is divided by the standard deviation",
            lambda x, mu, sigma: x - mu + 0 * sigma,
            r"x - <mu>",
        ),
    ),
)
def standard_score(x: Array, mu: Array, sigma: Array) -> Array:
    """How many standard deviations a value is above the mean."""
    return (x - mu) / sigma


@rule(
    tex=r"\Phi(<z>) = \frac{1}{2} \left( 1 + \operatorname{erf} \left( \frac{<z>}{\sqrt{2}} \right) \right)",
    slips=(
        Slip(
            "from_above",
            "the probability of larger values is taken",
            lambda z: 1 - _normal_cdf(z),
            r"1 - \Phi(<z>)",
        ),
        Slip(
            "from_the_mean",
            "only the part from the mean on is taken, without the half below it",
            lambda z: _normal_cdf(z) - constant(1, z) / 2,
            r"\Phi(<z>) - \frac{1}{2}",
        ),
        Slip(
            "density_for_distribution",
            "the density is taken",
            lambda z: exp(-(z**2) / 2) / sqrt(constant(2, z) * pi(z)),
            r"\frac{1}{\sqrt{2 \pi}} \, e^{-\frac{<z>^2}{2}}",
        ),
    ),
)
def normal_cdf(z: Array) -> Array:
    """Distribution function of the standard normal distribution."""
    return _normal_cdf(z)


def _normal_cdf(z: Array) -> Array:
    return (1 + erf(np.asarray(z / sqrt(constant(2, z))))) / 2


@rule(
    tex=r"<high> - <low>",
    slips=(
        Slip(*_ADDED, lambda high, low: high + low, "<high> + <low>"),
        Slip(_NOTHING, "nothing is subtracted", lambda high, low: high + 0 * low, "<high>"),
    ),
)
def difference(high: Array, low: Array) -> Array:
    """How much larger one quantity is: of F at both ends, the probability of an interval."""
    return high - low


@rule(tex="<mu>")
def normal_mean(mu: Array) -> Array:
    """Expectation of the normal distribution."""
    return mu


@rule(
    tex="<sigma>^2",
    slips=(Slip("not_squared", "the standard deviation is not squared", lambda sigma: sigma, "<sigma>"),),
)
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

    ``antiderivative`` is empty where none is known, and ``at`` gives its value at one limit. A limit that
    is infinite is given here, with its TeX; a finite one is an input of the rule.
    """

    function: Callable[[Any, Any], Any]
    integrand: str
    antiderivative: str = ""
    low: float | None = None
    high: float | None = None
    at: Callable[[Any], Any] | None = None

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

    def each(limits: tuple[Array, ...]) -> Iterator[tuple[Integration, Any, Any]]:
        left = [limit[()] for limit in limits]
        for part in parts:
            low = left.pop(0) if part.low is None else part.low
            yield part, low, left.pop(0) if part.high is None else part.high

    def function(*limits: Array) -> Array:
        values = [part.function(low, high) for part, low, high in each(limits)]
        return np.asarray(reduce(operator.add, values), dtype=object)

    def upper_alone(*limits: Array) -> Array:
        values = [part.at(high) for part, _, high in each(limits) if part.at is not None]
        return np.asarray(reduce(operator.add, values), dtype=object)

    what = "the lower limit is not put in"

    whole, between = zip(*(part.tex(i) for i, part in enumerate(parts, 1)), strict=True)
    tex = " + ".join(whole) + (" = " + " + ".join(between) if all(between) else "")
    names = tuple(name for i, part in enumerate(parts, 1) for name in part.limits(i))
    at_high = (rf"\left[ {p.antiderivative} \right]^{{{_upper(p, i)}}}" for i, p in enumerate(parts, 1))
    slip = Slip("lower_limit_left_out", what, upper_alone, " + ".join(at_high))
    slips = (slip,) if all(part.at for part in parts) else ()
    return Rule("definite_integral", function, tex=tex, named=names, slips=slips)


def _upper(part: Integration, i: int) -> str:
    return f"<high{i}>" if part.high is None else r"\infty"
