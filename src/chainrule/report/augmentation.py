"""The picture of augmentation: some images as they are, and as training sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from chainrule.layers.augmentation import Augmentation
from chainrule.layers.layer import Draw, Layer
from chainrule.layers.noise import GaussianNoise
from chainrule.layers.reshape import Reshape
from chainrule.layers.steps import run
from chainrule.network import INPUT, Network
from chainrule.network.writing import write_forward
from chainrule.paper.pictures import GRID, SOFT, STYLE, svg

VERSIONS = 5
"""Drawn versions of each image."""


def leading_augmentation(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """The layers at the beginning that change images by chance, with what gives rows their shape before.

    >>> from chainrule.layers import Dense, RandomFlip
    >>> [type(layer).__name__ for layer in leading_augmentation([RandomFlip(), Dense(1)])]
    ['RandomFlip']
    """
    first = tuple(takewhile(lambda layer: isinstance(layer, Reshape | Augmentation | GaussianNoise), layers))
    return first if any(isinstance(layer, Augmentation) for layer in first) else ()


def augmented(x: np.ndarray, layers: Sequence[Layer], seed: int) -> np.ndarray:
    """Images as training sees them after these layers, (m, h, w, c), with draws of a seed of its own."""
    if not layers:
        return x
    network = Network(layers, x.shape[1:])
    written = write_forward(network.places, tuple(network.inputs), training=True)
    random = np.random.default_rng(seed)
    draws = {
        name: _drawn(draw, len(x), random) for place in network.places for name, draw in place.draws.items()
    }
    values = run(written.steps, {INPUT: np.asarray(x, dtype=float), **draws})
    made: np.ndarray = values[written.outputs[-1].text]
    return made


def _drawn(draw: Draw, rows: int, random: np.random.Generator) -> np.ndarray:
    shape = (rows, *draw.shape)
    return random.random(shape) if draw.kind == "uniform" else random.normal(size=shape)


def augmentation_figure(x: np.ndarray, layers: Sequence[Layer], rows: int = 4, seed: int = 0) -> str:
    """Some images before augmentation, and several drawn versions of each, as SVG.

    ``x`` is (m, h, w, c), or what a first layer reshapes to that; the first ``rows`` are shown. Brightness is
    shown alike in the whole picture: from the least to the most of what the images hold.
    """
    given = np.asarray(x[:rows], dtype=float)
    before = augmented(given, tuple(takewhile(lambda layer: isinstance(layer, Reshape), layers)), seed)
    after = [augmented(given, layers, seed + version) for version in range(VERSIONS)]
    look = _look(before)
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        figure = Figure(figsize=(1.05 * (VERSIONS + 1) + 0.3, 1.05 * len(before) + 0.6), layout="constrained")
        grid = figure.subplots(len(before), VERSIONS + 2, squeeze=False, width_ratios=_widths())
        for row, line in enumerate(grid):
            line[1].axis("off")
            for axes, images in zip((line[0], *line[2:]), (before, *after), strict=True):
                axes.imshow(_shown(images[row], before), **look)
                axes.set(xticks=[], yticks=[])
                axes.spines[:].set(visible=True, color=GRID)
        grid[0][0].set_title("before", fontsize=9)
        grid[0][2 + VERSIONS // 2].set_title("after, drawn anew each time", fontsize=9)
        names = ", ".join(type(layer).__name__ for layer in layers if not isinstance(layer, Reshape))
        figure.supxlabel(fill(names, 90), fontsize=8, color=SOFT)
        return svg(figure, "Images before and after augmentation")


def _widths() -> list[float]:
    return [1.0, 0.12, *[1.0] * VERSIONS]


def _look(before: np.ndarray) -> dict[str, Any]:
    if before.shape[-1] == 1:
        return {"cmap": "gray_r", "vmin": before.min(), "vmax": max(before.max(), before.min() + 1e-9)}
    return {}


def _shown(image: np.ndarray, before: np.ndarray) -> np.ndarray:
    """An image as matplotlib takes it: gray as it is, colours from 0 to 1, other channels as their mean."""
    if image.shape[-1] == 1:
        return image[..., 0]
    low, high = min(0.0, before.min()), before.max()
    shares: np.ndarray = np.clip((image - low) / max(high - low, 1e-9), 0, 1)
    return shares if image.shape[-1] == 3 else shares.mean(axis=-1)
