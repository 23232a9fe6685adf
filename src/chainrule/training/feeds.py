"""Where the rows of an epoch come from: arrays in memory, or chunks that are read while others train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.ahead import ahead
from chainrule.network import INPUT, TARGET
from chainrule.rules.arrays import Array
from chainrule.training.batches import rows_of
from chainrule.training.inference import Data
from chainrule.training.loop import epoch_order
from chainrule.training.native.rows import Outside, left_outside


class Source(Protocol):
    """A data set that is read in chunks, as :mod:`chainrule.data` has them."""

    @property
    def rows(self) -> int: ...

    @property
    def chunk_count(self) -> int: ...

    @property
    def chunk_rows(self) -> int: ...

    def chunks(
        self, epoch: int, seed: int, shuffle: bool, start: int = 0
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]: ...


class Chunk(NamedTuple):
    """Rows that are on the device, and the order in which they are trained."""

    data: Data
    order: Array


FEW = 2**14
"""Bytes. What is smaller goes along with each call sooner than it is put on a processor."""


class Memory:
    """Arrays that are on the device as a whole, or stay where they are: one chunk."""

    def __init__(self, data: dict[str, np.ndarray], seed: int = 0, shuffle: bool = False) -> None:
        self.data = {name: _near(array) for name, array in left_outside(data).items()}
        self.rows = rows_of(data)
        self.chunk_rows = self.rows
        self.seed, self._shuffle = seed, shuffle

    def chunks(self, epoch: int, start: int = 0) -> Iterator[Chunk]:
        """The chunks of an epoch, from the one with this number on."""
        if start == 0:
            key = jax.random.key(self.seed)
            yield Chunk(self.data, epoch_order(key, epoch, self.rows, self._shuffle))


def _near(array: Any) -> Any:
    """The array where programs take it from; what is done to the one given changes nothing of it."""
    if isinstance(array, Outside):
        return array
    if array.nbytes < FEW and jax.default_backend() == "cpu":
        return np.array(array)
    return jax.device_put(array)


class Stream:
    """Chunks of a source, each checked and put on the device while the one before it trains."""

    def __init__(self, source: Source, door: Any, seed: int = 0, shuffle: bool = False) -> None:
        self._source, self._door, self.seed, self._shuffle = source, door, seed, shuffle
        self.rows, self.chunk_rows = source.rows, source.chunk_rows

    def chunks(self, epoch: int, start: int = 0) -> Iterator[Chunk]:
        """The chunks of an epoch, from the one with this number on."""
        return ahead(self._chunks(epoch, start))

    def _chunks(self, epoch: int, start: int) -> Iterator[Chunk]:
        for x, y in self._source.chunks(epoch, self.seed, self._shuffle, start):
            inputs, targets = self._door(x, y)
            yield Chunk(on_device({INPUT: inputs, TARGET: targets}), jnp.arange(len(x)))


def on_device(data: dict[str, np.ndarray]) -> Data:
    """The arrays on the device; where that is the processor, an aligned one is taken without a copy."""
    return {name: jax.device_put(array) for name, array in data.items()}


Feed = Memory | Stream
