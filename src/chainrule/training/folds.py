"""Many trainings of one network at once, each on rows of its own: one program, by ``vmap``."""

from __future__ import annotations

from collections.abc import Callable

import jax

from chainrule.network import Program
from chainrule.rules.arrays import Array
from chainrule.training.inference import Data, Measures, Values
from chainrule.training.together import Rows, Span, copy_trained

Folds = Callable[..., tuple[dict[str, Array], dict[str, Array]]]


def folds_trained(program: Program, measures: Measures) -> Folds:
    """A compiled function that trains several copies of a network, each on some rows of the same data.

    It takes ``(values, data, measured, trained, held, rate, keys, epochs, batch_size, shuffle)``: values
    with a first axis for the copies, what the data has instead where it is measured, the rows (copies, n)
    that each trains on and those held out (copies, n'), and a key each; the last three are static. Gives
    the values after the epochs, and the logs, (copies, epochs) each, those of the rows held out under
    ``val_``.
    """

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
        rows = Rows(data, {**data, **measured}, trained, held)
        run = copy_trained(program, measures, batch_size, shuffle)
        ran = run(values, rows, rate, key, Span(0, epochs, epochs))
        return ran.values, ran.logs

    together = jax.vmap(one, in_axes=(0, None, None, 0, 0, None, 0, None, None, None))
    return jax.jit(together, static_argnums=(7, 8, 9))
