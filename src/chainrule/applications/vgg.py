"""VGG: Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition" (ICLR
2015): blocks of 3 × 3 convolutions, each closed by a pooling that halves the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.applications.images import image_shape, model_of
from chainrule.layers import Conv2D, Dense, Dropout, Flatten, Layer, MaxPooling2D
from chainrule.model import Sequential

VGG16_BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Filters of each block, and how many convolutions it has: configuration D of the paper's table 1."""
SMALL_BLOCKS = ((32, 2), (64, 2), (128, 2))


def _blocks(blocks: Sequence[tuple[int, int]]) -> list[Layer]:
    layers: list[Layer] = []
    for filters, count in blocks:
        layers += [Conv2D(filters, 3, padding="same", activation="relu") for _ in range(count)]
        layers.append(MaxPooling2D(2))
    return layers


def vgg16_layers(classes: int = 1000) -> list[Layer]:
    """The layers of VGG-16: 138,357,544 parameters for images of 224 × 224 × 3 and 1000 classes.

    A ``Network`` of them knows their shapes and holds no weights, where a model has 553 MB of them.
    """
    return [
        *_blocks(VGG16_BLOCKS),
        Flatten(),
        Dense(4096, activation="relu"),
        Dense(4096, activation="relu"),
        Dense(classes, activation="softmax"),
    ]


def VGG16(input_shape: Any = (224, 224, 3), classes: int = 1000, name: str = "vgg16") -> Sequential:
    """VGG-16 as a model, with weights drawn as in Keras.

    Raises ValueError for what is no image of 32 × 32 pixels or more.
    """
    return model_of(vgg16_layers(classes), image_shape(input_shape, 32, "VGG-16"), name)


def vgg_small_layers(classes: int = 10, rate: Any = 0.5) -> list[Layer]:
    """The layers of a VGG for small images: three blocks of 32, 64 and 128 filters, one hidden layer of 128.

    For images of 32 × 32 × 3 and ten classes they have 550,570 parameters.
    """
    return [
        *_blocks(SMALL_BLOCKS),
        Flatten(),
        Dense(128, activation="relu"),
        Dropout(rate),
        Dense(classes, activation="softmax"),
    ]


def VGGSmall(
    input_shape: Any = (32, 32, 3), classes: int = 10, rate: Any = 0.5, name: str = "vgg_small"
) -> Sequential:
    """A VGG for small images as a model; ``rate`` is that of its dropout.

    Raises ValueError for what is no image of 8 × 8 pixels or more.
    """
    return model_of(vgg_small_layers(classes, rate), image_shape(input_shape, 8, "VGGSmall"), name)
