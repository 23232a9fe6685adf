"""Parameters and multiplications of depthwise and separable convolutions.

Source: Chollet, "Xception" (2017), for the separable convolution.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.counting.convolutions import weights
from chainrule.rules.counting.terms import product
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import BIASES_COUNTED, BIASES_LEFT_OUT

_NO_POINTWISE = "one_by_one_left_out", "the 1×1 convolution behind it is left out"
_NO_DEPTHWISE = "depthwise_left_out", "the depthwise convolution is left out, and the 1×1 one alone counted"
_FULL = "full_convolution", "the plain convolution is counted"


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D",
    slips=(
        Slip(
            *BIASES_LEFT_OUT,
            lambda kernel, shape, multiplier: weights(kernel, shape, multiplier),
            r"f_{h} \cdot f_{w} \cdot C \cdot D",
        ),
        Slip(
            *_FULL,
            lambda kernel, shape, multiplier: (weights(kernel, shape, shape[2]) + shape[2]) * multiplier,
            r"f_{h} \cdot f_{w} \cdot C \cdot C \cdot D + C \cdot D",
        ),
        Slip(
            "channels_left_out",
            "one filter is counted for all channels, not one for each",
            lambda kernel, shape, multiplier: (kernel[0] * kernel[1] + 1) * multiplier,
            r"f_{h} \cdot f_{w} \cdot D + D",
        ),
    ),
)
def depthwise_parameters(kernel: Array, shape: Array, multiplier: Array) -> Array:
    """Weights of a depthwise convolution, a flat filter for each channel, and the biases."""
    return kernel[0] * kernel[1] * shape[2] * multiplier + shape[2] * multiplier


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot D",
    slips=(
        Slip(
            *BIASES_COUNTED,
            lambda kernel, shape, multiplier: (kernel[0] * kernel[1] + 1) * shape[2] * multiplier,
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D",
        ),
        Slip(
            *_FULL,
            lambda kernel, shape, multiplier: weights(kernel, shape, shape[2] * multiplier),
            r"f_{h} \cdot f_{w} \cdot C \cdot C \cdot D",
        ),
        Slip(
            "channels_left_out",
            "one filter is counted for all channels, not one for each",
            lambda kernel, shape, multiplier: kernel[0] * kernel[1] * multiplier,
            r"f_{h} \cdot f_{w} \cdot D",
        ),
    ),
)
def depthwise_weights(kernel: Array, shape: Array, multiplier: Array) -> Array:
    """Weights of a depthwise convolution without biases."""
    return kernel[0] * kernel[1] * shape[2] * multiplier


@rule(
    tex=r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w}",
    slips=(
        Slip(
            "channels_left_out",
            "one channel is counted, not all",
            lambda output, kernel: output[0] * output[1] * kernel[0] * kernel[1],
            r"H \cdot W \cdot f_{h} \cdot f_{w}",
        ),
        Slip(
            *_FULL,
            lambda output, kernel: product(output) * output[2] * kernel[0] * kernel[1],
            r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w} \cdot C",
        ),
    ),
)
def depthwise_multiplications(output: Array, kernel: Array) -> Array:
    """Multiplications of a depthwise convolution: each number of the output takes a flat filter."""
    return product(output) * kernel[0] * kernel[1]


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K + K",
    slips=(
        Slip(
            *_NO_POINTWISE,
            lambda kernel, shape, multiplier, filters: (
                weights(kernel, shape, multiplier) + shape[2] * multiplier
            ),
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D",
        ),
        Slip(
            *_NO_DEPTHWISE,
            lambda kernel, shape, multiplier, filters: shape[2] * multiplier * filters + filters,
            r"C \cdot D \cdot K + K",
        ),
        Slip(
            *BIASES_LEFT_OUT,
            lambda *inputs: _separable_weights(*inputs),
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K",
        ),
        Slip(
            "depthwise_biases_counted",
            "biases are counted for the depthwise convolution too",
            lambda kernel, shape, multiplier, filters: (
                _separable_weights(kernel, shape, multiplier, filters) + shape[2] * multiplier + filters
            ),
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D + C \cdot D \cdot K + K",
        ),
        Slip(
            *_FULL,
            lambda kernel, shape, multiplier, filters: weights(kernel, shape, filters) + filters,
            r"f_{h} \cdot f_{w} \cdot C \cdot K + K",
        ),
    ),
)
def separable_parameters(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    """Weights of a depthwise convolution, of the 1×1 convolution behind it, and its biases."""
    return _separable_parameters(kernel, shape, multiplier, filters)


def _separable_parameters(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    return _separable_weights(kernel, shape, multiplier, filters) + filters


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K",
    slips=(
        Slip(
            *_NO_POINTWISE,
            lambda kernel, shape, multiplier, filters: weights(kernel, shape, multiplier),
            r"f_{h} \cdot f_{w} \cdot C \cdot D",
        ),
        Slip(
            *_NO_DEPTHWISE,
            lambda kernel, shape, multiplier, filters: shape[2] * multiplier * filters,
            r"C \cdot D \cdot K",
        ),
        Slip(
            *BIASES_COUNTED,
            lambda *inputs: _separable_parameters(*inputs),
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K + K",
        ),
        Slip(
            *_FULL,
            lambda kernel, shape, multiplier, filters: weights(kernel, shape, filters),
            r"f_{h} \cdot f_{w} \cdot C \cdot K",
        ),
    ),
)
def separable_weights(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    """Weights of a depthwise convolution and of the 1×1 convolution behind it."""
    return _separable_weights(kernel, shape, multiplier, filters)


def _separable_weights(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    return kernel[0] * kernel[1] * shape[2] * multiplier + shape[2] * multiplier * filters


def _depthwise_part(output: Array, kernel: Array, shape: Array, multiplier: Array) -> Array:
    return output[0] * output[1] * shape[2] * multiplier * kernel[0] * kernel[1]


@rule(
    tex=r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w} + H \cdot W \cdot K \cdot C \cdot D",
    slips=(
        Slip(*_NO_POINTWISE, _depthwise_part, r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w}"),
        Slip(
            *_NO_DEPTHWISE,
            lambda output, kernel, shape, multiplier: product(output) * shape[2] * multiplier,
            r"H \cdot W \cdot K \cdot C \cdot D",
        ),
        Slip(
            *_FULL,
            lambda output, kernel, shape, multiplier: product(output) * kernel[0] * kernel[1] * shape[2],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w} \cdot C",
        ),
    ),
)
def separable_multiplications(output: Array, kernel: Array, shape: Array, multiplier: Array) -> Array:
    """Multiplications of a depthwise convolution and of the 1×1 convolution behind it."""
    return _depthwise_part(output, kernel, shape, multiplier) + product(output) * shape[2] * multiplier
