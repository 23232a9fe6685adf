"""A loss by samples: what one sample costs, and the root of a mean.

y is the target and a the prediction, (m, k), as in :mod:`chainrule.rules.losses`.
"""

from __future__ import annotations

from dataclasses import replace

from chainrule.rules.arrays import Array, sqrt, total
from chainrule.rules.losses import LossTerm, divisor
from chainrule.rules.rule import Rule, Slip, rule


def sample_loss_rule(loss: LossTerm, divide_by: str, outputs: int) -> Rule:
    """The rule of the loss of each sample by itself, from (y, a); shape (m,).

    >>> import numpy as np
    >>> from chainrule.rules.losses import mean_squared_error
    >>> sample_loss_rule(mean_squared_error, "1/2m", 1)(np.array([[1.0], [2.0]]), np.array([[3.0], [2.0]]))
    array([2., 0.])
    """
    by = divisor(loss.per, divide_by, 1, outputs)

    def function(y: Array, a: Array, **options: object) -> Array:
        summed = total(loss.term(y, a, **options), axis=1)
        return summed if by == 1 else summed / by

    def undivided(y: Array, a: Array, **options: object) -> Array:
        return total(loss.term(y, a, **options), axis=1)

    sums = r"\sum " if outputs > 1 and loss.targets != "label" else ""
    tex = (rf"\frac{{1}}{{{by}}} " if by > 1 else "") + sums + loss.tex

    def of_a_sample(slip: Slip) -> Slip:
        def slipped(y: Array, a: Array, **options: object) -> Array:
            summed = total(slip.function(y, a, **options), axis=1)
            return summed if by == 1 else summed / by

        return replace(slip, function=slipped, tex=tex.replace(loss.tex, slip.tex))

    slips = [of_a_sample(slip) for slip in loss.slips]
    if by > 1:
        slips.append(Slip("sum_for_mean", "it is not divided", undivided, sums + loss.tex))
    return Rule(f"{loss.name}_of_a_sample", function, tex, slips=tuple(slips), defaults=loss.options)


@rule(tex=r"\sqrt{<mean>}", slips=(Slip("no_root", "the root is left out", lambda mean: mean, "<mean>"),))
def root(mean: Array) -> Array:
    """The root of a mean of squares, in the unit of the targets."""
    return sqrt(mean)


@rule(
    tex=r"\frac{1}{2 <root>} \cdot <d>",
    slips=(
        Slip(
            "no_factor_two",
            "the factor 2 below the root's slope is left out",
            lambda d, root: d / root,
            r"\frac{1}{<root>} \cdot <d>",
        ),
        Slip("no_slope", "the slope of the root is left out", lambda d, root: d + 0 * root, "<d>"),
    ),
)
def root_gradient(d: Array, root: Array) -> Array:
    """The gradient of a root, from the gradient of what is under it."""
    return d / (2 * root)
