"""Layers in their places: a graph of nodes laid out in order, numbered, containers opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from chainrule.layers.container import Container
from chainrule.layers.layer import Draw, Layer, Parameter
from chainrule.layers.node import Input, Node, upstream
from chainrule.lookup import snake_case
from chainrule.network.names import INPUT, numbered
from chainrule.rules.rule import Shape, size


@dataclass(frozen=True)
class Placed:
    """A layer in its place: its number and name, what it takes, the shapes in and out, what it keeps.

    ``sources`` are the numbers of the layers that it takes its inputs from, or names of the network's
    inputs. ``parameters`` are trained, unless the layer is frozen; ``state`` and ``draws`` are the
    layer's own, all by their numbered names.
    """

    layer: Layer
    number: str
    name: str
    sources: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    parameters: dict[str, Parameter] = field(default_factory=dict)
    state: dict[str, Parameter] = field(default_factory=dict)
    draws: dict[str, Draw] = field(default_factory=dict)

    @property
    def input_shape(self) -> Shape:
        """The shape of the input, of several the first."""
        return self.input_shapes[0]

    @property
    def weights(self) -> dict[str, Parameter]:
        """All that is kept from update to update, in Keras' order: parameters, then state."""
        return {**self.parameters, **self.state}

    @property
    def count_params(self) -> int:
        """How many numbers the layer keeps."""
        return sum(size(p.shape) for p in self.weights.values())

    @property
    def count_trained(self) -> int:
        """How many of them follow their gradients: no moving average, and none of a frozen layer."""
        return sum(size(p.shape) for p in self.parameters.values()) if self.layer.trainable else 0


def chained(layers: Iterable[Layer], input_shape: Shape) -> tuple[Input, Node]:
    """The input and the output of layers one after the other.

    Raises ValueError for no layers, or one that cannot take what comes before it, by its number.
    """
    given = tuple(layers)
    if not given:
        raise ValueError("a network needs at least one layer: add one, as Dense(1)")
    first = Input(input_shape)
    node: Node = first
    names = usual_names(given)
    for number, (layer, name) in enumerate(zip(given, names, strict=True), start=1):
        try:
            layer.parameters(node.shape)
            node = layer(node)
        except ValueError as error:
            raise ValueError(f"layer {number} ({name}): {error}") from None
    return first, node


def usual_names(layers: Iterable[Layer]) -> list[str]:
    """Each layer's own name, or one of its kind with a number, as Keras names them.

    >>> from chainrule.layers import Dense
    >>> usual_names([Dense(1), Dense(1), Dense(1, name="last")])
    ['dense', 'dense_1', 'last']
    """
    kinds: Counter[str] = Counter()
    names = []
    for layer in layers:
        kind = snake_case(type(layer).__name__)
        names.append(layer.name or (f"{kind}_{kinds[kind]}" if kinds[kind] else kind))
        kinds[kind] += 1
    return names


@dataclass(frozen=True)
class _Spot:
    """A layer with its number, and the numbers and shapes of what it takes."""

    layer: Layer
    number: str
    sources: tuple[str, ...]
    shapes: tuple[Shape, ...]


def placed(inputs: Sequence[Input], outputs: Sequence[Node]) -> tuple[tuple[Placed, ...], tuple[str, ...]]:
    """The layers between the inputs and the outputs in an order in which they can be worked.

    With them the numbers of those that give the outputs.

    Raises ValueError for an input that is missing or not used, a layer that is there twice, or one
    that does not fit.
    """
    nodes = upstream(outputs)
    known = dict(zip(map(id, inputs), numbered(INPUT, len(inputs)), strict=True))
    for node in nodes:
        if node.layer is None and id(node) not in known:
            raise ValueError("the output comes from an Input that is not among the model's inputs: add it")
    for node, name in zip(inputs, known.values(), strict=True):
        if not any(node is other for other in nodes):
            raise ValueError(f"the output does not depend on the input {name}: leave that input out")
    spots: list[_Spot] = []
    number = 0
    for node in nodes:
        if node.layer is not None:
            number += 1
            known[id(node)] = _expand(node, str(number), known, spots)
    if any(node.layer is None for node in outputs):
        raise ValueError("a network needs at least one layer between its input and its output")
    _check_once(spots)
    names = usual_names(spot.layer for spot in spots)
    places = tuple(_placed(spot, name) for spot, name in zip(spots, names, strict=True))
    return places, tuple(known[id(node)] for node in outputs)


def _expand(node: Node, number: str, known: dict[int, str], spots: list[_Spot]) -> str:
    """Add a node's layer, or what is inside it, to the spots; returns the number of what gives its output."""
    layer, sources = cast(Layer, node.layer), tuple(known[id(i)] for i in node.inputs)
    if not isinstance(layer, Container):
        spots.append(_Spot(layer, number, sources, tuple(i.shape for i in node.inputs)))
        return number
    own = {id(inner): f"{number}_{i}" for i, inner in enumerate(layer.inside, start=1)}
    entrance = Node(node.inputs[0].shape)
    output = layer.wire(entrance)
    inner_known = {id(entrance): sources[0]}
    for inner in upstream([output]):
        if inner is not entrance:
            inner_number = own.get(id(inner.layer), number)
            inner_known[id(inner)] = _expand(inner, inner_number, inner_known, spots)
    return inner_known[id(output)]


def _check_once(spots: list[_Spot]) -> None:
    seen: dict[int, str] = {}
    named: dict[str, str] = {}
    for spot in spots:
        kind, layer = type(spot.layer).__name__, spot.layer
        if id(layer) in seen:
            raise ValueError(
                f"this {kind} is in the model already, as layer {seen[id(layer)]}: make another, as "
                "layers do not share weights"
            )
        if layer.name and layer.name in named:
            raise ValueError(f"a layer named {layer.name!r} is in the model already: give another name")
        seen[id(layer)] = spot.number
        named[layer.name or ""] = spot.number


def _placed(spot: _Spot, name: str) -> Placed:
    layer, number, shape = spot.layer, spot.number, spot.shapes[0]
    try:
        output = layer(_stand_ins(spot)).shape
        parameters = _numbered(layer.parameters(shape), number)
        state, draws = _numbered(layer.state(shape), number), _numbered(layer.draws(shape), number)
    except ValueError as error:
        raise ValueError(f"layer {number} ({name}): {error}") from None
    return Placed(layer, number, name, spot.sources, spot.shapes, output, parameters, state, draws)


Kept = TypeVar("Kept", Parameter, Draw)


def _numbered(table: Mapping[str, Kept], number: str) -> dict[str, Kept]:
    return {f"{name}{number}": value for name, value in table.items()}


def _stand_ins(spot: _Spot) -> Node:
    nodes = [Node(shape) for shape in spot.shapes]
    return cast(Node, nodes if len(nodes) > 1 else nodes[0])
