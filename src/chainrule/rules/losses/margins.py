"""Losses of a margin: hinge, and that of the perceptron.

Source: Keras 3, keras.losses.
"""

from __future__ import annotations

from chainrule.rules.arrays import constant, where
from chainrule.rules.losses.term import LossTerm
from chainrule.rules.rule import Slip

_NO_LIMIT = "the maximum with 0 is left out, so that a term falls below 0"
_NO_CASES = "the case of a loss of 0 is left out"


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
