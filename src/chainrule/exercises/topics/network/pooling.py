"""Pooling: the largest number or the mean of windows and of whole channels."""

from __future__ import annotations

import numpy as np

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import FOUR_DECIMALS
from chainrule.exercises.topics._suiting import is_live, values
from chainrule.exercises.topics.network.filters import with_channels
from chainrule.paper.workings import Working


def _windows_differ(working: Working) -> bool:
    return is_live(working, "dx", "loss")


@kind("easy", "medium", suits=_windows_differ)
def pooling_back(draw: Draw) -> Drawn:
    """Max or average pooling: the output, and where the gradient goes."""
    rows = draw.by(2, 4, 4)
    name, words = draw.choice(
        [("MaxPooling2D", "the largest number"), ("AveragePooling2D", "the mean")],
    )
    numbers = draw.different(4 * rows, 0, draw.by(15, 30, 30))
    image = [numbers[4 * i : 4 * i + 4] for i in range(rows)]
    out = rows // 2
    return {
        "text": f"A layer takes {words} of each window of 2 × 2 of an image of {rows} × 4; the windows do "
        f"not overlap. The loss is the mean of (y − ŷ)² over the {2 * out} outputs. Find the output a₁, the "
        "loss, its gradient in the output, and the gradient in the image.",
        "find": ["a1", "loss", "da1", "dx"],
        "given": {
            "x": image,
            "y": draw.matrix(out, 2, 0, draw.by(15, 30, 30)),
            "layers": [{"layer": name, "pool_size": 2}],
        },
    }


@kind("easy", suits=_windows_differ)
def global_pooling(draw: Draw) -> Drawn:
    """The mean or the largest number of each channel, and where the gradient goes."""
    name, words = draw.choice(
        [("GlobalMaxPooling2D", "the largest number"), ("GlobalAveragePooling2D", "the mean")],
    )
    numbers = draw.different(8, 0, 12)
    return {
        "text": f"An image of 2 × 2 has two channels (the last index). A layer takes {words} of each whole "
        "channel. The loss is the mean of (y − ŷ)² over the two outputs. Find the output a₁, the loss, its "
        "gradient in the output, and the gradient in the image.",
        "find": ["a1", "loss", "da1", "dx"],
        "given": {
            "x": [[numbers[:2], numbers[2:4]], [numbers[4:6], numbers[6:]]],
            "y": [draw.integers(2, 0, 12)],
            "layers": [{"layer": name}],
        },
    }


@kind("medium", suits=lambda working: bool(0.2 < abs(np.diff(values(working, "a1"))).item() < 4))
def pooled_classes(draw: Draw) -> Drawn:
    """The mean of each channel as the score of a class: softmax, and the gradient in the image."""
    label = draw.below(2)
    return {
        "text": "Two maps of 2 × 2 (the last index counts maps) stand for two classes: the mean of each "
        "map, a₁, is the score of its class, and softmax of the scores gives the probabilities a₂. The "
        "loss is the cross-entropy L = −Σ y ln ŷ; the target is one-hot. Find all of these, the gradient "
        f"in the scores (softmax and loss together), and the gradient in the maps. {FOUR_DECIMALS}",
        "find": ["a1", "a2", "loss", "da1", "dx"],
        "given": {
            "x": with_channels(draw, 2, 2, 2, -2, 4),
            "y": [[int(label == 0), int(label == 1)]],
            "loss": "categorical_crossentropy",
            "layers": [
                {"layer": "GlobalAveragePooling2D"},
                {"layer": "Activation", "activation": "softmax"},
            ],
        },
    }
