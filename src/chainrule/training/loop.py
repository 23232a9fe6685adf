"""The compiled loop: whole epochs of updates as one program, the data on the device."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from chainrule.layers.steps import Step, needed
from chainrule.network import LOSS, NEW, Program
from chainrule.optimizers import LEARNING_RATE
from chainrule.rules.arrays import Array
from chainrule.training.batches import over_batches, rows_of, take
from chainrule.training.draws import bytes_drawn, drawn, drawn_for_all, draws_key
from chainrule.training.inference import Data, Measures, Values, added, evaluator, means, measured, nothing
from chainrule.training.order import shuffled
from chainrule.training.passes import in_passes
from chainrule.training.whole import MOST, epochs_at_once

CAPACITY = 2**14
"""The most epochs that one call can run: there is a place for so many in the buffers of its logs."""

TOGETHER = 64
"""Epochs between two looks at whether all is finite. XLA makes one function of a loop over so few numbers
that ends by their count alone, which takes a tenth of the time where an epoch is a small update."""

DRAWN = 2**23
"""Bytes of random numbers that are drawn at once, for all updates of an epoch."""

LEAST, MANY = 2**12, 2**16
"""Numbers of a weight, and of an array of a batch. Below, XLA's own loops take no longer."""

Update = Callable[[Values, Data, Array, Array, Array], tuple[dict[str, Array], dict[str, Array]]]


class Epochs(NamedTuple):
    """What a call of the loop gives: values, epochs done, each epoch's logs, and whether all is finite."""

    values: dict[str, Array]
    done: Array
    logs: dict[str, Array]
    finite: Array


def training_steps(program: Program) -> tuple[Step, ...]:
    """The steps that an update needs."""
    results = [f"{name}{NEW}" for name in program.changing]
    return needed(program.steps, (*results, LOSS, *program.outputs))


def epoch_order(key: Array, epoch: Any, rows: int, shuffle: bool) -> Array:
    """The order of the rows in an epoch: as they come, or shuffled with the epoch's own key."""
    if not shuffle:
        return jnp.arange(rows)
    return shuffled(jax.random.fold_in(key, epoch), rows)


def updater(program: Program, kept: Iterable[str] = ()) -> Update:
    """One update, ``update(values, data, rate, key, rows)``: the new values, and its quantities.

    ``rows`` are the numbers of the batch's rows in the data; ``key`` gives the random numbers. Those ``kept``
    are among the quantities; others may have been worked out on the way to others only.
    """
    steps, changing = training_steps(program), {step.name for step in program.update}
    before = tuple(step for step in steps if step.name not in changing)
    after = tuple(step for step in steps if step.name in changing)
    wanted = {*kept, *(f"{name}{NEW}" for name in program.changing), LOSS, *program.outputs}
    taken = {name for step in after for name in step.inputs}
    first = [step.name for step in before if step.name in wanted | taken]
    last = [step.name for step in after if step.name in wanted]

    def update(values: Values, data: Data, rate: Array, key: Array, rows: Array) -> Any:
        random = drawn(program.draws, key, rows.shape[0])
        given = {**values, **take(data, rows), **random, LEARNING_RATE: rate}
        done = in_passes(after, in_passes(before, given, first, MANY), last, LEAST)
        return {**values, **{name: done[f"{name}{NEW}"] for name in program.changing}}, done

    return update


def batches_trained(program: Program, measures: Measures, most: int = MOST) -> Callable[..., Any]:
    """Updates on some rows in order: ``part(values, sums, data, rate, key, first, order, batch_size)``.

    ``sums`` are of the logs so far; ``key`` is the epoch's, ``first`` the number of the first update in
    the epoch. Gives the new values and sums. ``most`` is of how many multiplications an update may be that
    is machine code as a whole.
    """
    update = updater(program)

    def part(
        values: Values,
        sums: dict[str, Array],
        data: Data,
        rate: Array,
        key: Array,
        first: Array,
        order: Array,
        batch_size: int,
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        size = min(batch_size, order.shape[0])
        found = None
        if bytes_drawn(program.draws, order.shape[0]) <= DRAWN:
            random = drawn_for_all(program.draws, key, first, order.shape[0], size)
            found = epochs_at_once(program, measures, values, data, rate, random, order, size, most=most)
        if found is not None:
            new, more = found
            return new, added(sums, more)

        def one(carry: Any, rows: Array) -> Any:
            values, sums, number = carry
            new, done = update(values, data, rate, jax.random.fold_in(key, number), rows)
            return (new, added(sums, measured(done, program, measures)), number + 1), None

        (new, sums, _), _ = over_batches(one, (dict(values), sums, first), order, batch_size)
        return new, sums

    return part


def training_loop(program: Program, measures: Measures) -> Callable[..., Epochs]:
    """A compiled function that runs epochs ``start`` to ``stop`` (not included), at most CAPACITY.

    It takes ``(values, data, validation, learning_rate, key, start, stop, batch_size, shuffle)``; the
    last two are static, all others may change from call to call without compiling again. It stops
    after an epoch whose loss is not finite. How epochs are split over calls changes no bit of the result.
    """
    train, evaluate = batches_trained(program, measures), evaluator(program, measures)

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
        rows = rows_of(data)
        is_shuffled = shuffle and batch_size < rows  # one batch of all rows is the same in any order

        def going(carry: Any) -> Array:
            _, epoch_number, _, finite = carry
            return (epoch_number < stop) & finite

        def one(number: Array, carry: Any) -> Any:
            values, first, logs = carry
            order = epoch_order(key, number, rows, is_shuffled)
            random = draws_key(key, number)
            sums = nothing(measures)
            values, sums = train(values, sums, data, learning_rate, random, jnp.int32(0), order, batch_size)
            log = means(sums, rows)
            if validation is not None:
                found = means(evaluate(values, validation, batch_size), rows_of(validation))
                log |= {f"val_{name}": value for name, value in found.items()}
            return values, first, {name: logs[name].at[number - first].set(log[name]) for name in logs}

        def several(carry: Any) -> Any:
            values, number, logs, _ = carry
            last = jnp.minimum(number + TOGETHER, stop)
            few = {name: jnp.zeros(TOGETHER) for name in names}
            values, _, few = lax.fori_loop(number, last, one, (values, number, few))
            finite = (jnp.isfinite(few[LOSS]) | (jnp.arange(TOGETHER) >= last - number)).all()
            logs = {
                name: lax.dynamic_update_slice(logs[name], few[name], (number - start,)) for name in names
            }
            return values, last, logs, finite

        names = measures.names
        if validation is not None:
            names = [*names, *(f"val_{name}" for name in names)]
        empty = {name: jnp.zeros(CAPACITY) for name in names}
        begin = (dict(values), start, empty, jnp.bool_(True))
        values, stopped, logs, finite = lax.while_loop(going, several, begin)
        return Epochs(values, stopped - start, logs, finite & all_finite(values))

    return jax.jit(epochs, static_argnames=("batch_size", "shuffle"))


def all_finite(values: Values) -> Array:
    """Whether no value is NaN or infinite."""
    finite = jnp.bool_(True)
    for value in values.values():
        finite &= jnp.isfinite(value).all()
    return finite
