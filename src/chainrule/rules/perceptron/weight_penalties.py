"""Penalties on the weights, and their slopes.

Source: scikit-learn, "Stochastic Gradient Descent: mathematical formulation"; Keras 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainrule.rules.arrays import Array, absolute, constant, sqrt, total, where
from chainrule.rules.rule import Rule, Slip, rule, size


@dataclass(frozen=True)
class Penalty:
    """A penalty R(w) on the weights, and its slope."""

    value: Rule
    slope: Rule


def _sign_of(w: Array) -> Array:
    return where(w > 0, constant(1, w), where(w < 0, constant(-1, w), constant(0, w)))


def _penalty(
    name: str,
    value: Any,
    tex: str,
    slope: Any,
    slope_tex: str,
    slips: tuple[Slip, ...] = (),
    slope_slips: tuple[Slip, ...] = (),
) -> Penalty:
    return Penalty(
        Rule(f"{name}_penalty", value, tex, lambda w: size(w), slips),
        Rule(f"{name}_penalty_slope", slope, slope_tex, lambda w: size(w), slope_slips),
    )


_SIZES, _SQUARES = r"\sum_i \left| (<w>)_{i} \right|", r"\sum_i (<w>)_{i}^2"


PENALTIES: Mapping[str, Penalty] = {
    "l1": _penalty(
        "l1",
        lambda w: total(absolute(w)),
        r"\sum_i \left| (<w>)_{i} \right|",
        _sign_of,
        r"\operatorname{sign}(<w>)",
        slips=(
            Slip("squared", "the weights are squared", lambda w: total(w**2), _SQUARES),
            Slip(
                "no_absolute",
                "the weights are added with their signs",
                lambda w: total(w),
                r"\sum_i (<w>)_{i}",
            ),
        ),
        slope_slips=(Slip("weight_for_sign", "the weight is taken for its sign", lambda w: w, "<w>"),),
    ),
    "l2": _penalty(
        "l2",
        lambda w: total(w**2),
        _SQUARES,
        lambda w: 2 * w,
        r"2 <w>",
        slips=(
            Slip("no_square", "the weights are not squared", lambda w: total(absolute(w)), _SIZES),
            Slip(
                "root_taken",
                "the root is taken of the squares",
                lambda w: sqrt(total(w**2)),
                rf"\sqrt{{{_SQUARES}}}",
            ),
        ),
        slope_slips=(Slip("no_factor_two", "the 2 of the square is left out", lambda w: w, "<w>"),),
    ),
    "half_l2": _penalty(
        "half_l2",
        lambda w: total(w**2) / 2,
        r"\frac{1}{2} \sum_i (<w>)_{i}^2",
        lambda w: w,
        "<w>",
        slips=(
            Slip("no_half", "the ½ is left out", lambda w: total(w**2), _SQUARES),
            Slip(
                "no_square",
                "the weights are not squared",
                lambda w: total(absolute(w)) / 2,
                rf"\frac{{1}}{{2}} {_SIZES}",
            ),
        ),
        slope_slips=(Slip("factor_two", "the 2 is not cancelled by the ½", lambda w: 2 * w, r"2 <w>"),),
    ),
    "elastic": Penalty(
        Rule(
            "elastic_penalty",
            lambda w, rho: rho * total(absolute(w)) + (1 - rho) / 2 * total(w**2),
            r"<rho> \sum_i \left| (<w>)_{i} \right| + \frac{1 - <rho>}{2} \sum_i (<w>)_{i}^2",
            lambda w, rho: 2 * size(w),
            slips=(
                Slip(
                    "weights_swapped",
                    "ρ and 1 - ρ are swapped",
                    lambda w, rho: (1 - rho) * total(absolute(w)) + rho / 2 * total(w**2),
                    rf"(1 - <rho>) {_SIZES} + \frac{{<rho>}}{{2}} {_SQUARES}",
                ),
                Slip(
                    "no_half",
                    "the ½ is left out",
                    lambda w, rho: rho * total(absolute(w)) + (1 - rho) * total(w**2),
                    rf"<rho> {_SIZES} + (1 - <rho>) {_SQUARES}",
                ),
            ),
        ),
        Rule(
            "elastic_penalty_slope",
            lambda w, rho: rho * _sign_of(w) + (1 - rho) * w,
            r"<rho> \operatorname{sign}(<w>) + (1 - <rho>) <w>",
            lambda w, rho: 2 * size(w),
            slips=(
                Slip(
                    "weights_swapped",
                    "ρ and 1 - ρ are swapped",
                    lambda w, rho: (1 - rho) * _sign_of(w) + rho * w,
                    r"(1 - <rho>) \operatorname{sign}(<w>) + <rho> <w>",
                ),
                Slip(
                    "factor_two",
                    "the 2 is not cancelled by the ½",
                    lambda w, rho: rho * _sign_of(w) + 2 * (1 - rho) * w,
                    r"<rho> \operatorname{sign}(<w>) + 2 (1 - <rho>) <w>",
                ),
            ),
        ),
    ),
}


@rule(
    tex=r"<loss> + <alpha> \cdot <penalty>",
    multiplications=lambda *_: 1,
    slips=(
        Slip(
            "no_strength", "α is left out", lambda loss, alpha, penalty: loss + penalty, "<loss> + <penalty>"
        ),
        Slip(
            "no_penalty",
            "the penalty is left out",
            lambda loss, alpha, penalty: loss + 0 * penalty,
            "<loss>",
        ),
        Slip(
            "penalty_subtracted",
            "the penalty is subtracted",
            lambda loss, alpha, penalty: loss - alpha * penalty,
            r"<loss> - <alpha> \cdot <penalty>",
        ),
    ),
)
def penalized(loss: Array, alpha: Array, penalty: Array) -> Array:
    """The cost: the mean loss and α times the penalty; of slopes, likewise."""
    return loss + alpha * penalty
