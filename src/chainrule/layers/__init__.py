"""Layers, by their names in Keras."""

from chainrule.layers.activation import ELU, Activation, LeakyReLU, PReLU
from chainrule.layers.dense import Dense
from chainrule.layers.layer import Layer, Parameter
from chainrule.layers.registry import Input, deserialize, serialize
from chainrule.layers.steps import Quantities

__all__ = [
    "ELU",
    "Activation",
    "Dense",
    "Input",
    "Layer",
    "LeakyReLU",
    "PReLU",
    "Parameter",
    "Quantities",
    "deserialize",
    "serialize",
]
