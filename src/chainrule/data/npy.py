"""Arrays in .npy files that may be larger than memory."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.lib import format as npy

from chainrule.data.chunked import Chunked, Rows, check_finite
from chainrule.doors import whole_number

PathLike = str | os.PathLike[str]

BLOCK_BYTES = 1 << 20


class ChunkedNpy(Chunked):
    """Inputs and targets from two .npy files, a row per sample, read in chunks.

    A block of rows is mapped into memory at a time, so that no more address space is taken than that.
    A piece is a block of a megabyte: in a shuffled epoch these come in an order drawn by chance.

    Raises ValueError for what is no whole .npy file of numbers, Fortran order, or different numbers of
    rows; OSError where a file cannot be read.
    """

    def __init__(self, x_path: PathLike, y_path: PathLike, chunk_rows: int | None = None) -> None:
        self._x, self._y = _header(Path(x_path)), _header(Path(y_path))
        rows = self._x.shape[0]
        if self._y.shape[0] != rows:
            raise ValueError(
                f"{x_path} has {rows} rows and {y_path} has {self._y.shape[0]}; give one of each per sample"
            )
        width = self._x.kind.itemsize * math.prod(self._x.shape[1:])
        self._block = max(1, BLOCK_BYTES // max(1, width))
        if chunk_rows is not None:
            self._block = min(self._block, whole_number(chunk_rows, "chunk_rows", 1))
        sizes = np.full(-(-rows // self._block), self._block)
        if len(sizes):
            sizes[-1] = rows - self._block * (len(sizes) - 1)
        shape = self._x.shape[1:] or (1,)  # plain numbers are a column, as for fit
        super().__init__(Path(x_path).stem, sizes.tolist(), shape, self._y.shape[1:], chunk_rows)

    def read(self, piece: int, first: int) -> Iterator[Rows]:
        begin = piece * self._block
        end = min(begin + self._block, self._x.shape[0])
        x, y = (_rows(file, begin + first, end) for file in (self._x, self._y))
        for file, part in ((self._x, x), (self._y, y)):
            check_finite(part, str(file.path), begin + first)
        yield x, y


class _Header(NamedTuple):
    """What a .npy file says of itself, and where its numbers begin."""

    path: Path
    shape: tuple[int, ...]
    kind: np.dtype
    offset: int


def _header(path: Path) -> _Header:
    with path.open("rb") as file:
        try:
            version = npy.read_magic(file)
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, is_fortran, kind = read(file)
        except ValueError as error:
            raise ValueError(f"{path} is no .npy file: {error}") from None
        offset = file.tell()
        size = os.fstat(file.fileno()).st_size
    if kind.kind not in "biuf":
        raise ValueError(f"{path} holds {kind}, expected numbers: convert it by astype before saving")
    if not shape:
        raise ValueError(f"{path} holds a single number, expected a row per sample")
    if is_fortran and len(shape) > 1:
        raise ValueError(
            f"{path} is in Fortran order, in which rows are scattered: save np.ascontiguousarray of it"
        )
    if size - offset != math.prod(shape) * kind.itemsize:
        raise ValueError(
            f"{path} has {size - offset:,} bytes of numbers, and its header says {kind} of shape {shape}: "
            "get it again"
        )
    return _Header(path, shape, kind, offset)


def _rows(file: _Header, begin: int, end: int) -> np.ndarray:
    width = file.kind.itemsize * math.prod(file.shape[1:])
    shape = (end - begin, *file.shape[1:])
    try:
        return np.memmap(file.path, file.kind, "r", file.offset + begin * width, shape)
    except ValueError as error:
        raise ValueError(f"{file.path} became shorter while it was read: {error}") from None
