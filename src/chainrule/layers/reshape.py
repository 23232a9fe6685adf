"""Layers that give samples another shape."""

from __future__ import annotations

from math import prod
from typing import Any

from chainrule import doors
from chainrule.layers import windows
from chainrule.layers.layer import Layer
from chainrule.layers.steps import Quantities
from chainrule.rules.rule import Call, Name, Shape, size
from chainrule.rules.shapes import flattened, padded_channels, padded_channels_dx, reshaped, reshaped_like


class Flatten(Layer):
    """Each sample as one row of numbers, the last axis running fastest.

    >>> Flatten().output_shape((4, 4, 3))
    (48,)
    """

    def __init__(self, data_format: str | None = None, name: str | None = None) -> None:
        super().__init__(name)
        windows.check_channels_last(data_format)

    def output_shape(self, input_shape: Shape) -> Shape:
        return (size(input_shape),)

    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = flattened(x)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return reshaped_like(da, x)


class Reshape(Layer):
    """Each sample in the shape given, in the order of its numbers; one -1 stands for what is left.

    Raises TypeError or ValueError for a shape that is none, or that the inputs do not fill.

    >>> Reshape((2, -1)).output_shape((6,))
    (2, 3)
    """

    def __init__(self, target_shape: Any, name: str | None = None) -> None:
        super().__init__(name)
        if isinstance(target_shape, str) or not hasattr(target_shape, "__iter__"):
            raise TypeError(f"target_shape must be a tuple of whole numbers, as (4, 4); got {target_shape!r}")
        self.target_shape = tuple(doors.whole_number(n, "target_shape", -1) for n in target_shape)
        if self.target_shape.count(-1) > 1 or 0 in self.target_shape or not self.target_shape:
            raise ValueError(
                f"target_shape has lengths ≥ 1, and at most one -1 for what is left; got {self.target_shape}"
            )

    def output_shape(self, input_shape: Shape) -> Shape:
        numbers, known = size(input_shape), prod(n for n in self.target_shape if n > 0)
        left = numbers // known
        shape = tuple(left if n == -1 else n for n in self.target_shape)
        if size(shape) != numbers or left == 0:
            raise ValueError(
                f"samples of {input_shape} hold {numbers} numbers and cannot have the shape "
                f"{self.target_shape}"
            )
        return shape

    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = reshaped(x, shape=self.target_shape)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return reshaped_like(da, x)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"target_shape": list(self.target_shape)}


class PadChannels(Layer):
    """Channels of zeros around those of x, ``before`` and ``after``: a shortcut to more of them, untrained.

    It is option A of He, Zhang, Ren, Sun, "Deep residual learning" (CVPR 2016), section 3.3. Keras has no
    such layer.

    >>> PadChannels(8, 8).output_shape((16, 16, 16))
    (16, 16, 32)
    """

    def __init__(self, before: int, after: int, name: str | None = None) -> None:
        super().__init__(name)
        self.before = doors.whole_number(before, "before", 0)
        self.after = doors.whole_number(after, "after", 0)

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.before + input_shape[-1] + self.after)

    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = padded_channels(x, before=self.before, after=self.after)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return padded_channels_dx(da, before=self.before, after=self.after)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"before": self.before, "after": self.after}
