"""The loss and its gradient from a term, summed and divided.

Source: Keras 3, keras.losses, whose reduction is the mean.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chainrule.rules.arrays import Array, total
from chainrule.rules.losses.term import LossTerm
from chainrule.rules.rule import Rule, Slip, size
from chainrule.rules.slipping import OPPOSITE_SIGN, SUM_FOR_MEAN


def divisor(per: str, divide_by: str, rows: int, columns: int) -> int:
    """What the summed terms are divided by.

    >>> divisor("element", "mean", rows=4, columns=3), divisor("row", "mean", rows=4, columns=3)
    (12, 4)
    >>> divisor("element", "1/2m", rows=4, columns=3)
    8
    """
    outputs = columns if per == "element" else 1
    return {"mean": rows * outputs, "sum": outputs, "1/2": 2, "1/m": rows, "1/2m": 2 * rows}[divide_by]


DIVISION_TEX = {
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


def reduced(summed: Array, a: Array, per: str, divide_by: str) -> Array:
    by = divisor(per, divide_by, a.shape[0], size(a.shape[1:]))
    return summed if by == 1 else summed / by


def _slope_tex(per: str, divide_by: str, slope: str) -> str:
    fraction = DIVISION_TEX[per, divide_by].replace(r"\sum ", "").strip()
    return f"{fraction} {slope}".strip()


def loss_rule(loss: LossTerm, divide_by: str, activation: str | None = None, **options: Any) -> Rule:
    """The rule of the loss; from (y, a), or from (y, a, z) behind the activation named."""

    def function(y: Array, a: Array, **chosen: Any) -> Array:
        return reduced(total(loss.term(y, a, **chosen)), a, loss.per, divide_by)

    def behind_activation(y: Array, a: Array, z: Array, **chosen: Any) -> Array:
        return function(y, a, **chosen)

    def stable(y: Array, a: Array, z: Array, **chosen: Any) -> Array:
        return reduced(total(loss.logits[activation or ""].stable_term(y, z)), a, loss.per, divide_by)

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
            return reduced(total(slip.function(y, a, **chosen)), a, loss.per, divide_by)

        return replace(slip, function=slipped, tex=DIVISION_TEX[loss.per, divide_by] + slip.tex)

    tex = DIVISION_TEX[loss.per, divide_by] + loss.tex
    slips = [divided(slip) for slip in loss.slips]
    if _divides(loss.per, divide_by):
        slips.append(Slip(*SUM_FOR_MEAN, undivided, r"\sum " + loss.tex))
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
        return reduced(loss.slope(y, a, **chosen), a, loss.per, divide_by)

    def opposite(y: Array, a: Array, **chosen: Any) -> Array:
        return -function(y, a, **chosen)

    def undivided(y: Array, a: Array, **chosen: Any) -> Array:
        return loss.slope(y, a, **chosen)

    def error_alone(y: Array, a: Array, **chosen: Any) -> Array:
        is_divided = divisor(loss.per, divide_by, a.shape[0], size(a.shape[1:])) > 1
        return a - y if is_divided else function(y, a, **chosen)

    def divided(slip: Slip) -> Slip:
        def slipped(y: Array, a: Array, **chosen: Any) -> Array:
            return reduced(slip.function(y, a, **chosen), a, loss.per, divide_by)

        return replace(slip, function=slipped, tex=_slope_tex(loss.per, divide_by, f"({slip.tex})"))

    tex = _slope_tex(loss.per, divide_by, loss.slope_tex)
    slips = [
        *(divided(slip) for slip in loss.slope_slips),
        Slip(*OPPOSITE_SIGN, opposite, f"-{tex}"),
    ]
    if _divides(loss.per, divide_by):
        slips.append(Slip(*SUM_FOR_MEAN, undivided, loss.slope_tex))
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
        return reduced(fused.slope(y, a), a, loss.per, divide_by)

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
        Slip(*OPPOSITE_SIGN, opposite, f"-{tex}"),
        Slip("factor_two", "a factor 2 is put in, as for a square", doubled, rf"2 \cdot {tex}"),
        Slip(
            "slope_twice",
            "the slope a(1 - a) of the activation is multiplied once more",
            with_slope,
            rf"{tex} \odot <a> (1 - <a>)",
        ),
    ]
    if _divides(loss.per, divide_by):
        slips.append(Slip(*SUM_FOR_MEAN, undivided, fused.slope_tex))
    return Rule(
        f"{activation}_{loss.name}_gradient",
        function,
        tex,
        slips=tuple(slips),
        defaults={**loss.options, **options},
    )
