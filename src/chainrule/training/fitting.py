"""Fitting: a run from its beginning, or from where it stood, to its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np

from chainrule.callbacks import EpochLogs, Keeper, TerminateOnNaN, tell_epochs, watches_epochs
from chainrule.training.draws import draws_key
from chainrule.training.feeds import Chunk, Memory
from chainrule.training.loop import CAPACITY, Epochs, all_finite, epoch_order
from chainrule.training.nonfinite import NonFiniteError, Stretch, explain
from chainrule.training.position import Position
from chainrule.training.progress import Report, reporting
from chainrule.training.trainer import Task, tell

INTERVAL = 0.15
"""Seconds that one call of the loop should take, so that the bar moves and Ctrl-C is heard."""


def fit(task: Task) -> None:
    """Train a model's values, and tell its callbacks.

    Where nobody wants to be told between updates and the data is in memory, many epochs run as one call
    of the program; otherwise each call is a number of updates, or a chunk of the data.

    Raises NonFiniteError where the numbers stop being finite, unless a TerminateOnNaN takes it; the
    model then keeps the values of the last call in which they all were.
    """
    plan = task.plan
    tell(task.callbacks, "on_train_begin", {})
    start = _start(task)
    task.model.values = dict(start.values)
    task.feed.seed = start.seed
    in_memory = isinstance(task.feed, Memory) and isinstance(task.validation, Memory | None)
    run: _Epochs | _Parts = (
        _Epochs(task, start) if in_memory and plan.updates_per_call is None else _Parts(task, start)
    )
    try:
        with reporting(plan.verbose, plan.epochs, task.feed.rows, start.epoch) as report:
            run.go(report)
    except NonFiniteError as error:
        if not any(isinstance(c, TerminateOnNaN) and c.absorbs(error) for c in task.callbacks):
            raise
        task.model.stop_training = True
    tell(task.callbacks, "on_train_end", dict(run.last))


def _start(task: Task) -> Position:
    """Where the run begins: where a callback kept that it stood, or at the first epoch."""
    for callback in task.callbacks:
        if isinstance(callback, Keeper) and (kept := callback.resumed(task.callbacks)) is not None:
            return kept
    return Position(task.plan.seed, task.plan.initial_epoch, task.model.values, task.rate)


def _keep(task: Task, position: Position) -> None:
    for callback in task.callbacks:
        if isinstance(callback, Keeper):
            callback.keep(position, task.callbacks)


class _Epochs:
    """Whole epochs as calls of one program, as many in each as take a moment."""

    def __init__(self, task: Task, start: Position) -> None:
        self._task, self._plan, self._model = task, task.plan, task.model
        self._seed, self.epoch = start.seed, start.epoch
        self._data, self._validation = task.data_of(task.feed), task.data_of(task.validation)
        assert self._data is not None
        self._run = task.trainer.run(self._model.values, self._data, self._validation, task.plan, start.seed)
        self._count = 1
        self.last: dict[str, float] = {}

    def go(self, report: Report) -> None:
        callbacks = self._task.callbacks
        one_by_one = any(watches_epochs(callback) for callback in callbacks)
        self._call(self.epoch)  # compiles, so that no epoch is timed with the compiler's seconds in it
        report(self.epoch, ())
        while self.epoch < self._plan.epochs and not self._model.stop_training:
            tell(callbacks, "on_epoch_begin", self.epoch, {})
            logs, error = self._advance(1 if one_by_one else self._count)
            if logs:
                report(self.epoch, logs)
            self._tell(logs, one_by_one)
            if error is not None:
                raise error
            _keep(self._task, Position(self._seed, self.epoch, self._model.values, self._task.rate))

    def _tell(self, logs: EpochLogs, one_by_one: bool) -> None:
        first = self.epoch - len(logs)
        if not one_by_one:
            tell_epochs(self._task.callbacks, first, logs)
            self.last = logs[-1] if len(logs) else self.last
            return
        for number, log in enumerate(logs, start=first):  # one table for all, who may add to it
            tell(self._task.callbacks, "on_epoch_end", number, log)
            self.last = log

    def _advance(self, count: int) -> tuple[EpochLogs, NonFiniteError | None]:
        """Do so many epochs, or those before the numbers stop being finite; the logs, and the error."""
        began = time.perf_counter()
        done = self._call(min(self.epoch + count, self._plan.epochs))
        error = None
        if not bool(done.finite):
            error = self._explain(int(done.done))
            done = self._call(error.epoch)
        self._model.values = done.values
        epochs = int(done.done)
        self.epoch += epochs
        per_second = epochs / max(time.perf_counter() - began, 1e-9)
        self._count = min(CAPACITY, max(1, int(per_second * INTERVAL)))
        return self._logs(done, epochs), error

    def _explain(self, epochs: int) -> NonFiniteError:
        plan, rows, trainer = self._plan, self._task.feed.rows, self._task.trainer
        shuffle, key = plan.shuffle and plan.batch_size < rows, jax.random.key(self._seed)
        stretches = (
            Stretch(e, 0, draws_key(key, e), epoch_order(key, e, rows, shuffle))
            for e in range(self.epoch, self.epoch + epochs)
        )
        assert self._data is not None
        values, rate = self._model.values, self._task.rate
        return explain(trainer.network, trainer.program, values, self._data, rate, stretches, plan.batch_size)

    def _call(self, stop: int) -> Epochs:
        return self._run(self._model.values, self._task.rate, self.epoch, stop)

    def _logs(self, done: Epochs, epochs: int) -> EpochLogs:
        names = self._task.trainer.logged(self._validation is not None)
        return EpochLogs({name: np.asarray(done.logs[name])[:epochs].tolist() for name in names})


class _Parts:
    """Some updates, or a chunk, in each call of the program; callbacks are told in between."""

    def __init__(self, task: Task, start: Position) -> None:
        self._task, self._model, self._plan, self._seed = task, task.model, task.plan, start.seed
        self.epoch, self._chunk, self._update = start.epoch, start.chunk, start.update
        self._rows, self._sums = start.rows, dict(start.sums)
        self._key = jax.random.key(start.seed)
        self.last: dict[str, float] = {}

    def go(self, report: Report) -> None:
        callbacks = self._task.callbacks
        report(self.epoch, ())
        while self.epoch < self._plan.epochs and not self._model.stop_training:
            if not (self._chunk or self._update):  # else it began before the run was stopped
                tell(callbacks, "on_epoch_begin", self.epoch, {})
            self._through_an_epoch(report)
            logs = self._logs()
            if self._task.validation is not None:
                found = self._task.trainer.evaluate(
                    self._model.values, self._task.validation, self._plan.batch_size
                )
                logs |= {f"val_{name}": value for name, value in found.items()}
            self.epoch += 1
            self._chunk = self._update = self._rows = 0
            self._sums = {}
            report(self.epoch, [logs])
            tell(callbacks, "on_epoch_end", self.epoch - 1, logs)
            self.last = logs
            self._keep()

    def _through_an_epoch(self, report: Report) -> None:
        plan, key = self._plan, draws_key(self._key, self.epoch)
        size = plan.batch_size
        before = -(-self._task.feed.chunk_rows // size)
        for chunk in self._task.feed.chunks(self.epoch, self._chunk):
            for first, order in self._parts(chunk):
                number = self._chunk * before + first
                tell(self._task.callbacks, "on_train_batch_begin", number, {})
                self._train(chunk, number, key, order)
                self._update = first + -(-len(order) // size)
                report(self.epoch, (), min(1.0, self._rows / self._task.feed.rows))
                tell(
                    self._task.callbacks,
                    "on_train_batch_end",
                    number + self._update - first - 1,
                    self._logs(),
                )
                if self._model.stop_training:
                    return
                if self._update * size < len(chunk.order):
                    self._keep()
            self._chunk, self._update = self._chunk + 1, 0
            self._keep()

    def _parts(self, chunk: Chunk) -> Iterator[tuple[int, Any]]:
        """The number of the first update, and the rows, of each call that is left of a chunk."""
        size, total = self._plan.batch_size, len(chunk.order)
        step = self._plan.updates_per_call or -(-total // size)
        for first in range(self._update, -(-total // size), step):
            yield first, chunk.order[first * size : (first + step) * size]

    def _train(self, chunk: Chunk, number: int, key: Any, order: Any) -> None:
        trainer, size = self._task.trainer, self._plan.batch_size
        sums = self._sums or dict.fromkeys(trainer.names, 0.0)
        values, found = trainer.part(
            self._model.values,
            {name: np.float32(value) for name, value in sums.items()},
            chunk.data,
            np.float32(self._task.rate),
            key,
            np.int32(number),
            order,
            batch_size=size,
        )
        sums = {name: float(found[name]) for name in trainer.names}
        if not np.isfinite(sums["loss"]) or not bool(all_finite(values)):
            stretch = Stretch(self.epoch, number, key, order)
            raise explain(
                trainer.network,
                trainer.program,
                self._model.values,
                chunk.data,
                self._task.rate,
                [stretch],
                size,
            )
        self._model.values, self._sums, self._rows = values, sums, self._rows + len(order)

    def _logs(self) -> dict[str, float]:
        return {name: value / self._rows for name, value in self._sums.items()}

    def _keep(self) -> None:
        position = Position(
            self._seed,
            self.epoch,
            self._model.values,
            self._task.rate,
            self._chunk,
            self._update,
            self._rows,
            self._sums,
        )
        _keep(self._task, position)
