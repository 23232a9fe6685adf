"""Where a run first left the finite numbers: the epoch, the update, the step and the layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.layers.steps import Step, run
from chainrule.network import INPUT, LOSS, TARGET, Network, Program
from chainrule.optimizers import LEARNING_RATE
from chainrule.rules.arrays import Array
from chainrule.training.batches import over_batches, take
from chainrule.training.loop import Data, training_steps


class NonFiniteError(FloatingPointError):
    """Training met NaN or infinity. ``epoch`` (counted from 0) is the one in which it first did."""

    def __init__(self, message: str, epoch: int) -> None:
        super().__init__(message)
        self.epoch = epoch


def explain(
    network: Network,
    program: Program,
    values: dict[str, Array],
    data: Data,
    learning_rate: float,
    orders: Iterable[tuple[int, Array]],
    batch_size: int,
) -> NonFiniteError:
    """The error for a call of the loop that failed, found by going through it again from its start.

    ``values`` are those at the start of that call, ``orders`` its epochs, each with the order of its
    rows. Each update is looked at whole: a weight that overflowed an update before the loss did is
    named rather than the loss.
    """
    steps, changing = training_steps(program)
    sizes_of_epoch = _sizes_of_epoch(steps, changing)
    rate = np.float32(learning_rate)
    epoch = 0
    for epoch, order in orders:
        values, found = sizes_of_epoch(values, data, rate, order, batch_size)
        sizes = {name: np.asarray(size) for name, size in found.items()}
        flags = np.stack([~np.isfinite(sizes[step.name]) for step in steps], axis=1)
        if flags.any():
            update, place = (int(i) for i in np.argwhere(flags)[0])
            at_update = {name: float(size[update]) for name, size in sizes.items()}
            text = _message(network, steps[place], at_update, epoch, update, learning_rate)
            return NonFiniteError(text, epoch)
    # Compiled with the looking in it, the program can round otherwise and stay finite for longer.
    text = f"loss became non-finite in epoch {epoch + 1}; lower the learning rate (now {learning_rate})"
    return NonFiniteError(text, epoch)


def _sizes_of_epoch(steps: tuple[Step, ...], changing: tuple[str, ...]) -> Callable[..., Any]:
    """A compiled epoch that gives, beside the new values, max |q| for each quantity and update."""

    def epoch(values: dict[str, Array], data: Data, rate: Array, order: Array, batch_size: int) -> Any:
        def update(values: dict[str, Array], rows: Array) -> Any:
            given = {INPUT: take(data.x, rows), TARGET: take(data.y, rows), LEARNING_RATE: rate}
            done = run(steps, {**values, **given})
            sizes = {name: jnp.abs(quantity).max()[None] for name, quantity in done.items()}
            return {name: done[f"{name}_new"] for name in changing}, sizes

        return over_batches(update, values, order, batch_size)

    return jax.jit(epoch, static_argnums=4)


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
