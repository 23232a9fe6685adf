"""Layers as tables, of which files are made; :mod:`chainrule.layers.registry` reads them again."""

from __future__ import annotations

from typing import Any

from chainrule.layers.layer import Layer


def serialize(layer: Layer) -> dict[str, Any]:
    """The table that ``deserialize`` makes the layer from again; a frozen layer's says so.

    >>> from chainrule.layers.activation import Activation
    >>> serialize(Activation("relu"))
    {'class_name': 'Activation', 'config': {'activation': 'relu'}}
    """
    config = layer.get_config() if layer.trainable else {**layer.get_config(), "trainable": False}
    return {"class_name": type(layer).__name__, "config": config}
