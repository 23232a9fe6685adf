"""The base of all callbacks, and which calls one of them waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, overload

from chainrule.training.position import Position

Logs = dict[str, float]
State = dict[str, Any]

EPOCHS = ("on_epoch_begin", "on_epoch_end")
BATCHES = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
HOOKS = ("on_train_begin", "on_train_end", *EPOCHS, *BATCHES)
NEVER = tuple(
    f"on_{what}_{when}"
    for what in ("test", "test_batch", "predict", "predict_batch")
    for when in ("begin", "end")
)
"""Hooks of Keras that are never called here: validation is a part of the compiled epoch."""


class Callback:
    """The base of all callbacks: override what is wanted; names and arguments are Keras'.

    ``self.model`` is the model: ``self.model.stop_training = True`` ends the run,
    ``self.model.optimizer.learning_rate`` may be set, ``self.model.set_weights`` too. A callback that
    overrides a hook of epochs is called after every single epoch; without one, many epochs run as
    one program. One that overrides a hook of batches is called every ``steps_per_execution`` updates
    (an argument of ``compile``) with the means since the epoch began; between two calls the compiled
    program is not left.

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

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self.on_batch_end(batch, logs=logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None: ...

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None: ...

    def state(self) -> State:
        """What a checkpoint keeps of this callback: numbers, text, arrays, lists and tables of such."""
        return {}

    def restore(self, state: State) -> None:
        """Go on from a checkpoint's :meth:`state`; called after the resuming run's ``on_train_begin``."""


class Keeper(Callback):
    """A callback that keeps where a run stands, so that another run can go on from there.

    :meth:`keep` is called after every call of the compiled program, which is often: a keeper decides
    itself when it writes. :meth:`resumed` is called once, after ``on_train_begin``.
    """

    def keep(self, position: Position, callbacks: Sequence[Callback]) -> None:
        """Told where the run stands now, and which callbacks are part of it."""

    def resumed(self, callbacks: Sequence[Callback]) -> Position | None:
        """Where the run is to go on, with its callbacks brought to where they were; None: at the start."""
        return None


class EpochLogs(Sequence[Logs]):
    """The logs of several epochs, kept by their names: there may be thousands in a moment.

    >>> logs = EpochLogs({"loss": [0.5, 0.25]})
    >>> len(logs), logs[-1]
    (2, {'loss': 0.25})
    """

    def __init__(self, columns: Mapping[str, Sequence[float]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    @overload
    def __getitem__(self, at: int) -> Logs: ...

    @overload
    def __getitem__(self, at: slice) -> EpochLogs: ...

    def __getitem__(self, at: int | slice) -> Logs | EpochLogs:
        if isinstance(at, slice):
            return EpochLogs({name: column[at] for name, column in self.columns.items()})
        return {name: column[at] for name, column in self.columns.items()}


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

    def extend(self, first: int, columns: Mapping[str, Sequence[float]]) -> None:
        """Take the logs of several epochs at once, from this one on: a number per epoch of each."""
        count = len(next(iter(columns.values()), ()))
        self.epoch.extend(range(first, first + count))
        for name, column in columns.items():
            self.history.setdefault(name, []).extend(column)

    def state(self) -> State:
        return {
            "epoch": list(self.epoch),
            "history": {name: list(column) for name, column in self.history.items()},
        }

    def restore(self, state: State) -> None:
        self.epoch, self.history = state["epoch"], state["history"]


def checked(callbacks: Any) -> list[Callback]:
    """The callbacks as a list.

    Raises TypeError for what is no callback, or for one that waits for calls that never come.
    """
    given = list(callbacks or ()) if isinstance(callbacks, Iterable | None) else [callbacks]
    for callback in given:
        if isinstance(callback, type):
            raise TypeError(
                f"callbacks: got the class {callback.__name__}: make one of it, as {callback.__name__}(…)"
            )
        kind = type(callback).__name__
        if not isinstance(callback, Callback):
            raise TypeError(f"callbacks must be chainrule.callbacks.Callback objects, got {kind}")
        for name in NEVER:
            if hasattr(callback, name):
                raise TypeError(
                    f"callback {kind} has {name}, which is never called: validation is a part of the "
                    "compiled epoch, and evaluate and predict take no callbacks; on_epoch_end has val_ logs"
                )
    return given


def watches_epochs(callback: Callback) -> bool:
    """Whether a callback has to be called between any two epochs."""
    return not isinstance(callback, History) and _overrides(callback, EPOCHS)


def watches_batches(callback: Callback) -> bool:
    """Whether a callback has to be called between updates, every ``steps_per_execution`` of them."""
    return _overrides(callback, BATCHES)


def _overrides(callback: Callback, names: tuple[str, ...]) -> bool:
    # Of the object rather than of its class: a LambdaCallback's hooks are its own attributes.
    return any(
        getattr(getattr(callback, name), "__func__", None) is not getattr(Callback, name) for name in names
    )


def tell_epochs(callbacks: Iterable[Callback], first: int, logs: EpochLogs) -> None:
    """Tell callbacks what became of some epochs, from this one on; a History takes them at once."""
    for callback in callbacks:
        if type(callback).on_epoch_end is History.on_epoch_end:
            callback.extend(first, logs.columns)  # type: ignore[attr-defined]
        elif _overrides(callback, ("on_epoch_end",)):
            for number, log in enumerate(logs, start=first):
                callback.on_epoch_end(number, log)
