"""Epochs of one copy of a network among many, which are trained at once by ``vmap``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from chainrule.network import LOSS, Program
from chainrule.rules.arrays import Array
from chainrule.training.batches import rows_of
from chainrule.training.draws import draws_key
from chainrule.training.inference import Data, Measures, Values, evaluator, means, nothing
from chainrule.training.loop import all_finite, batches_trained, epoch_order
from chainrule.training.whole import SIDE_BY_SIDE


class Rows(NamedTuple):
    """What one copy is trained on and measured on after each epoch.

    ``trained`` and ``held`` are the rows of each that count; all, where they are None.
    """

    data: Data
    validation: Data | None
    trained: Array | None = None
    held: Array | None = None


class Span(NamedTuple):
    """The epochs from ``start`` to ``stop`` (not included), and for how many at most there is room."""

    start: Any
    stop: Any
    capacity: int


class Ran(NamedTuple):
    """Values after some epochs, the logs of each, and whether all was finite behind each; (capacity,)."""

    values: dict[str, Array]
    logs: dict[str, Array]
    finite: Array


def copy_trained(
    program: Program, measures: Measures, batch_size: int, shuffle: bool
) -> Callable[[Values, Rows, Array, Array, Span], Ran]:
    """A function to compile, ``(values, rows, rate, key, span)``, that trains one copy of a network.

    It goes on when the numbers are not finite any more: the other copies do.
    """
    train = batches_trained(program, measures, SIDE_BY_SIDE)
    evaluate = evaluator(program, measures)

    def epoch(values: Values, rows: Rows, rate: Array, key: Array, number: Array) -> Any:
        count = rows_of(rows.data) if rows.trained is None else rows.trained.shape[0]
        order = epoch_order(key, number, count, shuffle and batch_size < count)
        if rows.trained is not None:
            order = rows.trained[order]
        sums, random = nothing(measures), draws_key(key, number)
        new, sums = train(values, sums, rows.data, rate, random, jnp.int32(0), order, batch_size)
        logs = means(sums, count)
        if rows.validation is not None:
            measured = rows_of(rows.validation) if rows.held is None else rows.held.shape[0]
            found = means(evaluate(new, rows.validation, batch_size, rows.held), measured)
            logs |= {f"val_{name}": value for name, value in found.items()}
        return new, logs

    def run(values: Values, rows: Rows, rate: Array, key: Array, span: Span) -> Ran:
        names = [*measures.names]
        if rows.validation is not None:
            names += [f"val_{name}" for name in measures.names]
        empty = {name: jnp.zeros(span.capacity) for name in names}

        def one(number: Array, ran: Ran) -> Ran:
            new, found = epoch(ran.values, rows, rate, key, number)
            at = number - span.start
            logs = {name: ran.logs[name].at[at].set(found[name]) for name in names}
            finite = jnp.isfinite(found[LOSS]) & all_finite(new)
            return Ran(new, logs, ran.finite.at[at].set(finite))

        first = Ran(dict(values), empty, jnp.ones(span.capacity, bool))
        ran: Ran = lax.fori_loop(span.start, span.stop, one, first)
        return ran

    return run


def stacked(values: list[Mapping[str, Any]]) -> dict[str, np.ndarray]:
    """The values of several copies with a first axis for the copies."""
    return {name: np.stack([np.asarray(one[name]) for one in values]) for name in values[0]}


def keys_of(seeds: Any) -> Array:
    """The keys of random numbers, of one seed or of several."""
    seeds = np.asarray(seeds, np.uint32)
    return jax.vmap(jax.random.key)(seeds) if seeds.ndim else jax.random.key(seeds)
