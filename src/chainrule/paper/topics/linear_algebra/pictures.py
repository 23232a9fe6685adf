"""Pictures of a formula: a curve with its tangent, or contours, and the path of gradient descent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.paper.formulas import Formula
from chainrule.paper.topics.linear_algebra.expressions import on_floats

Points = Sequence[Sequence[float]]
LINES = 14
"""Contours."""


def _range(values: Sequence[float]) -> tuple[float, float]:
    """From where to where to draw, so that all values are well inside."""
    low, high = min(values, default=-1.0), max(values, default=1.0)
    margin = 0.25 * (high - low) or max(1.0, abs(high))
    return low - margin, high + margin


def curve(
    title: str, formula: Formula, variables: Sequence[str], path: Points, marked: Points, fixed: Points
) -> str:
    """The curve of a formula in one variable, with tangents at the points marked."""
    from chainrule.paper.pictures import BLUE, GREEN, RED, drawing

    (name,) = variables
    low, high = _range([point[0] for point in [*path, *marked, *fixed]])
    x = np.linspace(low, high, 401)
    with drawing(title) as picture:
        axes = picture.axes
        y = on_floats(formula, {name: x})
        axes.plot(x, y, color=BLUE)
        limits = axes.get_ylim()
        for (at,) in marked:
            here = {name: np.float64(at)}
            y_at, slope = (float(on_floats(f, here)) for f in (formula, formula.derivative(name)))
            axes.plot(x, y_at + slope * (x - at), color=RED, linestyle="--", label=f"slope {slope:.4g}")
            axes.plot([at], [y_at], "o", color=RED)
        if fixed:
            level = np.array([point[0] for point in fixed])
            axes.plot(level, on_floats(formula, {name: level}), "*", color=GREEN, markersize=11,
                      label="slope 0")  # fmt: skip
        if path:
            taken = np.array([point[0] for point in path])
            axes.plot(taken, on_floats(formula, {name: taken}), "o-", color=RED, linewidth=1,
                      markersize=3.5, label="gradient descent")  # fmt: skip
        axes.set(xlabel=name, ylim=limits)
        if axes.get_legend_handles_labels()[1]:
            axes.legend(frameon=False)
    return picture.svg


def contours(
    title: str, formula: Formula, variables: Sequence[str], path: Points, marked: Points, fixed: Points
) -> str:
    """Contours of a formula in two variables, with the path of descent on them."""
    from chainrule.paper.pictures import BLUE, GREEN, INK, RED, drawing

    first, second = variables
    points = [*path, *marked, *fixed]
    (left, right), (low, high) = (_range([point[axis] for point in points]) for axis in (0, 1))
    x, y = np.meshgrid(np.linspace(left, right, 201), np.linspace(low, high, 201))
    z = on_floats(formula, {first: x, second: y})
    with drawing(title, width=5.4, height=4.2) as picture:
        axes = picture.axes
        if np.isfinite(z).any() and np.nanmax(z) > np.nanmin(z):
            levels = np.unique(np.nanquantile(z, np.linspace(0, 1, LINES + 2)[1:-1]))
            drawn = axes.contour(x, y, z, levels=levels, colors=BLUE, linewidths=0.9)
            axes.clabel(drawn, [float(level) for level in levels[::3]], fontsize=7, fmt="%.3g")
        if fixed:
            axes.plot(*np.transpose(fixed), "*", color=GREEN, markersize=12, label="slopes 0", zorder=4)
        if path:
            axes.plot(*np.transpose(path), "o-", color=RED, linewidth=1, markersize=3.5,
                      label="gradient descent", zorder=3)  # fmt: skip
            axes.annotate(
                "start",
                (path[0][0], path[0][1]),
                xytext=(5, 5),
                textcoords="offset points",
                color=INK,
                fontsize=9,
            )
        if marked:
            axes.plot(*np.transpose(marked), "s", color=INK, markersize=5, label="the point", zorder=4)
        axes.set(xlabel=first, ylabel=second)
        if axes.get_legend_handles_labels()[1]:
            axes.legend(frameon=True, loc="best", fontsize=8)
    return picture.svg
