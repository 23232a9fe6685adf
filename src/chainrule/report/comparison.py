"""The report of a comparison: what was expected, whether it appeared, the curves and the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from chainrule.experiment.compare import Comparison
from chainrule.experiment.kept import Trained
from chainrule.paper.output.html import stylesheet
from chainrule.paper.pictures import STYLE, svg
from chainrule.report.figures import marker, over_epochs
from chainrule.report.templating import environment, style

WIDEST = 50
"""Times. A loss whose values lie further apart is drawn on a logarithmic scale."""


def comparison_report(made: Comparison) -> str:
    """The whole page, one self-contained HTML file."""
    return (
        environment()
        .get_template("comparison.html")
        .render(
            title=made.file.title,
            claim=made.file.claim,
            css=stylesheet(),
            report_css=Markup(style()),
            findings=made.findings(),
            curves=[Markup(_curves(made, name)) for name in made.logs],
            logs=[made.words(log) for log in made.logs],
            rows=[_row(made, name, runs) for name, runs in made.trained.items()],
            seeds=made.file.seeds,
        )
    )


def _row(made: Comparison, name: str, runs: Sequence[Trained]) -> tuple[str, list[str], str, str]:
    """A variant's name, its last logs, its epochs, and its time."""
    stopped = sum(bool(run.stopped) for run in runs)
    if stopped == len(runs):
        cells = ["diverged"] * len(made.logs)
    else:
        cells = [_cell([run for run in runs if not run.stopped], log) for log in made.logs]
    epochs = sorted({len(run.history.get("loss", ())) for run in runs})
    shown = f"{epochs[0]}" if len(epochs) == 1 else f"{epochs[0]} to {epochs[-1]}"
    seconds = sum(run.seconds for run in runs)
    return (
        name + (f" ({stopped} diverged)" if 0 < stopped < len(runs) else ""),
        cells,
        shown,
        f"{seconds:.1f}\u00a0s",
    )


def _cell(runs: Sequence[Trained], log: str) -> str:
    values = [run.history[log][-1] for run in runs if log in run.history]
    form = ".2%" if "accuracy" in log else ".4g"
    if len(values) == 1:
        return format(values[0], form)
    return f"{np.mean(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def _curves(made: Comparison, log: str) -> str:
    """A log over the epochs: a line for each variant's mean, a band over its seeds."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.9, 3.4), layout="constrained")
        axes = figure.subplots()
        drawn = []
        for name, runs in made.trained.items():
            lines = [run.history[log] for run in runs if run.history.get(log)]
            if not lines:
                axes.plot([], [], label=f"{name}: diverged")
                continue
            length = min(map(len, lines))
            values = np.array([line[:length] for line in lines])
            epochs = np.arange(1, length + 1)
            label = f"{name}: diverged" if all(run.stopped for run in runs) else name
            (line,) = axes.plot(epochs, values.mean(axis=0), marker=marker(length), label=label)
            axes.fill_between(
                epochs, values.min(axis=0), values.max(axis=0), color=line.get_color(), alpha=0.15, lw=0
            )
            drawn.append(values)
        everything = np.concatenate([values.ravel() for values in drawn]) if drawn else np.ones(1)
        if everything.min() > 0 and everything.max() / everything.min() > WIDEST:
            axes.set_yscale("log")
        over_epochs(axes, made.words(log))
        axes.legend(frameon=False, fontsize=8)
        return svg(figure, f"{log} over the epochs, for every variant")
