"""The host's side of training: calls the compiled programs, and tells others what they did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import jax
import numpy as np

from chainrule.callbacks import Callback
from chainrule.losses import Loss
from chainrule.network import LOSS, TARGET, Network, Program, numbered
from chainrule.optimizers import Optimizer
from chainrule.rules.rule import Rule
from chainrule.training.direct import Direct, Run
from chainrule.training.feeds import Feed, Memory
from chainrule.training.folds import folds_trained
from chainrule.training.inference import Data, Measure, Measures, Values, evaluator
from chainrule.training.loop import Epochs, batches_trained, training_loop
from chainrule.training.together import keys_of, stacked


class Trainable(Protocol):
    """What training needs of a model: it reads and writes these between calls of the programs."""

    values: dict[str, Any]
    stop_training: bool

    @property
    def optimizer(self) -> Optimizer: ...


@dataclass(frozen=True)
class Plan:
    """How long to train, and how the rows are gone through.

    ``updates_per_call`` is how many updates run before callbacks are told; None for whole epochs.
    """

    batch_size: int
    epochs: int
    initial_epoch: int
    shuffle: bool
    verbose: int
    seed: int
    updates_per_call: int | None = None


class Trainer:
    """A network with a loss, an optimizer and metrics, compiled once for each size of data."""

    def __init__(
        self,
        network: Network,
        losses: Sequence[Loss],
        optimizer: Optimizer,
        metrics: Sequence[Mapping[str, Rule]],
        weighted: bool = False,
        shares: Sequence[float] | None = None,
    ) -> None:
        self.network = network
        self.program = network.program(losses, optimizer, weighted=weighted, shares=shares)
        measures = measured_of(network, self.program, metrics)
        self.names = measures.names
        self._direct = Direct(self.program, measures)
        self._loop = training_loop(self.program, measures)
        self.part = jax.jit(batches_trained(self.program, measures), static_argnames="batch_size")
        self._evaluate = jax.jit(evaluator(self.program, measures), static_argnums=2)
        self._folds = folds_trained(self.program, measures)
        self._optimizer = optimizer

    @property
    def initial_state(self) -> dict[str, np.ndarray]:
        """What the optimizer carries from update to update, as it is before the first."""
        return {name: p.first_values(name).astype(p.dtype) for name, p in self.program.state.items()}

    def run(
        self,
        values: Values,
        data: Data,
        validation: Data | None,
        plan: Plan,
        seed: int,
    ) -> Run:
        """What runs whole epochs of a plan on data in memory, of values as these."""
        size, shuffle = plan.batch_size, plan.shuffle
        direct = self._direct.training(values, data, validation, size, shuffle, seed)
        if direct is not None:
            return direct
        key = jax.random.key(seed)

        def run(values: Values, rate: float, start: int, stop: int) -> Epochs:
            span = np.int32(start), np.int32(stop)
            return self._loop(values, data, validation, np.float32(rate), key, *span, size, shuffle)

        return run

    def evaluate(self, values: Values, feed: Feed, batch_size: int) -> dict[str, float]:
        """The loss and the metrics over all rows."""
        if isinstance(feed, Memory):
            direct = self._direct.measuring(values, feed.data, batch_size)
            if direct is not None:
                return direct(values)
        sums: dict[str, Any] = dict.fromkeys(self.names, 0.0)
        for chunk in feed.chunks(0):
            found = self._evaluate(values, chunk.data, batch_size)
            sums = {name: sums[name] + found[name] for name in self.names}
        return {name: float(sums[name] / feed.rows) for name in self.names}

    def folds(
        self,
        values: list[Mapping[str, Any]],
        data: Mapping[str, np.ndarray],
        measured: Mapping[str, np.ndarray],
        trained: np.ndarray,
        held: np.ndarray,
        seeds: Sequence[int],
        how: tuple[int, int, bool],
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Copies of the network trained at once, each on rows of its own; their values and their logs.

        ``measured`` is what the data has instead where it is measured; ``how`` is epochs, batch size, and
        whether rows are shuffled.
        """
        keys = keys_of(list(seeds))
        rate = np.float32(self._optimizer.rate)
        new, logs = self._folds(stacked(values), data, measured, trained, held, rate, keys, *how)
        arrays = {name: np.asarray(value) for name, value in new.items()}
        return arrays, {name: np.asarray(logs[name]) for name in self.logged(True)}

    def logged(self, validated: bool) -> list[str]:
        """The names of an epoch's logs."""
        return [*self.names, *(f"val_{name}" for name in self.names if validated)]


def measured_of(network: Network, program: Program, metrics: Sequence[Mapping[str, Rule]]) -> Measures:
    """What is logged: the loss, of several outputs each one's too, and the metrics of each.

    ``metrics`` are those of each output; of several, logs begin with the name of the output's layer.
    """
    targets = numbered(TARGET, len(program.outputs))
    losses = {LOSS: LOSS}
    prefixes = [""]
    if len(targets) > 1:
        prefixes = [f"{name}_" for name in network.outputs]
        parts = numbered(LOSS, len(targets))
        losses |= {f"{prefix}{LOSS}": part for prefix, part in zip(prefixes, parts, strict=True)}
    measures = {
        f"{prefix}{name}": Measure(rule, target, output)
        for prefix, own, target, output in zip(prefixes, metrics, targets, program.outputs, strict=True)
        for name, rule in own.items()
    }
    return Measures(losses, measures)


def tell(callbacks: Iterable[Callback], event: str, *arguments: Any) -> None:
    """Call the method of this name of every callback."""
    for callback in callbacks:
        getattr(callback, event)(*arguments)


@dataclass(frozen=True)
class Task:
    """All of one call of ``fit``: what is trained on what, how long, and who is told."""

    trainer: Trainer
    model: Trainable
    feed: Feed
    validation: Feed | None
    plan: Plan
    callbacks: Sequence[Callback]

    @property
    def rate(self) -> float:
        return float(self.model.optimizer.rate)

    def data_of(self, feed: Feed | None) -> Data | None:
        """The arrays of a feed that is in memory."""
        return feed.data if isinstance(feed, Memory) else None
