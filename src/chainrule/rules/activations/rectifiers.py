"""ReLU and its kin with a straight line on both sides."""

from __future__ import annotations

from typing import Any

from chainrule.rules.activations.elementwise import VALUE_FOR_SLOPE, Slope, SlopeSlip, cases, elementwise
from chainrule.rules.arrays import Array, constant, total, where
from chainrule.rules.rule import Rule, Slip, per_element


def _corner(slope: Slope, tex: str) -> SlopeSlip:
    return SlopeSlip("slope_at_corner", "the slope at z = 0 is taken as 1, as on the right", slope, tex)


def _cases_from_right(positive: str, otherwise: str) -> str:
    return rf"\begin{{cases}} {positive} & <z> \ge 0 \\ {otherwise} & <z> < 0 \end{{cases}}"


def _as_relu(z: Array, *_: Array, **__: Any) -> Array:
    return where(z > 0, z, constant(0, z))


def _slope_as_relu(z: Array, *_: Array, **__: Any) -> Array:
    return where(z > 0, constant(1, z), constant(0, z))


PLAIN_RELU = Slip("plain_relu", "it is worked as plain ReLU, 0 where z is below 0", _as_relu, r"\max(0, <z>)")


PLAIN_SLOPE = SlopeSlip(
    "plain_relu", "it is worked as plain ReLU, with the slope 0 below 0", _slope_as_relu, cases("1", "0")
)


relu = elementwise(
    "relu",
    function=lambda z: where(z <= 0, constant(0, z), z),  # so that NaN stays NaN
    derivative=lambda z, a: where(z > 0, constant(1, z), constant(0, z)),
    tex=r"\max(0, <z>)",
    derivative_tex=cases("1", "0"),
    slope_slips=(
        _corner(
            lambda z, a: where(z < 0, constant(0, z), constant(1, z)),
            _cases_from_right("1", "0"),
        ),
        VALUE_FOR_SLOPE,
    ),
)


capped_relu = elementwise(
    "capped_relu",
    function=lambda z, *, negative_slope, max_value: where(
        z > max_value, constant(max_value, z), where(z > 0, z, negative_slope * z)
    ),
    derivative=lambda z, a, *, negative_slope, max_value: where(
        z > max_value, constant(0, z), where(z > 0, constant(1, z), constant(negative_slope, z))
    ),
    tex=r"\begin{cases} <max_value> & <z> > <max_value> \\ <z> & 0 < <z> \le <max_value> \\"
    r" <negative_slope> <z> & <z> \le 0 \end{cases}",
    derivative_tex=r"\begin{cases} 0 & <z> > <max_value> \\ 1 & 0 < <z> \le <max_value> \\"
    r" <negative_slope> & <z> \le 0 \end{cases}",
    multiplications=1,
    negative_slope=0.0,
    max_value=6.0,
)


leaky_relu = elementwise(
    "leaky_relu",
    function=lambda z, *, negative_slope: where(z > 0, z, negative_slope * z),
    derivative=lambda z, a, *, negative_slope: where(z > 0, constant(1, z), constant(negative_slope, z)),
    tex=cases("<z>", "<negative_slope> <z>"),
    derivative_tex=cases("1", "<negative_slope>"),
    multiplications=1,
    slips=(PLAIN_RELU,),
    slope_slips=(
        _corner(
            lambda z, a, *, negative_slope: where(z < 0, constant(negative_slope, z), constant(1, z)),
            _cases_from_right("1", "<negative_slope>"),
        ),
        PLAIN_SLOPE,
        VALUE_FOR_SLOPE,
    ),
    negative_slope=0.2,
)


def _alpha_sum(d: Array, shared: tuple[int, ...]) -> Array:
    """The sum over the samples, and over the axes along which all inputs share a slope."""
    return total(total(d, axis=shared, keepdims=True) if shared else d, axis=0)


parametric_relu = elementwise(
    "prelu",
    function=lambda z, alpha: where(z > 0, z, alpha * z),
    derivative=lambda z, a, alpha: where(z > 0, constant(1, z), alpha),
    tex=cases("<z>", "<alpha> <z>"),
    derivative_tex=cases("1", "<alpha>"),
    multiplications=1,
    slips=(PLAIN_RELU,),
    slope_slips=(PLAIN_SLOPE, VALUE_FOR_SLOPE),
    gradients={
        "alpha": Rule(
            "prelu_dalpha",
            lambda da, z, *, shared: _alpha_sum(da * where(z > 0, constant(0, z), z), shared),
            rf"\sum_i (<da>)_{{i}} \odot {cases('0', '<z>')}",
            per_element(1),
            (
                Slip(
                    "other_side",
                    "the inputs above 0 are taken instead of those below",
                    lambda da, z, *, shared: _alpha_sum(da * _as_relu(z), shared),
                    rf"\sum_i (<da>)_{{i}} \odot {cases('<z>', '0')}",
                ),
            ),
            defaults={"shared": ()},
        )
    },
)
