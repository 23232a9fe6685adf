"""Callbacks that change the learning rate between epochs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np

from chainrule.callbacks.base import Callback, Logs, State
from chainrule.callbacks.monitor import MonitorCallback
from chainrule.doors import real_number, whole_number


class LearningRateScheduler(Callback):
    """Set the learning rate of each epoch to ``schedule(epoch, learning_rate)``.

    A function of the epoch alone will do. The rate is put among the logs, as in Keras.

    Raises TypeError for what cannot be called so; ValueError, while training, for a rate that is no
    finite float above 0.

    >>> from chainrule import Sequential, layers
    >>> model = Sequential([layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)
    >>> history = model.fit([[1.0]], [1.0], epochs=3, verbose=0, callbacks=[halve])
    >>> history.history["learning_rate"]
    [0.01, 0.005, 0.0025]
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(
                f"schedule must be a function of the epoch and the learning rate, got {schedule!r}"
            )
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = _takes(schedule, 0, 0.0)
        if not self._takes_rate and not _takes(schedule, 0):
            raise TypeError("schedule must take the epoch and the learning rate, as schedule(epoch, lr)")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        now = learning_rate(self.model)
        rate = self.schedule(epoch, now) if self._takes_rate else self.schedule(epoch)
        if not isinstance(rate, float | np.floating) or not isfinite(rate) or rate <= 0:
            raise ValueError(
                f"schedule must give the learning rate as a float above 0, got {rate!r} (epoch {epoch})"
            )
        self.model.optimizer.learning_rate = float(rate)
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {float(rate)}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        _log_rate(self.model, logs)


class ReduceLROnPlateau(MonitorCallback):
    """Multiply the learning rate by ``factor`` when a log has not improved for ``patience`` epochs.

    Never below ``min_lr``; after a reduction, ``cooldown`` epochs pass before any are counted again. An
    improvement is a change by more than ``min_delta``. Arguments are Keras'.

    Raises ValueError for a factor that is not between 0 and 1, and TypeError or ValueError for other
    arguments that make no sense.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.factor = real_number(factor, "factor", "lie between 0 and 1", lambda value: 0 < value < 1)
        self.patience = whole_number(patience, "patience", 0)
        self.verbose = verbose
        self.cooldown = whole_number(cooldown, "cooldown", 0)
        self.min_lr = real_number(min_lr, "min_lr", "be at least 0", lambda value: value >= 0)
        self.wait = self.cooldown_counter = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.best = None
        self.wait = self.cooldown_counter = 0

    def in_cooldown(self) -> bool:
        """Whether a reduction is so fresh that no epoch is counted yet."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = _log_rate(self.model, logs)
        current = self.watched(logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        old = learning_rate(self.model)
        if not old <= self.min_lr:  # where there is none that is a number, setting it says so
            new = max(old * self.factor, self.min_lr)
            self.model.optimizer.learning_rate = new
            self.cooldown_counter = self.cooldown
            self.wait = 0
            if self.verbose:
                print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {new}.")

    def state(self) -> State:
        return self.kept("wait", "cooldown_counter")


def learning_rate(model: Any) -> float:
    """The learning rate that a model trains with now."""
    return float(model.optimizer.current_rate(model.values))


def _log_rate(model: Any, logs: Logs | None) -> Logs:
    logs = {} if logs is None else logs
    logs["learning_rate"] = learning_rate(model)
    return logs


def _takes(function: Callable[..., Any], *arguments: Any) -> bool:
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a function in C that tells nothing of its arguments
        return True
    return True
