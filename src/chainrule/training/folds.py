"""Many trainings of one network at once, each on rows of its own: one program, by ``vmap``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from chainrule.network import Program
from chainrule.rules.arrays import Array
from chainrule.training.draws import draws_key
from chainrule.training.inference import Data, Measures, Values, evaluator, means, nothing
from chainrule.training.loop import batches_trained, epoch_order

Folds = Callable[..., tuple[dict[str, Array], dict[str, Array]]]


def folds_trained(program: Program, measures: Measures) -> Folds:
    """A compiled function that trains several copies of a network, each on some rows of the same data.

    It takes ``(values, data, measured, trained, held, rate, keys, epochs, batch_size, shuffle)``: values
    with a first axis for the copies, what the data has instead where it is measured, the rows (copies, n)
    that each trains on and those held out (copies, n'), and a key each; the last three are static. Gives
    the values after the epochs, and the logs, (copies, epochs) each, those of the rows held out under
    ``val_``.
    """
    train, evaluate = batches_trained(program, measures), evaluator(program, measures)

    def one(
        values: Values,
        data: Data,
        measured: Data,
        trained: Array,
        held: Array,
        rate: Array,
        key: Array,
        epochs: int,
        batch_size: int,
        shuffle: bool,
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        rows = trained.shape[0]
        shuffled = shuffle and batch_size < rows

        def epoch(values: Values, number: Array) -> tuple[dict[str, Array], dict[str, Array]]:
            order = trained[epoch_order(key, number, rows, shuffled)]
            random = draws_key(key, number)
            first = jnp.int32(0)
            new, sums = train(values, nothing(measures), data, rate, random, first, order, batch_size)
            found = means(evaluate(new, {**data, **measured}, batch_size, held), held.shape[0])
            logs = means(sums, rows) | {f"val_{name}": value for name, value in found.items()}
            return new, logs

        return lax.scan(epoch, dict(values), jnp.arange(epochs))

    together = jax.vmap(one, in_axes=(0, None, None, 0, 0, None, 0, None, None, None))
    return jax.jit(together, static_argnums=(7, 8, 9))


def stacked(values: list[Mapping[str, Any]]) -> dict[str, np.ndarray]:
    """The values of several copies with a first axis for the copies."""
    return {name: np.stack([np.asarray(one[name]) for one in values]) for name in values[0]}
