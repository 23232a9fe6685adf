"""Pooling layers: the largest number, or the mean, of windows or of whole channels."""

from __future__ import annotations

from typing import Any

from chainrule.doors import flag
from chainrule.layers import windows
from chainrule.layers.layer import Layer
from chainrule.layers.steps import Quantities
from chainrule.rules.pooling import global_pooling, local_pooling
from chainrule.rules.rule import Call, Name, Shape


class _Pooling(Layer):
    """What pooling in windows has in common."""

    axes: int

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: Any = "valid",
        data_format: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.pool_size = windows.per_axis(pool_size, "pool_size", self.axes)
        given = self.pool_size if strides is None else strides
        self.strides = windows.per_axis(given, "strides", self.axes)
        self.padding = windows.padding_of(padding, self.axes)
        windows.check_channels_last(data_format)
        if not isinstance(self.padding, str):
            for pair, size in zip(self.padding, self.pool_size, strict=True):
                if max(pair) >= size:
                    raise ValueError(
                        "padding must be below pool_size, or a window holds no number; "
                        f"got {max(pair)} for {size}"
                    )

    def output_shape(self, input_shape: Shape) -> Shape:
        windows.check_rank(type(self).__name__, input_shape, self.axes)
        ones = (1,) * self.axes
        outputs = windows.windows_over(input_shape, self.pool_size, self.strides, self.padding, ones)
        return (*outputs, input_shape[-1])

    @property
    def _options(self) -> dict[str, Any]:
        return {"pool_size": self.pool_size, "strides": self.strides, "padding": self.padding}

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "pool_size": windows.as_config(self.pool_size),
            "strides": windows.as_config(self.strides),
            "padding": windows.padding_config(self.padding),
        }


class _MaxPooling(_Pooling):
    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: Any = "valid",
        data_format: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, name)

    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = local_pooling.max_pooling(x, **self._options)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return local_pooling.max_pooling_dx(x, da, **self._options)


class _AveragePooling(_Pooling):
    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = local_pooling.average_pooling(x, **self._options)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return local_pooling.average_pooling_dx(da, x, **self._options)


class MaxPooling1D(_MaxPooling):
    """The largest number of every window of every channel of a sequence (steps, channels).

    Arguments and defaults are those of ``keras.layers.MaxPooling1D``; ``padding`` may also be a number of
    steps that windows reach out, or [[before, after]]. Without ``strides`` windows lie side by side.

    Raises TypeError or ValueError for arguments that are not of their kind, ValueError for inputs of
    another rank or shorter than a window.

    >>> MaxPooling1D().output_shape((10, 3))
    (5, 3)
    """

    axes = 1


class MaxPooling2D(_MaxPooling):
    """The largest number of every window of every channel of an image (height, width, channels).

    Arguments and defaults are those of ``keras.layers.MaxPooling2D``; ``padding`` may also be a number of
    places that windows reach out, one for each axis, or pairs as [[top, bottom], [left, right]]. What lies
    outside counts for nothing. Without ``strides`` windows lie side by side.

    Raises TypeError or ValueError for arguments that are not of their kind, ValueError for inputs of
    another rank or smaller than a window.

    >>> MaxPooling2D().output_shape((28, 28, 16)), MaxPooling2D(3, 2, "same").output_shape((7, 7, 1))
    ((14, 14, 16), (4, 4, 1))
    """

    axes = 2


class AveragePooling1D(_AveragePooling):
    """The mean of every window of every channel of a sequence (steps, channels).

    Arguments and defaults are those of ``keras.layers.AveragePooling1D``; ``padding`` as in
    :class:`MaxPooling1D`.

    Raises TypeError or ValueError for arguments that are not of their kind, ValueError for inputs of
    another rank or shorter than a window.

    >>> AveragePooling1D(2).output_shape((10, 3))
    (5, 3)
    """

    axes = 1


class AveragePooling2D(_AveragePooling):
    """The mean of every window of every channel of an image (height, width, channels).

    Arguments and defaults are those of ``keras.layers.AveragePooling2D``; ``padding`` as in
    :class:`MaxPooling2D`. A mean at the edge is one of the numbers that lie inside.

    Raises TypeError or ValueError for arguments that are not of their kind, ValueError for inputs of
    another rank or smaller than a window.

    >>> AveragePooling2D(2).output_shape((28, 28, 6))
    (14, 14, 6)
    """

    axes = 2


class _GlobalPooling(Layer):
    """What pooling of whole channels has in common."""

    axes: int

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, name: str | None = None
    ) -> None:
        super().__init__(name)
        windows.check_channels_last(data_format)
        self.keepdims = flag(keepdims, "keepdims")

    def output_shape(self, input_shape: Shape) -> Shape:
        windows.check_rank(type(self).__name__, input_shape, self.axes)
        return (*(1,) * self.axes, input_shape[-1]) if self.keepdims else input_shape[-1:]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"keepdims": self.keepdims}


class _GlobalMaxPooling(_GlobalPooling):
    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = global_pooling.global_max_pooling(x, keepdims=self.keepdims)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return global_pooling.global_max_pooling_dx(x, da)


class _GlobalAveragePooling(_GlobalPooling):
    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = global_pooling.global_average_pooling(x, keepdims=self.keepdims)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return global_pooling.global_average_pooling_dx(da, x)


class GlobalMaxPooling1D(_GlobalMaxPooling):
    """The largest number of every channel of a sequence; arguments as ``keras.layers.GlobalMaxPooling1D``.

    Raises TypeError or ValueError for arguments that are not of their kind, or inputs of another rank.

    >>> GlobalMaxPooling1D().output_shape((10, 3))
    (3,)
    """

    axes = 1


class GlobalMaxPooling2D(_GlobalMaxPooling):
    """The largest number of every channel of an image; arguments as ``keras.layers.GlobalMaxPooling2D``.

    Raises TypeError or ValueError for arguments that are not of their kind, or inputs of another rank.

    >>> GlobalMaxPooling2D(keepdims=True).output_shape((8, 8, 64))
    (1, 1, 64)
    """

    axes = 2


class GlobalAveragePooling1D(_GlobalAveragePooling):
    """The mean of every channel of a sequence; arguments as ``keras.layers.GlobalAveragePooling1D``.

    Raises TypeError or ValueError for arguments that are not of their kind, or inputs of another rank.

    >>> GlobalAveragePooling1D().output_shape((10, 3))
    (3,)
    """

    axes = 1


class GlobalAveragePooling2D(_GlobalAveragePooling):
    """The mean of every channel of an image; arguments as ``keras.layers.GlobalAveragePooling2D``.

    Raises TypeError or ValueError for arguments that are not of their kind, or inputs of another rank.

    >>> GlobalAveragePooling2D().output_shape((8, 8, 64))
    (64,)
    """

    axes = 2
