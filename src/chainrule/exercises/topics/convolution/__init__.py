"""Questions about convolution: sizes and parameters, receptive fields, maps, and their gradients."""

from chainrule.exercises.topics.convolution.gradients import (
    dilated_gradients,
    flipped_gradients,
    gradients,
    gradients_of_sum,
    gradients_of_two_filters,
    gradients_with_stride,
    signal_gradients,
)
from chainrule.exercises.topics.convolution.maps import (
    biased_map,
    dilated_map,
    edges,
    first_map,
    flipped_map,
    known_filters,
    padded_map,
    signal_map,
    two_channels,
)
from chainrule.exercises.topics.convolution.receptive import receptive_field, receptive_field_of_image
from chainrule.exercises.topics.convolution.sizes import (
    dilated_size,
    keeping_padding,
    map_size,
    map_size_by_axis,
    parameters,
    parameters_with_dense,
    same_padding,
)

__all__ = [
    "biased_map",
    "dilated_gradients",
    "dilated_map",
    "dilated_size",
    "edges",
    "first_map",
    "flipped_gradients",
    "flipped_map",
    "gradients",
    "gradients_of_sum",
    "gradients_of_two_filters",
    "gradients_with_stride",
    "keeping_padding",
    "known_filters",
    "map_size",
    "map_size_by_axis",
    "padded_map",
    "parameters",
    "parameters_with_dense",
    "receptive_field",
    "receptive_field_of_image",
    "same_padding",
    "signal_gradients",
    "signal_map",
    "two_channels",
]
