"""Layers one after the other, and their weights: what a model is before it is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from chainrule import doors
from chainrule.layers.layer import Layer
from chainrule.layers.node import Input
from chainrule.network import Network
from chainrule.rules.rule import Shape, size


class Stack:
    """Layers one after the other; :class:`chainrule.model.Sequential` adds the training.

    >>> from chainrule.layers import Dense
    >>> stack = Stack([Dense(3), Dense(1)])
    >>> stack.build((None, 2))
    >>> [weight.shape for weight in stack.get_weights()]
    [(2, 3), (3,), (3, 1), (1,)]
    """

    def __init__(self, layers: Iterable[Layer | Input] | None = None, *, name: str | None = None) -> None:
        self.name = name or "sequential"
        self.values: dict[str, Any] = {}
        self._layers: list[Layer] = []
        self._input: Shape | None = None
        self._network: Network | None = None
        self._extend(layers or ())

    def add(self, layer: Layer | Input) -> None:
        """Put a layer at the end; the weights of those before it stay."""
        self._extend([layer])

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make the weights for inputs of this shape, which starts with None for the batch."""
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
        """Take these layers, and draw the weights that are not there yet."""
        network = Network(layers, shape) if layers and shape else None
        self._layers, self._input, self._network = layers, shape, network
        for name, parameter in network.parameters.items() if network else ():
            if name not in self.values:
                self.values[name] = parameter.initializer(parameter.shape)

    @property
    def layers(self) -> list[Layer]:
        return list(self._layers)

    @property
    def network(self) -> Network:
        """The layers in their places; RuntimeError before the model is built."""
        if self._network is None:
            raise RuntimeError(
                "the model has no weights yet: put Input((features,)) first, or call build((None, features))"
            )
        return self._network

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        return (None, *self.network.input_shape)

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        return (None, *self.network.output_shape)

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The weights as float32 arrays by their names: W1, b1, …"""
        return {name: np.array(self.values[name]) for name in self.network.parameters}

    def get_weights(self) -> list[np.ndarray]:
        """The weights in Keras' order: layer by layer, the kernel before the bias."""
        return list(self.parameters.values())

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace all weights, in the order of :meth:`get_weights`.

        Raises ValueError for too many or too few, a wrong shape, NaN or infinity.
        """
        expected = self.network.parameters
        if len(weights) != len(expected):
            names = ", ".join(f"{name} {p.shape}" for name, p in expected.items())
            raise ValueError(f"got {len(weights)} weights, expected {len(expected)}: {names}")
        new = {}
        for (name, parameter), weight in zip(expected.items(), weights, strict=True):
            array = doors.numbers(weight, name)
            if array.shape != parameter.shape:
                raise ValueError(f"{name} has shape {array.shape}, expected {parameter.shape}")
            new[name] = doors.finite(array, name).copy()
        self.values = {**self.values, **new}

    def count_params(self) -> int:
        return sum(size(p.shape) for p in self.network.parameters.values())

    def summary(
        self, line_length: int | None = None, *, print_fn: Callable[[str], Any] | None = None
    ) -> None:
        """Print the layers, their output shapes and their parameters as a table."""
        from chainrule.summary import print_summary

        print_summary(self.name, self.network, line_length, print_fn)


def _check_new(layer: Any, others: Iterable[Layer]) -> None:
    if not isinstance(layer, Layer):
        raise TypeError(f"a model is made of chainrule layers, got {type(layer).__name__}")
    for other in others:
        if layer is other:
            raise ValueError(f"this {type(layer).__name__} is in the model already: make another")
        if layer.name and layer.name == other.name:
            raise ValueError(f"a layer named {layer.name!r} is in the model already: give another name")
