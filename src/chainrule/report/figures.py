"""The report's figures, as SVG text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from chainrule.network import Network
from chainrule.paper.pictures import BLUE, INK, RED, STYLE, svg
from chainrule.report.boxes import drawn_boxes

MOST_UNITS = 12
"""Units drawn per layer; of a larger layer, the first and the last."""


def curves(history: Mapping[str, Sequence[float]], held_out: str) -> list[str]:
    """A figure each for the loss and every metric over the epochs: of training, and of the rows held out."""
    names = [name for name in history if not name.startswith("val_")]
    return [_curve(history, name, held_out) for name in names]


def _curve(history: Mapping[str, Sequence[float]], name: str, held_out: str) -> str:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.6, 3.0), layout="constrained")
        axes = figure.subplots()
        epochs = np.arange(1, len(history[name]) + 1)
        mark = marker(len(epochs))
        axes.plot(epochs, history[name], color=BLUE, marker=mark, label="training")
        if f"val_{name}" in history:
            axes.plot(epochs, history[f"val_{name}"], color=RED, marker=mark, label=held_out)
        over_epochs(axes, name.replace("_", " "))
        axes.legend(frameon=False)
        return svg(figure, f"{name} over the epochs")


def marker(epochs: int) -> str | None:
    """A point for a curve of one epoch, which would not be seen as a line."""
    return "o" if epochs == 1 else None


def over_epochs(axes: Axes, title: str) -> None:
    """Give a figure its title, and whole epochs below."""
    axes.set(title=title, xlabel="epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def confusion(counts: np.ndarray, classes: Sequence[str]) -> str:
    """The confusion matrix: rows are true classes, columns predicted ones."""
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        side = max(3.2, 0.42 * len(classes) + 1.2)
        figure = Figure(figsize=(side, side), layout="constrained")
        axes = figure.subplots()
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for row, column in np.ndindex(counts.shape):
            if counts[row, column]:
                colour = "white" if shares[row, column] > 0.5 else RED if row != column else INK
                axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
        axes.set_xticks(range(len(classes)), classes)
        axes.set_yticks(range(len(classes)), classes)
        axes.set(xlabel="predicted", ylabel="true")
        axes.spines[:].set_visible(False)
        return svg(figure, "Confusion matrix")


def images(pixels: np.ndarray, captions: Sequence[str]) -> str:
    """Small images in a row or two, each with its caption.

    ``pixels`` is (images, height, width), with colours (images, height, width, 3); those from 0 to more
    than 1 are scaled by their largest.
    """
    if pixels.ndim == 4 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim == 4:
        pixels = np.clip(pixels / max(1.0, float(pixels.max())), 0, 1)
    columns = min(len(pixels), 4)
    rows = -(-len(pixels) // columns)
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        figure = Figure(figsize=(1.25 * columns, 1.6 * rows), layout="constrained")
        grid = list(np.atleast_1d(figure.subplots(rows, columns)).flat)
        for axes in grid:
            axes.axis("off")
        for axes, image, caption in zip(grid, pixels, captions, strict=False):
            axes.imshow(image, cmap="gray_r")
            axes.set_title(caption, fontsize=9)
        return svg(figure, "Predictions that are wrong")


def has_units(network: Network) -> bool:
    """Whether a network is drawn by its units: a chain of layers that give no images."""
    shapes = [*network.inputs.values(), *(place.output_shape for place in network.places)]
    return network.is_chain and all(len(shape) == 1 for shape in shapes)


def drawn_network(network: Network, weights: Mapping[str, np.ndarray]) -> str:
    """The layers as columns of units, joined by their weights: blue above 0, red below.

    Where layers give images, or the network is no chain, they are boxes with the shapes of what they give.
    """
    if not has_units(network):
        return drawn_boxes(network)
    sizes = [int(np.prod(network.input_shape)), *(int(np.prod(p.output_shape)) for p in network.places)]
    labels = ["input", *(place.name for place in network.places)]
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        figure = Figure(figsize=(2.1 * len(sizes) + 0.6, 3.8), layout="constrained")
        axes = figure.subplots()
        axes.axis("off")
        places = [_unit_places(size) for size in sizes]
        for column, place in enumerate(network.places):
            kernel = weights.get(f"W{place.number}")
            if kernel is not None and kernel.ndim == 2:
                _join(axes, column, places[column], places[column + 1], kernel)
        for column, (units, size, label) in enumerate(zip(places, sizes, labels, strict=True)):
            _units(axes, column, units, size, label)
        heights = [height for units in places for _, height in units]
        axes.set_ylim(min(heights) - 2, max(heights) + 0.6)
        return svg(figure, "The network")


def _unit_places(size: int) -> list[tuple[int, float]]:
    """Which units are drawn, and at which height; a gap stands for those left out."""
    if size <= MOST_UNITS:
        return [(unit, (size - 1) / 2 - unit) for unit in range(size)]
    half = MOST_UNITS // 2
    heights = [MOST_UNITS / 2 - i for i in range(half)]
    return [*enumerate(heights), *((size - half + i, -heights[half - 1 - i]) for i in range(half))]


def _join(
    axes: Axes,
    column: int,
    left: list[tuple[int, float]],
    right: list[tuple[int, float]],
    kernel: np.ndarray,
) -> None:
    largest = float(np.abs(kernel).max()) or 1.0
    for i, y in left:
        for j, height in right:
            strength = float(kernel[i, j]) / largest
            colour = BLUE if strength > 0 else RED
            axes.plot([column, column + 1], [y, height], color=colour, lw=0.7, alpha=min(1.0, abs(strength)))


def _units(axes: Axes, column: int, units: list[tuple[int, float]], size: int, label: str) -> None:
    heights = [height for _, height in units]
    axes.scatter([column] * len(units), heights, s=70, color="white", edgecolor=INK, zorder=3)
    if size > len(units):
        axes.text(column, 0, "⋮", ha="center", va="center", fontsize=14)
    axes.text(column, min(heights) - 0.9, f"{label}\n{size}", ha="center", va="top", fontsize=9)
    axes.set_xlim(-0.4, axes.get_xlim()[1])
