"""Information: entropy, cross-entropy, Kullback-Leibler divergence, mutual information.

Each rule is made for a base of the logarithm: "2" for bits, "e" for nats, or another number's text.
Sources: Cover and Thomas, Elements of Information Theory (2006), chapters 2 and 8; Goodfellow, Bengio,
Courville, Deep Learning (2016), section 3.13.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache, wraps

import numpy as np

from chainrule.rules.arrays import Array, constant, exp, log, log2, pi, sqrt, total, where
from chainrule.rules.probability import difference
from chainrule.rules.rule import Rule, Slip

Logarithm = Callable[[Array], Array]


def weighted_log(p: Array, q: Array, logarithm: Logarithm = log) -> Array:
    """p log q, which is 0 where p is 0, whatever q is."""
    nothing = p == 0
    return where(nothing, constant(0, q), p * logarithm(where(nothing, constant(1, q), q)))


@cache
def logarithm_to(base: str) -> Logarithm:
    """The logarithm to a base, given as text.

    >>> import numpy as np
    >>> logarithm_to("2")(np.array([8.0])), logarithm_to("10")(np.array([100.0]))
    (array([3.]), array([2.]))
    """
    if base == "2":
        return log2
    if base == "e":
        return log
    return lambda x: log(x) / log(constant(Decimal(base), x))


def log_tex(base: str) -> str:
    """The logarithm's name in TeX."""
    return r"\ln" if base == "e" else rf"\log_{{{base}}}"


_OTHER_BASES = {
    "e": ("natural_logarithm", "the natural logarithm is taken"),
    "10": ("common_logarithm", "the logarithm to base 10 is taken"),
    "2": ("binary_logarithm", "the logarithm to base 2 is taken"),
}


def _other_bases(base: str, rule_to: Callable[[str], Rule]) -> tuple[Slip, ...]:
    """The slips of a logarithm to another base, from the rule for a base."""
    others = {other: said for other, said in _OTHER_BASES.items() if other != base}
    return tuple(Slip(*said, (made := rule_to(other)).function, made.tex) for other, said in others.items())


def _with_other_bases(made: Callable[[str], Rule]) -> Callable[[str], Rule]:
    """Rules made for a base, each with the slips of the other bases."""

    @wraps(made)
    def for_base(base: str) -> Rule:
        rule = made(base)
        return rule.with_slips(*_other_bases(base, made))

    return cache(for_base)


_NO_MINUS = "no_minus_sign", "the minus sign is left out"
_SWAPPED = "swapped", "the two distributions are exchanged"
_NOT_WEIGHTED = "not_weighted", "the logarithms are added without their probabilities"
_DEVIATION = "deviation_not_squared", "the standard deviation is not squared"
_NO_LOG_E = "no_conversion", "the second term is left in nats"
_NO_MEANS = "no_means", "the distance of the two means is left out"


# ----------------------------------------------------------------------------- discrete


@_with_other_bases
def entropy(base: str) -> Rule:
    """Entropy of a distribution, or of a joint one.

    >>> import numpy as np
    >>> entropy("2")(np.array([0.5, 0.25, 0.25, 0.0]))
    np.float64(1.5)
    """
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "entropy",
        lambda p: -total(weighted_log(p, p, logarithm)),
        tex=rf"-\sum <p> \, {name} <p>",
        slips=(
            Slip(*_NO_MINUS, lambda p: total(weighted_log(p, p, logarithm)), rf"\sum <p> \, {name} <p>"),
            Slip(*_NOT_WEIGHTED, lambda p: -total(logarithm(p)), rf"-\sum {name} <p>"),
        ),
    )


@_with_other_bases
def cross_entropy(base: str) -> Rule:
    """Cross-entropy of two distributions; the first one weighs, the second is inside the logarithm."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "cross_entropy",
        lambda p, q: -total(weighted_log(p, q, logarithm)),
        tex=rf"-\sum <p> \, {name} <q>",
        slips=(
            Slip(
                *_SWAPPED,
                lambda p, q: -total(weighted_log(q, p, logarithm)),
                rf"-\sum <q> \, {name} <p>",
            ),
            Slip(
                *_NO_MINUS,
                lambda p, q: total(weighted_log(p, q, logarithm)),
                rf"\sum <p> \, {name} <q>",
            ),
            Slip(
                "second_for_first",
                "the second distribution weighs its own logarithms",
                lambda p, q: -total(weighted_log(q, q, logarithm)),
                rf"-\sum <q> \, {name} <q>",
            ),
        ),
    )


@_with_other_bases
def kl_divergence(base: str) -> Rule:
    """Kullback-Leibler divergence of the first distribution from the second."""
    logarithm, name = logarithm_to(base), log_tex(base)

    def divergence(p: Array, q: Array) -> Array:
        nothing = p == 0
        return total(
            weighted_log(p, where(nothing, constant(1, p), p) / where(nothing, constant(1, q), q), logarithm)
        )

    return Rule(
        "kl_divergence",
        divergence,
        tex=rf"\sum <p> \, {name} \left( \frac{{<p>}}{{<q>}} \right)",
        slips=(
            Slip(
                *_SWAPPED,
                lambda p, q: divergence(q, p),
                rf"\sum <q> \, {name} \left( \frac{{<q>}}{{<p>}} \right)",
            ),
            Slip(
                "cross_entropy_for_divergence",
                "the entropy is not taken off, which gives the cross-entropy",
                lambda p, q: -total(weighted_log(p, q, logarithm)),
                rf"-\sum <p> \, {name} <q>",
            ),
            Slip(
                *_NOT_WEIGHTED,
                lambda p, q: total(logarithm(p / q)),
                rf"\sum {name} \left( \frac{{<p>}}{{<q>}} \right)",
            ),
        ),
    )


@_with_other_bases
def mutual_information(base: str) -> Rule:
    """Mutual information: the divergence of the joint distribution from the product of its marginals."""
    logarithm, name = logarithm_to(base), log_tex(base)

    def information(joint: Array, p: Array, q: Array) -> Array:
        nothing = joint == 0
        expected = where(nothing, constant(1, joint), p.reshape(-1, 1) * q)
        return total(weighted_log(joint, where(nothing, constant(1, joint), joint) / expected, logarithm))

    return Rule(
        "mutual_information",
        information,
        tex=rf"\sum_{{x, y}} <joint> \, {name} \left( \frac{{<joint>}}{{<p> \cdot <q>}} \right)",
        slips=(
            Slip(
                "one_marginal",
                "the joint probability is divided by one marginal alone",
                lambda joint, p, q: information(joint, p, 0 * q + 1),
                rf"\sum_{{x, y}} <joint> \, {name} \left( \frac{{<joint>}}{{<p>}} \right)",
            ),
        ),
    )


def conditional_entropy(own: str) -> Rule:
    """The rule of a conditional entropy, H(X, Y) - H(X), where H(Y) is the quantity named ``own``."""
    return difference.with_slips(
        Slip(
            "swapped_condition",
            "the entropy of the other variable is subtracted",
            lambda high, low, other: high - other,
            rf"<high> - {own}",
            also=(own,),
        ),
        Slip(
            "condition_ignored", "the condition is ignored", lambda high, low, other: other, own, also=(own,)
        ),
    )


# --------------------------------------------------------------------------- continuous


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


@_with_other_bases
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
                *_NO_MINUS,
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


@_with_other_bases
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
                *_NO_MINUS,
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


@_with_other_bases
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
                *_SWAPPED,
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


@_with_other_bases
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


@_with_other_bases
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


@_with_other_bases
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
                *_SWAPPED,
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
