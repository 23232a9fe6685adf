"""The rectifiers with an exponential below 0: ELU and SELU."""

from __future__ import annotations

from chainrule.rules.activations.elementwise import VALUE_FOR_SLOPE, SlopeSlip, cases, elementwise
from chainrule.rules.activations.rectifiers import PLAIN_RELU, PLAIN_SLOPE
from chainrule.rules.arrays import constant, exp, expm1, where
from chainrule.rules.rule import Slip

SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772


elu = elementwise(
    "elu",
    function=lambda z, *, alpha: where(z > 0, z, alpha * (exp(where(z > 0, constant(0, z), z)) - 1)),
    stable=lambda z, *, alpha: where(z > 0, z, alpha * expm1(where(z > 0, constant(0, z), z))),
    derivative=lambda z, a, *, alpha: where(z > 0, constant(1, z), a + alpha),
    tex=cases("<z>", r"<alpha> (e^{<z>} - 1)"),
    derivative_tex=cases("1", r"<a> + <alpha>"),
    multiplications=1,
    slips=(
        Slip(
            "no_minus_one",
            "the -1 behind the power is left out",
            lambda z, *, alpha: where(z > 0, z, alpha * exp(where(z > 0, constant(0, z), z))),
            cases("<z>", "<alpha> e^{<z>}"),
        ),
        PLAIN_RELU,
    ),
    slope_slips=(
        PLAIN_SLOPE,
        SlopeSlip(
            "no_alpha",
            "α is not added to a",
            lambda z, a, *, alpha: where(z > 0, constant(1, z), a),
            cases("1", "<a>"),
        ),
        VALUE_FOR_SLOPE,
    ),
    alpha=1.0,
)


selu = elementwise(
    "selu",
    function=lambda z: SELU_SCALE * where(z > 0, z, SELU_ALPHA * (exp(where(z > 0, constant(0, z), z)) - 1)),
    stable=lambda z: SELU_SCALE * where(z > 0, z, SELU_ALPHA * expm1(where(z > 0, constant(0, z), z))),
    derivative=lambda z, a: where(z > 0, constant(SELU_SCALE, z), a + SELU_SCALE * constant(SELU_ALPHA, z)),
    tex=rf"{SELU_SCALE} \cdot " + cases("<z>", rf"{SELU_ALPHA} (e^{{<z>}} - 1)"),
    derivative_tex=cases(str(SELU_SCALE), rf"<a> + {SELU_SCALE} \cdot {SELU_ALPHA}"),
    multiplications=2,
    slips=(
        Slip(
            "no_scale",
            "the scale before both cases is left out",
            lambda z: where(z > 0, z, SELU_ALPHA * (exp(where(z > 0, constant(0, z), z)) - 1)),
            cases("<z>", rf"{SELU_ALPHA} (e^{{<z>}} - 1)"),
        ),
    ),
    slope_slips=(VALUE_FOR_SLOPE,),
)
