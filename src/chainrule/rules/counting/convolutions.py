"""Parameters and multiplications of a convolution, whole or in groups.

Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.counting.terms import product
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import BIASES_COUNTED, BIASES_LEFT_OUT

_FLAT_FILTER = "a filter is taken as flat, without the channels of the input"
_ONE_FILTER = "one filter alone is counted"
_NO_GROUPS = "groups_left_out", "the groups are left out, so that each filter sees all channels"


def weights(kernel: Array, shape: Array, filters: Array) -> Array:
    return kernel[0] * kernel[1] * shape[2] * filters


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot K + K",
    slips=(
        Slip(*BIASES_LEFT_OUT, weights, r"f_{h} \cdot f_{w} \cdot C \cdot K"),
        Slip(
            "one_bias",
            "one bias is counted for the whole layer, not one for each filter",
            lambda kernel, shape, filters: weights(kernel, shape, filters) + 1,
            r"f_{h} \cdot f_{w} \cdot C \cdot K + 1",
        ),
        Slip(
            "channels_left_out",
            _FLAT_FILTER,
            lambda kernel, shape, filters: kernel[0] * kernel[1] * filters + filters,
            r"f_{h} \cdot f_{w} \cdot K + K",
        ),
        Slip(
            "filters_left_out",
            _ONE_FILTER,
            lambda kernel, shape, filters: weights(kernel, shape, filters) / filters + 1,
            r"f_{h} \cdot f_{w} \cdot C + 1",
        ),
    ),
)
def convolution_parameters(kernel: Array, shape: Array, filters: Array) -> Array:
    """Weights of a convolution and one bias for each filter.

    >>> import numpy as np
    >>> convolution_parameters(np.array([3, 3]), np.array([32, 32, 3]), np.array(16))
    np.int64(448)
    """
    return weights(kernel, shape, filters) + filters


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot K",
    slips=(
        Slip(
            *BIASES_COUNTED,
            lambda kernel, shape, filters: weights(kernel, shape, filters) + filters,
            r"f_{h} \cdot f_{w} \cdot C \cdot K + K",
        ),
        Slip(
            "channels_left_out",
            _FLAT_FILTER,
            lambda kernel, shape, filters: kernel[0] * kernel[1] * filters,
            r"f_{h} \cdot f_{w} \cdot K",
        ),
        Slip(
            "filters_left_out",
            _ONE_FILTER,
            lambda kernel, shape, filters: weights(kernel, shape, filters) / filters,
            r"f_{h} \cdot f_{w} \cdot C",
        ),
    ),
)
def convolution_weights(kernel: Array, shape: Array, filters: Array) -> Array:
    """Weights of a convolution without biases."""
    return weights(kernel, shape, filters)


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K + K",
    slips=(
        Slip(
            *_NO_GROUPS,
            lambda kernel, shape, filters, groups: weights(kernel, shape, filters) + filters,
            r"f_{h} \cdot f_{w} \cdot C \cdot K + K",
        ),
        Slip(
            *BIASES_LEFT_OUT,
            lambda kernel, shape, filters, groups: weights(kernel, shape, filters) / groups,
            r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K",
        ),
        Slip(
            "one_group",
            "one group alone is counted",
            lambda kernel, shape, filters, groups: (
                weights(kernel, shape, filters) / (groups * groups) + filters / groups
            ),
            r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot \frac{K}{<groups>} + \frac{K}{<groups>}",
        ),
    ),
)
def grouped_parameters(kernel: Array, shape: Array, filters: Array, groups: Array) -> Array:
    """Weights and biases of a convolution whose filters see only the channels of their group."""
    return kernel[0] * kernel[1] * (shape[2] / groups) * filters + filters


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K",
    slips=(
        Slip(
            *_NO_GROUPS,
            lambda kernel, shape, filters, groups: weights(kernel, shape, filters),
            r"f_{h} \cdot f_{w} \cdot C \cdot K",
        ),
        Slip(
            *BIASES_COUNTED,
            lambda kernel, shape, filters, groups: weights(kernel, shape, filters) / groups + filters,
            r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K + K",
        ),
        Slip(
            "one_group",
            "one group alone is counted",
            lambda kernel, shape, filters, groups: weights(kernel, shape, filters) / (groups * groups),
            r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot \frac{K}{<groups>}",
        ),
    ),
)
def grouped_weights(kernel: Array, shape: Array, filters: Array, groups: Array) -> Array:
    """Weights of a convolution in groups without biases."""
    return kernel[0] * kernel[1] * (shape[2] / groups) * filters


@rule(
    tex=r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w} \cdot C",
    slips=(
        Slip(
            "channels_left_out",
            _FLAT_FILTER,
            lambda output, kernel, shape: product(output) * kernel[0] * kernel[1],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w}",
        ),
        Slip(
            "filters_left_out",
            _ONE_FILTER,
            lambda output, kernel, shape: output[0] * output[1] * kernel[0] * kernel[1] * shape[2],
            r"H \cdot W \cdot f_{h} \cdot f_{w} \cdot C",
        ),
        Slip(
            "filter_as_large_as_the_input",
            "the filter is taken as large as the input",
            lambda output, kernel, shape: product(output) * product(shape),
            r"H \cdot W \cdot K \cdot n_{h} \cdot n_{w} \cdot C",
        ),
        Slip(
            "every_pixel_of_the_input",
            "the filter is laid on every pixel of the input, not once for each of the output",
            lambda output, kernel, shape: product(shape) * output[2] * kernel[0] * kernel[1],
            r"n_{h} \cdot n_{w} \cdot K \cdot f_{h} \cdot f_{w} \cdot C",
        ),
    ),
)
def convolution_multiplications(output: Array, kernel: Array, shape: Array) -> Array:
    """Multiplications of a convolution: each number of the output takes a whole filter.

    >>> import numpy as np
    >>> convolution_multiplications(np.array([28, 28, 32]), np.array([5, 5]), np.array([28, 28, 192]))
    np.int64(120422400)
    """
    return product(output) * kernel[0] * kernel[1] * shape[2]


@rule(
    tex=r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w} \cdot \frac{C}{<groups>}",
    slips=(
        Slip(
            *_NO_GROUPS,
            lambda output, kernel, shape, groups: product(output) * kernel[0] * kernel[1] * shape[2],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w} \cdot C",
        ),
        Slip(
            "channels_left_out",
            _FLAT_FILTER,
            lambda output, kernel, shape, groups: product(output) * kernel[0] * kernel[1],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w}",
        ),
    ),
)
def grouped_multiplications(output: Array, kernel: Array, shape: Array, groups: Array) -> Array:
    """Multiplications of a convolution whose filters see only the channels of their group."""
    return product(output) * kernel[0] * kernel[1] * (shape[2] / groups)
