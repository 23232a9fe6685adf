"""A network and its weights: what every model is before it is trained."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chainrule import doors
from chainrule.layers.layer import Layer
from chainrule.lookup import suggest
from chainrule.model.absent import ATTRIBUTES, names_what_it_takes
from chainrule.network import Network
from chainrule.rules.rule import size


class Body:
    """A network and its weights: what every model is before it is trained."""

    name: str
    _network: Network | None
    _state: dict[str, Any]

    def _begin(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"a model's name must be text, got {name!r}")
        self.name = name
        self._network = None
        self._state = {}

    def _take(self, network: Network | None) -> None:
        """Take a network, and draw the weights that are not there yet.

        Raises ValueError for a layer that stands in another model, with weights of other shapes.
        """
        self._network = network
        for place in network.places if network else ():
            for key, parameter in place.weights.items():
                local = key.removesuffix(place.number)
                if local not in place.layer.kept:
                    place.layer.kept[local] = parameter.first_values(key)
                elif (found := np.shape(place.layer.kept[local])) != parameter.shape:
                    raise ValueError(
                        f"layer {place.number} ({place.name}) stands in another model, where its {local} has "
                        f"the shape {found}; here it takes {parameter.shape}: make another layer"
                    )

    @property
    def values(self) -> dict[str, Any]:
        """All that training changes, by name: the layers' weights, and the optimizer's state."""
        return {**self._state, **self.kept}

    @values.setter
    def values(self, values: Mapping[str, Any]) -> None:
        state = dict(values)
        for place in self._network.places if self._network else ():
            for key in place.weights:
                place.layer.kept[key.removesuffix(place.number)] = state.pop(key)
        self._state = state

    @property
    def kept(self) -> dict[str, Any]:
        """The layers' weights alone, by name."""
        keepers = self._network.keepers if self._network else ()
        return {name: layer.kept[local] for layer, local, name in keepers}

    def __copy__(self) -> Self:
        return copy.deepcopy(self)  # with layers of its own: otherwise the two would be trained together

    def __getstate__(self) -> dict[str, Any]:
        values = {name: np.asarray(value) for name, value in self.values.items()}
        return {**self.__dict__, "_state": values}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ |= state
        self.values = self._state

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

        Raises ValueError for a name or an index that there is not, or for none or both given; TypeError
        for what is neither.
        """
        if (name is None) == (index is None):
            raise ValueError("give the layer's name or its index")
        if index is not None:
            return self.layers[_place(index, len(self.layers))]
        if not isinstance(name, str):
            raise TypeError(f"a layer's name is text, got {name!r}: a number is given as index={name!r}")
        for place in self.network.places:
            if place.name == name:
                return place.layer
        raise ValueError(f"no layer {name!r}: {suggest(name, (p.name for p in self.network.places))}")

    @property
    def input_shape(self) -> Any:
        """The shape of the input with None for the batch; of several, a list."""
        return _one_or_all([(None, *shape) for shape in self.network.inputs.values()])

    @property
    def output_shape(self) -> Any:
        """The shape of the output with None for the batch; of several, a list."""
        return _one_or_all([(None, *shape) for shape in self.network.outputs.values()])

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

        Raises TypeError for what is no list; ValueError for too many or too few, a wrong shape, NaN or
        infinity.
        """
        if isinstance(weights, Mapping | str) or not hasattr(weights, "__len__"):
            raise TypeError(
                f"set_weights takes a list of arrays, as get_weights gives it; got {type(weights).__name__}"
            )
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
        """How many numbers the layers keep: the trained weights, and moving averages beside them."""
        return sum(size(p.shape) for p in self.network.weights.values())

    @names_what_it_takes
    def summary(
        self, line_length: int | None = None, *, print_fn: Callable[[str], Any] | None = None
    ) -> None:
        """Print the layers, their output shapes and their parameters as a table."""
        from chainrule.summary import print_summary

        if line_length is not None:
            line_length = doors.whole_number(line_length, "line_length", 20)
        print_summary(self.name, self.network, line_length, print_fn)

    if not TYPE_CHECKING:  # there, a name that is not known stays an error

        def __getattr__(self, name: str) -> Any:
            instead = f": {ATTRIBUTES[name]}" if name in ATTRIBUTES else ""
            raise AttributeError(
                f"a {type(self).__name__} has no {name!r}{instead}",
                name=name,
                obj=self,
            )

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            raise TypeError(
                f"a {type(self).__name__} is not called: predict(x) gives its outputs, and its layers can "
                "stand in another model, as Sequential([*model.layers, Dense(1)])"
            )


def _place(index: Any, count: int) -> int:
    if isinstance(index, bool) or not isinstance(index, int | np.integer):
        raise TypeError(f"index must be a whole number, got {index!r}")
    if not -count <= index < count:
        raise ValueError(f"the model has {count} layers, there is no index {index}")
    return int(index)


def _one_or_all(shapes: list[tuple[int | None, ...]]) -> Any:
    return shapes[0] if len(shapes) == 1 else shapes
