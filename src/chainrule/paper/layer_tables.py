"""Layers as a worksheet or a training file gives them: made, and each with the values given for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from chainrule.layers.container import Container
from chainrule.layers.layer import Layer
from chainrule.layers.merge import Merge
from chainrule.layers.registry import LAYERS, deserialize
from chainrule.layers.steps import Step
from chainrule.lookup import suggest
from chainrule.network import Placed
from chainrule.network.writing import write_forward
from chainrule.paper.sheet import LayerGiven, SheetError, arguments_of

Convert = Callable[[Any], Any]
_OF_LAYERS = ("layers", "shortcut", "branches")
"""Arguments of containers that are layers."""
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")
"""A number of a file, as Python tells of it in a mistake."""


@dataclass(frozen=True)
class GivenLayer:
    """Where a layer stands in a file, and the values given for its quantities by their local names."""

    at: str
    values: Mapping[str, Any] = field(default_factory=dict)


class GivenLayers:
    """The layers of a list of tables, and what is given for each of them, also inside containers.

    ``at`` is the list's place in the file, ``convert`` makes an argument what constructors take. Raises
    SheetError, with the place, for a layer or an argument that is not known.

    >>> dense = LayerGiven(layer="Dense", units=1, W=[[2]])
    >>> given = GivenLayers([LayerGiven(layer="Residual", layers=[dense.model_dump()])], "layers")
    >>> inner = given.layers[0].inside[0]
    >>> given.of(inner)
    GivenLayer(at='layers[1].layers[1]', values={'W': [[2]]})
    """

    def __init__(self, tables: Sequence[LayerGiven], at: str, convert: Convert = lambda value: value) -> None:
        self._convert = convert
        self._known: dict[int, GivenLayer] = {}
        self.layers = [self._made(f"{at}[{i}]", table) for i, table in enumerate(tables, start=1)]

    def of(self, layer: Layer) -> GivenLayer:
        """What is given for a layer; nothing for one that a container added itself."""
        return self._known.get(id(layer), GivenLayer(""))

    def _made(self, at: str, table: LayerGiven) -> Layer:
        arguments, values = table.split()
        known = LAYERS.get(table.layer)
        if known is None:
            raise SheetError(f"{at}.layer: unknown layer {table.layer!r}; {suggest(table.layer, LAYERS)}")
        if issubclass(known, Merge):
            beside = "layers stand side by side in Branches or Residual"
            raise SheetError(f"{at}.layer: {table.layer} takes several inputs; in a list, {beside}")
        if table.layer == "Dense" and "units" not in arguments:
            for key in get_close_matches("units", values, 1):
                raise SheetError(f"{at}.{key}: {unknown_key(table.layer, key, ())}")
            raise SheetError(f"{at}.units: is missing")
        if issubclass(known, Container):
            arguments = {
                key: self._inside(f"{at}.{key}", value) if key in _OF_LAYERS else value
                for key, value in arguments.items()
            }
            for key in values:
                raise SheetError(f"{at}.{key}: {unknown_key(table.layer, key, ())}")
        config = {key: self._convert(value) for key, value in arguments.items()}
        try:
            layer = deserialize({"class_name": table.layer, "config": config})
        except (ValueError, TypeError, ArithmeticError) as error:
            raise SheetError(f"{at}: " + _DECIMAL.sub(r"\1", str(error))) from None
        self._known[id(layer)] = GivenLayer(at, values)
        return layer

    def _inside(self, at: str, value: Any) -> Any:
        """A container's argument with the tables of layers in it made layers."""
        if isinstance(value, list | tuple):
            return [self._inside(f"{at}[{i}]", entry) for i, entry in enumerate(value, start=1)]
        if not isinstance(value, Mapping):
            raise SheetError(f'{at}: expected layers as tables, as {{ layer = "Flatten" }}; got {value!r}')
        if "layer" not in value:
            raise SheetError(f"{at}.layer: is missing")
        return self._made(at, LayerGiven.model_validate(value))


def quantities_of(place: Placed) -> list[str]:
    """What may be given for a layer: parameters, state and draws, and what it works from draws alone.

    >>> from chainrule.layers import Dropout
    >>> from chainrule.network import Network
    >>> quantities_of(Network([Dropout(0.5)], (3,)).places[0])
    ['u', 'mask']
    """
    names = (*place.weights, *place.draws, *(step.name for step in drawn_steps(place)))
    return [name.removesuffix(place.number) for name in names]


def drawn_steps(place: Placed) -> tuple[Step, ...]:
    """The steps of a layer that take draws alone, as a mask: what they give may be given instead."""
    drawn, steps = {*place.draws}, []
    for step in forward_steps(place):
        if step.inputs and drawn.issuperset(step.inputs):
            drawn.add(step.name)
            steps.append(step)
    return tuple(steps)


def forward_steps(place: Placed) -> tuple[Step, ...]:
    """The steps of a layer's pass while training."""
    return write_forward((place,), place.sources, training=True).steps


def unknown_key(kind: str, key: str, values: Sequence[str]) -> str:
    """What is said of a key that is neither an argument of a layer nor a quantity of it."""
    arguments = arguments_of(kind)
    hint = suggest(key, [*arguments, *values]).partition(" (did")
    meant = f" (did{hint[2]}" if hint[2] else ""
    named = f"its values are {', '.join(values)}" if values else "it has no values"
    return f"unknown key{meant}: {kind} takes the arguments {', '.join(arguments)}; {named}"
