"""Layers by their names: for worksheets, training files and saved models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from chainrule.layers.augmentation import (
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)
from chainrule.layers.blocks import Branches, Chain, Residual
from chainrule.layers.container import Container
from chainrule.layers.convolution import Conv1D, Conv2D, DepthwiseConv2D
from chainrule.layers.dense import Dense
from chainrule.layers.dropout import Dropout, SpatialDropout2D
from chainrule.layers.embedding import Embedding
from chainrule.layers.layer import Layer
from chainrule.layers.merging import Add, Average, Concatenate, Maximum, Multiply, Subtract
from chainrule.layers.noise import GaussianNoise
from chainrule.layers.normalization import BatchNormalization, LayerNormalization
from chainrule.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    MaxPooling1D,
    MaxPooling2D,
)
from chainrule.layers.reshape import Flatten, PadChannels, Reshape
from chainrule.layers.tables import serialize
from chainrule.lookup import build

__all__ = ["LAYERS", "deserialize", "serialize"]

LAYERS: Mapping[str, type[Layer]] = {
    made.__name__: made
    for made in (
        Activation,
        Add,
        Average,
        AveragePooling1D,
        AveragePooling2D,
        BatchNormalization,
        Branches,
        Chain,
        Concatenate,
        Conv1D,
        Conv2D,
        Dense,
        DepthwiseConv2D,
        Dropout,
        ELU,
        Embedding,
        Flatten,
        GaussianNoise,
        GlobalAveragePooling1D,
        GlobalAveragePooling2D,
        GlobalMaxPooling1D,
        GlobalMaxPooling2D,
        LayerNormalization,
        LeakyReLU,
        MaxPooling1D,
        MaxPooling2D,
        Maximum,
        Multiply,
        PReLU,
        PadChannels,
        RandomBrightness,
        RandomContrast,
        RandomCrop,
        RandomErasing,
        RandomFlip,
        RandomRotation,
        RandomTranslation,
        RandomZoom,
        ReLU,
        Reshape,
        Residual,
        Softmax,
        SpatialDropout2D,
        Subtract,
    )
}


def deserialize(table: Mapping[str, Any], custom_objects: Mapping[str, type[Layer]] | None = None) -> Layer:
    """A layer from its table; it runs no code but the constructors of known layers.

    Raises ValueError for a layer that is not known, by its name, TypeError for what is no such table.

    >>> deserialize({"class_name": "Dense", "config": {"units": 3}}).units
    3
    """
    if not isinstance(table, Mapping) or "class_name" not in table:
        raise TypeError(f"a layer's table must have a class_name and a config, got {table!r}")
    if not isinstance(table.get("config", {}), Mapping):
        raise TypeError(f"the config of the layer must be a table, got {table['config']!r}")
    known = {**LAYERS, **(custom_objects or {})}
    config = dict(table.get("config", {}))
    kind = known.get(str(table["class_name"]))
    if kind is not None and issubclass(kind, Container):
        config = {k: _inside(v, custom_objects) for k, v in config.items()}
    trainable = config.pop("trainable", True)
    if not isinstance(trainable, bool):
        raise TypeError(f"trainable must be true or false, got {trainable!r}")
    made: Layer = build("layer", {**table, "config": config}, known, Layer)
    if not trainable:  # one that is trained may hold layers that are frozen
        made.trainable = False
    return made


def _inside(value: Any, custom_objects: Mapping[str, type[Layer]] | None) -> Any:
    """A container's argument with the tables of layers in it made layers."""
    if isinstance(value, Mapping) and "class_name" in value:
        return deserialize(value, custom_objects)
    if isinstance(value, list | tuple):
        return [_inside(entry, custom_objects) for entry in value]
    return value
