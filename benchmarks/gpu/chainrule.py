"""Chainrule on a device: ``fit`` as anybody calls it, timed from where its data lies there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jax
import numpy as np
from measuring import Measured
from peers.chainrule import compiled, operations
from peers.training import Task

import chainrule
from chainrule.callbacks import Callback
from chainrule.network import LOSS
from chainrule.training.loop import updater
from gpu.rates import by_jax
from gpu.timing import Trial, timed
from gpu.traffic import bytes_accessed

POLICIES = {"f32": "float32", "bf16": "mixed_bfloat16"}


class Clock(Callback):
    """The seconds of a run, from when its data is on the device until its last number is there."""

    seconds = 0.0

    def on_train_begin(self, logs: Any = None) -> None:
        jax.block_until_ready(jax.live_arrays())
        self._begun = time.perf_counter()

    def on_train_end(self, logs: Any = None) -> None:
        jax.block_until_ready(self.model.values)
        self.seconds = time.perf_counter() - self._begun


def trained(task: Task, network: Callable[[Any], Any], kind: str, small: bool) -> Measured:
    """The network trained by chainrule, with what an epoch takes of the device, and its rates."""
    chainrule.config.set_dtype_policy(POLICIES[kind])
    x, y = task.arrays(small)
    model = None

    def build() -> Trial:
        nonlocal model
        model = compiled(task, network)
        return Trial(
            lambda epochs: _trained(model, x, y, task.batch_size, epochs),
            lambda rows: model.predict(rows, batch_size=500, verbose=0),
        )

    found = timed(build, task, x, y, small)
    return replace(found, extra={**_taken(model, task, x, y), **by_jax(small)})


def _trained(model: Any, x: Any, y: Any, batch_size: int, epochs: int) -> float:
    clock = Clock()
    model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[clock])
    return clock.seconds


def _taken(model: Any, task: Task, x: Any, y: Any) -> dict[str, float]:
    """The operations of an epoch, and its bytes where XLA counts them."""
    taken = {"operations": len(x) * operations(model)}
    moved = bytes_accessed(_compiled_update(model, x[: task.batch_size], y[: task.batch_size]))
    return taken if moved is None else {**taken, "bytes": moved * len(x) / task.batch_size}


def _compiled_update(model: Any, x: Any, y: Any) -> Any:
    """An update on one batch as a program of its own: what the loop over them does each time."""
    update = updater(model.trainer().program)

    def new(values: Mapping[str, Any], data: Mapping[str, Any], rate: Any, key: Any, rows: Any) -> Any:
        values, done = update(values, data, rate, key, rows)
        return values, done[LOSS]

    given = (model.values, model.checked_data(x, y), np.float32(model.optimizer.rate))
    return jax.jit(new).lower(*given, jax.random.key(0), np.arange(len(x))).compile()
