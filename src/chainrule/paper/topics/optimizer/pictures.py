"""Pictures of a path: parameter and state against the update, and the path over the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from chainrule.paper.functions import Function
from chainrule.paper.numbers import Number
from chainrule.paper.pictures import BLUE, GREEN, INK, RED, drawing
from chainrule.paper.topics.optimizer.lines import symbol

COLORS = (BLUE, RED, GREEN, INK)
POINTS, GRID_POINTS = 161, 45
MARGIN = 0.35
"""How far beyond the path a loss is drawn, as a share of the path's width."""

Series = dict[str, tuple[list[int], np.ndarray]]


def against_updates(series: Series) -> str:
    """Every quantity in its own band, one below the other, the parameter first."""
    names = sorted(series, key=lambda name: name != "w")
    with drawing("Against the number of the update", height=0.5 + 1.15 * len(names)) as picture:
        bands = picture.figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
        for band, name in zip(bands, names, strict=True):
            updates, values = series[name]
            for entry in range(values.shape[1]):
                color = COLORS[entry % len(COLORS)]
                band.plot(updates, values[:, entry], ".-", color=color, label=f"entry {entry + 1}")
            band.set_ylabel(f"${symbol(name)}$", rotation=0, ha="right", va="center")
            band.margins(y=0.2)
        if 1 < series["w" if "w" in series else names[0]][1].shape[1] <= len(COLORS):
            bands[0].legend(frameon=False, fontsize=8)
        bands[-1].set(xlabel="update t")
        bands[-1].xaxis.get_major_locator().set_params(integer=True)
    return picture.svg


def over_loss(loss: Function, path: np.ndarray) -> str:
    """The loss as a curve or as contours, and the points of the path on it."""
    with drawing("The path over the loss") as picture:
        if path.shape[1] == 1:
            _curve(picture.axes, loss, path[:, 0])
        else:
            _contours(picture.axes, loss, path)
    return picture.svg


def _curve(axes: Axes, loss: Function, path: np.ndarray) -> None:
    points = _range(path, POINTS)
    axes.plot(points, [_height(loss, [p]) for p in points], color=BLUE)
    axes.plot(path, [_height(loss, [p]) for p in path], "o-", color=RED, markersize=4, linewidth=1)
    axes.set(xlabel=loss.names[0], ylabel="loss")


def _contours(axes: Axes, loss: Function, path: np.ndarray) -> None:
    wide = float(np.ptp(path, axis=0).max())
    across, up = (_range(path[:, i], GRID_POINTS, wide) for i in (0, 1))
    heights = np.array([[_height(loss, [x, y]) for x in across] for y in up])
    lines = axes.contour(across, up, np.ma.masked_invalid(heights), levels=12, colors=BLUE, linewidths=0.8)
    axes.clabel(lines, fontsize=7, fmt="%g")
    axes.plot(path[:, 0], path[:, 1], "o-", color=RED, markersize=4, linewidth=1)
    axes.annotate("start", path[0], textcoords="offset points", xytext=(5, 5), color=INK)
    axes.set(xlabel=loss.names[0], ylabel=loss.names[1])


def _range(values: np.ndarray, points: int, wide: float = 0.0) -> np.ndarray:
    """Places around the values, over as much as ``wide`` at least, so that steep and flat compare."""
    low, high = float(values.min()), float(values.max())
    missing = max(0.0, wide - (high - low)) / 2
    margin = missing + (MARGIN * max(wide, high - low) or 1.0)
    return np.linspace(low - margin, high + margin, points)


def _height(loss: Function, at: Any) -> float:
    """The loss at a point, and nan where it has no value or none that a float holds."""
    try:
        return float(loss.at({name: Number(float(v)) for name, v in zip(loss.names, at, strict=True)}))
    except (ArithmeticError, ValueError):
        return float("nan")
