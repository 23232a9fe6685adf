"""The line on which the output changes."""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Rule, Slip, rule
from chainrule.rules.slipping import NO_BIAS, OPPOSITE_SIGN


@rule(
    tex=r"-\frac{(<w>)_{1}}{(<w>)_{2}}",
    slips=(
        Slip(*OPPOSITE_SIGN, lambda w: w[0] / w[1], r"\frac{(<w>)_{1}}{(<w>)_{2}}"),
        Slip(
            "inverted",
            "the fraction is turned over",
            lambda w: -w[1] / w[0],
            r"-\frac{(<w>)_{2}}{(<w>)_{1}}",
        ),
    ),
)
def line_slope(w: Array) -> Array:
    """The slope of the line w₁x₁ + w₂x₂ + b = θ, x₂ over x₁; w₂ is not 0."""
    return -w[0] / w[1]


def _crossing(axis: int, name: str) -> dict[bool, Rule]:
    """Where the line meets an axis, without a threshold and with one; that weight is not 0."""
    below, other = rf"(<w>)_{{{axis + 1}}}", rf"(<w>)_{{{2 - axis}}}"
    what = "it is divided by the other weight"
    return {
        False: Rule(
            name,
            lambda w, b: -b / w[axis],
            rf"-\frac{{<b>}}{{{below}}}",
            slips=(
                Slip(
                    *OPPOSITE_SIGN,
                    lambda w, b: b / w[axis],
                    rf"\frac{{<b>}}{{{below}}}",
                ),
                Slip("other_weight", what, lambda w, b: -b / w[1 - axis], rf"-\frac{{<b>}}{{{other}}}"),
            ),
        ),
        True: Rule(
            f"{name}_with_threshold",
            lambda w, b, threshold: (threshold - b) / w[axis],
            rf"\frac{{<threshold> - <b>}}{{{below}}}",
            slips=(
                Slip(
                    "no_threshold",
                    "the line is taken where the sum is 0, not where it is the threshold",
                    lambda w, b, threshold: -b / w[axis],
                    rf"-\frac{{<b>}}{{{below}}}",
                ),
                Slip(
                    "other_weight",
                    what,
                    lambda w, b, threshold: (threshold - b) / w[1 - axis],
                    rf"\frac{{<threshold> - <b>}}{{{other}}}",
                ),
                Slip(
                    *NO_BIAS,
                    lambda w, b, threshold: threshold / w[axis],
                    rf"\frac{{<threshold>}}{{{below}}}",
                ),
            ),
        ),
    }


LINE_INTERCEPT = _crossing(1, "line_intercept")
"""Where the line w₁x₁ + w₂x₂ + b = θ meets the x₂ axis, by whether there is a threshold θ."""


LINE_POSITION = _crossing(0, "line_position")
"""The x₁ of an upright line, likewise."""
