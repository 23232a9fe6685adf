"""Parameters and multiplications of a dense layer."""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.counting.terms import product
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import BIASES_COUNTED, BIASES_LEFT_OUT


@rule(
    tex=r"N \cdot <units> + <units>",
    slips=(
        Slip(*BIASES_LEFT_OUT, lambda shape, units: shape[-1] * units, r"N \cdot <units>"),
        Slip(
            "one_bias",
            "one bias is counted for the whole layer, not one for each unit",
            lambda shape, units: shape[-1] * units + 1,
            r"N \cdot <units> + 1",
        ),
        Slip(
            "bias_for_each_input",
            "a bias is counted for each input, not for each unit",
            lambda shape, units: shape[-1] * units + shape[-1],
            r"N \cdot <units> + N",
        ),
    ),
)
def dense_parameters(shape: Array, units: Array) -> Array:
    """Weights of a dense layer and one bias for each unit."""
    return shape[-1] * units + units


@rule(
    tex=r"N \cdot <units>",
    slips=(
        Slip(
            *BIASES_COUNTED,
            lambda shape, units: shape[-1] * units + units,
            r"N \cdot <units> + <units>",
        ),
        Slip("added", "inputs and units are added", lambda shape, units: shape[-1] + units, "N + <units>"),
    ),
)
def dense_weights(shape: Array, units: Array) -> Array:
    """Weights of a dense layer without biases."""
    return shape[-1] * units


@rule(
    tex=r"N \cdot <units>",
    slips=(
        Slip(
            "biases_counted",
            "the biases are counted, which are added alone",
            lambda shape, units: product(shape) * units + units,
            r"N \cdot <units> + <units>",
        ),
        Slip(
            "added", "inputs and units are added", lambda shape, units: product(shape) + units, "N + <units>"
        ),
    ),
)
def dense_multiplications(shape: Array, units: Array) -> Array:
    """Multiplications of a dense layer: each unit takes every input."""
    return product(shape) * units


@rule(
    tex=r"\text{places} \cdot N \cdot <units>",
    slips=(
        Slip(
            "places_left_out",
            "the layer is counted at one place alone",
            lambda shape, units: shape[-1] * units,
            r"N \cdot <units>",
        ),
    ),
)
def dense_multiplications_at_places(shape: Array, units: Array) -> Array:
    """Multiplications of a dense layer that works at every place of the axes before the last."""
    return dense_multiplications.function(shape, units)
