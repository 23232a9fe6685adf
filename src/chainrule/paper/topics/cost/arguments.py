"""The arguments of layers, as Keras takes them: one whole number for both axes, or two; paddings; counts."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from chainrule import activations
from chainrule.paper.sheet import Table, shown
from chainrule.paper.topics.cost.spots import written

LARGEST = 1_000_000
"""Of every size, count of filters and count of units."""


def _pair(given: Any, least: int = 1) -> tuple[int, int]:
    """One whole number for both axes, or two: height and width."""
    pair = list(given) if isinstance(given, (list, tuple)) else [given, given]
    if len(pair) != 2 or not all(isinstance(n, int) and not isinstance(n, bool) for n in pair):
        raise ValueError(f"expected a whole number, or two as [3, 3]; got {shown(given)}")
    if not all(least <= n <= LARGEST for n in pair):
        found = shown(given) if isinstance(given, int) else f"{shown(pair[0])} and {shown(pair[1])}"
        raise ValueError(f"expected at least {least} and at most {LARGEST:,}; got {found}")
    return (pair[0], pair[1])


def _padding(given: Any) -> str | tuple[int, int]:
    if isinstance(given, str):
        if given not in ("valid", "same"):
            raise ValueError(f"expected 'valid', 'same' or whole numbers; got {shown(given)}")
        return given
    return _pair(given, least=0)


def _activation(given: Any) -> str:
    return str(activations.get(given).name)


_PAIR: dict[str, Any] = {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}
Pair = Annotated[Any, BeforeValidator(_pair), WithJsonSchema(_PAIR)]
Padding = Annotated[
    Any,
    BeforeValidator(_padding),
    WithJsonSchema({"anyOf": [{"enum": ["valid", "same"]}, *_PAIR["anyOf"]]}),
]
ActivationName = Annotated[Table, BeforeValidator(_activation)]
Count = Annotated[int, Field(ge=1, le=LARGEST)]


def both(pair: Any) -> str:
    """A size, a stride or a padding in words: one number where both axes have the same."""
    if isinstance(pair, str):
        return pair
    return str(pair[0]) if pair[0] == pair[1] else written(pair)
