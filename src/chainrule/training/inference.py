"""The compiled forward pass: predictions, and the loss and metrics over a data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp

from chainrule.layers.steps import Step, needed, run
from chainrule.network import LOSS, TARGET, Program
from chainrule.rules.arrays import Array
from chainrule.rules.rule import Rule
from chainrule.training.batches import over_batches, rows_of, take
from chainrule.training.kernels import KERNELS

Values = Mapping[str, Array]
Data = Mapping[str, Array]
"""Inputs, and where there are any targets and weights, by the names of their quantities; (m, …) each."""
Metrics = Mapping[str, Rule]


def predictor(steps: tuple[Step, ...], output: str) -> Callable[[Values, Data, int], Array]:
    """A compiled ``predict(values, data, batch_size)``; gives the output for every row."""

    def predict(values: Values, data: Data, batch_size: int) -> Array:
        def batch(carry: None, rows: Array) -> tuple[None, Array]:
            return carry, run(steps, {**values, **take(data, rows)}, KERNELS)[output]

        return over_batches(batch, None, jnp.arange(rows_of(data)), batch_size)[1]

    return jax.jit(predict, static_argnums=2)


def evaluator(program: Program, metrics: Metrics) -> Callable[..., dict[str, Array]]:
    """An ``evaluate(values, data, batch_size, order)`` to compile; sums of loss and metrics over the rows.

    ``order`` names the rows that are taken; all, where it is left out.
    """
    steps = needed(program.evaluation, (LOSS, program.output))

    def evaluate(
        values: Values, data: Data, batch_size: int, order: Array | None = None
    ) -> dict[str, Array]:
        def batch(sums: dict[str, Array], rows: Array) -> tuple[dict[str, Array], None]:
            done = run(steps, {**values, **take(data, rows)}, KERNELS)
            return added(sums, measured(done, program.output, metrics)), None

        rows = jnp.arange(rows_of(data)) if order is None else order
        return over_batches(batch, nothing(metrics), rows, batch_size)[0]

    return evaluate


def nothing(metrics: Metrics) -> dict[str, Array]:
    """The sums over no rows."""
    return {name: jnp.zeros(()) for name in (LOSS, *metrics)}


def measured(done: Values, output: str, metrics: Metrics) -> dict[str, Array]:
    """What one batch adds to the loss and the metrics: its loss counts once for each row, as in Keras."""
    y, a = done[TARGET], done[output]
    sums = {name: jnp.asarray(rule(y, a)).sum(dtype=a.dtype) for name, rule in metrics.items()}
    return {LOSS: done[LOSS] * a.shape[0], **sums}


def added(sums: dict[str, Array], more: dict[str, Array]) -> dict[str, Array]:
    return {name: sums[name] + more[name] for name in sums}


def means(sums: dict[str, Array], rows: int) -> dict[str, Array]:
    return {name: value / rows for name, value in sums.items()}
