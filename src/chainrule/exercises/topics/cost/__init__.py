"""Questions about costs: shapes, parameters, multiplications and memory, and what a cheaper design saves."""

from chainrule.exercises.topics.cost.networks import (
    deep_network,
    memory,
    normalized_network,
    residual_block,
    small_classifier,
)
from chainrule.exercises.topics.cost.savings import (
    bottleneck,
    inception,
    made_separable,
    one_by_one_alone,
    shared_weights,
    within_a_budget,
)
from chainrule.exercises.topics.cost.single import (
    depthwise,
    flattened_image,
    in_groups,
    multiplications_of_dense,
    one_convolution,
    padded_same,
    perceptron,
    pooled_and_flattened,
)

__all__ = [
    "bottleneck",
    "deep_network",
    "depthwise",
    "flattened_image",
    "in_groups",
    "inception",
    "made_separable",
    "memory",
    "multiplications_of_dense",
    "normalized_network",
    "one_by_one_alone",
    "one_convolution",
    "padded_same",
    "perceptron",
    "pooled_and_flattened",
    "residual_block",
    "shared_weights",
    "small_classifier",
    "within_a_budget",
]
