"""Embedding: a trained vector for each whole number."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import constraints, doors, initializers, regularizers
from chainrule.layers.layer import Layer, Parameter
from chainrule.layers.steps import Quantities
from chainrule.rules.arrays import Array
from chainrule.rules.embedding import embedded, embedded_dW, embedded_dx
from chainrule.rules.rule import Call, Name, Shape


class Embedding(Layer):
    """The row of W that each input names: ids from 0 to ``input_dim`` - 1, in shape (…), become (…, d).

    Arguments and defaults are those of ``keras.layers.Embedding``; W is (input_dim, output_dim). A model
    whose inputs go to the layer refuses what is no id; behind other layers, an id beyond the last gives NaN.

    Raises TypeError or ValueError for dimensions that are not whole numbers ≥ 1.

    >>> layer = Embedding(1000, 16)
    >>> layer.output_shape((20,)), layer.parameters((20,))["W"].shape
    ((20, 16), (1000, 16))
    """

    full_precision = True  # its labels come as floats, and large ones would be rounded

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.input_dim = doors.whole_number(input_dim, "input_dim", 1)
        self.output_dim = doors.whole_number(output_dim, "output_dim", 1)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        shape = (self.input_dim, self.output_dim)
        kept = (self.embeddings_initializer, self.embeddings_regularizer, self.embeddings_constraint)
        return {"W": Parameter(shape, *kept)}

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape, self.output_dim)

    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = embedded(x, q.W)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        q.dW = embedded_dW(x, da, q.W)
        return embedded_dx(x)

    def check_inputs(self, x: Array, name: str) -> None:
        """Raise ValueError for what is no id, with its place."""
        is_id = (x >= 0) & (x < self.input_dim) & (x == np.floor(x))
        if not is_id.all():
            place = [int(i) for i in np.argwhere(~is_id)[0]]
            raise ValueError(
                f"{name}{place} is {x[tuple(place)]:g}: the Embedding takes whole numbers from 0 to "
                f"{self.input_dim - 1}; number what is to be embedded, or give a larger input_dim"
            )

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
        }
