"""Images mirrored, turned, moved, zoomed and cropped by chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import doors
from chainrule.layers.arguments import number
from chainrule.layers.augmentation.base import Augmentation, choice, factor_range
from chainrule.layers.layer import Draw
from chainrule.layers.steps import Quantities
from chainrule.rules.augmentation import centre_cropped, drawn_angle, drawn_between, drawn_factor, flipped
from chainrule.rules.dropout import drawn_mask
from chainrule.rules.rule import Call, Name, Shape
from chainrule.rules.sampling import (
    FILL_MODES,
    INTERPOLATIONS,
    cropped_places,
    rotated_columns,
    rotated_rows,
    sampled,
    sampled_dx,
    shifted_places,
    zoomed_places,
)

_FLIPS = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (1, 2)}


class RandomFlip(Augmentation):
    """Every second image, by chance, mirrored: "horizontal" is left to right, "vertical" top to bottom.

    Arguments are those of ``keras.layers.RandomFlip``. As there, one draw decides for both directions: an
    image is mirrored in both or in none. Two layers, one for each, draw for each.

    Raises ValueError for another mode.

    >>> RandomFlip("horizontal").draws((8, 8, 1))
    {'u': Draw(shape=(), kind='uniform')}
    """

    def __init__(
        self, mode: str = "horizontal_and_vertical", seed: int | None = None, name: str | None = None
    ) -> None:
        super().__init__(seed, name)
        self.mode = choice(mode, "mode", tuple(_FLIPS))

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        return self.drawn("u")

    def forward(self, q: Quantities, x: Name) -> Name:
        q.mask = drawn_mask(q.u, keep=0.5)
        q.a = flipped(x, q.mask, axes=_FLIPS[self.mode])
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return flipped(da, q.mask, axes=_FLIPS[self.mode])

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"mode": self.mode}


class _Sampled(Augmentation):
    """An image looked at in other places; a subclass writes them as ``q.row`` and ``q.column``."""

    def __init__(
        self, fill_mode: str, interpolation: str, seed: int | None, fill_value: Any, name: str | None
    ) -> None:
        super().__init__(seed, name)
        self.fill_mode = choice(fill_mode, "fill_mode", FILL_MODES)
        self.interpolation = choice(interpolation, "interpolation", INTERPOLATIONS)
        self.fill_value = number(fill_value, "fill_value")

    def write_places(self, q: Quantities, x: Name) -> None:
        raise NotImplementedError

    def forward(self, q: Quantities, x: Name) -> Name:
        self.write_places(q, x)
        how = {"interpolation": self.interpolation, "fill_mode": self.fill_mode}
        q.a = sampled(x, q.row, q.column, **how, fill_value=self.fill_value)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        how = {"interpolation": self.interpolation, "fill_mode": self.fill_mode}
        return sampled_dx(da, x, q.row, q.column, **how)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "fill_mode": self.fill_mode,
            "interpolation": self.interpolation,
            "fill_value": self.fill_value,
        }


class RandomRotation(_Sampled):
    """Images turned around their middle, by ``factor`` of a whole turn at most, to either side.

    Arguments are those of ``keras.layers.RandomRotation``; a pair gives the range, and more than 0 turns to
    the left. The gradient is written out.

    Raises TypeError or ValueError for a factor outside of -1 to 1, or an unknown mode.

    >>> RandomRotation(0.1).factor, RandomRotation((0, 0.25)).factor
    ((-0.1, 0.1), (0, 0.25))
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: Any = 0.0,
        name: str | None = None,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, name)
        self.factor = factor_range(factor, "factor", -1, 1)

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        return self.drawn("u")

    def write_places(self, q: Quantities, x: Name) -> None:
        low, high = self.factor
        q.angle = drawn_angle(q.u, low=low, high=high)
        q.row = rotated_rows(q.angle, x)
        q.column = rotated_columns(q.angle, x)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"factor": list(self.factor)}


class RandomTranslation(_Sampled):
    """Images moved by parts of their height and their width.

    Arguments are those of ``keras.layers.RandomTranslation``: a factor, or a pair as its range; more than 0
    moves down and to the right. The gradient is written out.

    Raises TypeError or ValueError for a factor outside of -1 to 1, or an unknown mode.

    >>> RandomTranslation(0.1, (0, 0.5)).width_range
    (0, 0.5)
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: Any = 0.0,
        name: str | None = None,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, name)
        self.height_range = factor_range(height_factor, "height_factor", -1, 1)
        self.width_range = factor_range(width_factor, "width_factor", -1, 1)

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        return self.drawn("u", "v")

    def write_places(self, q: Quantities, x: Name) -> None:
        (up, down), (left, right) = self.height_range, self.width_range
        q.vertical = drawn_between(q.u, low=up, high=down)
        q.horizontal = drawn_between(q.v, low=left, high=right)
        q.row = shifted_places(q.vertical, x, axis=1)
        q.column = shifted_places(q.horizontal, x, axis=2)

    def get_config(self) -> dict[str, Any]:
        factors = {"height_factor": list(self.height_range), "width_factor": list(self.width_range)}
        return super().get_config() | factors


class RandomZoom(_Sampled):
    """Images that show more than before (a factor above 0), or less of it (below 0), around their middle.

    Arguments are those of ``keras.layers.RandomZoom``: a factor, or a pair as its range. Without
    ``width_factor`` both axes are zoomed alike. The gradient is written out.

    Raises TypeError or ValueError for a factor that is not above -1 and at most 1, or an unknown mode.

    >>> sorted(RandomZoom(0.1).draws((8, 8, 1))), sorted(RandomZoom(0.1, 0.2).draws((8, 8, 1)))
    (['u'], ['u', 'v'])
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: Any = 0.0,
        name: str | None = None,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, name)
        self.height_range = _zoom_range(height_factor, "height_factor")
        self.width_range = None if width_factor is None else _zoom_range(width_factor, "width_factor")

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        return self.drawn("u") if self.width_range is None else self.drawn("u", "v")

    def write_places(self, q: Quantities, x: Name) -> None:
        low, high = self.height_range
        q.tall = drawn_factor(q.u, low=low, high=high)
        wide = q.tall
        if self.width_range is not None:
            low, high = self.width_range
            q.wide = drawn_factor(q.v, low=low, high=high)
            wide = q.wide
        q.row = zoomed_places(q.tall, x, axis=1)
        q.column = zoomed_places(wide, x, axis=2)

    def get_config(self) -> dict[str, Any]:
        width = None if self.width_range is None else list(self.width_range)
        return super().get_config() | {"height_factor": list(self.height_range), "width_factor": width}


def _zoom_range(factor: Any, name: str) -> tuple[Any, Any]:
    found = factor_range(factor, name, -1, 1)
    if (found[0] if np.ndim(factor) else factor) == -1:
        raise ValueError(f"{name} must lie above -1, where nothing of the image is left; got {factor!r}")
    return found


class RandomCrop(_Sampled):
    """A part of each image, so many rows and columns; predictions see the middle part.

    Arguments are those of ``keras.layers.RandomCrop``. Each image is cropped at a place of its own, where
    Keras draws one for the whole batch. Images are never made larger: smaller ones are an error. The gradient
    is written out.

    Raises TypeError or ValueError for a size that is no whole number from 1 on.

    >>> RandomCrop(24, 20).output_shape((28, 28, 3))
    (24, 20, 3)
    """

    def __init__(self, height: int, width: int, seed: int | None = None, name: str | None = None) -> None:
        super().__init__("nearest", "nearest", seed, 0.0, name)
        self.height = doors.whole_number(height, "height", 1)
        self.width = doors.whole_number(width, "width", 1)

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        return self.drawn("u", "v")

    def output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the part. Raises ValueError for images that are smaller, or none."""
        height, width, channels = super().output_shape(input_shape)
        if height < self.height or width < self.width:
            raise ValueError(
                f"RandomCrop({self.height}, {self.width}) takes images of at least that size, got "
                f"{input_shape}: crop to less, or give larger images"
            )
        return (self.height, self.width, channels)

    def write_places(self, q: Quantities, x: Name) -> None:
        q.row = cropped_places(q.u, x, axis=1, length=self.height)
        q.column = cropped_places(q.v, x, axis=2, length=self.width)

    def inference(self, q: Quantities, x: Name) -> Name:
        q.a = centre_cropped(x, height=self.height, width=self.width)
        return q.a

    def get_config(self) -> dict[str, Any]:
        return Augmentation.get_config(self) | {"height": self.height, "width": self.width}
