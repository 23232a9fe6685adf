"""Layers of images together: reshaping, flattening, and the smallest convolutional network."""

from __future__ import annotations

import numpy as np

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import dense
from chainrule.exercises.topics._suiting import is_live, values
from chainrule.exercises.topics.network.filters import SLIDES, filtered, is_cut
from chainrule.paper.workings import Working


def _has_clear_windows(z: np.ndarray) -> bool:
    """Whether in each window of 2 × 2 one number is the largest, also behind ReLU."""
    rows, columns = z.shape
    windows = z.reshape(rows // 2, 2, columns // 2, 2).transpose(0, 2, 1, 3).reshape(-1, 4)
    largest = windows.max(axis=1, keepdims=True)
    return bool((largest > 0).all() and ((windows == largest).sum(axis=1) == 1).all())


@kind("easy", "medium", suits=lambda working: is_live(working, "dW2"))
def reshaped_row(draw: Draw) -> Drawn:
    """Six numbers as an image, a filter over its rows, and the results in a row again."""
    rows, wide = draw.by((2, 3), (2, 4), (2, 4))
    step = draw.by("1", "0.5", "0.5")
    size = [1, 3]
    outputs = rows * (wide - 2)
    return {
        "text": f"{rows * wide} numbers in a row become an image of {rows} × {wide}, row by row. A filter "
        "of 1 × 3 slides over it as it stands (it is not flipped), with stride 1, without padding, bias or "
        "activation. The results are put in a row again, a₃. The loss is the mean of (y − ŷ)² over its "
        f"{outputs} numbers. Find the image a₁, the map z₂ = a₂, the row a₃, the loss, and its gradients in "
        "a₃ and in the filter.",
        "find": ["a1", "z2", "a3", "loss", "da3", "dW2"],
        "given": {
            "x": [draw.integers(rows * wide, -2, 5)],
            "y": [draw.integers(outputs, -5, 5)],
            "layers": [
                {"layer": "Reshape", "target_shape": [rows, wide, 1]},
                {
                    "layer": "Conv2D",
                    "filters": 1,
                    "kernel_size": size,
                    "use_bias": False,
                    "W": [draw.decimals(3, -2, 2, step, zero=False)],
                },
                {"layer": "Flatten"},
            ],
        },
    }


@kind("medium", suits=lambda working: is_cut(values(working, "z1")))
def flattened_maps(draw: Draw) -> Drawn:
    """Two filters, flattening, and a dense output: in which order the numbers of two maps stand."""
    return {
        "text": "An image of 3 × 3 goes through two filters of 2 × 2 with biases and ReLU; the filters "
        "slide over it as they stand (they are not flipped), with stride 1 and without padding. The two "
        "maps, with the indices row, column and map, are flattened with the last index fastest: first both "
        "maps at row 1 and column 1, then at row 1 and column 2, and so on. A linear unit gives the output "
        "z₃. Work z₁, a₁, the row a₂ and the output z₃.",
        "find": ["z1", "a1", "a2", "z3"],
        "given": {
            "x": draw.matrix(3, 3, 0, 3),
            "layers": [
                {
                    "layer": "Conv2D",
                    "filters": 2,
                    "kernel_size": 2,
                    "activation": "relu",
                    "W": [[draw.matrix(1, 2, -2, 2) for _ in range(2)] for _ in range(2)],
                    "b": draw.integers(2, -1, 2),
                },
                {"layer": "Flatten"},
                dense(draw.matrix(8, 1, -2, 2, zero=False), [draw.integer(-2, 2)]),
            ],
        },
    }


def _network_learns(working: Working) -> bool:
    return is_live(working, "dW1", "dW4")


@kind("hard", suits=_network_learns)
def small_network(draw: Draw) -> Drawn:
    """The smallest convolutional network: filter, max pooling, flattening and one output."""
    image, layer = filtered(draw, 5, 2, "0.5", _has_clear_windows)
    last = dense(draw.matrix(4, 1, -2, 2, "0.5", zero=False), [draw.integer(-2, 2)])
    return {
        "text": "An image of 5 × 5 goes through one filter of 2 × 2 with a bias and ReLU, max pooling of 2 "
        "× 2 (windows do not overlap), flattening row by row, and a linear output unit ŷ = z₄ = a₄. "
        f"{SLIDES} The loss is (y − ŷ)². Work the pass forward, the loss, and its gradients back to the "
        "filter and its bias.",
        "find": [
            *("z1", "a1", "a2", "a3", "z4", "loss", "da4", "dW4", "db4", "da3", "da2", "da1", "dz1"),
            *("dW1", "db1"),
        ],
        "given": {
            "x": image,
            "y": [draw.integer(-5, 9)],
            "layers": [
                layer,
                {"layer": "MaxPooling2D", "pool_size": 2},
                {"layer": "Flatten"},
                last,
            ],
        },
    }
