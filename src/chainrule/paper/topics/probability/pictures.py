"""Pictures of probability: Venn diagram, tree, bars of a mass function, shaded density."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from chainrule.paper.distributions import Density, curve_of, range_of
from chainrule.paper.pictures import BLUE, GREEN, INK, RED, SOFT, drawing
from chainrule.paper.prose import plain_prose

LONGEST_LABEL = 18


def venn(names: tuple[str, str], texts: Sequence[str]) -> str:
    """Two events in a sample space; ``texts`` are of: only the first, both, only the second, neither."""
    from matplotlib.patches import Circle, Rectangle

    with drawing(f"{names[0]} and {names[1]}", 4.6, 3.0) as picture:
        axes = picture.axes
        axes.add_patch(Rectangle((-2.3, -1.5), 4.6, 3.0, fill=False, edgecolor=SOFT))
        for x, colour, name in ((-0.6, BLUE, names[0]), (0.6, RED, names[1])):
            axes.add_patch(Circle((x, 0), 1.05, facecolor=colour, alpha=0.22, edgecolor="none"))
            axes.add_patch(Circle((x, 0), 1.05, fill=False, edgecolor=colour, linewidth=1.5))
            axes.text(2.2 * x, 1.12, _short(name), color=colour, ha="center", fontweight="bold")
        for (x, y), text in zip(((-1.05, 0), (0, 0), (1.05, 0), (1.85, -1.28)), texts, strict=True):
            axes.text(x, y, plain_prose(text), ha="center", va="center", color=INK)
        axes.text(-2.2, -1.28, "Ω" if "S" in names else "S", va="center", color=SOFT)
        axes.set(xlim=(-2.4, 2.4), ylim=(-1.6, 1.6), aspect="equal")
        axes.axis("off")
    return picture.svg


def tree(evidence: str, branches: Sequence[Sequence[str]]) -> str:
    """Hypotheses, then evidence or not; each branch with its probability.

    A branch is: hypothesis, prior, likelihood, 1 - likelihood, joint probability.
    """
    height = max(2.4, 1.15 * len(branches))
    with drawing(f"Tree of {evidence}", 6.4, height) as picture:
        axes = picture.axes
        for i, (name, prior, likelihood, opposite, joint) in enumerate(branches):
            y = -float(2 * i + 0.5)
            middle = -float(len(branches)) + 0.5
            _branch(axes, (0.0, middle), (1.6, y), plain_prose(prior))
            axes.text(1.65, y, _short(name), va="center", color=BLUE, fontweight="bold")
            ends = (
                (0.5, likelihood, _short(evidence), GREEN),
                (-0.5, opposite, f"not {_short(evidence)}", SOFT),
            )
            for shift, chance, what, colour in ends:
                _branch(axes, (2.95, y), (4.5, y + shift), plain_prose(chance))
                axes.text(4.55, y + shift, what, va="center", color=colour)
            axes.text(6.3, y + 0.5, plain_prose(joint), va="center", color=GREEN, fontweight="bold")
        axes.set(xlim=(-0.1, 7.4), ylim=(-2 * len(branches) + 0.3, 0.7))
        axes.axis("off")
    return picture.svg


def _branch(axes: object, start: tuple[float, float], end: tuple[float, float], text: str) -> None:
    (x, y), (u, v) = start, end
    axes.plot([x, u], [y, v], color=SOFT, linewidth=1)  # type: ignore[attr-defined]
    place = {"ha": "center", "va": "center", "fontsize": 9, "color": INK}
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    axes.text((x + 1.4 * u) / 2.4, (y + 1.4 * v) / 2.4, text, bbox=box, **place)  # type: ignore[attr-defined]


def _short(name: str) -> str:
    """A name as a label, of which matplotlib takes nothing for a formula."""
    text = name.replace("$", "")
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def bars(points: np.ndarray, chances: np.ndarray) -> str:
    """The mass function as bars, the distribution function as steps."""
    gap = float(np.diff(points).min()) if len(points) > 1 else 1.0
    with drawing("P(X = x) and P(X ≤ x)") as picture:
        axes = picture.axes
        axes.bar(points, chances, width=0.6 * gap, color=BLUE, label="P(X = x)")
        ends = np.array([points[0] - gap, *points, points[-1] + gap])
        heights = np.array([0.0, *np.cumsum(chances), 1.0])
        axes.step(ends, heights, where="post", color=RED, label="P(X ≤ x)")
        axes.set(xlabel="x", ylim=(0, 1.08))
        if len(points) <= 12:
            axes.set_xticks(points)
        axes.legend(frameon=False, loc="upper left")
    return picture.svg


def shaded(density: Density, intervals: Sequence[tuple[float, float]]) -> str:
    """The curve of a density, with the area of each interval shaded."""
    low, high = range_of(density)
    for end in (v for pair in intervals for v in pair if math.isfinite(v)):
        low, high = min(low, end), max(high, end)
    margin = 0.08 * (high - low)
    x = np.linspace(low - margin, high + margin, 801)
    y = curve_of(density, x)
    with drawing("Density") as picture:
        axes = picture.axes
        axes.plot(x, y, color=BLUE)
        for (left, right), colour in zip(intervals, [BLUE, GREEN, RED] * len(intervals), strict=False):
            axes.fill_between(x, y, where=list((x >= left) & (x <= right)), color=colour, alpha=0.25)
        axes.set(xlabel="x", ylabel="f(x)", ylim=(0, None))
    return picture.svg
