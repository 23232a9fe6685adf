"""Reading the layers of a sheet: tables, and branches of tables, become layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from chainrule.lookup import suggest
from chainrule.paper.sheet import SheetError, Strict, describe, shown
from chainrule.paper.topics.cost import layers as kinds
from chainrule.paper.topics.cost.layers import Counted, Fork

Layer = Counted | Fork
M = TypeVar("M", bound=Strict)

MOST_LAYERS = 200
DEEPEST = 5
"""How deeply branches may lie in branches."""

_MODELS: tuple[type[Counted], ...] = (
    kinds.Conv2D,
    kinds.DepthwiseConv2D,
    kinds.SeparableConv2D,
    kinds.Pooling,
    kinds.GlobalPooling,
    kinds.Flatten,
    kinds.Dense,
    kinds.BatchNormalization,
    kinds.Dropout,
    kinds.Activation,
    kinds.Pointwise,
)
LAYERS: dict[str, type[Counted]] = {
    name: model for model in _MODELS for name in get_args(model.model_fields["layer"].annotation)
}
SCHEMA: dict[str, Any] = {
    "description": "Layers in order; a table of one layer, or of branches side by side",
    "type": "array",
    "minItems": 1,
    "items": {
        "anyOf": [
            {"type": "object", "required": ["layer"], "properties": {"layer": {"enum": list(LAYERS)}}},
            {
                "type": "object",
                "required": ["branches"],
                "properties": {
                    "branches": {"type": "array", "items": {"type": "array"}},
                    "join": {"enum": ["concatenate", "add"]},
                },
            },
        ]
    },
}


def read_layers(given: list[Any], key: str) -> list[Layer]:
    """The layers of a list of tables, given under a key.

    Raises SheetError, with the place, for what is no layer.
    """
    read = _read_all(given, ("given", key))
    if (count := sum(1 for _ in walk(read))) > MOST_LAYERS:
        raise SheetError(f"given.{key}: {count} layers; at most {MOST_LAYERS} are counted")
    return read


def walk(layers: Sequence[Layer]) -> Iterator[Layer]:
    """All layers, in branches too, each branching before what is in it."""
    for layer in layers:
        yield layer
        if isinstance(layer, Fork):
            for branch in layer.branches:
                yield from walk(branch)


def letters(layers: Sequence[Layer]) -> str:
    """What the letters in the formulas of these layers stand for, as prose."""
    found = tuple(walk(layers))
    said = [r"$P$ is a layer's parameters, $M$ its multiplications"]
    if any(isinstance(layer, kinds.Windowed) for layer in found):
        plane = r"$n_{h} \times n_{w} \times C$ its input, $H \times W \times K$ its output"
        said += [rf"{plane}, $f_{{h}} \times f_{{w}}$ its kernel"]
    if any(isinstance(layer, (kinds.DepthwiseConv2D, kinds.SeparableConv2D)) for layer in found):
        said += ["$D$ the flat filters for each channel"]
    if any(isinstance(layer, kinds.Conv2D) and layer.groups > 1 for layer in found):
        said += ["$g$ its groups"]
    if any(isinstance(layer, kinds.Dense) for layer in found):
        said += ["$N$ the inputs of a dense layer, $K$ its units"]
    return f"In the formulas {', '.join(said)}."


def _read_all(given: list[Any], at: tuple[int | str, ...]) -> list[Layer]:
    return [_read(table, (*at, i)) for i, table in enumerate(given)]


def _read(table: Any, at: tuple[int | str, ...]) -> Layer:
    if not isinstance(table, dict) or not {"layer", "branches"} & table.keys():
        found = shown(table) if not isinstance(table, dict) else f"keys {', '.join(table) or 'none'}"
        raise SheetError(f"{place(at)}: expected a table with 'layer' or with 'branches'; got {found}")
    if "branches" in table:
        return _read_fork(table, at)
    name = table["layer"]
    if not isinstance(name, str) or name not in LAYERS:
        raise SheetError(f"{place(at)}.layer: {suggest(str(name), LAYERS)}; got {shown(name)}")
    return _valid(LAYERS[name], table, at)


def _read_fork(table: dict[str, Any], at: tuple[int | str, ...]) -> Fork:
    if at.count("branches") == DEEPEST:
        raise SheetError(f"{place(at)}.branches: nested more than {DEEPEST} deep")
    fork = _valid(Fork, table, at)
    inside = [_read_all(branch, (*at, "branches", i)) for i, branch in enumerate(fork.branches)]
    return fork.model_copy(update={"branches": inside})


def _valid(model: type[M], table: dict[str, Any], at: tuple[int | str, ...]) -> M:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise SheetError(describe(error, table, model, at)) from None


def place(at: tuple[int | str, ...]) -> str:
    """Where in the sheet something is.

    >>> place(("given", "layers", 1, "branches", 0, 2))
    'given.layers[2].branches[1][3]'
    """
    words = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in at)
    return "".join(words).removeprefix(".")
