"""The look of all pictures, and how a figure becomes SVG."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, SOFT, BLUE, RED, GREEN, GRID = "#1c2733", "#5d6b79", "#2f6db3", "#b3261e", "#1d7a46", "#dde3ea"

STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": GRID,
    "axes.axisbelow": True,
    "svg.hashsalt": "chainrule",
}


class Drawing:
    """A figure being drawn; ``svg`` is its text once it is done."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.svg = ""

    @property
    def axes(self) -> Axes:
        """The one pair of axes, made when it is first asked for."""
        return self.figure.axes[0] if self.figure.axes else self.figure.subplots()


@contextmanager
def drawing(title: str, width: float = 4.6, height: float = 3.4, **style: Any) -> Iterator[Drawing]:
    """A figure in the style of all pictures, so many inches large.

    >>> with drawing("A line") as picture:
    ...     _ = picture.axes.plot([0, 1], [0, 1], color=BLUE)
    >>> picture.svg[:4]
    '<svg'
    """
    chosen: dict[Any, Any] = {**STYLE, **style}
    with mpl.rc_context(chosen):
        made = Drawing(Figure(figsize=(width, height), layout="constrained"))
        yield made
        made.svg = svg(made.figure, title)


def svg(figure: Figure, title: str) -> str:
    """The figure as an SVG element that can stand in a page."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    text = file.getvalue()
    return text[text.index("<svg") :]
