"""The uniform distribution.

Source: Grinstead and Snell, Introduction to Probability (1997), chapters 5 and 6.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, sqrt, where
from chainrule.rules.probability.slips import DEVIATION, NOTHING
from chainrule.rules.rule import Slip, rule


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
            NOTHING,
            "the square of the mean is not subtracted",
            lambda a, b: (a * a + a * b + b * b) / 3,
            r"\frac{<a>^2 + <a> <b> + <b>^2}{3}",
        ),
        Slip(
            *DEVIATION,
            lambda a, b: (b - a) / sqrt(constant(12, b)),
            r"\frac{<b> - <a>}{\sqrt{12}}",
        ),
    ),
)
def uniform_variance(a: Array, b: Array) -> Array:
    """Variance of the uniform distribution on [a, b]."""
    return (b - a) ** 2 / 12
