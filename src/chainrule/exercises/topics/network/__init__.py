"""Questions about networks: passes forward and back, updates, counts, depth, and every kind of layer."""

from __future__ import annotations

from chainrule.exercises.topics.network.blocks import (
    activation_layers,
    branches,
    embedding,
    residual_block,
)
from chainrule.exercises.topics.network.classifying import (
    logistic_neuron,
    sigmoid_network_gradients,
    sigmoid_neuron_squared,
    softmax_step,
)
from chainrule.exercises.topics.network.counting import (
    count_convolutional,
    count_parameters,
    equal_networks,
    initial_spread,
    initializers_compared,
)
from chainrule.exercises.topics.network.depth import (
    equal_factors,
    exploding_gradient,
    lengths_of_gradients,
    slopes_and_weights,
    vanishing_gradient,
)
from chainrule.exercises.topics.network.descent import (
    adaptive_step,
    mini_batches,
    sample_by_sample,
    two_epochs,
    with_momentum,
)
from chainrule.exercises.topics.network.disturbing import (
    dropout_predicting,
    dropout_step,
    dropout_twice,
    noisy_inputs,
)
from chainrule.exercises.topics.network.filters import (
    depthwise,
    filter_map,
    filter_step,
    filters_and_channels,
    sequence,
)
from chainrule.exercises.topics.network.forward import (
    class_probabilities,
    collapse,
    one_neuron,
    relu_forward,
    sigmoid_forward,
)
from chainrule.exercises.topics.network.images import (
    flattened_maps,
    reshaped_row,
    small_network,
)
from chainrule.exercises.topics.network.learning import (
    chain_of_units,
    leaky_step,
    line_through_points,
    linear_neuron_step,
    other_losses,
    relu_step,
)
from chainrule.exercises.topics.network.normalizing import (
    batch_norm_predicting,
    batch_norm_step,
    batch_normalized,
    layer_normalized,
)
from chainrule.exercises.topics.network.penalties import (
    l1_pull,
    penalized_network,
    penalty_and_bound,
    weight_decay,
)
from chainrule.exercises.topics.network.pooling import (
    global_pooling,
    pooled_classes,
    pooling_back,
)
from chainrule.exercises.topics.network.units import (
    dead_unit,
    relu_at_zero,
    units_alike,
)

__all__ = [
    "activation_layers",
    "adaptive_step",
    "batch_norm_predicting",
    "batch_norm_step",
    "batch_normalized",
    "branches",
    "chain_of_units",
    "class_probabilities",
    "collapse",
    "count_convolutional",
    "count_parameters",
    "dead_unit",
    "depthwise",
    "dropout_predicting",
    "dropout_step",
    "dropout_twice",
    "embedding",
    "equal_factors",
    "equal_networks",
    "exploding_gradient",
    "filter_map",
    "filter_step",
    "filters_and_channels",
    "flattened_maps",
    "global_pooling",
    "initial_spread",
    "initializers_compared",
    "l1_pull",
    "layer_normalized",
    "leaky_step",
    "lengths_of_gradients",
    "line_through_points",
    "linear_neuron_step",
    "logistic_neuron",
    "mini_batches",
    "noisy_inputs",
    "one_neuron",
    "other_losses",
    "penalized_network",
    "penalty_and_bound",
    "pooled_classes",
    "pooling_back",
    "relu_at_zero",
    "relu_forward",
    "relu_step",
    "reshaped_row",
    "residual_block",
    "sample_by_sample",
    "sequence",
    "sigmoid_forward",
    "sigmoid_network_gradients",
    "sigmoid_neuron_squared",
    "slopes_and_weights",
    "small_network",
    "softmax_step",
    "two_epochs",
    "units_alike",
    "vanishing_gradient",
    "weight_decay",
    "with_momentum",
]
