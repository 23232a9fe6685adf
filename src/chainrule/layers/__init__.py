"""Layers, by their names in Keras."""

from chainrule.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from chainrule.layers.blocks import Branches, Chain, Residual
from chainrule.layers.container import Container
from chainrule.layers.dense import Dense
from chainrule.layers.dropout import Dropout, SpatialDropout2D
from chainrule.layers.embedding import Embedding
from chainrule.layers.layer import Draw, Layer, Parameter
from chainrule.layers.merge import Merge
from chainrule.layers.merging import Add, Average, Concatenate, Maximum, Multiply, Subtract
from chainrule.layers.node import Input, Node
from chainrule.layers.noise import GaussianNoise
from chainrule.layers.normalization import BatchNormalization, LayerNormalization
from chainrule.layers.registry import deserialize, serialize
from chainrule.layers.reshape import Flatten, PadChannels, Reshape
from chainrule.layers.steps import Quantities

__all__ = [
    "ELU",
    "Activation",
    "Add",
    "Average",
    "BatchNormalization",
    "Branches",
    "Chain",
    "Concatenate",
    "Container",
    "Dense",
    "Draw",
    "Dropout",
    "Embedding",
    "Flatten",
    "GaussianNoise",
    "Input",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Maximum",
    "Merge",
    "Multiply",
    "Node",
    "PReLU",
    "PadChannels",
    "Parameter",
    "Quantities",
    "Reshape",
    "ReLU",
    "Residual",
    "Softmax",
    "SpatialDropout2D",
    "Subtract",
    "deserialize",
    "serialize",
]
