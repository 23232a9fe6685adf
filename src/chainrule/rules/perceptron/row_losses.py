"""What each row costs, and the gradient of that in the weights."""

from __future__ import annotations

from typing import Any

from chainrule.rules.arrays import Array
from chainrule.rules.losses.term import LossTerm
from chainrule.rules.rule import Rule, Slip, rule, size
from chainrule.rules.slipping import OPPOSITE_SIGN


@rule(tex=r"<y> \odot <f>", multiplications=lambda y, f: size(y))
def agreement(y: Array, f: Array) -> Array:
    """Greater than 0 where the sign of f is the target's, -1 or 1; shape (m,)."""
    return y * f


_CASES = {
    "perceptron": r" = \begin{cases} -<y> <a> & <y> <a> \le 0 \\ 0 & <y> <a> > 0 \end{cases}",
    "hinge": r" = \begin{cases} 1 - <y> <a> & <y> <a> < 1 \\ 0 & <y> <a> \ge 1 \end{cases}",
}


def loss_of_each_row(loss: LossTerm, **options: Any) -> Rule:
    """The rule of what each row costs; shape (m,)."""
    tex = loss.tex + _CASES.get(loss.name, "")
    return Rule(f"{loss.name}_terms", loss.term, tex, slips=loss.slips, defaults={**loss.options, **options})


@rule(
    tex=r"<x>^{\top} <df>",
    multiplications=lambda x, df: size(x),
    slips=(
        Slip(*OPPOSITE_SIGN, lambda x, df: -(x.T @ df), r"-<x>^{\top} <df>"),
        Slip(
            "no_input",
            "the input is left out",
            lambda x, df: (1 + 0 * x).T @ df,
            r"\sum_i (<df>)_{i}",
        ),
        Slip(
            "mean_over_rows",
            "the rows are averaged once more instead of added",
            lambda x, df: x.T @ df / x.shape[0],
            r"\frac{1}{m} \cdot <x>^{\top} <df>",
        ),
    ),
)
def weights_gradient(x: Array, df: Array) -> Array:
    """Gradient of the loss in w; shape (n,)."""
    return x.T @ df
