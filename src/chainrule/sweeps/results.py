"""What came out of a sweep."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from chainrule.model import Model

Goal = Literal["small", "large"]


@dataclass(frozen=True)
class Result:
    """One run: a variant, counted from 1, trained from one seed.

    ``history`` has the logs epoch by epoch; of a run whose numbers diverged, those before the epoch
    ``diverged``. ``rounds`` is in how many rounds of successive halving it took part.
    """

    variant: int
    values: Mapping[str, Any]
    seed: int
    history: Mapping[str, list[float]]
    seconds: float
    diverged: int | None = None
    rounds: int = 1

    @property
    def epochs(self) -> int:
        """How many epochs it was trained."""
        return len(self.history.get("loss", ()))

    def at_end(self, log: str) -> float:
        """A log after the last epoch; NaN where the run diverged."""
        return float("nan") if self.diverged is not None else self.history[log][-1]

    def at_best(self, log: str, goal: Goal) -> float:
        """A log where it was best; NaN where there is no epoch."""
        return (min if goal == "small" else max)(self.history.get(log) or [float("nan")])


class Sweep:
    """All runs of a sweep; ``results`` are in the order of the variants and their seeds.

    A variant counts by the mean of the measure over its seeds, after the last epoch; those that got
    further in successive halving come first, and those that diverged last.
    """

    def __init__(self, results: Sequence[Result], measure: str, goal: Goal, model: Model | None) -> None:
        self.results, self.measure, self.goal, self._model = list(results), measure, goal, model

    @property
    def ranked(self) -> list[list[Result]]:
        """The runs of each variant, the best first."""
        return sorted(by_variant(self.results), key=lambda runs: rank(runs, self.measure, self.goal))

    @property
    def best(self) -> Result:
        """The best run of the best variant."""
        return min(self.ranked[0], key=lambda run: rank([run], self.measure, self.goal))

    def best_model(self) -> Model:
        """The model of the best run, trained.

        Raises FloatingPointError where all runs diverged.
        """
        if self._model is None:
            raise FloatingPointError("all runs became non-finite: try lower learning rates")
        return self._model

    @property
    def logs(self) -> list[str]:
        """The names of the logs."""
        return list(dict.fromkeys(name for run in self.results for name in run.history))

    def table(self) -> list[dict[str, Any]]:
        """A row for each run: the variant, what varied, the seed, each log at the end and at its best, …"""
        return [self._row(run) for run in self.results]

    def _row(self, run: Result) -> dict[str, Any]:
        row = {"variant": run.variant, **run.values, "seed": run.seed}
        for log in self.logs:
            row[log] = run.at_end(log)
            row[f"best_{log}"] = run.at_best(log, goal_of(log))
        return row | {
            "epochs": run.epochs,
            "seconds": round(run.seconds, 4),
            "diverged": run.diverged if run.diverged is not None else "",
        }


def goal_of(measure: str) -> Goal:
    """Whether a log should be small or large, by its name.

    >>> goal_of("val_loss"), goal_of("val_accuracy"), goal_of("top_k_categorical_accuracy")
    ('small', 'large', 'large')
    """
    return "large" if "accuracy" in measure or "r2" in measure else "small"


def by_variant(results: Sequence[Result]) -> list[list[Result]]:
    """The runs of each variant."""
    found: dict[int, list[Result]] = {}
    for run in results:
        found.setdefault(run.variant, []).append(run)
    return list(found.values())


def rank(runs: Sequence[Result], measure: str, goal: Goal) -> tuple[float, ...]:
    """What the runs of one variant are sorted by: the smaller, the better."""
    mean = float(np.mean([run.at_end(measure) for run in runs]))
    value = mean if goal == "small" else -mean
    return (-max(run.rounds for run in runs), math.isnan(mean), 0.0 if math.isnan(mean) else value)
