"""Questions about identities: claims, derivations, weight decay, physics-informed losses."""

from __future__ import annotations

from chainrule.exercises.topics.identity.derivations import (
    backpropagation,
    corner,
    derivation,
    linear_layers,
    softmax,
    uniform,
)
from chainrule.exercises.topics.identity.descent import weight_decay
from chainrule.exercises.topics.identity.physics import heat, physics
from chainrule.exercises.topics.identity.slopes import (
    chain_rule,
    composed_activation,
    product_rule,
    second_derivative,
    slope_of_activation,
)
from chainrule.exercises.topics.identity.sums import (
    average_of_gradients,
    two_linear_layers,
    variance_of_a_multiple,
)

__all__ = [
    "average_of_gradients",
    "backpropagation",
    "chain_rule",
    "composed_activation",
    "corner",
    "derivation",
    "heat",
    "linear_layers",
    "physics",
    "product_rule",
    "second_derivative",
    "slope_of_activation",
    "softmax",
    "two_linear_layers",
    "uniform",
    "variance_of_a_multiple",
    "weight_decay",
]
