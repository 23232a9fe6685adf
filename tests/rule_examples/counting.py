"""Examples of the rules of counting."""

import numpy as np

from chainrule.rules.counting import (
    convolutions,
    dense,
    normalization,
    output_shapes,
    savings,
    separable,
    sums,
)
from rule_examples.drawing import sizes


def examples():
    kernel, units, groups, multiplier = np.array([3.0, 5.0]), np.array(8.0), np.array(2.0), np.array(3.0)
    shape, output, plane = np.array([9.0, 8.0, 4.0]), np.array([7.0, 4.0, 8.0]), np.array([9.0, 8.0])
    window = (plane, kernel, np.array([2.0, 2.0]), np.array([1.0, 2.0]), np.array([3.0, 3.0]))
    yield output_shapes.convolution_shape, (*window, units)
    yield output_shapes.pooling_shape, (*window, shape)
    yield output_shapes.depthwise_shape, (*window, shape, multiplier)
    yield output_shapes.flat_shape, (shape,)
    yield output_shapes.concatenated(2), (plane, shape, shape)
    yield output_shapes.added(2), (plane, shape, shape)
    for made in (convolutions.convolution_parameters, convolutions.convolution_weights):
        yield made, (kernel, shape, units)
    for made in (convolutions.grouped_parameters, convolutions.grouped_weights):
        yield made, (kernel, shape, units, groups)
    for made in (separable.depthwise_parameters, separable.depthwise_weights):
        yield made, (kernel, shape, multiplier)
    for made in (separable.separable_parameters, separable.separable_weights):
        yield made, (kernel, shape, multiplier, units)
    for made in (dense.dense_parameters, dense.dense_weights, dense.dense_multiplications):
        yield made, (np.array([9.0]), units)
    yield dense.dense_multiplications_at_places, (shape, units)
    yield normalization.normalization_parameters, (shape, np.array(4.0))
    yield normalization.moving_averages, (shape,)
    yield convolutions.convolution_multiplications, (output, kernel, shape)
    yield convolutions.grouped_multiplications, (output, kernel, shape, groups)
    yield separable.depthwise_multiplications, (output, kernel)
    yield separable.separable_multiplications, (output, kernel, shape, multiplier)
    yield sums.sum_of(3, (0,)), sizes(3, 4, 5)
    yield sums.values_of(2), (shape, output)
    yield sums.for_a_batch, sizes(32, 7)
    yield sums.in_bytes, sizes(7, 4)
    for made in (savings.saving, savings.ratio, savings.break_even):
        yield made, sizes(120, 30)
    yield savings.percent_saved, (np.array([30.0]), np.array([120.0]))
    yield savings.multiplications_per_width, (shape, output, kernel)
    for made in (savings.largest_saving_width, savings.width_within):
        yield made, sizes(100, 30)
