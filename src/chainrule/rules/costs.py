"""A loss by samples: what one sample costs, and the root of a mean.

y is the target and a the prediction, (m, k), as in :mod:`chainrule.rules.losses`.
"""

from __future__ import annotations

from dataclasses import replace

from chainrule.rules.arrays import Array, sqrt, total
from chainrule.rules.losses.from_terms import divisor
from chainrule.rules.losses.term import LossTerm
from chainrule.rules.rule import Rule, Slip, rule, size
from chainrule.rules.slipping import NO_ROOT, SUM_FOR_MEAN


def sample_loss_rule(loss: LossTerm, divide_by: str, outputs: int) -> Rule:
    """The rule of the loss of each sample by itself, from (y, a); shape (m,).

    >>> import numpy as np
    >>> from chainrule.rules.losses.regression import mean_squared_error
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


def cost_rule(loss: LossTerm, divide_by: str, outputs: int) -> Rule:
    """The rule of the loss of all samples from that of each, (m,): their mean, or their sum.

    >>> import numpy as np
    >>> from chainrule.rules.losses.regression import mean_squared_error
    >>> cost_rule(mean_squared_error, "mean", 1)(np.array([4.0, 0.0])).item()
    2.0
    """
    of_one, of_two = (divisor(loss.per, divide_by, rows, outputs) for rows in (1, 2))
    if of_one == of_two:
        return Rule(f"{loss.name}_of_all", lambda each: total(each), _SUM_TEX)
    slips = [Slip(*SUM_FOR_MEAN, lambda each: total(each), _SUM_TEX)]
    if loss.per == "row":
        what = "the mean is taken over the classes too"
        tex = rf"\frac{{1}}{{k}} \cdot {_MEAN_TEX}"
        slips.append(Slip("mean_over_classes", what, lambda each: _mean(each) / outputs, tex))
    if loss.name == "mean_squared_error" and "2" not in divide_by:
        slips += [_HALVED, _HALF_FOR_MEAN]
    return Rule(f"{loss.name}_of_all", _mean, _MEAN_TEX, slips=tuple(slips))


def _mean(each: Array) -> Array:
    return total(each) / size(each.shape)


_SUM_TEX = r"\sum_i (<each>)_{i}"
_MEAN_TEX = rf"\frac{{1}}{{m}} {_SUM_TEX}"
_HALVED = Slip(
    "halved", "the mean is halved", lambda each: _mean(each) / 2, rf"\frac{{1}}{{2}} \cdot {_MEAN_TEX}"
)
_HALF_FOR_MEAN = Slip(
    "half_for_mean",
    "the sum is halved instead of divided by the number",
    lambda each: total(each) / 2,
    rf"\frac{{1}}{{2}} {_SUM_TEX}",
)


@rule(tex=r"\sqrt{<mean>}", slips=(Slip(*NO_ROOT, lambda mean: mean, "<mean>"),))
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
