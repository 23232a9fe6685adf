"""Nodes: what a layer gives when it is applied to another's output; a graph of layers is made of them."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from chainrule.rules.rule import Shape

if TYPE_CHECKING:
    from chainrule.layers.given import Applied


class Node:
    """The output of a layer, of the shape given (without the batch), and what the layer was applied to."""

    def __init__(self, shape: Shape, layer: Applied | None = None, inputs: tuple[Node, ...] = ()) -> None:
        self.shape = shape
        self.layer = layer
        self.inputs = inputs

    def __repr__(self) -> str:
        kind = type(self.layer).__name__ if self.layer else "input"
        return f"<output of {kind}, shape {(None, *self.shape)}>"


class Input(Node):
    """The shape of one sample, without the batch: where a network begins.

    The first entry of a ``Sequential``, or what the first layers of a ``Model`` are applied to.

    >>> Input((64,)).shape
    (64,)
    """

    def __init__(self, shape: Any, name: str | None = None) -> None:
        try:
            lengths: Shape = tuple(operator.index(n) for n in shape)
        except TypeError:
            raise TypeError(f"Input takes a tuple of whole numbers, as (64,); got {shape!r}") from None
        if not lengths or min(lengths) < 1:
            raise ValueError(f"Input needs at least one length, each ≥ 1; got {shape!r}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"an Input's name must be text, got {type(name).__name__}")
        super().__init__(lengths)
        self.name = name


def upstream(outputs: Iterable[Node]) -> list[Node]:
    """The nodes that the outputs come from, and these themselves; each behind what it is made of.

    >>> x = Input((2,))
    >>> hidden = Node((3,), None, (x,))
    >>> upstream([hidden]) == [x, hidden]
    True
    """
    done: dict[int, Node] = {}
    waiting = list(reversed(list(outputs)))
    while waiting:
        node = waiting[-1]
        missing = [i for i in node.inputs if id(i) not in done]
        if id(node) in done or not missing:
            done.setdefault(id(node), waiting.pop())
        else:
            waiting.extend(reversed(missing))
    return list(done.values())
