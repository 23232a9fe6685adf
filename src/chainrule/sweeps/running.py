"""Carrying out a sweep: all runs side by side, to the end or in rounds of successive halving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from chainrule.lookup import suggest
from chainrule.sweeps.entering import Field
from chainrule.sweeps.halving import Halving
from chainrule.sweeps.results import Goal, Result, Sweep, by_variant, goal_of, rank

if TYPE_CHECKING:
    from chainrule.training.sweeping import SideBySide, Standing

Report = Callable[[int, int], None]
"""Told how many epochs a call did, counted for each of its runs, and how many there are in all."""


class Keeper(Protocol):
    """Keeps where runs stand, and has what an earlier process kept."""

    interval: float

    def kept(self) -> Mapping[int, Standing]: ...

    def keep(self, standings: Mapping[int, Standing]) -> None: ...


class Judge:
    """What a sweep goes by: a log, whether it should be small or large, and the rounds that it has.

    Raises ValueError for a log that there is not, or halving of runs that are trained for different times.
    """

    def __init__(
        self, field: Field, measure: str | None, goal: Goal | None, halving: Halving | None = None
    ) -> None:
        self.rounds = _rounds(field, halving)
        validated = all(field.sets[one.rows].validation is not None for one in field.candidates)
        self.measure = measure or ("val_loss" if validated else "loss")
        self.goal: Goal = goal or goal_of(self.measure)
        for entry, one in zip(field.entries, field.candidates, strict=True):
            logs = list(one.measures.names)
            if field.sets[one.rows].validation is not None:
                logs += [f"val_{name}" for name in one.measures.names]
            if self.measure not in logs:
                raise ValueError(
                    f"measure: variant {entry.variant} has no log {self.measure!r}; "
                    f"{suggest(self.measure, logs)}"
                )


def carried_out(
    field: Field,
    judge: Judge,
    at_once: int | None = None,
    report: Report = lambda done, of: None,
    keeper: Keeper | None = None,
) -> Sweep:
    """Train all runs, and find the best.

    Raises MemoryError where not even one run fits.
    """
    from chainrule.training.sweeping import SideBySide

    side = SideBySide(field.candidates, field.sets, at_once)
    for number, standing in (keeper.kept() if keeper else {}).items():
        side.standings[number] = standing
    rounds = judge.rounds
    total = sum(part for part, _ in _epochs_in(field, rounds))
    done = sum(standing.epoch for standing in side.standings)
    report(done, total)

    def moved(epochs: int) -> None:
        nonlocal done
        done += epochs
        report(done, total)

    def keep(numbers: Sequence[int]) -> None:
        if keeper:
            keeper.keep({number: side.standings[number] for number in numbers})

    lasted = [1] * len(field.entries)
    alive = list(range(len(field.entries)))
    for number, (count, stop) in enumerate(rounds, start=1):
        if number > 1:
            alive = _best(field, side, alive, rounds[number - 2][1], count, judge)
        for run in alive:
            lasted[run] = number
        side.advance(alive, stop, moved, keep, keeper.interval if keeper else float("inf"))
    return _finished(field, side, lasted, judge)


def _rounds(field: Field, halving: Halving | None) -> list[tuple[int, int | None]]:
    variants = len({entry.variant for entry in field.entries})
    if halving is None:
        return [(variants, None)]
    epochs = {one.epochs for one in field.candidates}
    if len(epochs) > 1:
        raise ValueError(
            "halving: all variants are trained for as many epochs; leave halving or fit.epochs out"
        )
    return [*halving.rounds(variants, epochs.pop())]


def _epochs_in(field: Field, rounds: Sequence[tuple[int, int | None]]) -> list[tuple[int, int]]:
    """The epochs of all runs in each round, and of how many variants."""
    if rounds[0][1] is None:
        return [(sum(one.epochs for one in field.candidates), len(field.entries))]
    seeds = len(field.entries) // rounds[0][0]
    found, before = [], 0
    for count, stop in rounds:
        assert stop is not None
        found.append((count * seeds * (stop - before), count))
        before = stop
    return found


def _best(
    field: Field, side: SideBySide, alive: Sequence[int], stop: int | None, count: int, judge: Judge
) -> list[int]:
    """The runs of the best variants after so many epochs, so many of them."""
    numbers = {(field.entries[n].variant, field.entries[n].seed): n for n in alive}
    runs = by_variant([_until(_result(field, side, n, 1), stop) for n in alive])
    best = sorted(runs, key=lambda runs: rank(runs, judge.measure, judge.goal))[:count]
    return sorted(numbers[run.variant, run.seed] for runs in best for run in runs)


def _result(field: Field, side: SideBySide, number: int, rounds: int) -> Result:
    entry, standing = field.entries[number], side.standings[number]
    return Result(
        entry.variant, entry.values, entry.seed, standing.logs, standing.seconds, standing.diverged, rounds
    )


def _until(run: Result, stop: int | None) -> Result:
    """A run as it was after so many epochs: one that was kept may have gone further."""
    history = {name: log[:stop] for name, log in run.history.items()}
    is_later = run.diverged is not None and stop is not None and run.diverged > stop
    return replace(run, history=history, diverged=None if is_later else run.diverged)


def _finished(field: Field, side: SideBySide, lasted: Sequence[int], judge: Judge) -> Sweep:
    results = [_result(field, side, number, rounds) for number, rounds in enumerate(lasted)]
    best = Sweep(results, judge.measure, judge.goal, None).best
    if best.diverged is not None:
        return Sweep(results, judge.measure, judge.goal, None)
    number = results.index(best)
    model = field.entries[number].model
    values: Mapping[str, Any] = side.standings[number].values
    model.values = {name: np.array(value) for name, value in values.items()}
    return Sweep(results, judge.measure, judge.goal, model)
