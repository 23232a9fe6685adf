"""Pictures of matrices: their numbers in cells, coloured, some of them framed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGEST_DRAWN = 16
"""Rows or columns of a matrix whose numbers are drawn."""
LARGEST_NUMBER = 10**100
FONT, FITTING = 9, 5
"""Of the numbers in cells: their size, and how many characters of it a cell holds."""
FIRST_COLOURS = ("#cfe2f7", "#fbd9d3", "#d3eedd", "#fdeebf", "#e4d7f5", "#cdeef0", "#f9d8ea", "#e6e3d8")


@dataclass(frozen=True)
class Frame:
    """A frame around some cells: its first row and column, its height and width."""

    row: float
    column: float
    height: float
    width: float


def can_be_drawn(*matrices: np.ndarray) -> bool:
    """Whether matrices are small enough, and hold numbers only, none of them beyond those of a cell."""
    return all(max(m.shape) <= LARGEST_DRAWN and all(_fits(v) for v in m.flat) for m in matrices)


def _fits(value: Any) -> bool:
    if not getattr(value, "is_number", True):
        return False
    number = value.number() if hasattr(value, "is_number") else value
    return bool(abs(number) < LARGEST_NUMBER)


def draw_matrix(
    axes: Axes,
    matrix: np.ndarray,
    title: str,
    frames: Sequence[Frame] = (),
    fills: np.ndarray | None = None,
    bold: np.ndarray | None = None,
) -> None:
    """A matrix as cells: blue where positive, red where negative, or filled as told."""
    from matplotlib.patches import Rectangle

    from chainrule.paper.pictures import BLUE, GRID, INK

    values = np.atleast_2d(matrix.astype(float))
    rows, columns = values.shape
    largest = max(float(np.abs(values).max()), 1e-9)
    for i in range(rows):
        for j in range(columns):
            colour = str(fills[i, j]) if fills is not None else _tint(values[i, j] / largest)
            axes.add_patch(Rectangle((j, i), 1, 1, facecolor=colour, edgecolor=GRID))
            weight = "bold" if bold is not None and bold[i, j] else "normal"
            text = _short(values[i, j])
            font = FONT * min(1.0, FITTING / len(text))
            place = (j + 0.5, i + 0.5)
            axes.text(*place, text, ha="center", va="center", color=INK, fontweight=weight, fontsize=font)
    for frame in frames:
        corner = (frame.column, frame.row)
        size = (frame.width, frame.height)
        axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=BLUE, linewidth=2.2, clip_on=False))
    top, bottom, left, right = _edges(values, frames)
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", title=title)
    axes.axis("off")


def extent(matrix: np.ndarray, frames: Sequence[Frame] = ()) -> tuple[float, float]:
    """How many rows and columns a matrix takes with its frames, which may reach out of it."""
    top, bottom, left, right = _edges(np.atleast_2d(matrix), frames)
    return bottom - top, right - left


def _edges(matrix: np.ndarray, frames: Sequence[Frame]) -> tuple[float, float, float, float]:
    rows, columns = matrix.shape
    top, left = min([0.0, *(f.row for f in frames)]), min([0.0, *(f.column for f in frames)])
    bottom = max([float(rows), *(f.row + f.height for f in frames)])
    return top, bottom, left, max([float(columns), *(f.column + f.width for f in frames)])


def _short(value: float) -> str:
    """A number as it stands in a cell.

    >>> _short(-4.5), _short(12345678.0), _short(1 / 3)
    ('−4.5', '1.23e7', '0.3333')
    """
    text = f"{value:.4g}" if len(f"{value:.4g}") <= FITTING + 1 else f"{value:.3g}"
    return text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-").replace("-", "−")


def _tint(share: float) -> tuple[float, float, float]:
    """White at 0, blue towards 1, red towards -1; pale enough for dark digits."""
    full = (0.45, 0.65, 0.90) if share > 0 else (0.93, 0.50, 0.46)
    part = abs(share)
    red, green, blue = (1 - part * (1 - f) for f in full)
    return red, green, blue
