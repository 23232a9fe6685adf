"""Noise that is added while training."""

from __future__ import annotations

from typing import Any

from chainrule.layers import arguments
from chainrule.layers.layer import Draw, Layer
from chainrule.layers.steps import Quantities
from chainrule.rules.noise import with_noise
from chainrule.rules.rule import Call, Name, Shape
from chainrule.rules.shapes import unchanged


class GaussianNoise(Layer):
    """Adds normal noise of mean 0 and deviation ``stddev`` while training; predictions have none.

    Raises ValueError for a stddev that is negative or not finite.

    >>> GaussianNoise(0.1).draws((2,))
    {'n': Draw(shape=(2,), kind='normal')}
    """

    def __init__(self, stddev: Any, seed: int | None = None, name: str | None = None) -> None:
        super().__init__(name)
        self.stddev = arguments.number(stddev, "stddev", 0)
        self.seed = arguments.seed(seed)

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        return {"n": Draw(input_shape, "normal", self.seed)}

    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = with_noise(x, q.n, stddev=self.stddev)
        return q.a

    def inference(self, q: Quantities, x: Name) -> Name:
        q.a = unchanged(x)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return unchanged(da)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"stddev": self.stddev, "seed": self.seed}
