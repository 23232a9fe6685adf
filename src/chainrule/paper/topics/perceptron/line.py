"""The line, or the hyperplane, on which a perceptron changes its mind."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.elements import as_number
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.topics.perceptron.table import Rows, cell
from chainrule.rules.perceptron.line import LINE_INTERCEPT, LINE_POSITION, line_slope

MARGIN = 0.5


def equation(page: Page, w: np.ndarray, b: Any, threshold: Any = None) -> str:
    """``w₁x₁ + w₂x₂ + b = θ`` in TeX, with the numbers put in."""
    parts = [(value, f" x_{{{i}}}") for i, value in enumerate(w, start=1)] + [(b, "")]
    left = ""
    for value, name in parts:
        is_number = isinstance(value, Number)
        if is_number and value == 0:
            continue
        negative = is_number and value < 0
        size = -value if negative else value
        written = "" if is_number and size == 1 and name else _written(page, size)
        sign = ("-" if negative else "") if not left else (" - " if negative else " + ")
        left += f"{sign}{written}{name}"
    return f"{left or '0'} = {_written(page, Number(0) if threshold is None else threshold)}"


def _written(page: Page, value: Any) -> str:
    if not isinstance(value, Number):
        return rf"\left( {value.tex} \right)"
    return cell(page, value).strip("$").removeprefix(r"\approx ")


def work_line(
    page: Page,
    rows: Rows,
    neuron: tuple[str, str],
    taken: tuple[str, ...] = (),
    first: tuple[str, str] | None = None,
) -> None:
    """The equation of the line; of two inputs also its slope, where it crosses, and a picture."""
    w, b = (page[name] for name in neuron)
    threshold = page[taken[0]][()] if taken else None
    page.part("line", "The line" if rows.n == 2 else "Where it changes")
    if all(isinstance(v, Number) and v.exact == 0 for v in w):
        page.remark("Every weight is 0: the output is the same everywhere, and there is no line.")
    else:
        page.remark(f"$z$ is at the step where ${equation(page, w, b[()], threshold)}$.")
    if rows.n != 2:
        return
    if w[1] != 0:
        page.work("slope", line_slope, neuron[0])
        page.work("intercept", LINE_INTERCEPT[bool(taken)], *neuron, *taken)
    elif w[0] != 0:
        page.work("position", LINE_POSITION[bool(taken)], *neuron, *taken)
        page.remark("The second weight is 0: the line is upright, at this $x_{1}$.")
    pairs = [first, neuron] if first else [neuron]
    given = [np.array([*page[v].flat, *page[c].flat], dtype=object) for v, c in pairs]
    if any(_symbolic(v) for v in (*page["x"].flat, *np.concatenate(given))):
        return
    points = np.array([[float(v) for v in row] for row in page["x"]])
    lines = [[float(v) for v in line] for line in given]
    for line in lines:
        line[2] -= float(threshold) if threshold is not None else 0.0
    page.picture("The table and the line", partial(draw, points, rows.sides, lines))


def _symbolic(value: Any) -> bool:
    return not isinstance(as_number(value), Number)


def draw(points: np.ndarray, sides: list[int], lines: list[list[float]]) -> str:
    """The rows of two classes; lines (w₁, w₂, b) as w₁x₁ + w₂x₂ + b = 0, the last one final."""
    from chainrule.paper.pictures import BLUE, SOFT, drawing

    low, high = points.min(axis=0), points.max(axis=0)
    room = MARGIN * np.where(high > low, high - low, 1.0)
    low, high = low - room, high + room
    with drawing("The table and the line") as picture:
        axes = picture.axes
        for i, (w1, w2, b) in enumerate(lines):
            is_last = i == len(lines) - 1
            look: dict[str, Any] = (
                {"color": BLUE, "label": "line"}
                if is_last
                else {"color": SOFT, "linestyle": "--", "label": "first line"}
            )
            if w2:
                ends = np.array([low[0], high[0]])
                axes.plot(ends, -(w1 * ends + b) / w2, **look)
            elif w1:
                axes.axvline(-b / w1, **look)
            if is_last and (w1 or w2):
                across, up = np.meshgrid(np.linspace(low[0], high[0], 200), np.linspace(low[1], high[1], 200))
                above = w1 * across + w2 * up + b >= 0
                axes.contourf(across, up, above, levels=[0.5, 1.5], colors=[BLUE], alpha=0.08)
        mark_points(axes, points, sides)
        axes.locator_params(nbins=5)
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="$x_1$", ylabel="$x_2$")
        axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=4)
    return picture.svg


def mark_points(axes: Any, points: np.ndarray, sides: list[int]) -> None:
    """The rows of the upper class as full dots, of the lower as rings."""
    from chainrule.paper.pictures import GREEN, RED

    upper = np.array(sides) == 1
    axes.plot(*points[upper].T, "o", color=GREEN, markersize=8, label="class 1")
    axes.plot(*points[~upper].T, "o", color=RED, markersize=8, fillstyle="none", label="other class")
