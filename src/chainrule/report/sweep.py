"""The report of a sweep: the best variants, what the values did, and the curves of the best."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from chainrule.paper.output.html import stylesheet
from chainrule.report import sweep_figures as figures
from chainrule.report.templating import environment, style
from chainrule.sweeps import Result, Sweep

MOST_ROWS, MOST_CURVES, MOST_PAIRS = 20, 8, 6


def sweep_report(made: Sweep, title: str) -> str:
    """The whole page, one self-contained HTML file."""
    keys = list(made.results[0].values)
    pairs = figures.pairs(made)
    ranked = made.ranked
    return (
        environment()
        .get_template("sweep.html")
        .render(
            title=title,
            css=stylesheet(),
            report_css=Markup(style()),
            cards=_cards(made),
            keys=keys,
            measure=words(made.measure),
            logs=[words(log) for log in made.logs],
            rows=[_row(made, runs) for runs in ranked[:MOST_ROWS]],
            variants=len(ranked),
            seeds=len(ranked[0]),
            parallel=Markup(figures.parallel(made)),
            maps=[Markup(figures.heat_map(made, *pair)) for pair in pairs[:MOST_PAIRS]],
            left_out=max(0, len(pairs) - MOST_PAIRS),
            curves=[Markup(figures.curves(made, ranked[:MOST_CURVES], log)) for log in _drawn(made)],
        )
    )


def _drawn(made: Sweep) -> list[str]:
    """The logs whose curves are shown: the measure, and the same of the other rows."""
    other = made.measure.removeprefix("val_")
    return [made.measure, other] if other != made.measure and other in made.logs else [made.measure]


def _cards(made: Sweep) -> list[tuple[str, str]]:
    runs = made.results
    return [
        (f"best {words(made.measure)}", number(mean(made.ranked[0], made.measure))),
        ("variants", f"{len(made.ranked):,}"),
        ("runs", f"{len(runs):,}"),
        ("epochs of all runs", f"{sum(run.epochs for run in runs):,}"),
        ("time of training", f"{sum(run.seconds for run in runs):,.1f} s"),
        ("runs that diverged", f"{sum(run.diverged is not None for run in runs):,}"),
    ]


def _row(made: Sweep, runs: list[Result]) -> dict[str, Any]:
    return {
        "variant": runs[0].variant,
        "values": [shown(value) for value in runs[0].values.values()],
        "logs": [number(mean(runs, log)) for log in made.logs],
        "epochs": max(run.epochs for run in runs),
    }


def mean(runs: list[Result], log: str) -> float:
    """The mean of a log over the seeds of a variant, after the last epoch."""
    return sum(run.at_end(log) for run in runs) / len(runs)


def number(value: float) -> str:
    """A number of a table, or that there is none.

    >>> number(0.123456), number(float("nan"))
    ('0.1235', 'diverged')
    """
    return "diverged" if math.isnan(value) else f"{value:.4g}"


def shown(value: Any) -> str:
    """A value that varies, in short."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def words(log: str) -> str:
    """A log's name in words.

    >>> words("val_loss")
    'validation loss'
    """
    return log.replace("val_", "validation ").replace("_", " ")
