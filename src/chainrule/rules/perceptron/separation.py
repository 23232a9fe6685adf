"""Whether a line separates two classes: margins, or a point that both hulls share."""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, namespace, where
from chainrule.rules.rule import Slip, rule, size
from chainrule.rules.slipping import NO_BIAS


@rule(
    tex=r"<side> \odot (<x> <w> + <b>)",
    multiplications=lambda side, x, w, b: size(x) + size(side),
    slips=(
        Slip(
            *NO_BIAS,
            lambda side, x, w, b: side * (x @ w),
            r"<side> \odot (<x> <w>)",
        ),
        Slip(
            "no_side",
            "the sign of a row's side is left out",
            lambda side, x, w, b: x @ w + b,
            "<x> <w> + <b>",
        ),
    ),
)
def margins(side: Array, x: Array, w: Array, b: Array) -> Array:
    """Greater than 0 where a row (side 1 or -1) lies on its side of the line; shape (m,)."""
    return side * (x @ w + b)


@rule(tex=r"\left[ \min_i (<margins>)_{i} > 0 \right]")
def all_on_their_side(margins: Array) -> Array:
    """1 where every margin is greater than 0, else 0."""
    positive = where(margins > 0, constant(1, margins), constant(0, margins))
    return namespace(margins).min(positive)


@rule(tex=r"\sum_i (<multipliers>)_{i} (<x>)_{i}", multiplications=lambda multipliers, x: size(x))
def convex_combination(multipliers: Array, x: Array) -> Array:
    """A weighted mean of points; the multipliers are not less than 0 and add up to 1; shape (n,)."""
    return multipliers @ x


@rule(tex=r"\left[ <p> \ne <q> \right]")
def differs(p: Array, q: Array) -> Array:
    """0 where two points are the same, else 1."""
    same = where(p == q, constant(0, p), constant(1, p))
    return namespace(p).max(same)
