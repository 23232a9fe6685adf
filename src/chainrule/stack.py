"""Layers one after the other, and their weights: what a model is before it is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from chainrule import doors
from chainrule.layers.layer import Layer
from chainrule.layers.node import Input
from chainrule.lookup import suggest
from chainrule.network import Network, Placed
from chainrule.rules.rule import Shape, size


class Body:
    """A network and its weights: what every model is before it is trained."""

    name: str
    values: dict[str, Any]
    _network: Network | None

    def _begin(self, name: str) -> None:
        self.name = name
        self.values = {}
        self._network = None

    def _take(self, network: Network | None) -> None:
        """Take a network, and draw the weights that are not there yet.

        A layer that comes from another model brings a copy of its weights along.
        """
        self._network = network
        for place in network.places if network else ():
            brought = place.layer.weights_elsewhere(self)
            for key, parameter in place.weights.items():
                local = key.removesuffix(place.number)
                if key not in self.values:
                    known = brought.get(local)
                    is_fit = known is not None and np.shape(known) == parameter.shape
                    self.values[key] = np.array(known) if is_fit else parameter.initializer(parameter.shape)
            place.layer.live_in(self, place.number)

    def weights_of(self, number: str) -> dict[str, Any]:
        """The weights of the layer with this number by their local names, as W and b."""
        place = next((p for p in self.network.places if p.number == number), None)
        keys = place.weights if place else ()
        return {key.removesuffix(number): self.values[key] for key in keys if key in self.values}

    @property
    def network(self) -> Network:
        """The layers in their places; RuntimeError before the model is built."""
        if self._network is None:
            raise RuntimeError(
                "the model has no weights yet: put Input((features,)) first, or call build((None, features))"
            )
        return self._network

    @property
    def layers(self) -> list[Layer]:
        """The layers, those inside containers too where the model is a graph."""
        return [place.layer for place in self.network.places]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of this name, or the one with this index, counted from 0.

        Raises ValueError for a name or an index that there is not, or for none or both given.
        """
        if (name is None) == (index is None):
            raise ValueError("give the layer's name or its index")
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(f"the model has {len(self.layers)} layers, there is no index {index}")
            return self.layers[index]
        for place in self.network.places:
            if place.name == name:
                return place.layer
        raise ValueError(f"no layer {name!r}: {suggest(str(name), (p.name for p in self.network.places))}")

    @property
    def input_shape(self) -> Any:
        """The shape of the input with None for the batch; of several, a list."""
        shapes = [(None, *shape) for shape in self.network.inputs.values()]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        return (None, *self.network.output_shape)

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The trained weights by their names: W1, b1, …"""
        return {name: np.array(self.values[name]) for name in self.network.parameters}

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """The trained weights, and what layers carry beside them as moving averages, by their names."""
        return {name: np.array(self.values[name]) for name in self.network.weights}

    def get_weights(self) -> list[np.ndarray]:
        """The weights in Keras' order: layer by layer, the kernel before the bias."""
        return list(self.weights.values())

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace all weights, in the order of :meth:`get_weights`.

        Raises ValueError for too many or too few, a wrong shape, NaN or infinity.
        """
        expected = self.network.weights
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
        return sum(size(p.shape) for p in self.network.weights.values())

    def summary(
        self, line_length: int | None = None, *, print_fn: Callable[[str], Any] | None = None
    ) -> None:
        """Print the layers, their output shapes and their parameters as a table."""
        from chainrule.summary import print_summary

        print_summary(self.name, self.network, line_length, print_fn)


class Stack(Body):
    """Layers one after the other; :class:`chainrule.model.Sequential` adds the training.

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
        """Take these layers; the weights of those that are in their place already stay."""
        network = Network(layers, shape) if layers and shape else None
        kept = _common(self._layers, layers)
        self._layers, self._input = layers, shape
        if self._network is not None and kept < len(self._network.places):
            stay = {k for p in self._network.places if _top(p) <= kept for k in p.weights}
            self.values = {k: v for k, v in self.values.items() if k in stay}
        self._take(network)

    @property
    def layers(self) -> list[Layer]:
        return list(self._layers)


def _common(before: Sequence[Layer], now: Sequence[Layer]) -> int:
    """How many layers at the start are the same."""
    pairs = list(zip(before, now, strict=False))
    return next((i for i, (one, other) in enumerate(pairs) if one is not other), len(pairs))


def _top(place: Placed) -> int:
    """The number of a layer, or of the container that it is in."""
    return int(place.number.partition("_")[0])


def _check_new(layer: Any, others: Iterable[Layer]) -> None:
    if not isinstance(layer, Layer):
        raise TypeError(f"a model is made of chainrule layers, got {type(layer).__name__}")
    for other in others:
        if layer is other:
            raise ValueError(f"this {type(layer).__name__} is in the model already: make another")
        if layer.name and layer.name == other.name:
            raise ValueError(f"a layer named {layer.name!r} is in the model already: give another name")
