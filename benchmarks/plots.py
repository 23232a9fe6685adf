"""The plots of docs/performance.md, as SVG and PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from growth import AXES, exponent
from matplotlib.figure import Figure
from ratios import Ratio

COLOURS = {"pytorch": "#c0392b", "keras": "#8e44ad", "sklearn": "#e08e0b", "numpy": "#16a085"}
STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "chainrule",
    "svg.fonttype": "path",
}


def draw_ratios(rows: Sequence[tuple[str, Ratio]], names: Mapping[str, str], place: Path) -> None:
    """A line for each case and library: the median of the ratios, and from the least to the most."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.5, 0.6 + 0.26 * len(rows)), layout="constrained")
        axes = figure.subplots()
        for height, (_, ratio) in enumerate(rows):
            colour = COLOURS[ratio.library]
            axes.plot([min(ratio.rounds), max(ratio.rounds)], [height] * 2, color=colour, lw=2, alpha=0.5)
            axes.plot(ratio.middle, height, "o", color=colour, ms=5)
        axes.axvline(1, color="black", lw=0.8)
        axes.set_yticks(range(len(rows)), [f"{title}: {names[r.library]}" for title, r in rows])
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.grid(axis="x", lw=0.4, alpha=0.5)
        axes.set_xlabel("times as fast as the other: chainrule is quicker to the right of 1")
        _save(figure, place)


def draw_growth(axes_found: Mapping[str, Any], place: Path) -> None:
    """A panel for each size that grows, with the fitted line."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.5, 5), layout="constrained")
        panels = figure.subplots(2, 3).flat
        for (name, found), panel in zip(axes_found.items(), panels, strict=False):
            sizes, seconds = np.array(found["sizes"]), np.array(found["seconds"])
            power = exponent(found["sizes"], found["seconds"])
            panel.loglog(sizes, seconds * 1e3, "o", color="#2c6fbb", ms=4)
            panel.loglog(sizes, seconds[-1] * 1e3 * (sizes / sizes[-1]) ** power, "--", color="black", lw=0.8)
            panel.set(xlabel=AXES[name].title, ylabel=f"ms, {AXES[name].of}", title=f"exponent {power:.2f}")
            panel.grid(lw=0.4, alpha=0.5)
        for panel in panels:
            panel.set_visible(False)
        _save(figure, place)


def _save(figure: Figure, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(place.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(place.with_suffix(".png"), dpi=150)
