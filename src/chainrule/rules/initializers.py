"""The spread of initial weights: what Glorot, He and LeCun derived from fan-in and fan-out.

Sources: Glorot and Bengio (AISTATS 2010); He, Zhang, Ren, Sun (ICCV 2015); LeCun, Bottou, Orr,
Müller, "Efficient BackProp" (1998). Uniform limits follow from var(U(-l, l)) = l²/3.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.rules.arrays import sqrt
from chainrule.rules.rule import Rule, Shape, Slip, size
from chainrule.rules.slipping import NO_ROOT, ONE_FOR_TWO, VARIANCE_FOR_DEVIATION

TRUNCATED_NORMAL_DEVIATION = 0.8796256610342398
"""Standard deviation of a standard normal cut at two deviations, which the cut must be divided by."""

_FAN_IN_ALONE = "the fan-in alone is taken"
_TWO_FOR_ONE = "the numerator is 2 instead of 1"
_FAN_OUT = "the fan-out is taken for the fan-in"

VARIANCES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "glorot",
            lambda fan_in, fan_out: 2 / (fan_in + fan_out),
            r"\frac{2}{<fan_in> + <fan_out>}",
            slips=(
                Slip(
                    *ONE_FOR_TWO,
                    lambda fan_in, fan_out: 1 / (fan_in + fan_out),
                    r"\frac{1}{<fan_in> + <fan_out>}",
                ),
                Slip(
                    "fan_in_alone",
                    f"{_FAN_IN_ALONE}, as LeCun does",
                    lambda fan_in, fan_out: 1 / fan_in,
                    r"\frac{1}{<fan_in>}",
                ),
                Slip(
                    "two_by_fan_in",
                    f"{_FAN_IN_ALONE}, as He does",
                    lambda fan_in, fan_out: 2 / fan_in,
                    r"\frac{2}{<fan_in>}",
                ),
            ),
        ),
        Rule(
            "he",
            lambda fan_in, fan_out: 2 / fan_in,
            r"\frac{2}{<fan_in>}",
            slips=(
                Slip(*ONE_FOR_TWO, lambda fan_in, fan_out: 1 / fan_in, r"\frac{1}{<fan_in>}"),
                Slip(
                    "fan_out_for_fan_in",
                    _FAN_OUT,
                    lambda fan_in, fan_out: 2 / fan_out,
                    r"\frac{2}{<fan_out>}",
                ),
            ),
        ),
        Rule(
            "lecun",
            lambda fan_in, fan_out: 1 / fan_in,
            r"\frac{1}{<fan_in>}",
            slips=(
                Slip("two_for_one", _TWO_FOR_ONE, lambda fan_in, fan_out: 2 / fan_in, r"\frac{2}{<fan_in>}"),
                Slip(
                    "fan_out_for_fan_in",
                    _FAN_OUT,
                    lambda fan_in, fan_out: 1 / fan_out,
                    r"\frac{1}{<fan_out>}",
                ),
            ),
        ),
    )
}

uniform_limit = Rule(
    "uniform_limit",
    lambda variance: sqrt(3 * variance),
    r"\sqrt{3 <variance>}",
    slips=(
        Slip(
            "no_factor_three",
            "the factor 3 is left out",
            lambda variance: sqrt(variance),
            r"\sqrt{<variance>}",
        ),
        Slip(*NO_ROOT, lambda variance: 3 * variance, "3 <variance>"),
    ),
)
deviation = Rule(
    "deviation",
    lambda variance: sqrt(variance),
    r"\sqrt{<variance>}",
    slips=(
        Slip(
            *VARIANCE_FOR_DEVIATION,
            lambda variance: variance,
            "<variance>",
        ),
    ),
)


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
