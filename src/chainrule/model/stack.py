"""Layers one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chainrule.layers.layer import Layer
from chainrule.layers.node import Input
from chainrule.model.body import Body
from chainrule.network import Network
from chainrule.rules.rule import Shape


class Stack(Body):
    """Layers one after the other; :class:`chainrule.Sequential` adds the training.

    >>> from chainrule.layers import Dense
    >>> stack = Stack([Dense(3), Dense(1)])
    >>> stack.build((None, 2))
    >>> [weight.shape for weight in stack.get_weights()]
    [(2, 3), (3,), (3, 1), (1,)]
    """

    def __init__(self, layers: Iterable[Layer | Input] | None = None, *, name: str | None = None) -> None:
        self._begin(name or "sequential")
        self._layers: list[Layer] = []
        self._input: Shape | None = None
        self._extend(layers or ())

    def pop(self) -> Layer:
        """Take the last layer away, with its weights; returns it. The weights of the others stay.

        Raises ValueError where there is no layer.
        """
        if not self._layers:
            raise ValueError("the model has no layer to take away")
        *kept, last = self._layers
        self._lay_out(kept, self._input)
        return last

    def add(self, layer: Layer | Input) -> None:
        """Put a layer at the end; the weights of those before it stay."""
        self._extend([layer])

    def extend(self, layers: Iterable[Layer | Input]) -> None:
        """Put several layers at the end; the weights of those before them stay."""
        self._extend(layers)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make the weights for inputs of this shape, which starts with None for the batch.

        Raises TypeError or ValueError for what is no such shape or does not fit, or without layers.
        """
        if not isinstance(input_shape, list | tuple):
            raise TypeError(f"input_shape must be a tuple, as (None, 64); got {input_shape!r}")
        shape = tuple(input_shape)
        if not shape or shape[0] is not None:
            raise ValueError(f"input_shape starts with None for the batch, as (None, 64); got {input_shape}")
        given = Input(shape[1:]).shape
        if self._input is not None and self._input != given:
            raise ValueError(f"the model takes inputs {(None, *self._input)} already; got {shape}")
        if not self._layers:
            raise ValueError("the model has no layers yet: add one, as Dense(1)")
        self._lay_out(self._layers, given)

    def _extend(self, new: Iterable[Layer | Input]) -> None:
        if not isinstance(new, Iterable):
            raise TypeError(f"layers must be a list of layers, got {_said(new)}")
        layers, shape = list(self._layers), self._input
        for layer in new:
            if isinstance(layer, Input):
                if layers or shape:
                    raise ValueError("Input comes once, before all layers")
                shape = layer.shape
            else:
                _check_new(layer, layers)
                layers.append(layer)
        self._lay_out(layers, shape)

    def _lay_out(self, layers: list[Layer], shape: Shape | None) -> None:
        """Take these layers; the weights of those that are in their place already stay."""
        network = Network(layers, shape) if layers and shape else None
        self._layers, self._input = layers, shape
        self._state = {}
        self._take(network)

    @property
    def layers(self) -> list[Layer]:
        return list(self._layers)


def _check_new(layer: Any, others: Iterable[Layer]) -> None:
    if not isinstance(layer, Layer):
        raise TypeError(f"a model is made of chainrule layers, got {_said(layer)}")
    for other in others:
        if layer is other:
            raise ValueError(f"this {type(layer).__name__} is in the model already: make another")
        if layer.name and layer.name == other.name:
            raise ValueError(f"a layer named {layer.name!r} is in the model already: give another name")


def _said(thing: Any) -> str:
    """What was given instead of a layer, and what to do."""
    if isinstance(thing, Body):
        return f"a {type(thing).__name__}: give its layers, as [*model.layers, Dense(1)]"
    if isinstance(thing, type):
        return f"the class {thing.__name__}: make a layer of it, as {thing.__name__}(…)"
    if isinstance(thing, Layer):
        return f"a single {type(thing).__name__}: give [layer]"
    return type(thing).__name__
