"""The activations by their names in Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.rules.activations.activation import Activation
from chainrule.rules.activations.classic import hyperbolic_tangent, linear, sigmoid, step
from chainrule.rules.activations.exponential import elu, selu
from chainrule.rules.activations.rectifiers import leaky_relu, parametric_relu, relu
from chainrule.rules.activations.softmax import softmax

ACTIVATIONS: Mapping[str, Activation] = {
    entry.name: entry
    for entry in (
        linear,
        step,
        sigmoid,
        hyperbolic_tangent,
        relu,
        leaky_relu,
        parametric_relu,
        elu,
        selu,
        softmax,
    )
}


def activation_named(name: str, options: Mapping[str, Any]) -> Activation:
    known = ACTIVATIONS[name]
    return known if options == known.options else known.with_options(**options)
