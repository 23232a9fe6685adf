"""Rows in an order drawn by chance: the numbers of ``jax.random.permutation``, sooner on a processor.

XLA sorts a list alone in a fifth of the time that it takes to carry another along: 1,797 rows take 46
instead of 213 microseconds, 60,000 take 4.6 instead of 16.5 milliseconds.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

from chainrule.rules.arrays import Array
from chainrule.training.native import sorting
from chainrule.training.native.shuffling import rounds_of


@partial(jax.jit, static_argnums=1)  # else it is compiled at each call from outside of a program
def shuffled(key: Array, rows: int) -> Array:
    """The numbers from 0 up to rows, each once; those of ``jax.random.permutation(key, rows)``, to the bit.

    >>> key = jax.random.key(1)
    >>> bool((shuffled(key, 50) == jax.random.permutation(key, 50)).all())
    True
    """
    order = jnp.arange(rows)
    for _ in range(rounds_of(rows)):
        key, own = jax.random.split(key)
        places = places_of(jax.random.bits(own, (rows,), jnp.uint32))
        order = order.at[places].get(mode="promise_in_bounds")
    return order


def places_of(numbers: Array) -> Array:
    """Where the smallest of some numbers stands, the next, and so on; of equal ones the first comes first."""
    found: Array = lax.platform_dependent(numbers, cpu=sorting.places_of, default=_carried_along)
    return found


def _carried_along(numbers: Array) -> Array:
    return lax.sort_key_val(numbers, jnp.arange(numbers.shape[0]))[1]
