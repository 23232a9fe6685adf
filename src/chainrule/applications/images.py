"""What the networks for images share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chainrule.layers.layer import Layer
from chainrule.layers.node import Input
from chainrule.model import Sequential
from chainrule.rules.rule import Shape


def image_shape(given: Any, least: int, name: str) -> Shape:
    """The shape of an image, or ValueError unless it is (h, w, c) with sides of at least so many pixels."""
    shape = Input(given).shape
    if len(shape) != 3 or min(shape[:2]) < least:
        raise ValueError(
            f"{name} takes images (height, width, channels) of at least {least} × {least} pixels; got {shape}"
        )
    return shape


def model_of(layers: Iterable[Layer], input_shape: Shape, name: str) -> Sequential:
    """The model of layers one after the other, its weights drawn."""
    return Sequential([Input(input_shape), *layers], name=name)
