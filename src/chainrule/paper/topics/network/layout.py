"""What the formulas of a network do not say: its layers with their arguments, and the rows of each update."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from chainrule.layers.dense import Dense
from chainrule.network import Network, Placed
from chainrule.paper.names import tex_name
from chainrule.paper.topics.network.door import times
from chainrule.paper.workings import Item, Part, Remark, Table

LAYOUT = "network"
AND, BY = " and ", " × "
MOST_BATCHES = 6
"""Updates whose rows are told; of more, the first ones."""
_TOLD = ("kernel_size", "pool_size")
"""Arguments that are told even where they are the usual ones."""
_ELSEWHERE = ("name", "trainable", "units", "filters", "activation", "use_bias", "scale", "center", "epsilon")
"""Arguments that the formulas and the shapes show."""
_KINDS = {"ResidualAdd": "Residual"}
_HEAD = ("layer", "kind", "takes", "arguments", "gives for each sample")
_CONVOLUTION = (
    r"$x \star W$ lays each filter on $x$ as it is, window by window, multiplies and adds up. "
    r"$\frac{\partial L}{\partial z} \ast W$ goes the same ways back: each number of "
    r"$\frac{\partial L}{\partial z}$, times the filter, is added to the window that it came from. "
    r"$x \star \frac{\partial L}{\partial z}$ gives each weight the sum of the numbers that it was laid on, "
    r"times the $\frac{\partial L}{\partial z}$ of their windows."
)
_EMBEDDING = "$(W)_{x}$ is the row of $W$ that a number of $x$ names; rows are counted from 0."


def layout(network: Network, batches: Sequence[slice], rows: int) -> list[Part]:
    """The part on layers other than Dense and on several updates; none where there are neither."""
    items: list[Item] = []
    kinds = {type(place.layer).__name__ for place in network.places}
    if kinds != {Dense.__name__}:
        items.append(Table("", _HEAD, tuple(_row(place) for place in network.places)))
    if any("Conv" in kind for kind in kinds):
        items.append(Remark(_CONVOLUTION))
    if "Embedding" in kinds:
        items.append(Remark(_EMBEDDING))
    if len(batches) > 1:
        items.append(Remark(_updates(batches, rows)))
    return [Part(LAYOUT, "The network", tuple(items))] if items else []


def _row(place: Placed) -> tuple[str, ...]:
    kind = type(place.layer).__name__
    sources = (f"${tex_name(name if name[:1] == 'x' else f'a{name}')}$" for name in place.sources)
    return (
        place.number.replace("_", ","),
        _KINDS.get(kind, kind),
        ", ".join(sources),
        ", ".join(_arguments(place)),
        times(place.output_shape),
    )


def _arguments(place: Placed) -> list[str]:
    """The arguments that are not the usual ones, as far as nothing else shows them."""
    config, usual = place.layer.get_config(), inspect.signature(type(place.layer)).parameters
    return [
        f"{key.replace('_', ' ')} {_said(value, AND if key.endswith(('axes', 'axis')) else BY)}"
        for key, value in config.items()
        if key in usual and key not in _ELSEWHERE and not key.endswith("initializer")
        if isinstance(value, (bool, int, str, list, tuple))
        if key in _TOLD or not _is_usual(value, usual[key].default)
    ]


def _is_usual(value: Any, usual: Any) -> bool:
    if isinstance(value, (list, tuple)) and isinstance(usual, int):
        return all(part == usual for part in value)
    return bool(value == (list(usual) if isinstance(usual, tuple) and isinstance(value, list) else usual))


def _said(value: Any, between: str = BY) -> str:
    """An argument as people write it.

    >>> _said([2, 2]), _said("same"), _said([[1, 0], [2, 2]]), _said(False)
    ('2 × 2', 'same', '(1, 0) × 2', 'no')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (list, tuple)):
        return str(value)
    return between.join(map(_said_of_axis, value))


def _said_of_axis(part: Any) -> str:
    if not isinstance(part, (list, tuple)):
        return str(part)
    return str(part[0]) if len({*part}) == 1 else f"({', '.join(map(str, part))})"


def _updates(batches: Sequence[slice], rows: int) -> str:
    """Which rows each update takes, and what the number above a quantity says."""
    if batches[0] == slice(0, rows):
        taken = f"Each of the {len(batches):,} updates takes all rows."
    else:
        told = [f"update {i} takes {_rows(batch)}" for i, batch in enumerate(batches[:MOST_BATCHES], start=1)]
        more = f", and so on, {len(batches):,} in all" if len(batches) > MOST_BATCHES else ""
        taken = ", ".join(told).capitalize() + f"{more}: $x^{{(t)}}$ and $y^{{(t)}}$ are those of update $t$."
    return (
        f"{taken} $W^{{(t)}}$ is a weight after update $t$; what is worked in it has the number too, and so "
        r"has $\frac{\partial L}{\partial W^{(t)}}$, the slope at the weights before it."
    )


def _rows(batch: slice) -> str:
    """The rows of a batch in words.

    >>> _rows(slice(0, 1)), _rows(slice(2, 4))
    ('row 1', 'rows 3 to 4')
    """
    first, last = batch.start + 1, batch.stop
    return f"row {first}" if first == last else f"rows {first} to {last}"
