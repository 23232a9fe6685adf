"""Going through the rows of a data set in batches, inside a compiled program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from chainrule.rules.arrays import Array
from chainrule.training.native.rows import Outside


def over_batches(
    step: Callable[[Any, Array], tuple[Any, Any]], carry: Any, order: Array, size: int
) -> tuple[Any, Any]:
    """Apply ``step(carry, rows) -> (carry, out)`` to the batches of ``order``, one after the other.

    ``order`` holds row numbers, (m,). Batches have ``size`` rows, the last one fewer where they do
    not divide. Gives the last carry, and what the steps put out, laid end to end.

    >>> def add(carry, rows):
    ...     return carry + rows.sum(), rows * 10
    >>> total, out = over_batches(add, 0, jnp.arange(5), 2)
    >>> int(total), out.tolist()
    (10, [0, 10, 20, 30, 40])
    """
    rows = order.shape[0]
    full = rows // size * size
    parts = []
    if full:
        carry, out = lax.scan(step, carry, order[:full].reshape(-1, size))
        parts.append(jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:]), out))
    if full < rows:
        carry, out = step(carry, order[full:])
        parts.append(out)
    return carry, jax.tree.map(lambda *arrays: jnp.concatenate(arrays), *parts)


def take(data: Mapping[str, Array], rows: Array) -> dict[str, Array]:
    """The rows of all arrays that are named; the numbers are known to be in range."""
    return {name: _taken(array, rows) for name, array in data.items()}


def _taken(array: Array, rows: Array) -> Array:
    if isinstance(array, Outside):
        return array.take(rows)
    return array.at[rows].get(mode="promise_in_bounds")


def rows_of(data: Mapping[str, Array]) -> int:
    """How many rows all the arrays have.

    >>> rows_of({"x": jnp.zeros((5, 2)), "y": jnp.zeros(5)})
    5
    """
    rows: int = next(iter(data.values())).shape[0]
    return rows
