"""The picture of a normalization: every value before and after."""

from __future__ import annotations

import numpy as np

from chainrule.paper.pictures import BLUE, GREEN, RED, SOFT, drawing

COLORS = (BLUE, RED, GREEN, "#8a5a00", "#6a3fa0", SOFT)


def before_and_after(before: np.ndarray, after: np.ndarray) -> str:
    """A number line for the values before, one for those after; a colour per feature."""
    with drawing("Values before and after", height=2.6) as picture:
        for axes, values, title in zip(
            picture.figure.subplots(2, 1), (before, after), ("before", "after"), strict=True
        ):
            for feature in range(values.shape[1]):
                heights = np.full(len(values), float(values.shape[1] - feature))
                axes.plot(values[:, feature], heights, "o", color=COLORS[feature % len(COLORS)], alpha=0.8)
            axes.set(yticks=range(1, values.shape[1] + 1), ylim=(0.4, values.shape[1] + 0.6))
            names = [f"feature {values.shape[1] - i}" for i in range(values.shape[1])]
            axes.set_yticklabels(names if values.shape[1] > 1 else [""])
            axes.set_title(title, loc="left", fontsize=10)
            axes.margins(x=0.08)
    return picture.svg
