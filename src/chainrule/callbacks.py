"""Callbacks: what is told about a run while it trains; Keras' classes and names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Logs = Mapping[str, float]


class Callback:
    """The base of all callbacks: override what is wanted.

    ``self.model`` is the model, and ``self.model.stop_training = True`` ends the run after the epoch.
    A callback that overrides ``on_epoch_begin`` or ``on_epoch_end`` is called after every single
    epoch; without one, many epochs run as one program. There are no calls between batches, since
    an epoch is one program.

    >>> class Stop(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         self.model.stop_training = logs["loss"] < 0.1
    """

    model: Any = None
    params: Mapping[str, Any]

    def set_model(self, model: Any) -> None:
        self.model = model

    def set_params(self, params: Mapping[str, Any]) -> None:
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None: ...

    def on_train_end(self, logs: Logs | None = None) -> None: ...

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None: ...

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None: ...


class History(Callback):
    """What ``fit`` returns: ``history``, a list per log with a number per epoch, and ``epoch``.

    >>> history = History()
    >>> history.on_train_begin()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.epoch, history.history
    ([0], {'loss': [0.5]})
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


def checked(callbacks: Any) -> list[Callback]:
    """The callbacks as a list.

    Raises TypeError for what is no callback, or for one that waits for calls between batches.
    """
    given = [callbacks] if isinstance(callbacks, Callback) else list(callbacks or ())
    for callback in given:
        kind = type(callback).__name__
        if not isinstance(callback, Callback):
            raise TypeError(f"callbacks must be chainrule.callbacks.Callback objects, got {kind}")
        for name in dir(callback):
            if re.fullmatch(r"on_(\w+_)?batch_(begin|end)", name):
                raise TypeError(
                    f"callback {kind} has {name}, which is never called, since a whole epoch runs as one "
                    "program: use on_epoch_begin or on_epoch_end"
                )
    return given


def watches_epochs(callback: Callback) -> bool:
    """Whether a callback has to be called between any two epochs."""
    kind = type(callback)
    return kind.on_epoch_begin is not Callback.on_epoch_begin or kind.on_epoch_end not in (
        Callback.on_epoch_end,
        History.on_epoch_end,
    )
