"""The curves of activations and of their slopes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.elements import as_number
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.topics.activation.chosen import Chosen

MARGIN, NEAREST, FARTHEST = 1.5, 4.0, 50.0
"""How far beyond the points a curve is drawn; at least so far on both sides of 0, and at most."""
COLORS = ("#2f6db3", "#b3261e", "#1d7a46", "#8a5a00", "#6a3d9a", "#5d6b79")


def picture_of(page: Page, several: list[Chosen], title: str) -> None:
    """Draw the curves, where every number in them is known."""
    values = [*page["z"].flat]
    for chosen in several:
        values += [*chosen.activation.options.values()]
        values += [page[name][()] for name in chosen.trained_names]
    if all(_is_known(v) for v in values):
        points = np.array([float(v) for v in page["z"].flat])
        trained = [tuple(float(page[n][()]) for n in chosen.trained_names) for chosen in several]
        page.picture(title, partial(_draw, several, trained, points, title))


def _is_known(value: Any) -> bool:
    return isinstance(as_number(value), (Number, int, float))


def _draw(several: list[Chosen], trained: list[tuple[float, ...]], points: np.ndarray, title: str) -> str:
    from chainrule.paper.pictures import drawing

    far = min(FARTHEST, max(NEAREST, float(np.abs(points).max()) + MARGIN))
    z = np.linspace(-far, far, 801)
    marked = points[np.abs(points) <= far]
    single = len(several) == 1
    with drawing(title, width=7.6, height=3.2) as picture:
        left, right = picture.figure.subplots(1, 2)
        for i, (chosen, numbers) in enumerate(zip(several, trained, strict=True)):
            entry, color = chosen.activation, COLORS[i % len(COLORS)]
            style = {"color": color, "linestyle": "-" if i < len(COLORS) else "--"}
            options = {name: float(value) for name, value in entry.options.items()}
            label = entry.name.replace("_", " ") if single else chosen.label
            assert entry.derivative is not None
            value = np.asarray(entry.forward(z, *numbers, **options))
            at = np.asarray(entry.forward(marked, *numbers, **options))
            slope = np.asarray(entry.derivative(z, value, *numbers, **options)) * np.ones_like(z)
            slopes = np.asarray(entry.derivative(marked, at, *numbers, **options)) * np.ones_like(marked)
            left.plot(z, _broken(value), label=label, **style)
            right.plot(z, _broken(slope), label=label, **style)
            left.plot(marked, at, "o", color=color, markersize=4)
            right.plot(marked, slopes, "o", color=color, markersize=4)
        left.set(xlabel="z", title="value")
        right.set(xlabel="z", title="slope")
        if not single:
            left.legend(frameon=False, fontsize=8)
    return picture.svg


def _broken(values: np.ndarray) -> np.ndarray:
    """The values with a gap at each jump, so that no upright line is drawn there."""
    steps = np.abs(np.diff(values))
    usual = np.median(steps) + 0.02 * (np.ptp(values) or 1.0)
    made = values.astype(float).copy()
    made[1:][steps > 5 * usual] = np.nan
    return made
