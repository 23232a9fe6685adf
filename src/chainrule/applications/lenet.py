"""LeNet-5: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition"
(Proceedings of the IEEE 1998), as it is usually taught: every map of the second convolution sees all of the
first, pooling has no weights, and softmax gives the classes.
"""

from __future__ import annotations

from typing import Any

from chainrule.applications.images import image_shape, model_of
from chainrule.layers import AveragePooling2D, Conv2D, Dense, Flatten, Layer, MaxPooling2D
from chainrule.model import Sequential
from chainrule.rules.rule import Shape

SIDE = 32
"""The pixels of LeNet-5's images along each side; smaller ones have zeros around them."""
POOLING = {"average": AveragePooling2D, "max": MaxPooling2D}


def lenet5_layers(
    input_shape: Any = (SIDE, SIDE, 1), classes: int = 10, activation: Any = "tanh", pooling: str = "average"
) -> list[Layer]:
    """The layers of LeNet-5, which has 61,706 parameters for one channel and ten classes.

    Images of 32 × 32 pixels are taken as they are; smaller ones, as MNIST's of 28 × 28, are padded with
    zeros to that size by the first convolution.

    Raises ValueError for images that cannot be padded evenly to 32 × 32, or another pooling.

    >>> [type(layer).__name__ for layer in lenet5_layers()]  # doctest: +NORMALIZE_WHITESPACE
    ['Conv2D', 'AveragePooling2D', 'Conv2D', 'AveragePooling2D', 'Flatten', 'Dense', 'Dense', 'Dense']
    """
    shape = image_shape(input_shape, 1, "LeNet-5")
    if pooling not in POOLING:
        raise ValueError(f'pooling must be "average" or "max", got {pooling!r}')
    pool = POOLING[pooling]
    return [
        Conv2D(6, 5, padding=_padding(shape), activation=activation),
        pool(2),
        Conv2D(16, 5, activation=activation),
        pool(2),
        Flatten(),
        Dense(120, activation=activation),
        Dense(84, activation=activation),
        Dense(classes, activation="softmax"),
    ]


def _padding(shape: Shape) -> Any:
    """The zeros before and after each side of an image, so that it has 32 pixels there."""
    missing = [SIDE - n for n in shape[:2]]
    if any(n < 0 or n % 2 for n in missing):
        raise ValueError(
            "LeNet-5 takes images of 32 × 32 pixels, or smaller by an even number; got "
            f"{shape[0]} × {shape[1]}"
        )
    return [(n // 2, n // 2) for n in missing] if any(missing) else "valid"


def LeNet5(
    input_shape: Any = (SIDE, SIDE, 1),
    classes: int = 10,
    activation: Any = "tanh",
    pooling: str = "average",
    name: str = "lenet5",
) -> Sequential:
    """LeNet-5 as a model; arguments and errors are those of :func:`lenet5_layers`.

    >>> LeNet5().count_params()
    61706
    """
    layers = lenet5_layers(input_shape, classes, activation, pooling)
    return model_of(layers, tuple(input_shape), name)
