"""Filters over images and sequences: maps and gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import Layer, Rows, sgd
from chainrule.exercises.topics._suiting import is_live, is_zero, values
from chainrule.exercises.topics.network.learning import RATES
from chainrule.paper.workings import Working

SLIDES = "The filter slides over it as it stands (it is not flipped), with stride 1 and without padding."


def filtered(
    draw: Draw, side: int, size: int, step: str, fits: Callable[[np.ndarray], bool] = lambda z: True
) -> tuple[Rows, Layer]:
    """An image, and a filter whose map ReLU cuts off in part, with no z that is 0."""
    while True:
        image, W, b = (
            draw.matrix(side, side, 0, 4),
            draw.matrix(size, size, -2, 2, step),
            draw.decimal(-2, 2, step),
        )
        z = _slid(image, W) + float(b)
        is_simple = sum(each != 0 for row in W for each in row) < 2
        if not is_simple and is_cut(z) and fits(z):
            break
    table = {"layer": "Conv2D", "filters": 1, "kernel_size": size, "activation": "relu"}
    return image, {**table, "W": W, "b": [b]}


def is_cut(z: np.ndarray) -> bool:
    """Whether ReLU passes some of the maps on and cuts some of them off, and no z is 0."""
    return bool(z.all() and (z > 0).any() and (z < 0).any())


def _slid(image: Rows, W: Rows) -> np.ndarray:
    """The map of a filter that slides over an image; of halves and the like it is exact."""
    windows = np.lib.stride_tricks.sliding_window_view(np.array(image, float), np.shape(W))
    made: np.ndarray = np.einsum("hwij,ij->hw", windows, np.array(W, float))
    return made


@kind("easy", "medium")
def filter_map(draw: Draw) -> Drawn:
    """One filter with ReLU over an image."""
    side = draw.by(3, 4, 4)
    size = draw.choice(draw.by([2], [2, 3], [3]))
    image, layer = filtered(draw, side, size, draw.by("1", "0.5", "0.5"))
    return {
        "text": f"An image of {side} × {side} goes through a convolutional layer with one filter of {size} "
        f"× {size}, a bias and ReLU. {SLIDES} Find the map z₁, and a₁ after ReLU.",
        "find": ["z1", "a1"],
        "given": {
            "x": image,
            "layers": [layer],
        },
    }


def _filter_learns(working: Working) -> bool:
    return is_live(working, "dW1", "db1")


@kind("medium", "hard", suits=_filter_learns)
def filter_step(draw: Draw) -> Drawn:
    """One filter with ReLU, its gradients, and the update."""
    rate, side = draw.choice(RATES), draw.by(3, 3, 4)
    image, layer = filtered(draw, side, 2, draw.by("1", "1", "0.5"))
    out = side - 1
    back = ["dx"] if draw.difficulty == "hard" else []
    return {
        "text": f"An image of {side} × {side} goes through a convolutional layer with one filter of 2 × 2, "
        f"a bias and ReLU. {SLIDES} The loss is the mean of (y − ŷ)² over the {out * out} numbers of the "
        f"map. Work the map, the loss, its gradients back to the filter{' and the image' if back else ''}, "
        f"and one update of gradient descent with the learning rate {rate}.",
        "find": ["z1", "a1", "loss", "da1", "dz1", "dW1", "db1", *back, "W1_new", "b1_new"],
        "given": {
            "x": image,
            "y": draw.matrix(out, out, 0, 4),
            "optimizer": sgd(rate),
            "layers": [layer],
        },
    }


def with_channels(draw: Draw, rows: int, columns: int, channels: int, low: int, high: int) -> list[Any]:
    """An image of several channels, with rows, columns and channels."""
    return [draw.matrix(columns, channels, low, high) for _ in range(rows)]


@kind("hard", suits=lambda working: is_live(working, "dW1", "z1"))
def filters_and_channels(draw: Draw) -> Drawn:
    """Two filters over an image of two channels, with their gradients."""
    return {
        "text": "An image of 3 × 3 with two channels goes through a convolutional layer with two filters "
        "of 2 × 2 × 2 and biases, without an activation: a₁ = z₁. The filters slide over it as they stand "
        "(they are not flipped), with stride 1 and without padding; each adds up both channels. Indices "
        "are row, column, channel (of W₁: row, column, channel, filter). The loss is the mean of (y − ŷ)² "
        "over all eight numbers of the two maps. Work the maps, the loss, and its gradients in the maps, "
        "the filters, the biases and the image.",
        "find": ["z1", "loss", "da1", "dW1", "db1", "dx"],
        "given": {
            "x": [with_channels(draw, 3, 3, 2, -1, 3)],
            "y": [with_channels(draw, 2, 2, 2, -3, 4)],
            "layers": [
                {
                    "layer": "Conv2D",
                    "filters": 2,
                    "kernel_size": 2,
                    "W": [[draw.matrix(2, 2, -2, 2) for _ in range(2)] for _ in range(2)],
                    "b": draw.integers(2, -1, 2),
                }
            ],
        },
    }


def _sequence_learns(working: Working) -> bool:
    return (
        not is_zero(working, "dW1") if "dW1" in working.tape.quantities else bool(values(working, "z1").any())
    )


@kind("easy", "medium", suits=_sequence_learns)
def sequence(draw: Draw) -> Drawn:
    """A filter over a sequence that sees only what came before."""
    length, size = draw.by(4, 5, 5), draw.by(2, draw.choice([2, 3]), 3)
    zeros = "a zero stands" if size == 2 else "two zeros stand"
    return {
        "text": f"A sequence of {length} numbers goes through a causal convolution, z at time t being Σ wₖ "
        f"x at times t − {size - 1} to t, plus b; the last weight belongs to time t. Before the sequence "
        f"{zeros}. There is no activation: a₁ = z₁. The loss is the mean of (y − ŷ)² over the {length} "
        "times. Work z₁, the loss, and its gradients in the outputs, the weights and the bias.",
        "find": ["z1", "loss", "da1", "dW1", "db1"],
        "given": {
            "x": draw.integers(length, -3, 4),
            "y": draw.integers(length, -5, 5),
            "layers": [
                {
                    "layer": "Conv1D",
                    "filters": 1,
                    "kernel_size": size,
                    "padding": "causal",
                    "W": draw.decimals(size, -2, 2, draw.by("1", "0.5", "0.5"), zero=False),
                    "b": [draw.integer(-2, 2)],
                }
            ],
        },
    }


@kind("medium", "hard", suits=lambda working: is_live(working, "dW1", "z1"))
def depthwise(draw: Draw) -> Drawn:
    """A filter of its own for each of two channels."""
    side = draw.by(2, 2, 3)
    out = side - 1
    return {
        "text": f"An image of {side} × {side} with two channels goes through a depthwise convolution: each "
        "channel has a filter of 2 × 2 of its own, without bias and without activation: a₁ = z₁. The "
        "filters slide as they stand (they are not flipped), with stride 1 and without padding. The last "
        f"index counts channels. The loss is the mean of (y − ŷ)² over the {2 * out * out} outputs. Work "
        "the maps, the loss, and its gradients in the maps, the filters and the image.",
        "find": ["z1", "loss", "da1", "dW1", "dx"],
        "given": {
            "x": with_channels(draw, side, side, 2, -1, 4),
            "y": [with_channels(draw, out, out, 2, -4, 5)],
            "layers": [
                {
                    "layer": "DepthwiseConv2D",
                    "kernel_size": 2,
                    "use_bias": False,
                    "W": [draw.matrix(2, 2, -2, 2) for _ in range(2)],
                }
            ],
        },
    }
