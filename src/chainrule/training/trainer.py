"""The host's side of training: calls the compiled loop, and tells others what it did."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.callbacks import Callback, watches_epochs
from chainrule.config import next_seed
from chainrule.losses import Loss
from chainrule.network import LOSS, Network
from chainrule.optimizers import Optimizer
from chainrule.rules.rule import Rule
from chainrule.training.inference import evaluator
from chainrule.training.loop import CAPACITY, Data, Epochs, epoch_order, training_loop
from chainrule.training.nonfinite import NonFiniteError, explain
from chainrule.training.progress import Report, reporting

INTERVAL = 0.15
"""Seconds that one call of the loop should take, so that the bar moves and Ctrl-C is heard."""


class Trainable(Protocol):
    """What training needs of a model: it reads and writes these between calls of the loop."""

    values: dict[str, Any]
    stop_training: bool

    @property
    def optimizer(self) -> Optimizer: ...


@dataclass(frozen=True)
class Plan:
    """How long to train, and how the rows are gone through."""

    batch_size: int
    epochs: int
    initial_epoch: int
    shuffle: bool
    verbose: int


class Trainer:
    """A network with a loss, an optimizer and metrics, compiled once for each size of data."""

    def __init__(
        self, network: Network, loss: Loss, optimizer: Optimizer, metrics: Mapping[str, Rule]
    ) -> None:
        self.network = network
        self.program = network.program(loss, optimizer)
        self.names = [LOSS, *metrics]
        self.loop = training_loop(self.program, metrics)
        self._evaluate = jax.jit(evaluator(self.program, metrics), static_argnums=3)

    @property
    def initial_state(self) -> dict[str, np.ndarray]:
        """What the optimizer carries from update to update, as it is before the first."""
        return {name: p.initializer(p.shape) for name, p in self.program.state.items()}

    def evaluate(
        self, values: Mapping[str, Any], x: np.ndarray, y: np.ndarray, batch_size: int
    ) -> dict[str, float]:
        """The loss and the metrics over all rows."""
        found = self._evaluate(values, x, y, batch_size)
        return {name: float(found[name]) for name in self.names}

    def fit(
        self,
        model: Trainable,
        data: tuple[np.ndarray, np.ndarray],
        validation: tuple[np.ndarray, np.ndarray] | None,
        plan: Plan,
        callbacks: Sequence[Callback],
    ) -> None:
        """Train a model's values, an adaptive number of epochs per call of the loop.

        Raises NonFiniteError where the numbers stop being finite; the model then keeps the values
        of the last epoch in which they all were.
        """
        run = _Run(self, model, _on_device(data), validation and _on_device(validation), plan)
        one_by_one = any(watches_epochs(callback) for callback in callbacks)
        _tell(callbacks, "on_train_begin")
        with reporting(plan.verbose, plan.epochs, data[0].shape[0], plan.initial_epoch) as report:
            run.compile()
            report(run.epoch, ())
            while run.epoch < plan.epochs and not model.stop_training:
                _tell(callbacks, "on_epoch_begin", run.epoch)
                logs, error = run.advance(1 if one_by_one else run.count)
                _deliver(run.epoch, logs, callbacks, report)
                if error is not None:
                    raise error
        _tell(callbacks, "on_train_end")


class _Run:
    """One call of ``fit``: where it is, and how many epochs the next call of the loop should do."""

    def __init__(
        self, trainer: Trainer, model: Trainable, data: Data, validation: Data | None, plan: Plan
    ) -> None:
        self._trainer, self._model, self._data, self._validation = trainer, model, data, validation
        self._plan = plan
        self._key = jax.random.key(next_seed())
        self.epoch = plan.initial_epoch
        self.count = 1

    def compile(self) -> None:
        """Compile by a call for no epochs, so that none is timed with the compiler's seconds in it."""
        self._call(self.epoch)

    def advance(self, count: int) -> tuple[list[dict[str, float]], NonFiniteError | None]:
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
        self.count = min(CAPACITY, max(1, int(per_second * INTERVAL)))
        return self._logs(done, epochs), error

    def _explain(self, epochs: int) -> NonFiniteError:
        plan, rows = self._plan, self._data.x.shape[0]
        shuffle = plan.shuffle and plan.batch_size < rows
        return explain(
            self._trainer.network,
            self._trainer.program,
            self._model.values,
            self._data,
            self._rate,
            ((e, epoch_order(self._key, e, rows, shuffle)) for e in range(self.epoch, self.epoch + epochs)),
            plan.batch_size,
        )

    @property
    def _rate(self) -> float:
        return float(self._model.optimizer.learning_rate)

    def _call(self, stop: int) -> Epochs:
        return self._trainer.loop(
            self._model.values,
            self._data,
            self._validation,
            np.float32(self._rate),
            self._key,
            np.int32(self.epoch),
            np.int32(stop),
            batch_size=self._plan.batch_size,
            shuffle=self._plan.shuffle,
        )

    def _logs(self, done: Epochs, epochs: int) -> list[dict[str, float]]:
        names = self._trainer.names
        if self._validation is not None:
            names = [*names, *(f"val_{name}" for name in names)]
        columns = [np.asarray(done.logs[name])[:epochs].tolist() for name in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _on_device(data: tuple[np.ndarray, np.ndarray]) -> Data:
    return Data(*(jnp.asarray(array) for array in data))


def _deliver(epoch: int, logs: list[dict[str, float]], callbacks: Iterable[Callback], report: Report) -> None:
    """Tell everybody about epochs that are done; ``epoch`` is the one that comes next."""
    if logs:
        report(epoch, logs)
    for number, log in enumerate(logs, start=epoch - len(logs)):
        _tell(callbacks, "on_epoch_end", number, log)


def _tell(callbacks: Iterable[Callback], event: str, *arguments: Any) -> None:
    for callback in callbacks:
        getattr(callback, event)(*arguments)
