"""A call of many runs on the devices: what it is given, and which part of the runs each device takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec, Sharding

from chainrule.rules.arrays import Array
from chainrule.training.alike import Candidate
from chainrule.training.chunks import Chunk
from chainrule.training.together import Ran, Rows, keys_of

COPIES = "copies"


def on_devices(
    chunk: Chunk, program: Callable[..., Ran], candidates: Sequence[Candidate], sets: Sequence[Rows]
) -> Callable[[Any, int, int], Ran]:
    """The call of a chunk's program, from ``(values, start, stop)``; all else that it takes is in place.

    The runs are spread over all devices. What fills a call up is its last run again.
    """
    devices = jax.devices()
    size = -(-chunk.size // len(devices)) * len(devices)
    padding = size - len(chunk.members)
    members = [*chunk.members, *[chunk.members[-1]] * padding]
    ones = [candidates[number] for number in members]
    mesh = Mesh(np.array(devices), (COPIES,))
    spec: Any = PartitionSpec  # it has no types
    own, common = NamedSharding(mesh, spec(COPIES)), NamedSharding(mesh, spec())
    fixed = (
        jax.device_put(chunk.group.given(members), own),
        _rows([sets[one.rows] for one in ones], own, common, chunk.own_rows),
        jax.device_put(np.array([one.rate for one in ones], np.float32), own),
        jax.device_put(*_keys([one.seed for one in ones], own, common, chunk.own_keys)),
    )

    def call(values: Any, start: int, stop: int) -> Ran:
        if len(next(iter(values.values()))) < size:
            values = {name: _filled(value, padding) for name, value in values.items()}
        found: Ran = program(
            jax.device_put(values, own),
            *fixed,
            np.int32(start),
            np.int32(stop),
            own_rows=chunk.own_rows,
            own_keys=chunk.own_keys,
        )
        return found

    return call


def _rows(sets: list[Rows], own: Sharding, common: Sharding, own_rows: bool) -> Rows:
    rows = jax.tree.map(lambda *arrays: np.stack(arrays), *sets) if own_rows else sets[0]
    placed: Rows = jax.device_put(rows, own if own_rows else common)
    return placed


def _keys(seeds: list[int], own: Sharding, common: Sharding, own_keys: bool) -> tuple[Array, Sharding]:
    return (keys_of(seeds), own) if own_keys else (keys_of(seeds[0]), common)


def _filled(value: np.ndarray, padding: int) -> np.ndarray:
    return np.concatenate([value, np.repeat(value[-1:], padding, axis=0)])
