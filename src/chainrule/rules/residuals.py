"""Losses of a physics-informed network: how far a trial function is from solving an equation.

Source: Raissi, Perdikaris, Karniadakis, Physics-informed neural networks (2019), section 2.
"""

from __future__ import annotations

from typing import Any

from chainrule.rules.arrays import Array, absolute, total
from chainrule.rules.rule import Rule, Slip, size
from chainrule.rules.slipping import SUM_FOR_MEAN


def mean_square(*names: str) -> Rule:
    """The rule of the mean of the squares of all that is left over, in one array or several.

    >>> import numpy as np
    >>> float(mean_square("r")(np.array([1.0, 2.0]))), mean_square("r", "s").tex
    (2.5, '\\\\frac{1}{N} \\\\left( \\\\sum_{i} (<r>)_{i}^{2} + \\\\sum_{i} (<s>)_{i}^{2} \\\\right)')
    """
    sums = [rf"\sum_{{i}} (<{name}>)_{{i}}^{{2}}" for name in names]
    tex = sums[0] if len(sums) == 1 else rf"\left( {' + '.join(sums)} \right)"

    def added(*parts: Array) -> Array:
        made = total(parts[0] ** 2)
        for part in parts[1:]:
            made = made + total(part**2)
        return made

    def function(*parts: Array) -> Array:
        return added(*parts) / sum(size(part.shape) for part in parts)

    def not_squared(*parts: Array) -> Array:
        made = total(absolute(parts[0]))
        for part in parts[1:]:
            made = made + total(absolute(part))
        return made / sum(size(part.shape) for part in parts)

    sizes = " + ".join(rf"\sum_{{i}} \left| (<{name}>)_{{i}} \right|" for name in names)
    slips = (
        Slip(*SUM_FOR_MEAN, added, tex),
        Slip("no_square", "nothing is squared", not_squared, rf"\frac{{1}}{{N}} \left( {sizes} \right)"),
    )
    return Rule(
        "mean_square",
        function,
        rf"\frac{{1}}{{N}} {tex}",
        lambda *shapes: sum(size(shape) for shape in shapes),
        slips,
        named=names,
    )


def weighted_sum(*pairs: tuple[str, str]) -> Rule:
    """The rule of the loss in all, from pairs of a weight and a part of the loss.

    >>> weighted_sum(("wa", "a"), ("wb", "b"))(2, 3, 1, 5)
    11
    """

    def function(*values: Any) -> Any:
        made = values[0] * values[1]
        for place in range(2, len(values), 2):
            made = made + values[place] * values[place + 1]
        return made

    return Rule(
        "weighted_sum",
        function,
        " + ".join(rf"<{weight}> \cdot <{part}>" for weight, part in pairs),
        lambda *shapes: len(shapes) // 2,
        slips=(
            Slip(
                "no_weights",
                "the parts are added without their weights",
                lambda *values: sum(values[3::2], values[1]),
                " + ".join(f"<{part}>" for _, part in pairs),
            ),
        ),
        named=tuple(name for pair in pairs for name in pair),
    )
