"""ResNet-20 for small images: He, Zhang, Ren, Sun, "Deep residual learning for image recognition"
(CVPR 2016), section 4.2: three stages of three blocks of two convolutions, with 16, 32 and 64 filters.
"""

from __future__ import annotations

from typing import Any

from chainrule.applications.images import image_shape, model_of
from chainrule.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    Layer,
    PadChannels,
    Residual,
)
from chainrule.model import Sequential

SHORTCUTS = ("zeros", "projection")
BLOCKS = 3
"""Blocks in each stage."""


def resnet20_layers(classes: int = 10, shortcut: str = "zeros") -> list[Layer]:
    """The layers of ResNet-20, for images of three channels the paper's 0.27 million parameters.

    ``shortcut`` is how a block that halves the image passes it on: "zeros", the paper's option A on small
    images, takes every second pixel and adds channels of zeros, 269,722 trained parameters; "projection",
    option B, is a 1 × 1 convolution with batch normalization, 272,474. The 1,376 or 1,568 moving averages
    come on top.

    Raises ValueError for another shortcut.
    """
    if shortcut not in SHORTCUTS:
        raise ValueError(f'shortcut must be "zeros" or "projection", got {shortcut!r}')
    layers: list[Layer] = [*_normalized(16, 3), Activation("relu")]
    channels = 16
    for filters in (16, 32, 64):
        for _ in range(BLOCKS):
            layers.append(_block(channels, filters, shortcut))
            channels = filters
    return [*layers, GlobalAveragePooling2D(), Dense(classes, activation="softmax")]


def _normalized(filters: int, size: int, strides: int = 1) -> list[Layer]:
    """A convolution, without the bias that the normalization behind it would take away."""
    convolution = Conv2D(
        filters, size, strides, padding="same", use_bias=False, kernel_initializer="he_normal"
    )
    return [convolution, BatchNormalization()]


def _block(channels: int, filters: int, shortcut: str) -> Residual:
    strides = 1 if channels == filters else 2
    main = [*_normalized(filters, 3, strides), Activation("relu"), *_normalized(filters, 3)]
    return Residual(main, _shortcut(channels, filters, shortcut), activation="relu")


def _shortcut(channels: int, filters: int, shortcut: str) -> list[Layer] | None:
    if channels == filters:
        return None
    if shortcut == "projection":
        return _normalized(filters, 1, strides=2)
    before = (filters - channels) // 2
    return [AveragePooling2D(1, strides=2), PadChannels(before, filters - channels - before)]


def ResNet20(
    input_shape: Any = (32, 32, 3), classes: int = 10, shortcut: str = "zeros", name: str = "resnet20"
) -> Sequential:
    """ResNet-20 as a model; ``shortcut`` is that of :func:`resnet20_layers`.

    Raises ValueError for what is no image of 8 × 8 pixels or more, or another shortcut.
    """
    shape = image_shape(input_shape, 8, "ResNet-20")
    return model_of(resnet20_layers(classes, shortcut), shape, name)
