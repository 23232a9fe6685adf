"""Data sets larger than memory: read in chunks, the next one while the last one trains."""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np

from chainrule.ahead import ahead
from chainrule.data.scaling import Scaler, learn_scaler
from chainrule.doors import whole_number

Rows = tuple[np.ndarray, np.ndarray]
"""x and y."""

CHUNK_BYTES = 1 << 26
EVEN = 1024
"""A chunk has a multiple of so many rows where it can, so that the usual batches fill it."""
ALIGNMENT = 64
"""Bytes."""


class Chunked(ABC):
    """A data set that is read from files in chunks, all of ``chunk_rows`` rows but the last.

    The files are seen as pieces (a block of a .npy file, a row group of a Parquet file). In a shuffled
    epoch the pieces come in an order drawn by chance, and the rows of each chunk in another; both follow
    from the seed and the epoch alone. At most three chunks are in memory at a time: the one that the
    caller holds, the next, which is read ahead by a thread, and the one that is being given back.

    What is read: ``rows``, ``sample_shape`` and ``target_shape`` (of one row), ``chunk_rows``,
    ``chunk_count``.
    """

    def __init__(
        self,
        name: str,
        pieces: Sequence[int],
        sample_shape: tuple[int, ...],
        target_shape: tuple[int, ...],
        chunk_rows: int | None,
    ) -> None:
        """``pieces`` are the numbers of rows of each; ``chunk_rows`` is 64 MiB of inputs where it is None."""
        self.name = name
        self.sample_shape, self.target_shape = sample_shape, target_shape
        self._sizes = np.array(pieces, np.int64)
        self._chosen = np.arange(len(pieces))
        self._scaler: Scaler | None = None
        if not self.rows:
            raise ValueError(f"{name} has no rows: give at least one")
        self.chunk_rows = _chunk_rows(chunk_rows, math.prod(sample_shape), self.rows)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return int(self._sizes[self._chosen].sum())

    @property
    def chunk_count(self) -> int:
        """The number of chunks of an epoch."""
        return -(-self.rows // self.chunk_rows)

    def __len__(self) -> int:
        return self.rows

    @abstractmethod
    def read(self, piece: int, first: int) -> Iterator[Rows]:
        """The rows of a piece from the row with this number on, in parts that are small beside a chunk."""

    def chunks(self, epoch: int = 0, seed: int = 0, shuffle: bool = False, start: int = 0) -> Iterator[Rows]:
        """The chunks of an epoch, from the one with this number on: x (rows, …) float32, and y.

        y is int32 where the files hold whole numbers, else float32. The next chunk is read by a thread
        while the caller works with the last; the thread ends with the epoch, or when the iterator is
        closed.

        Raises ValueError for a number below 0, or a chunk that there is not; in the midst of an epoch
        ValueError for values that are missing, NaN or infinite, and OSError for files that cannot be read.
        """
        epoch, seed, start = (
            whole_number(value, name, 0)
            for value, name in ((epoch, "epoch"), (seed, "seed"), (start, "start"))
        )
        if start > self.chunk_count:
            raise ValueError(f"start is {start}, and {self.name} has {self.chunk_count} chunks")
        return ahead(self._chunks(epoch, seed, bool(shuffle), start))

    def whole(self) -> Rows:
        """All rows in memory, in the order of the files."""
        rows, _ = self._filled(self._parts(self._chosen, 0), None, self.rows, None)
        return rows

    def split(self, test: float, seed: int = 0) -> tuple[Self, Self]:
        """Two data sets: one to train on, and one with about this part of the rows to test with.

        Whole pieces are drawn by chance, so the part is met as nearly as their sizes allow.

        Raises ValueError where one of the two would be empty.
        """
        if not isinstance(test, int | float) or not 0 < test < 1:
            raise ValueError(f"test must be a part of the rows, above 0 and below 1; got {test!r}")
        order = _generator(seed).permutation(self._chosen)
        filled = np.cumsum(self._sizes[order])
        count = 1 + int(np.abs(filled - test * self.rows).argmin())
        if count >= len(order):
            raise ValueError(
                f"{self.name} is of {len(order)} pieces that stay whole, too few to keep {test:.3g} of its "
                "rows apart: write the file with smaller row groups"
            )
        return self._part(order[count:]), self._part(order[:count])

    def scaled(self, scaler: Scaler) -> Self:
        """The same data set with its inputs scaled as they are read."""
        other = copy.copy(self)
        other._scaler = scaler
        return other

    def learn_scaler(self, kind: str) -> Scaler:
        """A scaler learned from all rows, chunk by chunk."""
        return learn_scaler(kind, (x for x, _ in self.chunks()))

    def _part(self, chosen: np.ndarray) -> Self:
        other = copy.copy(self)
        other._chosen = np.sort(chosen)
        other.chunk_rows = min(self.chunk_rows, other.rows)
        return other

    def _chunks(self, epoch: int, seed: int, shuffle: bool, start: int) -> Iterator[Rows]:
        order = _generator(seed, epoch).permutation(self._chosen) if shuffle else self._chosen
        parts = self._parts(order, start * self.chunk_rows)
        rest: Rows | None = None
        for number in range(start, self.chunk_count):
            count = min(self.chunk_rows, self.rows - number * self.chunk_rows)
            # Rows go to their shuffled places as they are read, which saves a copy of the chunk.
            places = _generator(seed, epoch, number).permutation(count) if shuffle else None
            chunk, rest = self._filled(parts, rest, count, places)
            yield chunk

    def _parts(self, order: np.ndarray, first: int) -> Iterator[Rows]:
        """The rows of the pieces in this order, without so many at the beginning."""
        ends = np.cumsum(self._sizes[order])
        at = int(np.searchsorted(ends, first, side="right"))
        skipped = first - int(ends[at - 1]) if at else first
        for piece in order[at:]:
            yield from self.read(int(piece), skipped)
            skipped = 0

    def _filled(
        self, parts: Iterator[Rows], rest: Rows | None, count: int, places: np.ndarray | None
    ) -> tuple[Rows, Rows | None]:
        """A chunk of so many rows, and what is left of the part that did not fit into it."""
        x = _aligned((count, *self.sample_shape))
        y: np.ndarray | None = None
        filled = 0
        while filled < count:
            part_x, part_y = next(parts) if rest is None else rest
            if y is None:
                y = np.empty((count, *self.target_shape), target_type(part_y.dtype))
            taken = min(len(part_x), count - filled)
            to: Any = slice(filled, filled + taken)
            to = to if places is None else places[to]
            x[to] = self._checked(part_x[:taken])
            y[to] = part_y[:taken]
            rest = (part_x[taken:], part_y[taken:]) if taken < len(part_x) else None
            filled += taken
        assert y is not None
        return (x, y), rest

    def _checked(self, x: np.ndarray) -> np.ndarray:
        x = x.reshape(len(x), *self.sample_shape)
        if self._scaler is not None:
            return self._scaler.apply(x)
        return x


def _aligned(shape: tuple[int, ...]) -> np.ndarray:
    """An array of float32, not filled, that begins where JAX can take it as it is, without a copy."""
    size = 4 * math.prod(shape)
    memory = np.empty(size + ALIGNMENT, np.uint8)
    begin = -memory.ctypes.data % ALIGNMENT
    return memory[begin : begin + size].view(np.float32).reshape(shape)


def target_type(kind: np.dtype) -> type:
    """int32 for whole numbers, float32 for others."""
    return np.int32 if kind.kind in "biu" else np.float32


def check_finite(x: np.ndarray, place: str, first: int) -> None:
    """Raise ValueError, with the row, for NaN or what is infinite in float32."""
    if x.dtype.kind != "f":
        return
    with np.errstate(over="ignore", invalid="ignore"):
        # A sum is finite only where all are; it is far faster than a look at each.
        if np.isfinite(x.sum(dtype=np.float32)):
            return
        wrong = ~np.isfinite(x.astype(np.float32, copy=False)).reshape(len(x), -1).all(axis=1)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"{place}, row {first + row} holds NaN or what is no finite number in float32: "
            "leave such rows out or fill them in"
        )


def _chunk_rows(wanted: int | None, width: int, rows: int) -> int:
    if wanted is not None:
        return min(whole_number(wanted, "chunk_rows", 1), rows)
    fitting = max(1, CHUNK_BYTES // (4 * max(1, width)))
    return min(fitting - fitting % EVEN if fitting > EVEN else fitting, rows)


def _generator(*seeds: int) -> np.random.Generator:
    return np.random.default_rng(seeds)
