"""Information: entropy, cross-entropy, Kullback-Leibler divergence, mutual information.

Each rule is made for a base of the logarithm: "2" for bits, "e" for nats, or another number's text.
Sources: Cover and Thomas, Elements of Information Theory (2006), chapters 2 and 8; Goodfellow, Bengio,
Courville, Deep Learning (2016), section 3.13.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache

import numpy as np

from chainrule.rules.arrays import Array, constant, exp, log, log2, pi, sqrt, total, where
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


# ----------------------------------------------------------------------------- discrete


@cache
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
            Slip(
                "no_minus",
                "the minus sign is left out",
                lambda p: total(weighted_log(p, p, logarithm)),
                rf"\sum <p> \, {name} <p>",
            ),
            *(() if base == "e" else (_natural(lambda p: -total(weighted_log(p, p)), r"-\sum <p> \ln <p>"),)),
        ),
    )


@cache
def cross_entropy(base: str) -> Rule:
    """Cross-entropy of two distributions; the first one weighs, the second is inside the logarithm."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "cross_entropy",
        lambda p, q: -total(weighted_log(p, q, logarithm)),
        tex=rf"-\sum <p> \, {name} <q>",
        slips=(
            Slip(
                "swapped",
                "the two distributions are exchanged",
                lambda p, q: -total(weighted_log(q, p, logarithm)),
                rf"-\sum <q> \, {name} <p>",
            ),
            Slip(
                "no_minus",
                "the minus sign is left out",
                lambda p, q: total(weighted_log(p, q, logarithm)),
                rf"\sum <p> \, {name} <q>",
            ),
            *(
                ()
                if base == "e"
                else (_natural(lambda p, q: -total(weighted_log(p, q)), r"-\sum <p> \ln <q>"),)
            ),
        ),
    )


@cache
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
                "swapped",
                "the two distributions are exchanged",
                lambda p, q: divergence(q, p),
                rf"\sum <q> \, {name} \left( \frac{{<q>}}{{<p>}} \right)",
            ),
        ),
    )


def _natural(function: Callable[..., Array], tex: str) -> Slip:
    return Slip("natural_logarithm", "the natural logarithm is taken", function, tex)


@cache
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


@cache
def uniform_entropy(base: str) -> Rule:
    """Differential entropy of the uniform distribution on [a, b]."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "uniform_entropy",
        lambda a, b: logarithm(np.asarray(b - a)),
        tex=r"-\int_{<a>}^{<b>} \frac{1}{<b> - <a>} \, "
        rf"{name} \left( \frac{{1}}{{<b> - <a>}} \right) dx"
        rf" = {name} \left( <b> - <a> \right)",
    )


@cache
def cross_entropy_to_uniform(base: str) -> Rule:
    """Cross-entropy of any density that is 0 outside [c, d] to the uniform one on [a, b] around it."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "cross_entropy_to_uniform",
        lambda c, d, a, b: logarithm(np.asarray(b - a)),
        tex=rf"-\int_{{<c>}}^{{<d>}} f(x) \, {name} \left( \frac{{1}}{{<b> - <a>}} \right) dx"
        rf" = {name} \left( <b> - <a> \right)",
    )


@cache
def kl_of_uniforms(base: str) -> Rule:
    """Divergence of the uniform density on [c, d] from the one on [a, b] around it."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "kl_of_uniforms",
        lambda c, d, a, b: logarithm(np.asarray((b - a) / (d - c))),
        tex=rf"\int_{{<c>}}^{{<d>}} f(x) \, {name} \left( \frac{{f(x)}}{{g(x)}} \right) dx"
        rf" = {name} \left( \frac{{<b> - <a>}}{{<d> - <c>}} \right)",
    )


@cache
def normal_entropy(base: str) -> Rule:
    """Differential entropy of a normal distribution."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "normal_entropy",
        lambda sigma: logarithm(np.asarray(2 * pi(sigma) * exp(constant(1, sigma)) * sigma**2)) / 2,
        tex=rf"\frac{{1}}{{2}} {name} \left( 2 \pi \, e \, <sigma>^2 \right)",
    )


@cache
def cross_entropy_to_normal(base: str) -> Rule:
    """Cross-entropy of any density, by its mean and variance, to a normal one."""
    logarithm, name = logarithm_to(base), log_tex(base)

    def function(mean: Array, variance: Array, mu: Array, sigma: Array) -> Array:
        nats = (variance + (mean - mu) ** 2) / (2 * sigma**2)
        return logarithm(np.asarray(sigma * sqrt(2 * pi(sigma)))) + _in_base(nats, sigma, base)

    return Rule(
        "cross_entropy_to_normal",
        function,
        tex=rf"{name} \left( <sigma> \sqrt{{2 \pi}} \right) + \frac{{<variance> + (<mean> - <mu>)^2}}"
        rf"{{2 <sigma>^2}}{_unit_tex(base)}",
    )


@cache
def kl_of_normals(base: str) -> Rule:
    """Divergence of one normal distribution from another."""
    logarithm, name = logarithm_to(base), log_tex(base)

    def function(mean: Array, deviation: Array, mu: Array, sigma: Array) -> Array:
        nats = (deviation**2 + (mean - mu) ** 2 - sigma**2) / (2 * sigma**2)
        return logarithm(np.asarray(sigma / deviation)) + _in_base(nats, sigma, base)

    return Rule(
        "kl_of_normals",
        function,
        tex=rf"{name} \left( \frac{{<sigma>}}{{<deviation>}} \right) + "
        rf"\frac{{<deviation>^2 + (<mean> - <mu>)^2 - <sigma>^2}}{{2 <sigma>^2}}{_unit_tex(base)}",
    )


def _in_base(nats: Array, like: Array, base: str) -> Array:
    """Nats in the unit of a base; ``like`` says what kind of number."""
    return nats if base == "e" else nats * logarithm_to(base)(np.asarray(exp(constant(1, like))))


def _unit_tex(base: str) -> str:
    return "" if base == "e" else rf" {log_tex(base)} e"
