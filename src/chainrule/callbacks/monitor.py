"""Callbacks that watch one of the logs for an improvement."""

from __future__ import annotations

import warnings
from math import isinf, isnan
from typing import Any

from chainrule.callbacks.base import Callback, Logs, State
from chainrule.doors import real_number
from chainrule.lookup import suggest

MODES = ("auto", "min", "max")
FALLING = ("loss", "mse", "mae", "mape", "msle", "rmse")
FALLING_ENDS = ("_error", "crossentropy", "hinge")
RISING = ("acc", "accuracy")
RISING_ENDS = ("_accuracy",)


class MonitorCallback(Callback):
    """The base of the callbacks that watch a log: what counts as an improvement of it.

    ``best`` begins at ``initial_value_threshold``. Raises TypeError for what is no log's name or no number,
    ValueError for another ``mode`` than "auto", "min" or "max", or where "auto" cannot tell
    which way the log improves.
    """

    best: float | None

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        initial_value_threshold: float | None = None,
        min_delta: float = 0,
    ) -> None:
        if not isinstance(monitor, str):
            raise TypeError(f"monitor must be the name of a log, got {monitor!r}")
        if mode not in MODES:
            raise ValueError(f"{type(self).__name__}: unknown mode {mode!r}: {suggest(mode, MODES)}")
        self.monitor = monitor
        self.mode = mode
        self.best = limit(initial_value_threshold, "initial_value_threshold")
        self.min_delta: float = abs(real_number(min_delta, "min_delta", "be finite", lambda value: True))
        self._rises = mode == "max" if mode != "auto" else _rises(type(self).__name__, monitor)

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """Whether a value is better than a reference by more than ``min_delta``; NaN never is."""
        if reference is None:
            return not isnan(value)
        return value - self.min_delta > reference if self._rises else value + self.min_delta < reference

    def watched(self, logs: Logs) -> float | None:
        """The log that is watched; None, and a warning as in Keras, where there is none of the name."""
        if self.monitor not in logs:
            warnings.warn(
                f"{type(self).__name__} watches {self.monitor!r}, which is not among the logs "
                f"{', '.join(logs) or '(none)'}{_hint(self.monitor)}",
                stacklevel=2,
            )
        return logs.get(self.monitor)

    def kept(self, *names: str) -> State:
        """The attributes of these names, as a state."""
        return {name: getattr(self, name) for name in ("best", *names)}

    def restore(self, state: State) -> None:
        vars(self).update(state)


def limit(value: Any, name: str) -> float | None:
    """A number to be better than, or None; TypeError or ValueError for anything else, infinity excepted."""
    if value is None or (isinstance(value, float) and isinf(value)):
        return value
    return float(real_number(value, name, "be a number", lambda value: True))


def _rises(kind: str, monitor: str) -> bool:
    name = monitor.removeprefix("val_")
    if name in RISING or name.endswith(RISING_ENDS):
        return True
    if name in FALLING or name.endswith(FALLING_ENDS):
        return False
    raise ValueError(
        f'{kind}: whether {monitor!r} should grow or fall is not known: give mode="max" or mode="min"'
    )


def _hint(monitor: str) -> str:
    return ": give fit validation_data or validation_split" if monitor.startswith("val_") else ""
