"""Losses with a logarithm: cross-entropy and the Kullback-Leibler divergence.

Sources: Keras 3, keras.losses; Goodfellow, Bengio, Courville (2016), section 6.2.
"""

from __future__ import annotations

from collections.abc import Callable

from chainrule.rules.arrays import (
    Array,
    absolute,
    clip,
    constant,
    exp,
    is_exact,
    largest,
    log,
    log1p,
    one_hot,
    pick,
    total,
    where,
)
from chainrule.rules.information.logarithms import weighted_log
from chainrule.rules.losses.term import FusedTerm, LossTerm
from chainrule.rules.rule import Slip

EPSILON = 1e-7
"""Keras' fuzz factor: in floating point a probability is kept this far from 0 and 1 before its log."""


def _probability(a: Array) -> Array:
    """a, kept from 0 and 1 in floating point, where rounding can reach them; as Keras does."""
    return a if is_exact(a) else clip(a, EPSILON, 1 - EPSILON)


def _where_not_kept(a: Array, slope: Array) -> Array:
    """The slope of a term in a, which is 0 where :func:`_probability` kept a from 0 or 1."""
    if is_exact(a):
        return slope
    return where((a > EPSILON) & (a < 1 - EPSILON), slope, constant(0, a))


def _positive(y: Array) -> Array:
    return y if is_exact(y) else clip(y, EPSILON, 1.0)


def _log_sum_exp(z: Array) -> Array:
    top = largest(z, axis=-1, keepdims=True)
    return top + log(total(exp(z - top), axis=-1, keepdims=True))


def _in_base(base: int, name: str, term: Callable[..., Array], tex: str) -> Slip:
    def function(y: Array, a: Array) -> Array:
        natural = term(y, a)
        return natural / log(constant(base, natural))

    what = f"logarithms to base {base} are taken instead of natural ones"
    return Slip(f"log_base_{name}", what, function, tex.replace(r"\ln", rf"\log_{{{base}}}"))


def _other_bases(term: Callable[..., Array], tex: str) -> tuple[Slip, ...]:
    """The slips in the base of a term's logarithm."""
    return tuple(_in_base(base, name, term, tex) for base, name in ((10, "ten"), (2, "two")))


def _binary(y: Array, a: Array) -> Array:
    return -(weighted_log(y, _probability(a)) + weighted_log(1 - y, 1 - _probability(a)))


_BINARY_TEX = r"-\left[ <y> \ln <a> + (1 - <y>) \ln(1 - <a>) \right]"


binary_crossentropy = LossTerm(
    "binary_crossentropy",
    term=_binary,
    slope=lambda y, a: _where_not_kept(a, -y / _probability(a) + (1 - y) / (1 - _probability(a))),
    tex=_BINARY_TEX,
    slope_tex=r"\left( -\frac{<y>}{<a>} + \frac{1 - <y>}{1 - <a>} \right)",
    logits={
        "sigmoid": FusedTerm(
            lambda y, z: where(z > 0, z, constant(0, z)) - y * z + log1p(exp(-absolute(z))),
            lambda y, a: a - y,
            "(<a> - <y>)",
        )
    },
    slips=(
        *_other_bases(_binary, _BINARY_TEX),
        Slip(
            "one_term",
            "the term of 1 - y is left out",
            lambda y, a: -weighted_log(y, _probability(a)),
            r"\left( -<y> \ln <a> \right)",
        ),
        Slip(
            "prediction_for_target",
            "the prediction stands in the place of the target",
            lambda y, a: _binary(a, a),
            _BINARY_TEX.replace("<y>", "<a>"),
        ),
    ),
    slope_slips=(
        Slip(
            "one_term",
            "the term of 1 - y is left out",
            lambda y, a: -y / _probability(a),
            r"-\frac{<y>}{<a>}",
        ),
        Slip(
            "gradient_in_scores",
            "the gradient in the score before the sigmoid is given",
            lambda y, a: a - y,
            "<a> - <y>",
        ),
    ),
    multiplications=2,
    targets="share",
)


def _categorical(y: Array, a: Array) -> Array:
    return -weighted_log(y, _probability(a))


def _sparse(y: Array, a: Array) -> Array:
    return -log(_probability(pick(a, y)))


_CATEGORICAL_TEX = r"\left( -<y> \ln <a> \right)"
_SPARSE_TEX = r"\left( -\ln (<a>)_{<y>} \right)"
_GRADIENT_IN_SCORES = "the gradient in the scores before softmax is given"


categorical_crossentropy = LossTerm(
    "categorical_crossentropy",
    term=_categorical,
    slope=lambda y, a: _where_not_kept(a, -y / _probability(a)),
    tex=_CATEGORICAL_TEX,
    slope_tex=r"\left( -\frac{<y>}{<a>} \right)",
    per="row",
    logits={
        "softmax": FusedTerm(
            lambda y, z: y * (_log_sum_exp(z) - z),
            lambda y, a: a - y,
            "(<a> - <y>)",
        )
    },
    slips=(
        *_other_bases(_categorical, _CATEGORICAL_TEX),
        Slip(
            "prediction_for_target",
            "the prediction stands in the place of the target",
            lambda y, a: _categorical(a, a),
            _CATEGORICAL_TEX.replace("<y>", "<a>"),
        ),
    ),
    slope_slips=(Slip("gradient_in_scores", _GRADIENT_IN_SCORES, lambda y, a: a - y, "<a> - <y>"),),
    targets="distribution",
)


sparse_categorical_crossentropy = LossTerm(
    "sparse_categorical_crossentropy",
    term=_sparse,
    slope=lambda y, a: _where_not_kept(
        a, where(one_hot(y, a.shape[-1]), -1 / _probability(a), constant(0, a))
    ),
    tex=_SPARSE_TEX,
    slope_tex=r"\left( -\frac{[k = <y>]}{<a>} \right)",
    per="row",
    logits={
        "softmax": FusedTerm(
            lambda y, z: _log_sum_exp(z) - pick(z, y),
            lambda y, a: where(one_hot(y, a.shape[-1]), a - 1, a),
            "(<a> - [k = <y>])",
        )
    },
    slips=_other_bases(_sparse, _SPARSE_TEX),
    slope_slips=(
        Slip(
            "gradient_in_scores",
            _GRADIENT_IN_SCORES,
            lambda y, a: where(one_hot(y, a.shape[-1]), a - 1, a),
            "<a> - [k = <y>]",
        ),
    ),
    multiplications=0,
    targets="label",
)


def _divergence(y: Array, a: Array) -> Array:
    return weighted_log(_positive(y), _positive(y)) - weighted_log(_positive(y), _probability(a))


_DIVERGENCE_TEX = r"<y> \ln \left( \frac{<y>}{<a>} \right)"


kl_divergence = LossTerm(
    "kl_divergence",
    term=_divergence,
    slope=lambda y, a: _where_not_kept(a, -_positive(y) / _probability(a)),
    tex=_DIVERGENCE_TEX,
    slope_tex=r"\left( -\frac{<y>}{<a>} \right)",
    per="row",
    slips=(
        *_other_bases(_divergence, _DIVERGENCE_TEX),
        Slip(
            "swapped",
            "target and prediction are swapped",
            lambda y, a: weighted_log(a, a) - weighted_log(a, _positive(y)),
            r"<a> \ln \left( \frac{<a>}{<y>} \right)",
        ),
        Slip(
            "cross_entropy",
            "the entropy of the target is not subtracted",
            _categorical,
            _CATEGORICAL_TEX,
        ),
    ),
    multiplications=2,
    targets="distribution",
)
