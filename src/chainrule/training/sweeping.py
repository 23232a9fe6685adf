"""Many runs at once: those that one program can train in one call of it, as many as there is room for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from chainrule.training.alike import CAPACITY, Candidate, alike
from chainrule.training.chunks import Chunk, chunks
from chainrule.training.fitting import INTERVAL
from chainrule.training.placing import on_devices
from chainrule.training.together import Ran, Rows, stacked


@dataclass(frozen=True)
class Standing:
    """Where one run of many stands: ``epoch`` are done, ``diverged`` is the one that went wrong, from 1."""

    values: Mapping[str, Any]
    epoch: int = 0
    logs: Mapping[str, list[float]] = field(default_factory=dict)
    diverged: int | None = None
    seconds: float = 0.0


Report = Callable[[int], None]
"""Told how many epochs were done in a call: of each of its runs."""
Keep = Callable[[Sequence[int]], None]
"""Told the numbers of runs whose standings are new."""


class SideBySide:
    """Runs that are trained side by side; ``standings`` says where each is.

    ``at_once`` is the most that one call trains, by default as many as fit into half of the memory that
    is free, and on a processor into its cache. Several devices share each call.
    """

    def __init__(
        self, candidates: Sequence[Candidate], sets: Sequence[Rows], at_once: int | None = None
    ) -> None:
        self._candidates, self._sets, self._at_once = candidates, sets, at_once
        self.standings = [Standing(one.values) for one in candidates]
        self.groups = alike(candidates, sets)
        self._programs = [group.compiled() for group in self.groups]

    def advance(
        self, numbers: Sequence[int], stop: int | None, report: Report, keep: Keep, interval: float
    ) -> None:
        """Train these runs until so many epochs are done, or to their ends.

        ``keep`` is told when a call's runs are done, every so many seconds before, and on Ctrl-C.
        """
        wanted = set(numbers)
        for group, program in zip(self.groups, self._programs, strict=True):
            goal = group.first.epochs if stop is None else min(stop, group.first.epochs)
            starts: dict[int, list[int]] = {}
            for number in group.members:
                standing = self.standings[number]
                if number in wanted and standing.diverged is None and standing.epoch < goal:
                    starts.setdefault(standing.epoch, []).append(number)
            for start, members in starts.items():
                for chunk in chunks(group, members, self._candidates, self._sets, self._at_once):
                    self._train(chunk, program, (start, goal), report, keep, interval)

    def _train(
        self,
        chunk: Chunk,
        program: Callable[..., Ran],
        span: tuple[int, int],
        report: Report,
        keep: Keep,
        interval: float,
    ) -> None:
        call = on_devices(chunk, program, self._candidates, self._sets)
        run = _Run(stacked([self.standings[number].values for number in chunk.members]), span[0])
        call(
            run.values, run.epoch, run.epoch
        ).finite.block_until_ready()  # compiles, so that no epoch is slow
        kept = time.monotonic()
        try:
            while run.epoch < span[1]:
                report((run.go(call, span[1]) - run.before) * len(chunk.members))
                if time.monotonic() - kept > interval:
                    kept = self._note(chunk, run, keep)
                if run.is_lost(len(chunk.members)):
                    break
        finally:
            self._note(chunk, run, keep)

    def _note(self, chunk: Chunk, run: _Run, keep: Keep) -> float:
        """Write down where the runs of a chunk stand; gives the time."""
        if run.parts:
            logs, finite = run.taken()
            values = {name: np.asarray(value) for name, value in run.values.items()}
            seconds, run.seconds = run.seconds / len(chunk.members), 0.0
            for place, number in enumerate(chunk.members):
                if self.standings[number].diverged is None:
                    own = {name: log[place] for name, log in logs.items()}
                    kept = {name: value[place] for name, value in values.items()}
                    self.standings[number] = _further(
                        self.standings[number], kept, own, finite[place], seconds
                    )
            keep(chunk.members)
        return time.monotonic()


class _Run:
    """A chunk on its way: the values behind the last call, and what came out since they were noted."""

    def __init__(self, values: Mapping[str, Any], epoch: int) -> None:
        self.values, self.epoch, self.before, self.seconds = values, epoch, epoch, 0.0
        self.parts: list[tuple[dict[str, np.ndarray], np.ndarray]] = []
        self._count = 1

    def go(self, call: Callable[[Any, int, int], Ran], goal: int) -> int:
        """Do as many epochs as take a moment, at most up to the goal; gives the epoch that is reached."""
        stop = min(self.epoch + self._count, goal)
        began = time.perf_counter()
        ran = call(self.values, self.epoch, stop)
        ran.finite.block_until_ready()
        seconds = time.perf_counter() - began
        done = stop - self.epoch
        logs = {name: np.asarray(log)[:, :done] for name, log in ran.logs.items()}
        self.parts.append((logs, np.asarray(ran.finite)[:, :done]))
        self.values, self.before, self.epoch = ran.values, self.epoch, stop
        self.seconds += seconds
        self._count = min(CAPACITY, max(1, int(done / max(seconds, 1e-9) * INTERVAL)))
        return stop

    def is_lost(self, count: int) -> bool:
        """Whether none of the runs, which come before what fills up, is finite any more."""
        return not self.parts or not self.parts[-1][1][:count, -1].any()

    def taken(self) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The logs and what was finite since this was last asked for; (copies, epochs)."""
        logs = {
            name: np.concatenate([part[name] for part, _ in self.parts], axis=1) for name in self.parts[0][0]
        }
        finite = np.concatenate([part for _, part in self.parts], axis=1)
        self.parts = []
        return logs, finite


def _further(
    before: Standing,
    values: Mapping[str, Any],
    logs: Mapping[str, np.ndarray],
    finite: np.ndarray,
    seconds: float,
) -> Standing:
    """Where a run stands some epochs further on; of one that diverges, the epochs before that count."""
    off = np.flatnonzero(~finite)
    count = int(off[0]) if off.size else len(finite)
    return replace(
        before,
        values={} if off.size else values,
        epoch=before.epoch + count,
        logs={name: [*before.logs.get(name, ()), *log[:count].tolist()] for name, log in logs.items()},
        diverged=before.epoch + count + 1 if off.size else None,
        seconds=before.seconds + seconds,
    )
