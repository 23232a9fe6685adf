"""The normal distribution.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 3.9.
"""

from __future__ import annotations

import numpy as np

from chainrule.rules.arrays import Array, constant, erf, exp, pi, sqrt
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import MEAN_NOT_SUBTRACTED, NO_ROOT, NOT_DIVIDED_BY_DEVIATION


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
            *NO_ROOT,
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
            *MEAN_NOT_SUBTRACTED,
            lambda x, mu, sigma: x / sigma + 0 * mu,
            r"\frac{x}{<sigma>}",
        ),
        Slip(
            *NOT_DIVIDED_BY_DEVIATION,
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
