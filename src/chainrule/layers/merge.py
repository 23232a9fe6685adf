"""Layers that take several inputs and give one: sums and concatenations of branches."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.doors import missing
from chainrule.layers.layer import Layer
from chainrule.layers.node import Node
from chainrule.layers.steps import Quantities
from chainrule.rules.rule import Call, Name, Shape


class Merge(Layer):
    """The base of layers with several inputs.

    They are applied to a list of nodes. What :class:`Layer` says of one input, these say of several:
    ``merged_shape``, ``merge`` and ``share`` stand in place of ``output_shape``, ``forward`` and
    ``backward``.
    """

    def __call__(self, inputs: Sequence[Node]) -> Node:  # type: ignore[override]
        kind = type(self).__name__
        if not isinstance(inputs, Sequence) or not all(isinstance(node, Node) for node in inputs):
            raise TypeError(
                f"{kind} is applied to a list of what layers give, as {kind}()([a, b]); got "
                f"{type(inputs).__name__}"
            )
        if len(inputs) < 2:
            raise ValueError(f"{kind} takes two inputs or more, got {len(inputs)}")
        return Node(self.merged_shape([node.shape for node in inputs]), self, tuple(inputs))

    def merged_shape(self, shapes: Sequence[Shape]) -> Shape:
        """The shape of the output for inputs of these shapes; ValueError where they do not fit."""
        raise missing(self, "merged_shape")

    def merge(self, q: Quantities, xs: tuple[Name, ...]) -> Name:
        """Write the steps from the inputs to the output; returns the output's name."""
        raise missing(self, "merge")

    def share(self, q: Quantities, xs: tuple[Name, ...], da: Name) -> tuple[Call, ...]:
        """Write the steps of the gradients; returns the gradient in each input."""
        raise missing(self, "share")
