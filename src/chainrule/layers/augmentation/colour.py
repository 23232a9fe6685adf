"""Images made brighter or darker, of more or less contrast, or erased in part, by chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.layers.arguments import number
from chainrule.layers.augmentation.base import Augmentation, factor_range, pair
from chainrule.layers.layer import Draw
from chainrule.layers.steps import Quantities
from chainrule.rules.augmentation import (
    brightened,
    clipped,
    clipped_dz,
    contrasted,
    contrasted_dx,
    drawn_between,
    drawn_factor,
    erased,
    erased_dx,
    erasing_colour,
    erasing_noise,
    patch,
    struck,
)
from chainrule.rules.rule import Call, Name, Shape


class _Ranged(Augmentation):
    """A change of images whose values lie in a range, and are clipped to it."""

    def __init__(self, value_range: Any, seed: int | None, name: str | None) -> None:
        super().__init__(seed, name)
        self.value_range = pair(value_range, "value_range")
        if self.value_range[0] == self.value_range[1]:
            raise ValueError(f"value_range must hold two different numbers, as (0, 1); got {value_range!r}")

    @property
    def bounds(self) -> dict[str, Any]:
        """The range as the rules take it."""
        return dict(zip(("low", "high"), self.value_range, strict=True))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"value_range": list(self.value_range)}


class RandomBrightness(_Ranged):
    """Images brighter or darker by at most ``factor`` of the range of their values, then clipped to it.

    Arguments are those of ``keras.layers.RandomBrightness``, with its range of 0 to 255: images with values
    from 0 to 1 need ``value_range=(0, 1)``.

    Raises TypeError or ValueError for a factor outside of -1 to 1, or a range that is none.

    >>> RandomBrightness(0.2, value_range=(0, 1)).factor
    (-0.2, 0.2)
    """

    def __init__(
        self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, name: str | None = None
    ) -> None:
        super().__init__(value_range, seed, name)
        self.factor = factor_range(factor, "factor", -1, 1)

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        return self.drawn("u")

    def forward(self, q: Quantities, x: Name) -> Name:
        low, high = self.factor
        q.share = drawn_between(q.u, low=low, high=high)
        q.z = brightened(x, q.share, **self.bounds)
        q.a = clipped(q.z, **self.bounds)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return clipped_dz(da, q.z, **self.bounds)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"factor": list(self.factor)}


class RandomContrast(_Ranged):
    """Images of more or less contrast: 1 - lower to 1 + upper times as far from each channel's mean.

    Arguments are those of ``keras.layers.RandomContrast``; a single factor is both lower and upper. Images
    with values from 0 to 1 need ``value_range=(0, 1)``.

    Raises TypeError or ValueError for a factor outside of 0 to 1, or a range that is none.

    >>> RandomContrast(0.3).factor
    (0.3, 0.3)
    """

    def __init__(
        self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, name: str | None = None
    ) -> None:
        super().__init__(value_range, seed, name)
        lower, upper = factor_range(factor, "factor", 0, 1)
        self.factor = (lower, upper) if np.ndim(factor) else (upper, upper)

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        return self.drawn("u")

    def forward(self, q: Quantities, x: Name) -> Name:
        lower, upper = self.factor
        q.factor = drawn_factor(q.u, low=-lower, high=upper)
        q.z = contrasted(x, q.factor)
        q.a = clipped(q.z, **self.bounds)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        q.dz = clipped_dz(da, q.z, **self.bounds)
        return contrasted_dx(q.dz, q.factor)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"factor": list(self.factor)}


class RandomErasing(_Ranged):
    """A part of some images erased: filled with noise, or with ``fill_value`` (cutout).

    Arguments are those of ``keras.layers.RandomErasing``. An image is met with a chance that is drawn for
    it from 0 to ``factor``, or from the pair given: (1, 1) meets every image. ``scale`` is the range from
    which the square of each side is drawn, as a part of the image's. ``fill_value`` is a number, or one for
    each channel; it and the noise are clipped to ``value_range``, which images with values from 0 to 1
    need as (0, 1).

    Raises TypeError or ValueError for what is outside of 0 to 1, or a range that is none.

    >>> RandomErasing(0.5, fill_value=0).draws((8, 8, 1))["side"]
    Draw(shape=(2,), kind='uniform')
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(value_range, seed, name)
        self.factor = factor_range(factor, "factor", 0, 1)
        self.scale = factor_range(scale, "scale", 0, 1)
        values = fill_value if np.ndim(fill_value) else [fill_value]
        self.fill_values = None if fill_value is None else tuple(number(v, "fill_value") for v in values)

    def output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the input. Raises ValueError for no image, or with more channels than fill values."""
        shape = super().output_shape(input_shape)
        if self.fill_values is not None and len(self.fill_values) not in (1, shape[-1]):
            raise ValueError(
                f"fill_value has {len(self.fill_values)} numbers and the images have {shape[-1]} channels: "
                "give one number, or one for each channel"
            )
        return shape

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        draws = self.drawn("side", "start", shape=(2,)) | self.drawn("u", "v")
        noise = {} if self.fill_values is not None else {"n": Draw(input_shape, "normal", self.seed)}
        return draws | noise

    def forward(self, q: Quantities, x: Name) -> Name:
        (smallest, largest), (least, most) = self.scale, self.factor
        q.area = drawn_between(q.side, low=smallest, high=largest)
        q.patch = patch(q.area, q.start, x)
        q.chance = drawn_between(q.v, low=least, high=most)
        q.mask = struck(q.patch, q.u, q.chance)
        q.fill = self._fill(q, x)
        q.a = erased(x, q.mask, q.fill)
        return q.a

    def _fill(self, q: Quantities, x: Name) -> Call:
        if self.fill_values is None:
            noise: Call = erasing_noise(q.n, **self.bounds)
            return noise
        low, high = self.value_range
        colour: Call = erasing_colour(x, values=tuple(min(max(v, low), high) for v in self.fill_values))
        return colour

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return erased_dx(da, q.mask)

    def get_config(self) -> dict[str, Any]:
        values = None if self.fill_values is None else list(self.fill_values)
        fill = values[0] if values is not None and len(values) == 1 else values
        arguments = {"factor": list(self.factor), "scale": list(self.scale), "fill_value": fill}
        return super().get_config() | arguments
