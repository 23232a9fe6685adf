"""Where a run first left the finite numbers: the epoch, the update, the step and the layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.layers.steps import Step
from chainrule.network import LOSS, Network, Program
from chainrule.optimizers import LEARNING_RATE
from chainrule.rules.arrays import Array
from chainrule.training.batches import over_batches
from chainrule.training.inference import Data
from chainrule.training.loop import training_steps, updater


class NonFiniteError(FloatingPointError):
    """Training met NaN or infinity. ``epoch`` (counted from 0) is the one in which it first did."""

    def __init__(self, message: str, epoch: int) -> None:
        super().__init__(message)
        self.epoch = epoch


class Stretch(NamedTuple):
    """Updates of one epoch, one after the other: its number, the first update, the key, the rows in order."""

    epoch: int
    first: int
    key: Array
    order: Array


def explain(
    network: Network,
    program: Program,
    values: dict[str, Array],
    data: Data,
    learning_rate: float,
    stretches: Iterable[Stretch],
    batch_size: int,
) -> NonFiniteError:
    """The error for a call of the loop that failed, found by going through it again from its start.

    ``values`` are those at the start of that call, ``stretches`` what it went through. Each update is
    looked at whole: a weight that overflowed an update before the loss did is named rather than the loss.
    """
    steps = training_steps(program)
    sizes_of = _sizes_of_updates(program)
    rate = np.float32(learning_rate)
    epoch = 0
    for epoch, first, key, order in stretches:
        values, found = sizes_of(values, data, rate, key, np.int32(first), order, batch_size)
        sizes = {name: np.asarray(size) for name, size in found.items()}
        flags = np.stack([~np.isfinite(sizes[step.name]) for step in steps], axis=1)
        if flags.any():
            update, place = (int(i) for i in np.argwhere(flags)[0])
            at_update = {name: float(size[update]) for name, size in sizes.items()}
            text = _message(network, steps[place], at_update, epoch, first + update, learning_rate)
            return NonFiniteError(text, epoch)
    # Compiled with the looking in it, the program can round otherwise and stay finite for longer.
    text = f"loss became non-finite in epoch {epoch + 1}; lower the learning rate (now {learning_rate})"
    return NonFiniteError(text, epoch)


def _sizes_of_updates(program: Program) -> Callable[..., Any]:
    """Compiled updates that give, beside the new values, max |q| for each quantity and update."""
    update = updater(program, kept=(step.name for step in training_steps(program)))

    def part(
        values: dict[str, Array],
        data: Data,
        rate: Array,
        key: Array,
        first: Array,
        order: Array,
        batch_size: int,
    ) -> Any:
        def one(carry: Any, rows: Array) -> Any:
            values, number = carry
            new, done = update(values, data, rate, jax.random.fold_in(key, number), rows)
            return (new, number + 1), {name: _size(quantity) for name, quantity in done.items()}

        (new, _), sizes = over_batches(one, (dict(values), first), order, batch_size)
        return new, sizes

    return jax.jit(part, static_argnums=6)


def _size(quantity: Any) -> Array:
    """The largest absolute value in a quantity, as one row; a quantity may be several arrays together."""
    leaves = [jnp.abs(leaf).max() for leaf in jax.tree.leaves(quantity) if leaf.size]
    return jnp.stack([leaf.astype(jnp.float32) for leaf in leaves] or [jnp.zeros(())]).max()[None]


def _message(
    network: Network, step: Step, sizes: dict[str, float], epoch: int, update: int, learning_rate: float
) -> str:
    became = "nan" if np.isnan(sizes[step.name]) else "infinite"
    largest = max((name for name in step.inputs if name != LEARNING_RATE), key=lambda name: sizes[name])
    return (
        f"training became non-finite in epoch {epoch + 1}, update {update + 1}: the first such quantity is "
        f"{step} of {_place(network, step)}, which is {became}; the largest |{largest}| before it is "
        f"{sizes[largest]:.2g}; lower the learning rate (now {learning_rate}) or scale the inputs"
    )


def _place(network: Network, step: Step) -> str:
    for place in network.places:
        own = {name for parameter in place.parameters for name in (parameter, f"d{parameter}")}
        if step.layer == place.number or (not step.layer and own.intersection(step.inputs)):
            return f"layer {place.number} ({place.name})"
    return f"the {LOSS}"
