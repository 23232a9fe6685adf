"""Comparing variants: each trained from several seeds, and whether what was expected appeared."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from chainrule.callbacks import History
from chainrule.experiment.file import TrainFile
from chainrule.experiment.kept import KeptRuns, Trained
from chainrule.experiment.places import placed
from chainrule.experiment.run import identity_of, train
from chainrule.experiment.variants import GAP, Expectation, logs_of
from chainrule.lookup import suggest
from chainrule.model import Programs


@dataclass(frozen=True)
class Finding:
    """Whether an effect appeared, and the numbers that say so; ``measure`` is theirs, in words."""

    expectation: Expectation
    appeared: bool
    clearly: bool
    numbers: dict[str, str]
    measure: str = ""

    @property
    def said(self) -> str:
        """The numbers in one line."""
        return "; ".join(f"{name}: {number}" for name, number in self.numbers.items())

    @property
    def measured(self) -> list[str]:
        """What was measured, and the numbers, a line each."""
        lines = [f"{name}: {number}" for name, number in self.numbers.items()]
        if self.expectation.diverges is not None:
            return lines
        when = {"end": "after the last epoch", "first": "after the first epoch", "best": "at its best"}
        return [f"{self.measure} {when[self.expectation.at]}", *lines]

    @property
    def verdict(self) -> str:
        """In words; clearly means that it held for every seed against every seed."""
        if not self.appeared:
            return "did not appear"
        return "appeared" if self.clearly else "appeared on average, though not for all seeds"


@dataclass(frozen=True)
class Comparison:
    """All variants trained, by name: a list with an entry per seed."""

    file: TrainFile
    trained: dict[str, list[Trained]] = field(default_factory=dict)

    def values(self, name: str, measure: str, at: str = "end") -> np.ndarray:
        """A measure of a variant; shape (seeds,)."""
        return np.array([one.measure(measure, at) for one in self.trained[name]])

    def words(self, log: str) -> str:
        """A log's name in words."""
        return log.replace("val_", f"{self.file.held_out} ").replace("_", " ")

    def findings(self) -> list[Finding]:
        """What became of each expectation."""
        return [_finding(self, expectation) for expectation in self.file.expect]

    @property
    def logs(self) -> list[str]:
        """The names of the logs that the variants have."""
        names: dict[str, None] = {}
        for runs in self.trained.values():
            for one in runs:
                names.update(dict.fromkeys(one.history))
        return list(names)


def compare(
    file: TrainFile,
    report: Callable[[str, int, int], None] = lambda name, done, of: None,
    kept: KeptRuns | None = None,
) -> Comparison:
    """Train every variant of a file from every seed.

    ``report`` is told the variant's name, how many runs are done and of how many. A run whose numbers
    diverge is kept as such. Runs that ``kept`` has are not trained again, and those that are go into it.

    Raises ValueError for what does not fit together, in any variant before the first is trained, or kept
    runs of another file; OSError for a data file that cannot be read.
    """
    made = Comparison(file)
    total = len(file.variants()) * file.seeds
    done = 0
    identities = {name: _identity(name, variant) for name, variant in file.variants().items()}
    for name, variant in file.variants().items():
        made.trained[name] = []
        programs = Programs()  # of one structure, from whatever seed: compiled once
        identity = identities[name]
        for seed in range(file.seed, file.seed + file.seeds):
            report(name, done, total)
            found = kept.find(name, seed, identity) if kept is not None else None
            if found is None:
                checkpoint = kept.checkpoint(name, seed) if kept is not None else None
                found = _trained(variant.model_copy(update={"seed": seed}), programs, checkpoint)
                if kept is not None:
                    kept.add(name, seed, identity, found)
            made.trained[name].append(found)
            _check_measures(file.expect, name, found)
            done += 1
    report("", done, total)
    return made


def _identity(name: str, variant: TrainFile) -> dict[str, str]:
    return cast(dict[str, str], placed(f"variant {name!r}", identity_of, variant))


def _check_measures(expectations: Sequence[Expectation], name: str, run: Trained) -> None:
    """Raise ValueError for an expectation of this variant by a log that its runs do not have."""
    for number, expectation in enumerate(expectations, start=1):
        if expectation.diverges is not None or name not in expectation.names or run.stopped:
            continue
        for log in logs_of(expectation.measure):
            if log not in run.history:
                held = log.startswith("val_") and "val_loss" not in run.history
                raise ValueError(
                    f"expect[{number}].measure: variant {name!r} has no log {log!r}"
                    + (", as no rows are held out: give data.test or data.validation; " if held else "; ")
                    + suggest(log, [*run.history, GAP])
                )


def _trained(file: TrainFile, programs: Programs, checkpoint: Path | None) -> Trained:
    seen = History()
    start = time.perf_counter()
    try:
        run = train(file, 0, checkpoint, callbacks=[seen], programs=programs)
    except FloatingPointError as error:
        return Trained(seen.history, time.perf_counter() - start, str(error))
    return Trained(run.history.history, run.seconds)


def _finding(made: Comparison, expectation: Expectation) -> Finding:
    if expectation.diverges is not None:
        return _divergence(made, expectation, expectation.diverges)
    names = expectation.names
    values = {name: made.values(name, expectation.measure, expectation.at) for name in names}
    numbers = {name: _shown(values[name]) for name in names}
    words = made.words(expectation.measure)
    if expectation.alike is not None:
        means = np.array([v.mean() for v in values.values()])  # NaN where a run diverged
        appeared = bool(means.max() - means.min() <= expectation.within)
        return Finding(expectation, appeared, appeared, numbers, words)
    pairs = list(itertools.pairwise(names))
    appeared = all(values[low].mean() < values[high].mean() for low, high in pairs)
    clearly = all(values[low].max() < values[high].min() for low, high in pairs)
    return Finding(expectation, appeared, clearly, numbers, words)


def _divergence(made: Comparison, expectation: Expectation, names: Sequence[str]) -> Finding:
    counts = {name: sum(bool(one.stopped) for one in made.trained[name]) for name in names}
    numbers = {name: f"diverged in {n} of {len(made.trained[name])} runs" for name, n in counts.items()}
    appeared = all(counts.values())
    clearly = all(n == len(made.trained[name]) for name, n in counts.items())
    return Finding(expectation, appeared, clearly, numbers)


def _shown(values: np.ndarray) -> str:
    """The mean, and the range over the seeds.

    >>> _shown(np.array([0.5, 0.25])), _shown(np.array([0.5]))
    ('0.375 (0.25 to 0.5)', '0.5')
    """
    if np.isnan(values).any():
        return f"diverged in {int(np.isnan(values).sum())} of {len(values)} runs"
    mean = f"{values.mean():.4g}"
    return mean if len(values) == 1 else f"{mean} ({values.min():.4g} to {values.max():.4g})"
