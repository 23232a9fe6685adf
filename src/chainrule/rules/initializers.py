"""The spread of initial weights: what Glorot, He and LeCun derived from fan-in and fan-out.

Sources: Glorot and Bengio (AISTATS 2010); He, Zhang, Ren, Sun (ICCV 2015); LeCun, Bottou, Orr,
Müller, "Efficient BackProp" (1998). Uniform limits follow from var(U(-l, l)) = l²/3.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.rules.arrays import sqrt
from chainrule.rules.rule import Rule, Shape, size

TRUNCATED_NORMAL_DEVIATION = 0.8796256610342398
"""Standard deviation of a standard normal cut at two deviations, which the cut must be divided by."""

VARIANCES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "glorot",
            lambda fan_in, fan_out: 2 / (fan_in + fan_out),
            r"\frac{2}{<fan_in> + <fan_out>}",
        ),
        Rule("he", lambda fan_in, fan_out: 2 / fan_in, r"\frac{2}{<fan_in>}"),
        Rule("lecun", lambda fan_in, fan_out: 1 / fan_in, r"\frac{1}{<fan_in>}"),
    )
}

uniform_limit = Rule("uniform_limit", lambda variance: sqrt(3 * variance), r"\sqrt{3 <variance>}")
deviation = Rule("deviation", lambda variance: sqrt(variance), r"\sqrt{<variance>}")


def fans(shape: Shape) -> tuple[int, int]:
    """Fan-in and fan-out of a weight: of a dense kernel (in, out), of a vector, of a convolution.

    >>> fans((64, 10)), fans((3, 3, 16, 32))
    ((64, 10), (144, 288))
    """
    if len(shape) < 2:
        only = size(shape)
        return only, only
    field = size(shape[:-2])
    return field * shape[-2], field * shape[-1]
