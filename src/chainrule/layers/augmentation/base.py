"""What all layers share that change images by chance, and the checks of their arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.layers import arguments
from chainrule.layers.layer import Draw, Layer
from chainrule.layers.steps import Quantities
from chainrule.lookup import suggest
from chainrule.rules.rule import Name, Shape
from chainrule.rules.shapes import unchanged

Range = tuple[Any, Any]


class Augmentation(Layer):
    """A layer that changes images (h, w, c) by chance while training; predictions see them as they are.

    A layer of one's own gives its ``draws``, and its ``forward`` makes of them what it needs.
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        super().__init__(name)
        self.seed = arguments.seed(seed)

    def drawn(self, *names: str, shape: Shape = ()) -> dict[str, Draw]:
        """Numbers from 0 to 1 for each image by these names, of this shape each, from the layer's seed."""
        return {name: Draw(shape, seed=self.seed) for name in names}

    def output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the input. Raises ValueError for what is no image."""
        if len(input_shape) != 3:
            raise ValueError(
                f"{type(self).__name__} takes images (h, w, c), got samples of {input_shape}; give images of "
                "one colour the shape (h, w, 1)"
            )
        return input_shape

    def inference(self, q: Quantities, x: Name) -> Name:
        q.a = unchanged(x)
        return q.a

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"seed": self.seed}


def pair(value: Any, name: str) -> Range:
    """Two numbers in order of size. Raises TypeError or ValueError for anything else.

    >>> pair([0.3, -0.2], "factor")
    (-0.2, 0.3)
    """
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray) or len(value) != 2:
        raise TypeError(f"{name} must be two numbers, as (0, 1); got {value!r}")
    first, second = (arguments.number(each, name) for each in value)
    return (first, second) if first <= second else (second, first)


def factor_range(value: Any, name: str, least: float, most: float) -> Range:
    """The range that a factor stands for: (-value, value), but not below ``least``, or the two given.

    Raises TypeError for what is no number or pair, ValueError outside of ``least`` to ``most``.

    >>> factor_range(0.2, "factor", -1, 1), factor_range(0.2, "factor", 0, 1)
    ((-0.2, 0.2), (0, 0.2))
    """
    if hasattr(value, "__float__") and not np.ndim(value):
        single = arguments.number(value, name)
        low, high = max(-abs(single), least), abs(single)
        smallest = single
    else:
        smallest, high = pair(value, name)
        low = smallest
    if smallest < least or high > most:
        raise ValueError(f"{name} must lie between {least} and {most}, got {value!r}")
    return low, high


def choice(value: Any, name: str, known: Sequence[str]) -> str:
    """The value, or ValueError unless it is one of those known."""
    if value not in known:
        raise ValueError(f"unknown {name} {value!r}: {suggest(str(value), known)}")
    return str(value)
