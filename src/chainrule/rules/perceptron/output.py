"""The weighted sum and the step behind it.

Source: Rosenblatt (1958).
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.rules.activations.classic import step
from chainrule.rules.arrays import Array, constant, total, where
from chainrule.rules.rule import Rule, Slip, rule, size
from chainrule.rules.slipping import NO_BIAS


@rule(
    tex=r"<w> \cdot <x> + <b>",
    multiplications=lambda x, w, b: size(w),
    slips=(
        Slip(*NO_BIAS, lambda x, w, b: total(w * x), r"<w> \cdot <x>"),
        Slip(
            "bias_subtracted",
            "the bias is subtracted",
            lambda x, w, b: total(w * x) - b,
            r"<w> \cdot <x> - <b>",
        ),
        Slip("no_weights", "the weights are left out", lambda x, w, b: total(x) + b, r"\sum <x> + <b>"),
    ),
)
def weighted_sum(x: Array, w: Array, b: Array) -> Array:
    """Pre-activation of one row.

    >>> import numpy as np
    >>> float(weighted_sum(np.array([1.0, 0.0]), np.array([1.2, 0.6]), np.array(-0.5)))
    0.7
    """
    return total(w * x) + b


@rule(
    tex=r"<x> <w> + <b>",
    multiplications=lambda x, w, b: size(x),
    second_factor_first=True,
    slips=(
        Slip(*NO_BIAS, lambda x, w, b: x @ w, r"<x> <w>"),
        Slip("bias_subtracted", "the bias is subtracted", lambda x, w, b: x @ w - b, r"<x> <w> - <b>"),
    ),
)
def weighted_sums(x: Array, w: Array, b: Array) -> Array:
    """Pre-activations of all rows; shape (m,)."""
    return x @ w + b


_STRICT = "a sum exactly at the step is taken for one below it"


def _step(low: int, name: str) -> Rule:
    def function(z: Array, threshold: Array) -> Array:
        return where(z >= threshold, constant(1, z), constant(low, z))

    def strict(z: Array, threshold: Array) -> Array:
        return where(z > threshold, constant(1, z), constant(low, z))

    def at_zero(z: Array, threshold: Array) -> Array:
        return where(z >= 0, constant(1, z), constant(low, z))

    def cases(high: str, otherwise: str) -> str:
        return rf"\begin{{cases}} 1 & {high} \\ {low} & {otherwise} \end{{cases}}"

    slips = (
        Slip("zero_is_below", _STRICT, strict, cases("<z> > <threshold>", r"<z> \le <threshold>")),
        Slip(
            "no_threshold",
            "the step is taken at 0, not at the threshold",
            at_zero,
            cases(r"<z> \ge 0", "<z> < 0"),
        ),
        Slip(
            "other_targets",
            f"below the step {-1 - low} is given instead of {low}",
            lambda z, threshold: where(z >= threshold, constant(1, z), constant(-1 - low, z)),
            cases(r"<z> \ge <threshold>", "<z> < <threshold>").replace(rf"\\ {low} &", rf"\\ {-1 - low} &"),
        ),
    )
    return Rule(name, function, cases(r"<z> \ge <threshold>", "<z> < <threshold>"), slips=slips)


threshold_step = _step(0, "threshold_step")
threshold_sign = _step(-1, "threshold_sign")


sign = Rule(
    "sign",
    lambda z: where(z >= 0, constant(1, z), constant(-1, z)),
    r"\begin{cases} 1 & <z> \ge 0 \\ -1 & <z> < 0 \end{cases}",
    slips=(
        Slip(
            "zero_is_below",
            _STRICT,
            lambda z: where(z > 0, constant(1, z), constant(-1, z)),
            r"\begin{cases} 1 & <z> > 0 \\ -1 & <z> \le 0 \end{cases}",
        ),
        Slip(
            "other_targets",
            "below the step 0 is given instead of -1",
            lambda z: where(z >= 0, constant(1, z), constant(0, z)),
            r"\begin{cases} 1 & <z> \ge 0 \\ 0 & <z> < 0 \end{cases}",
        ),
    ),
)


STEPS: Mapping[tuple[int, bool], Rule] = {
    (0, False): step.forward,
    (0, True): threshold_step,
    (-1, False): sign,
    (-1, True): threshold_sign,
}
"""The step by the lower of the two targets, and by whether there is a threshold."""
