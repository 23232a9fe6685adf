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
    activation of z, arranged so that no float overflows, and to the slope in z. ``slope_slips`` are
    slips in the slope, before it is divided.
    """

    name: str
    term: Callable[..., Array]
    slope: Callable[..., Array]
    tex: str
    slope_tex: str
    per: str = "element"
    options: Mapping[str, Any] = field(default_factory=dict)
    logits: Mapping[str, FusedTerm] = field(default_factory=dict)
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

    tex = _DIVISION_TEX[loss.per, divide_by] + loss.tex
    slip = Slip("sum_for_mean", "the sum is not divided", undivided, r"\sum " + loss.tex)
    return Rule(
        loss.name,
        behind_activation if activation else function,
        tex,
        lambda y, a, *_: loss.multiplications * size(a),
        (slip,) if _divides(loss.per, divide_by) else (),
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

    tex = _slope_tex(loss.per, divide_by, fused.slope_tex)
    return Rule(
        f"{activation}_{loss.name}_gradient",
        function,
        tex,
        slips=(Slip("opposite_sign", "the sign is turned", opposite, f"-{tex}"),),
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


def _huber_slope(y: Array, a: Array, *, delta: Any) -> Array:
    return where(absolute(y - a) <= delta, a - y, delta * _sign(y, a))


def _sign(y: Array, a: Array) -> Array:
    """The sign of a - y, 0 where they are equal."""
    return where(a > y, constant(1, a), where(a < y, constant(-1, a), constant(0, a)))


def _log_sum_exp(z: Array) -> Array:
    top = largest(z, axis=-1, keepdims=True)
    return top + log(total(exp(z - top), axis=-1, keepdims=True))


mean_squared_error = LossTerm(
    "mean_squared_error",
    term=lambda y, a: (y - a) ** 2,
    slope=lambda y, a: -2 * (y - a),
    tex="(<y> - <a>)^2",
    slope_tex="({-2})(<y> - <a>)",
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
)

binary_crossentropy = LossTerm(
    "binary_crossentropy",
    term=lambda y, a: -(weighted_log(y, _probability(a)) + weighted_log(1 - y, 1 - _probability(a))),
    slope=lambda y, a: _where_not_kept(a, -y / _probability(a) + (1 - y) / (1 - _probability(a))),
    tex=r"-\left[ <y> \ln <a> + (1 - <y>) \ln(1 - <a>) \right]",
    slope_tex=r"\left( -\frac{<y>}{<a>} + \frac{1 - <y>}{1 - <a>} \right)",
    logits={
        "sigmoid": FusedTerm(
            lambda y, z: where(z > 0, z, constant(0, z)) - y * z + log1p(exp(-absolute(z))),
            lambda y, a: a - y,
            "(<a> - <y>)",
        )
    },
    multiplications=2,
    targets="share",
)

categorical_crossentropy = LossTerm(
    "categorical_crossentropy",
    term=lambda y, a: -weighted_log(y, _probability(a)),
    slope=lambda y, a: _where_not_kept(a, -y / _probability(a)),
    tex=r"\left( -<y> \ln <a> \right)",
    slope_tex=r"\left( -\frac{<y>}{<a>} \right)",
    per="row",
    logits={
        "softmax": FusedTerm(
            lambda y, z: y * (_log_sum_exp(z) - z),
            lambda y, a: a - y,
            "(<a> - <y>)",
        )
    },
    targets="distribution",
)

sparse_categorical_crossentropy = LossTerm(
    "sparse_categorical_crossentropy",
    term=lambda y, a: -log(_probability(pick(a, y))),
    slope=lambda y, a: _where_not_kept(
        a, where(one_hot(y, a.shape[-1]), -1 / _probability(a), constant(0, a))
    ),
    tex=r"\left( -\ln (<a>)_{<y>} \right)",
    slope_tex=r"\left( -\frac{[k = <y>]}{<a>} \right)",
    per="row",
    logits={
        "softmax": FusedTerm(
            lambda y, z: _log_sum_exp(z) - pick(z, y),
            lambda y, a: where(one_hot(y, a.shape[-1]), a - 1, a),
            "(<a> - [k = <y>])",
        )
    },
    multiplications=0,
    targets="label",
)

hinge = LossTerm(
    "hinge",
    term=lambda y, a: where(y * a >= 1, constant(0, a), 1 - y * a),  # so that NaN stays NaN
    slope=lambda y, a: where(y * a < 1, -y, constant(0, a)),
    tex=r"\max(0, 1 - <y> <a>)",
    slope_tex=r"\begin{cases} -<y> & <y> <a> < 1 \\ 0 & <y> <a> \ge 1 \end{cases}",
    targets="sign",
)

perceptron = LossTerm(
    "perceptron",
    term=lambda y, a: where(y * a > 0, constant(0, a), -y * a),
    slope=lambda y, a: where(y * a <= 0, -y, constant(0, a)),
    tex=r"\max(0, -<y> <a>)",
    slope_tex=r"\begin{cases} -<y> & <y> <a> \le 0 \\ 0 & <y> <a> > 0 \end{cases}",
    targets="sign",
)

kl_divergence = LossTerm(
    "kl_divergence",
    term=lambda y, a: weighted_log(_positive(y), _positive(y)) - weighted_log(_positive(y), _probability(a)),
    slope=lambda y, a: _where_not_kept(a, -_positive(y) / _probability(a)),
    tex=r"<y> \ln \left( \frac{<y>}{<a>} \right)",
    slope_tex=r"\left( -\frac{<y>}{<a>} \right)",
    per="row",
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
