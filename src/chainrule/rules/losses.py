"""Losses: each a term per prediction and the term's slope, summed and divided as the course does.

y is the target and a the prediction, both (m, k): m samples, k outputs. A loss is
Σ term(y, a) / d. "Per element" losses divide by n = m·k (Keras' mean), "per row" losses by m; the
factors ½ and ½m of the courses divide by 2 and by 2m instead.
Sources: Keras 3, keras.losses; Goodfellow, Bengio, Courville (2016), sections 6.2 and 7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

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
from chainrule.rules.information import weighted_log
from chainrule.rules.rule import Rule, Slip, size

EPSILON = 1e-7
"""Keras' fuzz factor: in floating point a probability is kept this far from 0 and 1 before its log."""


@dataclass(frozen=True)
class LossTerm:
    """What one prediction costs, and the slope of that in the prediction.

    ``logits`` maps an activation's name to the same term as a function of (y, z), where a is that
    activation of z, arranged so that no float overflows, and to the slope in z. ``slips`` are slips in
    the term, ``slope_slips`` in the slope, before they are divided.
    """

    name: str
    term: Callable[..., Array]
    slope: Callable[..., Array]
    tex: str
    slope_tex: str
    per: str = "element"
    options: Mapping[str, Any] = field(default_factory=dict)
    logits: Mapping[str, FusedTerm] = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()
    slope_slips: tuple[Slip, ...] = ()
    targets: str = "number"
    multiplications: int = 1


@dataclass(frozen=True)
class FusedTerm:
    """A loss term together with the activation before it: ∂/∂z is simpler than its two factors."""

    stable_term: Callable[..., Array]
    slope: Callable[..., Array]
    slope_tex: str


def divisor(per: str, divide_by: str, rows: int, columns: int) -> int:
    """What the summed terms are divided by.

    >>> divisor("element", "mean", rows=4, columns=3), divisor("row", "mean", rows=4, columns=3)
    (12, 4)
    >>> divisor("element", "1/2m", rows=4, columns=3)
    8
    """
    outputs = columns if per == "element" else 1
    return {"mean": rows * outputs, "sum": outputs, "1/2": 2, "1/m": rows, "1/2m": 2 * rows}[divide_by]


_DIVISION_TEX = {
    ("element", "mean"): r"\frac{1}{n} \sum ",
    ("row", "mean"): r"\frac{1}{m} \sum ",
    ("element", "sum"): r"\frac{1}{k} \sum ",
    ("row", "sum"): r"\sum ",
    ("element", "1/2"): r"\frac{1}{2} \sum ",
    ("element", "1/m"): r"\frac{1}{m} \sum ",
    ("element", "1/2m"): r"\frac{1}{2m} \sum ",
}


def _divides(per: str, divide_by: str) -> bool:
    """Whether anything is divided: a sum over rows of a loss per row is left as it is."""
    return (per, divide_by) != ("row", "sum")


def _divided(summed: Array, a: Array, per: str, divide_by: str) -> Array:
    by = divisor(per, divide_by, a.shape[0], size(a.shape[1:]))
    return summed if by == 1 else summed / by


def loss_rule(loss: LossTerm, divide_by: str, activation: str | None = None, **options: Any) -> Rule:
    """The rule of the loss; from (y, a), or from (y, a, z) behind the activation named."""

    def function(y: Array, a: Array, **chosen: Any) -> Array:
        return _divided(total(loss.term(y, a, **chosen)), a, loss.per, divide_by)

    def behind_activation(y: Array, a: Array, z: Array, **chosen: Any) -> Array:
        return function(y, a, **chosen)

    def stable(y: Array, a: Array, z: Array, **chosen: Any) -> Array:
        return _divided(total(loss.logits[activation or ""].stable_term(y, z)), a, loss.per, divide_by)

    def undivided(y: Array, a: Array, *z: Array, **chosen: Any) -> Array:
        return total(loss.term(y, a, **chosen))

    def by_classes(y: Array, a: Array, *z: Array, **chosen: Any) -> Array:
        return function(y, a, **chosen) / size(a.shape[1:])

    def halved(y: Array, a: Array, *z: Array, **chosen: Any) -> Array:
        return function(y, a, **chosen) / 2

    def half_of_sum(y: Array, a: Array, *z: Array, **chosen: Any) -> Array:
        return total(loss.term(y, a, **chosen)) / 2

    def divided(slip: Slip) -> Slip:
        def slipped(y: Array, a: Array, *z: Array, **chosen: Any) -> Array:
            return _divided(total(slip.function(y, a, **chosen)), a, loss.per, divide_by)

        return replace(slip, function=slipped, tex=_DIVISION_TEX[loss.per, divide_by] + slip.tex)

    tex = _DIVISION_TEX[loss.per, divide_by] + loss.tex
    slips = [divided(slip) for slip in loss.slips]
    if _divides(loss.per, divide_by):
        slips.append(Slip("sum_for_mean", "the sum is not divided", undivided, r"\sum " + loss.tex))
    if loss.per == "row":
        what = "the mean is taken over the classes too"
        slips.append(Slip("mean_over_classes", what, by_classes, rf"\frac{{1}}{{k}} \cdot {tex}"))
    if loss.name == "mean_squared_error" and "2" not in divide_by:
        slips += [
            Slip("halved", "the mean is halved", halved, rf"\frac{{1}}{{2}} \cdot {tex}"),
            Slip(
                "half_for_mean",
                "the sum is halved instead of divided by the number",
                half_of_sum,
                rf"\frac{{1}}{{2}} \sum {loss.tex}",
            ),
        ]
    return Rule(
        loss.name,
        behind_activation if activation else function,
        tex,
        lambda y, a, *_: loss.multiplications * size(a),
        tuple(slips),
        stable if activation else None,
        defaults={**loss.options, **options},
    )


def loss_gradient_rule(loss: LossTerm, divide_by: str, **options: Any) -> Rule:
    """The rule of ∂loss/∂a, from (y, a); shape (m, k)."""

    def function(y: Array, a: Array, **chosen: Any) -> Array:
        return _divided(loss.slope(y, a, **chosen), a, loss.per, divide_by)

    def opposite(y: Array, a: Array, **chosen: Any) -> Array:
        return -function(y, a, **chosen)

    def undivided(y: Array, a: Array, **chosen: Any) -> Array:
        return loss.slope(y, a, **chosen)

    def error_alone(y: Array, a: Array, **chosen: Any) -> Array:
        is_divided = divisor(loss.per, divide_by, a.shape[0], size(a.shape[1:])) > 1
        return a - y if is_divided else function(y, a, **chosen)

    def divided(slip: Slip) -> Slip:
        def slipped(y: Array, a: Array, **chosen: Any) -> Array:
            return _divided(slip.function(y, a, **chosen), a, loss.per, divide_by)

        return replace(slip, function=slipped, tex=_slope_tex(loss.per, divide_by, f"({slip.tex})"))

    tex = _slope_tex(loss.per, divide_by, loss.slope_tex)
    slips = [
        *(divided(slip) for slip in loss.slope_slips),
        Slip("opposite_sign", "the sign is turned", opposite, f"-{tex}"),
    ]
    if _divides(loss.per, divide_by):
        slips.append(Slip("sum_for_mean", "the sum is not divided", undivided, loss.slope_tex))
    if loss.name == "mean_squared_error" and "2" not in divide_by:
        what = "the error alone is taken, without the factor 2 and the division"
        slips.append(Slip("error_alone", what, error_alone, "<a> - <y>"))
    return Rule(
        f"{loss.name}_gradient",
        function,
        tex,
        lambda y, a: loss.multiplications * size(a),
        tuple(slips),
        defaults={**loss.options, **options},
    )


def fused_gradient_rule(loss: LossTerm, divide_by: str, activation: str, **options: Any) -> Rule:
    """The rule of ∂loss/∂z where a is the named activation of z, from (y, a); shape (m, k)."""
    fused = loss.logits[activation]

    def function(y: Array, a: Array, **chosen: Any) -> Array:
        return _divided(fused.slope(y, a), a, loss.per, divide_by)

    def opposite(y: Array, a: Array, **chosen: Any) -> Array:
        return -function(y, a)

    def undivided(y: Array, a: Array, **chosen: Any) -> Array:
        return fused.slope(y, a)

    def doubled(y: Array, a: Array, **chosen: Any) -> Array:
        return 2 * function(y, a)

    def with_slope(y: Array, a: Array, **chosen: Any) -> Array:
        return function(y, a) * a * (1 - a)

    tex = _slope_tex(loss.per, divide_by, fused.slope_tex)
    slips = [
        Slip("opposite_sign", "the sign is turned", opposite, f"-{tex}"),
        Slip("factor_two", "a factor 2 is put in, as for a square", doubled, rf"2 \cdot {tex}"),
        Slip(
            "slope_twice",
            "the slope a(1 - a) of the activation is multiplied once more",
            with_slope,
            rf"{tex} \odot <a> (1 - <a>)",
        ),
    ]
    if _divides(loss.per, divide_by):
        slips.append(Slip("sum_for_mean", "the sum is not divided", undivided, fused.slope_tex))
    return Rule(
        f"{activation}_{loss.name}_gradient",
        function,
        tex,
        slips=tuple(slips),
        defaults={**loss.options, **options},
    )


def weighted_loss_rule(loss: LossTerm, divide_by: str, activation: str | None = None, **options: Any) -> Rule:
    """The rule of the loss with a weight per row, from (y, a, w), or (y, a, z, w) behind an activation.

    As in Keras a row's terms are multiplied by its weight, and the divisor stays.
    """
    plain = loss_rule(loss, divide_by, activation, **options)

    def function(y: Array, a: Array, *rest: Array, **chosen: Any) -> Array:
        terms = loss.term(y, a, **chosen)
        return _divided(total(_per_row(rest[-1], terms) * terms), a, loss.per, divide_by)

    def stable(y: Array, a: Array, z: Array, w: Array, **chosen: Any) -> Array:
        terms = loss.logits[activation or ""].stable_term(y, z)
        return _divided(total(_per_row(w, terms) * terms), a, loss.per, divide_by)

    tex = _DIVISION_TEX[loss.per, divide_by] + rf"<w> \odot \left( {loss.tex} \right)"
    return Rule(
        f"weighted_{loss.name}",
        function,
        tex,
        lambda y, a, *_: (loss.multiplications + 1) * size(a),
        stable=stable if activation else None,
        defaults=plain.defaults,
        named=(*plain.inputs, "w"),
    )


def weighted_gradient_rule(gradient: Rule) -> Rule:
    """The rule of a loss's gradient with a weight per row, from (y, a, w): its row times the weight."""

    def function(y: Array, a: Array, w: Array, **chosen: Any) -> Array:
        slope = gradient.function(y, a, **chosen)
        return _per_row(w, slope) * slope

    return Rule(
        f"weighted_{gradient.name}",
        function,
        rf"<w> \odot \left( {gradient.tex} \right)",
        lambda y, a, w: gradient.multiplications(y, a) + size(a),
        defaults=gradient.defaults,
    )


def scaled_rule(gradient: Rule, share: float) -> Rule:
    """The rule of a gradient that counts by a share, as the loss of one output among several does."""

    def function(*inputs: Array, **chosen: Any) -> Array:
        slope = gradient.function(*inputs, **chosen)
        return constant(share, slope) * slope

    return replace(
        gradient,
        name=f"scaled_{gradient.name}",
        function=function,
        tex=rf"{share:g} \cdot \left( {gradient.tex} \right)",
        named=gradient.inputs,
        slips=(),
    )


def _per_row(w: Array, like: Array) -> Array:
    """A weight per row, in a shape that multiplies rows."""
    return w.reshape(-1, *(1 for _ in like.shape[1:]))


def _slope_tex(per: str, divide_by: str, slope: str) -> str:
    fraction = _DIVISION_TEX[per, divide_by].replace(r"\sum ", "").strip()
    return f"{fraction} {slope}".strip()


def _probability(a: Array) -> Array:
    """a, kept from 0 and 1 in floating point, where rounding can reach them; as Keras does."""
    return a if is_exact(a) else clip(a, EPSILON, 1 - EPSILON)


def _where_not_kept(a: Array, slope: Array) -> Array:
    """The slope of a term in a, which is 0 where :func:`_probability` kept a from 0 or 1."""
    if is_exact(a):
        return slope
    return where((a > EPSILON) & (a < 1 - EPSILON), slope, constant(0, a))


def _huber(y: Array, a: Array, *, delta: Any) -> Array:
    error, limit = absolute(y - a), constant(delta, a)
    return where(error <= limit, error**2 / 2, limit * error - limit**2 / 2)


def _huber_turned(y: Array, a: Array, *, delta: Any) -> Array:
    error, limit = absolute(y - a), constant(delta, a)
    return where(error > limit, error**2 / 2, limit * error - limit**2 / 2)


def _huber_without_half(y: Array, a: Array, *, delta: Any) -> Array:
    error, limit = absolute(y - a), constant(delta, a)
    return where(error <= limit, error**2, limit * error - limit**2 / 2)


def _huber_without_offset(y: Array, a: Array, *, delta: Any) -> Array:
    error, limit = absolute(y - a), constant(delta, a)
    return where(error <= limit, error**2 / 2, limit * error)


def _huber_cases(small: str, large: str) -> str:
    small, large = rf"{small} & \left| <y> - <a> \right| \le <delta>", rf"{large} & \text{{otherwise}}"
    return rf"\begin{{cases}} {small} \\ {large} \end{{cases}}"


def _huber_slope(y: Array, a: Array, *, delta: Any) -> Array:
    return where(absolute(y - a) <= delta, a - y, delta * _sign(y, a))


def _sign(y: Array, a: Array) -> Array:
    """The sign of a - y, 0 where they are equal."""
    return where(a > y, constant(1, a), where(a < y, constant(-1, a), constant(0, a)))


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


_NO_LIMIT = "the maximum with 0 is left out, so that a term falls below 0"
_NO_CASES = "the case of a loss of 0 is left out"


mean_squared_error = LossTerm(
    "mean_squared_error",
    term=lambda y, a: (y - a) ** 2,
    slope=lambda y, a: -2 * (y - a),
    tex="(<y> - <a>)^2",
    slope_tex="({-2})(<y> - <a>)",
    slips=(
        Slip(
            "no_square",
            "the errors are not squared",
            lambda y, a: absolute(y - a),
            r"\left| <y> - <a> \right|",
        ),
    ),
    slope_slips=(
        Slip("no_factor_two", "the factor 2 of the square is left out", lambda y, a: a - y, "<a> - <y>"),
    ),
)

mean_absolute_error = LossTerm(
    "mean_absolute_error",
    term=lambda y, a: absolute(y - a),
    slope=_sign,
    tex=r"\left| <y> - <a> \right|",
    slope_tex=r"\operatorname{sign}(<a> - <y>)",
    multiplications=0,
    slips=(Slip("squared", "the errors are squared", lambda y, a: (y - a) ** 2, "(<y> - <a>)^2"),),
    slope_slips=(Slip("error_for_sign", "the error is taken for its sign", lambda y, a: a - y, "<a> - <y>"),),
)

huber = LossTerm(
    "huber",
    term=_huber,
    slope=_huber_slope,
    tex=r"\begin{cases} \frac{1}{2} (<y> - <a>)^2 & \left| <y> - <a> \right| \le <delta> \\"
    r" <delta> \cdot \left| <y> - <a> \right| - \frac{1}{2} \cdot <delta>^2 & \text{otherwise} \end{cases}",
    slope_tex=r"\begin{cases} <a> - <y> & \left| <y> - <a> \right| \le <delta> \\"
    r" <delta> \cdot \operatorname{sign}(<a> - <y>) & \text{otherwise} \end{cases}",
    options={"delta": 1.0},
    slips=(
        Slip(
            "cases_swapped",
            "the square is taken of the large errors and the line of the small ones",
            _huber_turned,
            _huber_cases(
                r"<delta> \cdot \left| <y> - <a> \right| - \frac{1}{2} \cdot <delta>^2",
                r"\frac{1}{2} (<y> - <a>)^2",
            ),
        ),
        Slip(
            "no_half",
            "the ½ before the square is left out",
            _huber_without_half,
            _huber_cases(
                "(<y> - <a>)^2",
                r"<delta> \cdot \left| <y> - <a> \right| - \frac{1}{2} \cdot <delta>^2",
            ),
        ),
        Slip(
            "no_offset",
            "the ½δ² is not taken from the line",
            _huber_without_offset,
            _huber_cases(r"\frac{1}{2} (<y> - <a>)^2", r"<delta> \cdot \left| <y> - <a> \right|"),
        ),
    ),
    slope_slips=(
        Slip(
            "error_for_sign",
            "the error is taken also where it is above δ",
            lambda y, a, *, delta: a - y,
            "<a> - <y>",
        ),
    ),
)


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

hinge = LossTerm(
    "hinge",
    term=lambda y, a: where(y * a >= 1, constant(0, a), 1 - y * a),  # so that NaN stays NaN
    slope=lambda y, a: where(y * a < 1, -y, constant(0, a)),
    tex=r"\max(0, 1 - <y> <a>)",
    slope_tex=r"\begin{cases} -<y> & <y> <a> < 1 \\ 0 & <y> <a> \ge 1 \end{cases}",
    slips=(
        Slip("no_maximum", _NO_LIMIT, lambda y, a: 1 - y * a, "(1 - <y> <a>)"),
        Slip(
            "no_margin",
            "the margin 1 is left out",
            lambda y, a: where(y * a > 0, constant(0, a), -y * a),
            r"\max(0, -<y> <a>)",
        ),
        Slip(
            "plus_for_minus",
            "the minus before ya is made a plus",
            lambda y, a: where(y * a <= -1, constant(0, a), 1 + y * a),
            r"\max(0, 1 + <y> <a>)",
        ),
    ),
    slope_slips=(Slip("no_cases", _NO_CASES, lambda y, a: -y + 0 * a, "-<y>"),),
    targets="sign",
)

perceptron = LossTerm(
    "perceptron",
    term=lambda y, a: where(y * a > 0, constant(0, a), -y * a),
    slope=lambda y, a: where(y * a <= 0, -y, constant(0, a)),
    tex=r"\max(0, -<y> <a>)",
    slope_tex=r"\begin{cases} -<y> & <y> <a> \le 0 \\ 0 & <y> <a> > 0 \end{cases}",
    slips=(
        Slip("no_maximum", _NO_LIMIT, lambda y, a: -y * a, "(-<y> <a>)"),
        Slip(
            "no_target",
            "the factor -y is left out",
            lambda y, a: where(a <= 0, constant(0, a), a),
            r"\max(0, <a>)",
        ),
        Slip(
            "no_minus",
            "the minus before ya is left out",
            lambda y, a: where(y * a <= 0, constant(0, a), y * a),
            r"\max(0, <y> <a>)",
        ),
    ),
    slope_slips=(Slip("no_cases", _NO_CASES, lambda y, a: -y + 0 * a, "-<y>"),),
    targets="sign",
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


def _positive(y: Array) -> Array:
    return y if is_exact(y) else clip(y, EPSILON, 1.0)


LOSSES: Mapping[str, LossTerm] = {
    entry.name: entry
    for entry in (
        mean_squared_error,
        mean_absolute_error,
        huber,
        binary_crossentropy,
        categorical_crossentropy,
        sparse_categorical_crossentropy,
        hinge,
        perceptron,
        kl_divergence,
    )
}
