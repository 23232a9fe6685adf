"""Layers that are made of layers: a graph of them in the place of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chainrule.doors import missing
from chainrule.layers.layer import Layer
from chainrule.layers.node import Node
from chainrule.rules.rule import Shape


class Container(Layer):
    """The base of layers made of layers; a network has what is inside in their place.

    Inside container 3 the layers of ``inside`` are numbered 3_1, 3_2, … in this order; a layer that
    ``wire`` adds itself, as the sum of a residual block, has the container's own number. ``wire`` must
    give the same graph each time: what it adds is made once, in the constructor.
    """

    inside: tuple[Layer, ...] = ()
    _trainable = True

    def wire(self, x: Node) -> Node:
        """Apply what is inside to x; returns the output's node."""
        raise missing(self, "wire")

    @property
    def trainable(self) -> bool:
        """Whether what is inside is trained; setting it sets it for all layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value
        for layer in self.inside:
            layer.trainable = value

    def output_shape(self, input_shape: Shape) -> Shape:
        return self.wire(Node(input_shape)).shape


def layers_of(given: Any) -> tuple[Layer, ...]:
    """The layers of a container's argument, checked; a single layer is a list of one.

    Raises TypeError for what is no layer.
    """
    layers = tuple(given) if isinstance(given, Iterable) else (given,)
    for layer in layers:
        if not isinstance(layer, Layer):
            raise TypeError(f"a container is made of chainrule layers, got {type(layer).__name__}")
    return layers
