"""The compiled forward pass: predictions, and the loss and metrics over a data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from chainrule.layers.steps import Step, needed, run
from chainrule.network import LOSS, Program
from chainrule.rules.arrays import Array
from chainrule.rules.rule import Rule
from chainrule.training.batches import over_batches, rows_of, take
from chainrule.training.cache import keep_compiled
from chainrule.training.kernels import KERNELS

keep_compiled()  # here, for whatever compiles a program needs this module

Values = Mapping[str, Array]
Data = Mapping[str, Array]
"""Inputs, and where there are any targets and weights, by the names of their quantities; (m, …) each."""


class Measure(NamedTuple):
    """A metric: its rule, and the target and the output that it is of."""

    rule: Rule
    target: str
    output: str


class Measures(NamedTuple):
    """What is logged: quantities of the loss, and metrics, by the names of their logs."""

    losses: Mapping[str, str]
    metrics: Mapping[str, Measure]

    @property
    def names(self) -> list[str]:
        return [*self.losses, *self.metrics]


def predictor(steps: tuple[Step, ...], outputs: tuple[str, ...]) -> Callable[[Values, Data, int], Any]:
    """A compiled ``predict(values, data, batch_size)``; gives the outputs for every row."""

    def predict(values: Values, data: Data, batch_size: int) -> Any:
        def batch(carry: None, rows: Array) -> tuple[None, Any]:
            done = run(steps, {**values, **take(data, rows)}, KERNELS)
            return carry, [in_full(done[output]) for output in outputs]

        return over_batches(batch, None, jnp.arange(rows_of(data)), batch_size)[1]

    return jax.jit(predict, static_argnums=2)


def evaluator(program: Program, measures: Measures) -> Callable[..., dict[str, Array]]:
    """An ``evaluate(values, data, batch_size, order)`` to compile; sums of loss and metrics over the rows.

    ``order`` names the rows that are taken; all, where it is left out.
    """
    steps = needed(program.evaluation, (LOSS, *program.outputs))

    def evaluate(values: Values, data: Data, batch_size: int, order: Array | None = None) -> dict[str, Array]:
        def batch(sums: dict[str, Array], rows: Array) -> tuple[dict[str, Array], None]:
            done = run(steps, {**values, **take(data, rows)}, KERNELS)
            return added(sums, measured(done, program, measures)), None

        rows = jnp.arange(rows_of(data)) if order is None else order
        sums, _ = over_batches(batch, nothing(measures), rows, batch_size)
        return dict(sums)

    return evaluate


def nothing(measures: Measures) -> dict[str, Array]:
    """The sums over no rows."""
    return {name: jnp.zeros(()) for name in measures.names}


def measured(done: Values, program: Program, measures: Measures) -> dict[str, Array]:
    """What one batch adds to the loss and the metrics: its loss counts once for each row, as in Keras."""
    rows = done[program.output].shape[0]
    sums = {name: done[loss] * rows for name, loss in measures.losses.items()}
    for name, (rule, target, output) in measures.metrics.items():
        a = in_full(done[output])
        sums[name] = jnp.asarray(rule(done[target], a)).sum(dtype=a.dtype)
    return sums


def in_full(value: Array) -> Array:
    """An output in full precision, in whatever it was computed."""
    return value.astype(jnp.float32) if jnp.issubdtype(value.dtype, jnp.floating) else value


def added(sums: dict[str, Array], more: dict[str, Array]) -> dict[str, Array]:
    return {name: sums[name] + more[name] for name in sums}


def means(sums: dict[str, Array], rows: int) -> dict[str, Array]:
    return {name: value / rows for name, value in sums.items()}
