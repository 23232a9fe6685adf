"""The information of discrete distributions.

Source: Cover and Thomas, Elements of Information Theory (2006), chapter 2.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, total, where
from chainrule.rules.information.logarithms import log_tex, logarithm_to, weighted_log, with_other_bases
from chainrule.rules.probability.densities import difference
from chainrule.rules.rule import Rule, Slip

NO_MINUS = "no_minus_sign", "the minus sign is left out"
SWAPPED = "swapped", "the two distributions are exchanged"
_NOT_WEIGHTED = "not_weighted", "the logarithms are added without their probabilities"


@with_other_bases
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
            Slip(*NO_MINUS, lambda p: total(weighted_log(p, p, logarithm)), rf"\sum <p> \, {name} <p>"),
            Slip(*_NOT_WEIGHTED, lambda p: -total(logarithm(p)), rf"-\sum {name} <p>"),
        ),
    )


@with_other_bases
def cross_entropy(base: str) -> Rule:
    """Cross-entropy of two distributions; the first one weighs, the second is inside the logarithm."""
    logarithm, name = logarithm_to(base), log_tex(base)
    return Rule(
        "cross_entropy",
        lambda p, q: -total(weighted_log(p, q, logarithm)),
        tex=rf"-\sum <p> \, {name} <q>",
        slips=(
            Slip(
                *SWAPPED,
                lambda p, q: -total(weighted_log(q, p, logarithm)),
                rf"-\sum <q> \, {name} <p>",
            ),
            Slip(
                *NO_MINUS,
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


@with_other_bases
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
                *SWAPPED,
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


@with_other_bases
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
