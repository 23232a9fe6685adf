"""The inception block: Szegedy and others, "Going deeper with convolutions" (CVPR 2015), figure 2b."""

from __future__ import annotations

from typing import Any

from chainrule.layers import Branches, Conv2D, MaxPooling2D


def InceptionBlock(
    ones: int = 64,
    threes: tuple[int, int] = (96, 128),
    fives: tuple[int, int] = (16, 32),
    pooled: int = 32,
    activation: Any = "relu",
    name: str | None = None,
) -> Branches:
    """1 × 1, 3 × 3 and 5 × 5 convolutions and a pooling side by side, their maps concatenated.

    ``threes`` and ``fives`` are the filters of the 1 × 1 convolution that reduces the channels, and of the
    convolution behind it; ``pooled`` those of the 1 × 1 convolution behind the pooling. The defaults are
    the paper's block 3a: with 192 channels it has 163,328 weights (159 Ki, the "159K" of the paper's table
    1) and 368 biases.

    >>> InceptionBlock().output_shape((28, 28, 192))
    (28, 28, 256)
    """

    def convolution(filters: int, size: int) -> Conv2D:
        return Conv2D(filters, size, padding="same", activation=activation)

    branches = [
        [convolution(ones, 1)],
        [convolution(threes[0], 1), convolution(threes[1], 3)],
        [convolution(fives[0], 1), convolution(fives[1], 5)],
        [MaxPooling2D(3, strides=1, padding="same"), convolution(pooled, 1)],
    ]
    return Branches(branches, name=name)
