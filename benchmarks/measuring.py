"""What a case is, what its contestants give back, and how training is timed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

JUDGED = 2000
"""Rows on which a trained network's loss is measured, the same for all contestants."""


@dataclass(frozen=True)
class Measured:
    """What one process of a contestant found.

    ``seconds`` are for one unit of the case in the steady state, ``first`` those before it: building,
    compiling, warming up. ``extra`` holds other figures by their names.
    """

    seconds: float
    first: float
    loss: float | None = None
    accuracy: float | None = None
    extra: Mapping[str, float] = field(default_factory=dict)


Contestant = Callable[[bool], Measured]
"""Runs a case, small where it is given True."""


@dataclass(frozen=True)
class Case:
    """Something that is timed, and who is.

    A contestant's name begins with its library's, ``pytorch_compiled`` with ``pytorch``; of several with
    the same one the quickest counts. ``aims`` say how many times as fast as a library chainrule should be.
    ``tolerance`` is how far the losses may lie from the one in their middle.
    """

    title: str
    unit: str
    contestants: Mapping[str, Contestant]
    aims: Mapping[str, float] = field(default_factory=dict)
    tolerance: float | None = None
    is_training: bool = False


@dataclass(frozen=True)
class Trial:
    """A network that stands ready: what trains it for some epochs, and what asks it for probabilities."""

    train: Callable[[int], None]
    predict: Callable[[Any], Any]


def timed_training(build: Callable[[], Trial], x: Any, y: Any, epochs: int) -> Measured:
    """Build, train one epoch to warm up, then time so many."""
    begun = time.perf_counter()
    trial = build()
    trial.train(1)
    ready = time.perf_counter()
    trial.train(epochs)
    done = time.perf_counter()
    loss, accuracy = judged(trial.predict(x[:JUDGED]), y[:JUDGED])
    return Measured((done - ready) / epochs, ready - begun, loss, accuracy)


def judged(probabilities: Any, y: Any) -> tuple[float, float]:
    """The mean cross-entropy and the accuracy of probabilities (m, classes) for the classes y."""
    import numpy as np

    p = np.asarray(probabilities, np.float64)
    own = np.clip(p[np.arange(len(y)), y], 1e-12, 1)
    return float(-np.log(own).mean()), float((p.argmax(axis=1) == y).mean())


CALLS, SECONDS = 10_000, 3.0
"""Calls before the clock starts, or seconds, if those take longer."""


def timed_calls(call: Callable[[], Any], count: int, before: int = CALLS) -> tuple[float, float]:
    """Seconds of a call in the steady state, the least of five stretches, and of all calls before it."""
    begun = time.perf_counter()
    for _ in range(before):
        call()
        if time.perf_counter() - begun > SECONDS:
            break
    first = time.perf_counter() - begun
    stretches = []
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(count):
            call()
        stretches.append((time.perf_counter() - begun) / count)
    return min(stretches), first


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
