"""The activations of the first networks: linear, step, sigmoid, tanh."""

from __future__ import annotations

from chainrule.rules.activations.elementwise import (
    VALUE_FOR_SLOPE,
    SlopeSlip,
    at_activation,
    cases,
    elementwise,
    z_for_a,
)
from chainrule.rules.arrays import Array, constant, exp, tanh, where
from chainrule.rules.rule import Slip

linear = elementwise(
    "linear",
    function=lambda z: z,
    derivative=lambda z, a: constant(1, z),
    tex="<z>",
    derivative_tex="1",
)


step = elementwise(
    "step",
    function=lambda z: where(z >= 0, constant(1, z), constant(0, z)),
    derivative=lambda z, a: constant(0, z),
    tex=r"\begin{cases} 1 & <z> \ge 0 \\ 0 & <z> < 0 \end{cases}",
    derivative_tex="0",
    slips=(
        Slip(
            "zero_is_below",
            "a sum exactly at the step is taken for one below it",
            lambda z: where(z > 0, constant(1, z), constant(0, z)),
            cases("1", "0"),
        ),
    ),
)


def _stable_sigmoid(z: Array) -> Array:
    """Only powers e^z of negative z: none overflows, and small results keep their digits."""
    power = exp(where(z > 0, -z, z))
    return where(z > 0, constant(1, z), power) / (1 + power)


def plain_sigmoid(z: Array) -> Array:
    return 1 / (1 + exp(-z))


def _sigmoid_slope(z: Array, a: Array) -> Array:
    return a * (1 - a)


sigmoid = elementwise(
    "sigmoid",
    function=plain_sigmoid,
    derivative=_sigmoid_slope,
    tex=r"\frac{1}{1 + e^{-<z>}}",
    derivative_tex=r"<a> (1 - <a>)",
    multiplications=0,
    stable=_stable_sigmoid,
    slips=(
        Slip("exponent_sign", "e^z is taken for e^-z", lambda z: 1 / (1 + exp(z)), r"\frac{1}{1 + e^{<z>}}"),
        Slip("no_one", "the 1 in the denominator is left out", lambda z: 1 / exp(-z), r"\frac{1}{e^{-<z>}}"),
    ),
    slope_slips=(
        at_activation(plain_sigmoid, _sigmoid_slope),
        z_for_a(_sigmoid_slope, r"<z> (1 - <z>)"),
        VALUE_FOR_SLOPE,
    ),
)


def _tanh_slope(z: Array, a: Array) -> Array:
    return 1 - a**2


hyperbolic_tangent = elementwise(
    "tanh",
    function=lambda z: tanh(z),
    derivative=_tanh_slope,
    tex=r"\tanh(<z>)",
    derivative_tex=r"(1 - <a>^2)",
    slips=(
        Slip(
            "half_exponent",
            "e^z is taken for e^2z",
            lambda z: tanh(z / 2),
            r"\frac{e^{<z>} - 1}{e^{<z>} + 1}",
        ),
        Slip("sigmoid_for_tanh", "the sigmoid is taken for tanh", plain_sigmoid, r"\frac{1}{1 + e^{-<z>}}"),
    ),
    slope_slips=(
        at_activation(lambda z: tanh(z), _tanh_slope),
        z_for_a(_tanh_slope, r"(1 - <z>^2)"),
        SlopeSlip("no_square", "the square is left out", lambda z, a: 1 - a, "(1 - <a>)"),
        SlopeSlip("sigmoid_slope", "the slope of the sigmoid is taken", _sigmoid_slope, "<a> (1 - <a>)"),
    ),
)
