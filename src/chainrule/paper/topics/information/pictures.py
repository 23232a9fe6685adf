"""Pictures of information: two distributions beside each other, as bars or as curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from chainrule.paper.distributions import Density, curve_of, range_of
from chainrule.paper.pictures import BLUE, RED, drawing

MOST_LABELS = 20
LONGEST_LABEL = 12


def bars(names: Sequence[str], heights: Sequence[np.ndarray]) -> str:
    """One distribution as bars, or two side by side."""
    with drawing("The distributions") as picture:
        axes = picture.axes
        places = np.arange(len(names))
        width = 0.7 / len(heights)
        for i, (height, colour, label) in enumerate(zip(heights, (BLUE, RED), "pq", strict=False)):
            shift = (i - (len(heights) - 1) / 2) * width
            axes.bar(places + shift, height, width=width, color=colour, label=label)
        if len(names) <= MOST_LABELS:
            axes.set_xticks(places, [_label(name) for name in names])
        axes.set(ylabel="probability")
        axes.legend(frameon=False)
    return picture.svg


def _label(name: str) -> str:
    """A name as a label, of which matplotlib takes nothing for a formula."""
    text = name.replace("$", "")
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def curves(densities: Mapping[str, Density]) -> str:
    """One density as a curve, or two."""
    ranges = [range_of(density) for density in densities.values()]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    margin = 0.1 * (high - low)
    x = np.linspace(low - margin, high + margin, 801)
    with drawing("The densities") as picture:
        axes = picture.axes
        for (name, density), colour in zip(densities.items(), (BLUE, RED), strict=False):
            axes.plot(x, curve_of(density, x), color=colour, label=f"{name}(x)")
        axes.set(xlabel="x", ylim=(0, None))
        axes.legend(frameon=False)
    return picture.svg
