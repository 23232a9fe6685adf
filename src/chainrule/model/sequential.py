"""Layers one after the other, trained: Keras' ``Sequential``."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from chainrule.layers.layer import Layer
from chainrule.layers.node import Input
from chainrule.model.functional import Model
from chainrule.model.stack import Stack


class Sequential(Stack, Model):
    """Layers one after the other.

    With ``Input`` first, the weights are there at once; without, they are made by :meth:`build` or
    at the first call that gets data. Inputs are (samples, features), or (samples, height, width,
    channels) for layers that take images.

    Raises TypeError for what is no layer, ValueError for layers that do not fit each other.

    >>> from chainrule.layers import Dense
    >>> model = Sequential([Input((2,)), Dense(3, activation="relu"), Dense(1)])
    >>> model.output_shape, model.count_params()
    ((None, 1), 13)
    >>> model.compile("sgd", "mse")
    >>> history = model.fit([[0, 1], [1, 0]], [1, 0], epochs=2, verbose=0)
    >>> history.epoch
    [0, 1]
    """

    def __init__(self, layers: Iterable[Layer | Input] | None = None, *, name: str | None = None) -> None:
        Stack.__init__(self, layers, name=name)

    def _built(self, x: np.ndarray) -> None:
        if self._network is None:
            self.build((None, *x.shape[1:]))
