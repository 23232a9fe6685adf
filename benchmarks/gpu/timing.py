"""How training is timed where an epoch may take a thousandth of a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from measuring import JUDGED, Measured, judged
from peers.training import Task

LEAST = 1.0
"""Seconds that the stretch which counts takes at least; it has as many epochs as that needs."""


@dataclass(frozen=True)
class Trial:
    """A network whose data is on the device.

    ``train`` trains so many epochs, waits for the device, and gives the seconds that they took; ``predict``
    gives probabilities.
    """

    train: Callable[[int], float]
    predict: Callable[[Any], Any]


def timed(build: Callable[[], Trial], task: Task, x: Any, y: Any, small: bool) -> Measured:
    """Build, train one epoch to warm up, judge after those of the task, then time a stretch of more."""
    begun = time.perf_counter()
    trial = build()
    trial.train(1)
    first = time.perf_counter() - begun
    trial.train(task.epochs)
    loss, accuracy = judged(trial.predict(x[:JUDGED]), y[:JUDGED])
    return Measured(seconds_per_epoch(trial.train, 0.0 if small else LEAST), first, loss, accuracy)


def seconds_per_epoch(train: Callable[[int], float], least: float) -> float:
    """Those of the first stretch that takes long enough; each has twice the epochs of the one before.

    >>> seconds_per_epoch(lambda epochs: 0.5 + 0.25 * epochs, least=1.0)
    0.375
    """
    epochs = 1
    while (seconds := train(epochs)) < least:
        epochs *= 2
    return seconds / epochs
