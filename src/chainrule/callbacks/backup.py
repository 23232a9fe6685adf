"""Callbacks that keep where a run stands on the disk, and let a killed run go on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from chainrule.callbacks.base import Callback, Keeper, Logs, State
from chainrule.callbacks.updates import Every, frequency
from chainrule.training.checkpoint import (
    Checkpoint,
    CheckpointError,
    check_run,
    newest_checkpoint,
    remove_checkpoint,
    write_checkpoint,
)
from chainrule.training.position import Position

FILE = "checkpoint.safetensors"


class Checkpoints(Keeper):
    """Keep a run in a checkpoint file, written anew when the last one is ``seconds`` old.

    The next run with the same file goes on from there, to the bit as if it had never stopped. ``run``
    says in a few named digests what run it is; a checkpoint of another is refused.

    Raises CheckpointError, as training begins, for a checkpoint that is damaged or another run's, and
    OSError where it cannot be written.
    """

    def __init__(
        self, path: str | os.PathLike[str], seconds: float = 30.0, run: Mapping[str, str] | None = None
    ) -> None:
        self.path = Path(path)
        self.seconds = seconds
        self.run = dict(run or {})
        self._is_asked_to_stop = False
        self._began = self._written = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds that the run has trained, those before it was stopped included."""
        return time.monotonic() - self._began

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._began = self._written = time.monotonic()

    def state(self) -> State:
        return {"elapsed": self.elapsed}

    def restore(self, state: State) -> None:
        self._began -= state["elapsed"]

    def resumed(self, callbacks: Sequence[Callback]) -> Position | None:
        found = newest_checkpoint(self.path)
        if found is None:
            return None
        checkpoint, place = found
        check_run(checkpoint.run, self.run, place)
        _check_values(checkpoint.position, self.model.values, place)
        _restore(checkpoint, callbacks, place)
        self.model.stop_training = checkpoint.stop_training
        if hasattr(self.model.optimizer.learning_rate, "__float__"):  # and is no schedule
            self.model.optimizer.learning_rate = checkpoint.position.learning_rate
        return checkpoint.position

    def keep(self, position: Position, callbacks: Sequence[Callback]) -> None:
        if self._is_due() or self._is_asked_to_stop:
            states = [(type(callback).__name__, callback.state()) for callback in _with_state(callbacks)]
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_checkpoint(self.path, Checkpoint(position, states, self.model.stop_training, self.run))
            self._written = time.monotonic()
        if self._is_asked_to_stop:
            raise KeyboardInterrupt

    def _is_due(self) -> bool:
        return time.monotonic() - self._written >= self.seconds

    @contextmanager
    def stopping_gently(self) -> Iterator[None]:
        """Inside, Ctrl-C (or SIGTERM) first lets the call of the program end, and keeps where it got.

        KeyboardInterrupt is then raised as ever; a second Ctrl-C raises it at once.
        """
        if threading.current_thread() is not threading.main_thread():
            yield  # signals are for the main thread alone
            return
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def ask(number: int, frame: FrameType | None) -> None:
            self._is_asked_to_stop = True
            signal.signal(number, signal.default_int_handler)

        for number in before:
            signal.signal(number, ask)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._is_asked_to_stop = False


def _check_values(position: Position, values: Mapping[str, object], place: Path) -> None:
    found = {name: getattr(value, "shape", ()) for name, value in position.values.items()}
    expected = {name: getattr(value, "shape", ()) for name, value in values.items()}
    for name in {**expected, **found}:
        if found.get(name) != expected.get(name):
            raise CheckpointError(
                f"{place} is a checkpoint of another model: {name} has shape {found.get(name, 'none')} in it "
                f"and {expected.get(name, 'none')} in the model; remove it, or build the same model again"
            )


def _with_state(callbacks: Sequence[Callback]) -> list[Callback]:
    return [callback for callback in callbacks if type(callback).state is not Callback.state]


def _restore(checkpoint: Checkpoint, callbacks: Sequence[Callback], place: Path) -> None:
    keeping = _with_state(callbacks)
    kinds = [type(callback).__name__ for callback in keeping]
    kept = [kind for kind, _ in checkpoint.callbacks]
    if kinds != kept:
        raise CheckpointError(
            f"{place} was kept with the callbacks {', '.join(kept)}, and now those that keep something are "
            f"{', '.join(kinds)}: give the same ones again"
        )
    for callback, (_, state) in zip(keeping, checkpoint.callbacks, strict=True):
        callback.restore(dict(state))


class BackupAndRestore(Checkpoints):
    """Keep a run in ``backup_dir`` while it trains, so that calling ``fit`` again goes on; as in Keras.

    The backup is written after every epoch (after every few, where they take less than a moment), or
    with a number as ``save_freq`` after so many updates. It holds all that the run is made of, random
    numbers, callbacks and history included: the second ``fit`` ends with the weights and the history of
    one that was never stopped. Two backups are kept always, so ``double_checkpoint`` changes nothing.
    At the end they are deleted, unless ``delete_checkpoint`` is False.

    Raises ValueError for no folder or another ``save_freq``; CheckpointError, as training begins, for a
    backup that is damaged or another model's; OSError where it cannot be written.
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        if not os.fspath(backup_dir):
            raise ValueError("BackupAndRestore needs a folder as backup_dir, got an empty text")
        super().__init__(Path(backup_dir) / FILE, seconds=0.0)
        self.backup_dir = Path(backup_dir)
        self.save_freq = frequency(save_freq, "save_freq")
        self.delete_checkpoint = delete_checkpoint
        self._every = Every(self.save_freq or 1)
        self._is_time = False
        if self.save_freq is not None:
            # Only then, since a callback that has this hook is called between the updates of an epoch.
            vars(self)["on_train_batch_end"] = self._after_batch

    def _after_batch(self, batch: int, logs: Logs | None = None) -> None:
        self._is_time = self._every.reached(batch) or self._is_time

    def _is_due(self) -> bool:
        due = self._is_time or self.save_freq is None
        self._is_time = False
        return due

    def state(self) -> State:
        return {**super().state(), "updates": self._every.state()}

    def restore(self, state: State) -> None:
        super().restore(state)
        self._every.restore(state["updates"])

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.delete_checkpoint:
            remove_checkpoint(self.path)
