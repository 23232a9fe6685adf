"""The figures of a sweep's report, as SVG text."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from chainrule.paper.pictures import INK, SOFT, STYLE, svg
from chainrule.report.figures import marker, over_epochs
from chainrule.sweeps import Result, Sweep

MAP = "viridis"
WIDEST = 50
"""Times. Numbers that lie further apart stand on a logarithmic scale."""
MOST_TICKS = 8


class _Axis:
    """A key of the sweep: where its values lie between 0 and 1, and the ticks beside."""

    def __init__(self, name: str, values: Sequence[Any]) -> None:
        self.name = name
        self.is_number = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
        if self.is_number:
            numbers = np.array(values, float)
            self.is_log = bool(numbers.min() > 0 and numbers.max() / numbers.min() > WIDEST)
            self._low, self._high = self._scaled(numbers.min()), self._scaled(numbers.max())
            self.different: list[Any] = sorted(set(values))
        else:
            self.is_log = False
            self.different = sorted({str(v) for v in values})

    def _scaled(self, value: float) -> float:
        return float(np.log10(value)) if self.is_log else float(value)

    def place(self, value: Any) -> float:
        """Where a value lies, from 0 to 1."""
        if not self.is_number:
            return (self.different.index(str(value)) + 0.5) / len(self.different)
        width = self._high - self._low
        return (self._scaled(value) - self._low) / width if width else 0.5

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Places, and what stands there."""
        if self.is_number and len(self.different) > MOST_TICKS:
            places = np.linspace(0, 1, 5)
            numbers = self._low + places * (self._high - self._low)
            return [
                (float(p), f"{10**n if self.is_log else n:.3g}") for p, n in zip(places, numbers, strict=True)
            ]
        return [(self.place(v), f"{v:.4g}" if isinstance(v, float) else str(v)) for v in self.different]


def _axes_of(made: Sweep) -> list[_Axis]:
    keys = list(made.results[0].values)
    return [_Axis(key, [run.values[key] for run in made.results]) for key in keys]


def _means(made: Sweep) -> list[tuple[list[Result], float]]:
    """The runs of each variant that did not diverge, with the mean of the measure; the best last."""
    found = []
    for runs in reversed(made.ranked):
        values = [run.at_end(made.measure) for run in runs if run.diverged is None]
        if values:
            found.append((runs, float(np.mean(values))))
    return found


def _colour(colours: ScalarMappable, value: float) -> tuple[float, ...]:
    found: Any = colours.to_rgba(np.array(value))
    return tuple(found)


def _colours(made: Sweep, values: Sequence[float]) -> ScalarMappable:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    norm = LogNorm(low, high) if low > 0 and high / low > WIDEST else Normalize(low, high)
    return ScalarMappable(norm, MAP if made.goal == "large" else f"{MAP}_r")


def parallel(made: Sweep) -> str:
    """Parallel coordinates: an axis for each key, a line for each variant, coloured by the measure."""
    keys, means = _axes_of(made), _means(made)
    colours = _colours(made, [value for _, value in means])
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        figure = Figure(figsize=(max(5.0, 1.7 * len(keys) + 2.6), 4.0), layout="constrained")
        axes = figure.subplots()
        measure = _Axis(made.measure, [value for _, value in means] or [0.0])
        for rank, (runs, value) in enumerate(means, start=1):
            heights = [key.place(runs[0].values[key.name]) for key in keys]
            best = rank == len(means)
            axes.plot(
                [*range(len(keys) + 1)],
                [*heights, measure.place(value)],
                color=_colour(colours, value),
                lw=2.2 if best else 0.9,
                alpha=1.0 if best else 0.55,
            )
        for place, key in enumerate([*keys, measure]):
            axes.axvline(place, color=SOFT, lw=1)
            for height, text in key.ticks:
                axes.annotate(
                    text,
                    (place, height),
                    (4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                    color=INK,
                )
        names = [_broken(key.name) for key in keys]
        axes.set_xticks(range(len(keys) + 1), [*names, made.measure.replace("_", " ")])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        axes.set_xlim(-0.1, len(keys) + 0.45)
        return svg(figure, f"What varied, and {made.measure}")


def pairs(made: Sweep) -> list[tuple[str, str]]:
    """The pairs of keys with numbers, of which there are several each."""
    numeric = [key.name for key in _axes_of(made) if key.is_number and len(key.different) > 1]
    return list(itertools.combinations(numeric, 2))


def heat_map(made: Sweep, across: str, up: str) -> str:
    """The measure over two keys: squares where all combinations were trained, else points."""
    axes_of = {key.name: key for key in _axes_of(made)}
    x, y, means = axes_of[across], axes_of[up], _means(made)
    colours = _colours(made, [value for _, value in means])
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        figure = Figure(figsize=(4.8, 3.8), layout="constrained")
        axes = figure.subplots()
        if len(x.different) * len(y.different) <= len(made.ranked):
            _squares(axes, x, y, means, colours, made)
        else:
            for runs, value in means:
                here = runs[0].values
                axes.plot(
                    here[across], here[up], "o", color=_colour(colours, value), ms=7, mec="white", mew=0.5
                )
            axes.set_xscale("log" if x.is_log else "linear")
            axes.set_yscale("log" if y.is_log else "linear")
        axes.set(xlabel=across, ylabel=up, title=made.measure.replace("_", " "))
        figure.colorbar(colours, ax=axes)
        return svg(figure, f"{made.measure} over {across} and {up}")


def _squares(axes: Any, x: _Axis, y: _Axis, means: Any, colours: ScalarMappable, made: Sweep) -> None:
    """A square for each combination: the best that was reached with it, empty where all diverged."""
    best = min if made.goal == "small" else max
    found: dict[tuple[int, int], float] = {}
    for runs, value in means:
        here = runs[0].values
        place = (y.different.index(here[y.name]), x.different.index(here[x.name]))
        found[place] = best(value, found.get(place, value))
    grid = np.full((len(y.different), len(x.different)), np.nan)
    for place, value in found.items():
        grid[place] = value
    axes.imshow(grid, origin="lower", aspect="auto", cmap=colours.cmap, norm=colours.norm)
    axes.set_xticks(range(len(x.different)), [f"{v:.3g}" for v in x.different])
    axes.set_yticks(range(len(y.different)), [f"{v:.3g}" for v in y.different])


def curves(made: Sweep, ranked: Sequence[list[Result]], log: str) -> str:
    """A log over the epochs, of the best variants: the mean of the seeds."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.9, 3.4), layout="constrained")
        axes = figure.subplots()
        values = []
        for runs in ranked:
            lines = [run.history[log] for run in runs if run.history.get(log)]
            if not lines:
                continue
            length = min(map(len, lines))
            mean = np.mean([line[:length] for line in lines], axis=0)
            axes.plot(np.arange(1, length + 1), mean, marker=marker(length), label=f"{runs[0].variant}")
            values.append(mean)
        everything = np.concatenate(values) if values else np.ones(1)
        if everything.min() > 0 and everything.max() / everything.min() > WIDEST:
            axes.set_yscale("log")
        over_epochs(axes, log.replace("val_", "validation ").replace("_", " "))
        if values:
            axes.legend(title="variant", frameon=False, fontsize=8, ncols=2)
        return svg(figure, f"{log} over the epochs, for the best variants")


def _broken(name: str) -> str:
    """A long key over two lines.

    >>> _broken("optimizer.learning_rate")
    'optimizer\\n.learning_rate'
    """
    first, dot, last = name.rpartition(".")
    return f"{first}\n{dot}{last}" if dot else name
