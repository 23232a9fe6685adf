"""Random numbers inside the compiled program: each update has its own, whatever was run before it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.layers.layer import Draw
from chainrule.rules.arrays import Array
from chainrule.rules.rule import size

_DRAWS = 0x64726177
"""Sets the draws of an epoch apart from the order of its rows, which comes from the same key."""


def draws_key(key: Array, epoch: Any) -> Array:
    """The key of an epoch's random numbers; an update's own is folded from it by the update's number."""
    return jax.random.fold_in(jax.random.fold_in(key, epoch), _DRAWS)


def drawn(draws: Mapping[str, Draw], key: Array, rows: int) -> dict[str, Array]:
    """The random numbers of one update, (rows, …) for each draw.

    >>> found = drawn({"u1": Draw((2,)), "n2": Draw((), "normal")}, jax.random.key(0), 3)
    >>> {name: values.shape for name, values in found.items()}
    {'u1': (3, 2), 'n2': (3,)}
    """
    made = {}
    for number, (name, draw) in enumerate(draws.items()):
        function = {"uniform": jax.random.uniform, "normal": jax.random.normal}[draw.kind]
        own = jax.random.fold_in(key, number)
        own = own if draw.seed is None else jax.random.fold_in(own, draw.seed)
        made[name] = function(own, (rows, *draw.shape), np.float32)
    return made


def bytes_drawn(draws: Mapping[str, Draw], rows: int) -> int:
    """The bytes of the random numbers of so many rows.

    >>> bytes_drawn({"u1": Draw((2,))}, 3)
    24
    """
    return sum(4 * rows * size(draw.shape) for draw in draws.values())


def drawn_for_all(
    draws: Mapping[str, Draw], key: Array, first: Array, rows: int, batch_size: int
) -> dict[str, Array]:
    """The random numbers of all updates of so many rows, (rows, …), each update's as ``drawn`` gives them.

    ``batch_size`` are the rows of an update, the last one's fewer; ``first`` is the number of the first.
    """
    if not draws:
        return {}
    full, rest = divmod(rows, batch_size)
    keys = jax.vmap(partial(jax.random.fold_in, key))(first + jnp.arange(full + (rest > 0)))
    found = jax.vmap(lambda own: drawn(draws, own, batch_size))(keys[:full])
    parts = [{name: values.reshape(-1, *values.shape[2:]) for name, values in found.items()}]
    if rest:
        parts.append(drawn(draws, keys[full], rest))
    return {name: jnp.concatenate([part[name] for part in parts]) for name in draws}
