"""Layers by their names: for worksheets, training files and saved models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.layers.activation import ELU, Activation, LeakyReLU, PReLU
from chainrule.layers.dense import Dense
from chainrule.layers.container import Container
from chainrule.layers.layer import Layer
from chainrule.lookup import build

LAYERS: Mapping[str, type[Layer]] = {
    made.__name__: made for made in (Activation, Dense, ELU, LeakyReLU, PReLU)
}


def serialize(layer: Layer) -> dict[str, Any]:
    """The table that :func:`deserialize` makes the layer from again."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def deserialize(table: Mapping[str, Any], custom_objects: Mapping[str, type[Layer]] | None = None) -> Layer:
    """A layer from its table; it runs no code but the constructors of known layers.

    Raises ValueError for a layer that is not known, by its name.

    >>> deserialize({"class_name": "Dense", "config": {"units": 3}}).units
    3
    """
    known = {**LAYERS, **(custom_objects or {})}
    kind = known.get(str(table.get("class_name")))
    if kind is not None and issubclass(kind, Container):
        config = {k: _inside(v, custom_objects) for k, v in dict(table.get("config", {})).items()}
        table = {**table, "config": config}
    made: Layer = build("layer", table, known, Layer)
    return made


def _inside(value: Any, custom_objects: Mapping[str, type[Layer]] | None) -> Any:
    """A container's argument with the tables of layers in it made layers."""
    if isinstance(value, Mapping) and "class_name" in value:
        return deserialize(value, custom_objects)
    if isinstance(value, list | tuple):
        return [_inside(entry, custom_objects) for entry in value]
    return value
