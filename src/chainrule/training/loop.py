"""The compiled loop: whole epochs of updates as one program, the data on the device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from chainrule.layers.steps import needed, run
from chainrule.network import INPUT, LOSS, TARGET, Program
from chainrule.optimizers import LEARNING_RATE
from chainrule.rules.arrays import Array
from chainrule.training.batches import over_batches, take
from chainrule.training.inference import Metrics, Values, added, evaluator, means, measured, nothing

CAPACITY = 4096
"""The most epochs that one call can run: there is a place for so many in the buffers of its logs."""


class Data(NamedTuple):
    """Inputs (m, …) and targets (m, …), on the device."""

    x: Array
    y: Array


class Epochs(NamedTuple):
    """What a call of the loop gives: values, epochs done, each epoch's logs, and whether all is finite."""

    values: dict[str, Array]
    done: Array
    logs: dict[str, Array]
    finite: Array


def training_steps(program: Program) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The steps that an update needs, and the names of what changes from one update to the next."""
    changing = (*program.parameters, *program.state)
    results = [f"{name}_new" for name in changing]
    return needed(program.steps, (*results, LOSS, program.output)), changing


def epoch_order(key: Array, epoch: Any, rows: int, shuffle: bool) -> Array:
    """The order of the rows in an epoch: as they come, or shuffled with the epoch's own key."""
    if not shuffle:
        return jnp.arange(rows)
    return jax.random.permutation(jax.random.fold_in(key, epoch), rows)


def training_loop(program: Program, metrics: Metrics) -> Callable[..., Epochs]:
    """A compiled function that runs epochs ``start`` to ``stop`` (not included), at most CAPACITY.

    It takes ``(values, data, validation, learning_rate, key, start, stop, batch_size, shuffle)``; the
    last two are static, all others may change from call to call without compiling again. It stops
    after an epoch whose loss is not finite. How epochs are split over calls changes no bit of the result.
    """
    steps, changing = training_steps(program)
    evaluate = evaluator(program, metrics)

    def epoch(values: Values, data: Data, rate: Array, order: Array, batch_size: int) -> Any:
        def update(carry: Any, rows: Array) -> Any:
            values, sums = carry
            given = {INPUT: take(data.x, rows), TARGET: take(data.y, rows), LEARNING_RATE: rate}
            done = run(steps, {**values, **given})
            new = {name: done[f"{name}_new"] for name in changing}
            return (new, added(sums, measured(done, program.output, metrics))), None

        (values, sums), _ = over_batches(update, (values, nothing(metrics)), order, batch_size)
        return values, means(sums, order.shape[0])

    def epochs(
        values: Values,
        data: Data,
        validation: Data | None,
        learning_rate: Array,
        key: Array,
        start: Array,
        stop: Array,
        batch_size: int,
        shuffle: bool,
    ) -> Epochs:
        rows = data.x.shape[0]

        def going(carry: Any) -> Array:
            _, epoch_number, _, finite = carry
            return (epoch_number < stop) & finite

        def one(carry: Any) -> Any:
            values, number, logs, _ = carry
            # One batch of all rows is the same batch in any order.
            order = epoch_order(key, number, rows, shuffle and batch_size < rows)
            values, log = epoch(values, data, learning_rate, order, batch_size)
            finite = jnp.isfinite(log[LOSS])
            if validation is not None:
                found = evaluate(values, *validation, batch_size)
                log |= {f"val_{name}": value for name, value in found.items()}
            logs = {name: logs[name].at[number - start].set(log[name]) for name in logs}
            return values, number + 1, logs, finite

        names = [LOSS, *metrics]
        if validation is not None:
            names += [f"val_{name}" for name in names]
        empty = {name: jnp.zeros(CAPACITY) for name in names}
        begin = (dict(values), start, empty, jnp.bool_(True))
        values, stopped, logs, finite = lax.while_loop(going, one, begin)
        for value in values.values():
            finite &= jnp.isfinite(value).all()
        return Epochs(values, stopped - start, logs, finite)

    return jax.jit(epochs, static_argnames=("batch_size", "shuffle"))
