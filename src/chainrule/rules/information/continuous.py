"""The information of densities.

Source: Cover and Thomas, Elements of Information Theory (2006), chapter 8.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from chainrule.rules.arrays import Array, constant, exp, pi, sqrt
from chainrule.rules.information.discrete import NO_MINUS, SWAPPED
from chainrule.rules.information.logarithms import log_tex, logarithm_to, weighted_log, with_other_bases
from chainrule.rules.rule import Rule, Slip

_DEVIATION = "deviation_not_squared", "the standard deviation is not squared"
_NO_LOG_E = "no_conversion", "the second term is left in nats"
_NO_MEANS = "no_means", "the distance of the two means is left out"


@cache
def cross_entropy_of_densities(base: str) -> Rule:
    """Cross-entropy of densities at one point; the integral of it is theirs."""
    logarithm, name = logarithm_to(base), log_tex(base)
    tex = rf"-\int <f> \, {name} <g> \, dx"
    return Rule("cross_entropy_of_densities", lambda f, g: -weighted_log(f, g, logarithm), tex=tex)


@cache
def kl_of_densities(base: str) -> Rule:
    """Divergence of densities at one point; the integral of it is theirs."""
    logarithm, name = logarithm_to(base), log_tex(base)
    tex = rf"\int <f> \, {name} \left( \frac{{<f>}}{{<g>}} \right) dx"
    return Rule("kl_of_densities", lambda f, g: weighted_log(f, f / g, logarithm), tex=tex)


@with_other_bases
def uniform_entropy(base: str) -> Rule:
    """Differential entropy of the uniform distribution on [a, b]."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "uniform_entropy",
        lambda a, b: logarithm(np.asarray(b - a)),
        tex=r"-\int_{<a>}^{<b>} \frac{1}{<b> - <a>} \, "
        rf"{name} \left( \frac{{1}}{{<b> - <a>}} \right) dx"
        rf" = {name} \left( <b> - <a> \right)",
        slips=(
            Slip(
                *NO_MINUS,
                lambda a, b: -logarithm(np.asarray(b - a)),
                rf"{name} \left( \frac{{1}}{{<b> - <a>}} \right)",
            ),
            Slip(
                "no_logarithm",
                "the logarithm is left out",
                lambda a, b: b - a,
                "<b> - <a>",
            ),
        ),
    )


@with_other_bases
def cross_entropy_to_uniform(base: str) -> Rule:
    """Cross-entropy of any density that is 0 outside [c, d] to the uniform one on [a, b] around it."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "cross_entropy_to_uniform",
        lambda c, d, a, b: logarithm(np.asarray(b - a)),
        tex=rf"-\int_{{<c>}}^{{<d>}} f(x) \, {name} \left( \frac{{1}}{{<b> - <a>}} \right) dx"
        rf" = {name} \left( <b> - <a> \right)",
        slips=(
            Slip(
                *NO_MINUS,
                lambda c, d, a, b: -logarithm(np.asarray(b - a)),
                rf"{name} \left( \frac{{1}}{{<b> - <a>}} \right)",
            ),
            Slip(
                "own_entropy",
                "the first density stands in the logarithm too, which gives its entropy",
                lambda c, d, a, b: logarithm(np.asarray(d - c)),
                rf"{name} \left( <d> - <c> \right)",
            ),
        ),
    )


@with_other_bases
def kl_of_uniforms(base: str) -> Rule:
    """Divergence of the uniform density on [c, d] from the one on [a, b] around it."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "kl_of_uniforms",
        lambda c, d, a, b: logarithm(np.asarray((b - a) / (d - c))),
        tex=rf"\int_{{<c>}}^{{<d>}} f(x) \, {name} \left( \frac{{f(x)}}{{g(x)}} \right) dx"
        rf" = {name} \left( \frac{{<b> - <a>}}{{<d> - <c>}} \right)",
        slips=(
            Slip(
                *SWAPPED,
                lambda c, d, a, b: logarithm(np.asarray((d - c) / (b - a))),
                rf"{name} \left( \frac{{<d> - <c>}}{{<b> - <a>}} \right)",
            ),
            Slip(
                "cross_entropy_for_divergence",
                "the entropy is not taken off, which gives the cross-entropy",
                lambda c, d, a, b: logarithm(np.asarray(b - a)),
                rf"{name} \left( <b> - <a> \right)",
            ),
        ),
    )


@with_other_bases
def normal_entropy(base: str) -> Rule:
    """Differential entropy of a normal distribution."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "normal_entropy",
        lambda sigma: logarithm(np.asarray(2 * pi(sigma) * exp(constant(1, sigma)) * sigma**2)) / 2,
        tex=rf"\frac{{1}}{{2}} {name} \left( 2 \pi \, e \, <sigma>^2 \right)",
        slips=(
            Slip(
                *_DEVIATION,
                lambda sigma: logarithm(np.asarray(2 * pi(sigma) * exp(constant(1, sigma)) * sigma)) / 2,
                rf"\frac{{1}}{{2}} {name} \left( 2 \pi \, e \, <sigma> \right)",
            ),
            Slip(
                "not_halved",
                "the logarithm is not halved",
                lambda sigma: logarithm(np.asarray(2 * pi(sigma) * exp(constant(1, sigma)) * sigma**2)),
                rf"{name} \left( 2 \pi \, e \, <sigma>^2 \right)",
            ),
            Slip(
                "no_e",
                "the factor e is left out",
                lambda sigma: logarithm(np.asarray(2 * pi(sigma) * sigma**2)) / 2,
                rf"\frac{{1}}{{2}} {name} \left( 2 \pi \, <sigma>^2 \right)",
            ),
        ),
    )


@with_other_bases
def cross_entropy_to_normal(base: str) -> Rule:
    """Cross-entropy of any density, by its mean and variance, to a normal one."""
    logarithm, name = logarithm_to(base), log_tex(base)

    def function(mean: Array, variance: Array, mu: Array, sigma: Array) -> Array:
        return first(sigma) + _in_base((variance + (mean - mu) ** 2) / (2 * sigma**2), sigma, base)

    def first(sigma: Array) -> Array:
        return logarithm(np.asarray(sigma * sqrt(2 * pi(sigma))))

    factor = rf"{name} \left( <sigma> \sqrt{{2 \pi}} \right)"
    in_nats = Slip(
        *_NO_LOG_E,
        lambda mean, variance, mu, sigma: first(sigma) + (variance + (mean - mu) ** 2) / (2 * sigma**2),
        rf"{factor} + \frac{{<variance> + (<mean> - <mu>)^2}}{{2 <sigma>^2}}",
    )
    return Rule(
        "cross_entropy_to_normal",
        function,
        tex=rf"{factor} + \frac{{<variance> + (<mean> - <mu>)^2}}{{2 <sigma>^2}}{_unit_tex(base)}",
        slips=(
            Slip(
                *_NO_MEANS,
                lambda mean, variance, mu, sigma: function(mean, variance, mean, sigma),
                rf"{factor} + \frac{{<variance>}}{{2 <sigma>^2}}{_unit_tex(base)}",
            ),
            Slip(
                "no_variance",
                "the variance of the first density is left out",
                lambda mean, variance, mu, sigma: function(mean, 0 * variance, mu, sigma),
                rf"{factor} + \frac{{(<mean> - <mu>)^2}}{{2 <sigma>^2}}{_unit_tex(base)}",
            ),
            *(() if base == "e" else (in_nats,)),
        ),
    )


@with_other_bases
def kl_of_normals(base: str) -> Rule:
    """Divergence of one normal distribution from another."""
    logarithm, name = logarithm_to(base), log_tex(base)

    def function(mean: Array, deviation: Array, mu: Array, sigma: Array) -> Array:
        return logarithm(np.asarray(sigma / deviation)) + _in_base(
            second(mean, deviation, mu, sigma), sigma, base
        )

    def second(mean: Array, deviation: Array, mu: Array, sigma: Array) -> Array:
        return (deviation**2 + (mean - mu) ** 2 - sigma**2) / (2 * sigma**2)

    def nothing_taken_off(mean: Array, deviation: Array, mu: Array, sigma: Array) -> Array:
        return function(mean, deviation, mu, sigma) + _in_base(constant(1, sigma) / 2, sigma, base)

    factor = rf"{name} \left( \frac{{<sigma>}}{{<deviation>}} \right)"
    unit = _unit_tex(base)
    in_nats = Slip(
        *_NO_LOG_E,
        lambda mean, deviation, mu, sigma: (
            logarithm(np.asarray(sigma / deviation)) + second(mean, deviation, mu, sigma)
        ),
        rf"{factor} + \frac{{<deviation>^2 + (<mean> - <mu>)^2 - <sigma>^2}}{{2 <sigma>^2}}",
    )

    return Rule(
        "kl_of_normals",
        function,
        tex=rf"{factor} + \frac{{<deviation>^2 + (<mean> - <mu>)^2 - <sigma>^2}}{{2 <sigma>^2}}{unit}",
        slips=(
            Slip(
                *SWAPPED,
                lambda mean, deviation, mu, sigma: function(mu, sigma, mean, deviation),
                rf"{name} \left( \frac{{<deviation>}}{{<sigma>}} \right) + "
                rf"\frac{{<sigma>^2 + (<mean> - <mu>)^2 - <deviation>^2}}{{2 <deviation>^2}}{unit}",
            ),
            Slip(
                *_NO_MEANS,
                lambda mean, deviation, mu, sigma: function(mean, deviation, mean, sigma),
                rf"{factor} + \frac{{<deviation>^2 - <sigma>^2}}{{2 <sigma>^2}}{unit}",
            ),
            Slip(
                "no_half",
                "the half that is taken off is left out",
                nothing_taken_off,
                rf"{factor} + \frac{{<deviation>^2 + (<mean> - <mu>)^2}}{{2 <sigma>^2}}{unit}",
            ),
            *(() if base == "e" else (in_nats,)),
        ),
    )


def _in_base(nats: Array, like: Array, base: str) -> Array:
    """Nats in the unit of a base; ``like`` says what kind of number."""
    return nats if base == "e" else nats * logarithm_to(base)(np.asarray(exp(constant(1, like))))


def _unit_tex(base: str) -> str:
    return "" if base == "e" else rf" {log_tex(base)} e"
