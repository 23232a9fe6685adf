"""Layers by their names: for worksheets, training files and saved models."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from chainrule.layers.activation import ELU, Activation, LeakyReLU, PReLU
from chainrule.layers.dense import Dense
from chainrule.layers.layer import Layer
from chainrule.lookup import build
from chainrule.rules.rule import Shape

LAYERS: Mapping[str, type[Layer]] = {
    made.__name__: made for made in (Activation, Dense, ELU, LeakyReLU, PReLU)
}


class Input:
    """The shape of one sample, without the batch: the first entry of a ``Sequential``.

    >>> Input((64,)).shape
    (64,)
    """

    def __init__(self, shape: Any) -> None:
        try:
            self.shape: Shape = tuple(operator.index(n) for n in shape)
        except TypeError:
            raise TypeError(f"Input takes a tuple of whole numbers, as (64,); got {shape!r}") from None
        if not self.shape or min(self.shape) < 1:
            raise ValueError(f"Input needs at least one length, each ≥ 1; got {shape!r}")


def serialize(layer: Layer) -> dict[str, Any]:
    """The table that :func:`deserialize` makes the layer from again."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def deserialize(table: Mapping[str, Any], custom_objects: Mapping[str, type[Layer]] | None = None) -> Layer:
    """A layer from its table; it runs no code but the constructors of known layers.

    Raises ValueError for a layer that is not known, by its name.

    >>> deserialize({"class_name": "Dense", "config": {"units": 3}}).units
    3
    """
    made: Layer = build("layer", table, {**LAYERS, **(custom_objects or {})}, Layer)
    return made
