"""Layers, by their names in Keras."""

from chainrule.layers.activation import ELU, Activation, LeakyReLU, PReLU
from chainrule.layers.container import Container
from chainrule.layers.dense import Dense
from chainrule.layers.layer import Draw, Layer, Parameter
from chainrule.layers.merge import Merge
from chainrule.layers.node import Input, Node
from chainrule.layers.registry import deserialize, serialize
from chainrule.layers.steps import Quantities

__all__ = [
    "ELU",
    "Activation",
    "Container",
    "Dense",
    "Draw",
    "Input",
    "Layer",
    "LeakyReLU",
    "Merge",
    "Node",
    "PReLU",
    "Parameter",
    "Quantities",
    "deserialize",
    "serialize",
]
