"""ResNet-20 on images of 32 × 32 pixels in three colours, in batches of 128."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from peers.training import Task, training_case
from problems import images

MOMENTUM, EPSILON = 0.9, 1e-3
"""Of the moving averages: after few updates the usual 0.99 would judge the network by its first ones."""


def coloured(rows: int) -> tuple[Any, Any]:
    """Images as CIFAR's."""
    return images(rows, (32, 32, 3))


TASK = Task(coloured, rows=1024, quick=128, batch_size=128, epochs=1, rate=0.0003)
"""Eight updates an epoch, for a call of a program takes its memory anew; few enough for losses to agree."""


def network(library: Any) -> Any:
    """In chainrule: its application."""
    model = library.applications.ResNet20()
    for place in model.network.places:
        if isinstance(place.layer, library.layers.BatchNormalization):
            place.layer.momentum = MOMENTUM
    return model


def keras_network(library: Any) -> Any:
    """In Keras."""
    layers = library.layers

    def normalized(x: Any, filters: int, strides: int = 1) -> Any:
        x = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON)(x)

    def block(x: Any, filters: int) -> Any:
        before = x.shape[-1]
        strides = 1 if before == filters else 2
        h = layers.Activation("relu")(normalized(x, filters, strides))
        h = normalized(h, filters)
        if strides == 2:
            x = layers.AveragePooling2D(1, strides=2)(x)
            half = (filters - before) // 2
            x = layers.Lambda(lambda t: library.ops.pad(t, [(0, 0), (0, 0), (0, 0), (half, half)]))(x)
        return layers.Activation("relu")(layers.add([h, x]))

    first = library.Input((32, 32, 3))
    x = layers.Activation("relu")(normalized(first, 16))
    for filters in (16, 32, 64):
        for _ in range(3):
            x = block(x, filters)
    x = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    return library.Model(first, x)


def torch_network() -> Any:
    """In PyTorch, whose padding before strides of 2 is a row above, where Keras' is one below."""
    from torch import nn
    from torch.nn import functional

    def normalized(before: int, filters: int, stride: int = 1) -> Any:
        convolution = nn.Conv2d(before, filters, 3, stride, padding=1, bias=False)
        return nn.Sequential(convolution, nn.BatchNorm2d(filters, EPSILON, 1 - MOMENTUM))

    class Block(nn.Module):
        def __init__(self, before: int, filters: int) -> None:
            super().__init__()
            self.stride = 1 if before == filters else 2
            self.half = (filters - before) // 2
            self.first, self.second = normalized(before, filters, self.stride), normalized(filters, filters)

        def forward(self, x: Any) -> Any:
            h = self.second(functional.relu(self.first(x)))
            if self.stride == 2:
                x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.half, self.half))
            return functional.relu(h + x)

    class ResNet20(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
            self.first = normalized(3, 16)
            self.blocks = nn.Sequential(*(Block(a, b) for a, b in pairwise(widths)))
            self.classes = nn.Linear(64, 10)

        def forward(self, x: Any) -> Any:
            x = self.blocks(functional.relu(self.first(x)))
            return self.classes(x.mean((2, 3)))

    return ResNet20()


CASE = training_case(
    "ResNet-20, batch 128",
    TASK,
    network,
    torch_network,
    aims={"pytorch": 1.0},
    tolerance=0.1,
    keras_network=keras_network,
)
