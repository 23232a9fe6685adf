"""Keras on JAX: data in memory, compiled, several updates in each call of its program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from measuring import Measured, Trial, timed_training
from problems import first_weights

if TYPE_CHECKING:
    from peers.training import Task

UPDATES = 16
"""Updates per call: more take longer to compile, for they are written out one by one, and gain little."""


def trained(task: Task, network: Callable[[Any], Any], small: bool) -> Measured:
    """The network trained by Keras."""
    library = on_jax()
    x, y = task.arrays(small)

    def build() -> Trial:
        model = network(library)
        optimizer = getattr(library.optimizers, task.optimizer)(task.rate)
        updates = min(UPDATES, len(x) // task.batch_size)
        model.compile(optimizer, "sparse_categorical_crossentropy", steps_per_execution=updates)
        model.set_weights(first_weights(model.get_weights()))
        return Trial(
            lambda epochs: model.fit(x, y, batch_size=task.batch_size, epochs=epochs, verbose=0),
            lambda rows: model.predict(rows, batch_size=500, verbose=0),
        )

    return timed_training(build, x, y, task.epochs)


def on_jax() -> Any:
    """The library with JAX below it."""
    import os

    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    return keras
