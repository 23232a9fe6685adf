"""Questions about normalization: of batches, with moving averages and gradients, of layers, of features."""

from chainrule.exercises.topics.normalization.averages import (
    followed_averages,
    normalized_at_rest,
    one_moving_average,
)
from chainrule.exercises.topics.normalization.backward import (
    backward,
    backward_of_features,
    gradients_of_scale,
)
from chainrule.exercises.topics.normalization.batches import (
    normalized_batch,
    sample_variance,
    scaled_batch,
    two_features,
    with_epsilon,
    with_epsilon_outside,
)
from chainrule.exercises.topics.normalization.scaling import (
    layer_of_samples,
    one_sample,
    standard_scaling,
    to_a_range,
    to_unit_range,
    two_columns,
)

__all__ = [
    "backward",
    "backward_of_features",
    "followed_averages",
    "gradients_of_scale",
    "layer_of_samples",
    "normalized_at_rest",
    "normalized_batch",
    "one_moving_average",
    "one_sample",
    "sample_variance",
    "scaled_batch",
    "standard_scaling",
    "to_a_range",
    "to_unit_range",
    "two_columns",
    "two_features",
    "with_epsilon",
    "with_epsilon_outside",
]
