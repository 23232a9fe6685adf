"""IDX files, the format of MNIST: read whole, with or without gzip, and nothing believed unchecked.

Source of the format: LeCun, Cortes and Burges, The MNIST database (1998).
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import IO, cast

import numpy as np

from chainrule.data.dataset import DataSet

PathLike = str | os.PathLike[str]

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""NumPy's names of the types, by their codes in the third byte."""
MOST_AXES = 8
BLOCK = 1 << 22
GZIP = b"\x1f\x8b"
DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile)
WHITE = 255


def read_idx(path: PathLike) -> np.ndarray:
    """The array of an IDX file, in its own type, with this machine's order of bytes.

    Raises ValueError for what is no whole IDX file: another magic number or type, fewer or more bytes
    than its header says; OSError where the file cannot be read. Memory is taken only for bytes that
    are there.
    """
    with open(path, "rb") as raw:
        is_packed = raw.read(2) == GZIP
        raw.seek(0)
        try:
            if is_packed:
                with gzip.open(raw) as file:
                    return _read(path, cast(IO[bytes], file))
            return _read(path, raw)
        except DAMAGE as error:
            raise ValueError(f"{path} is not a whole gzip file ({error}): get it again") from None


def read_idx_pair(images: PathLike, labels: PathLike) -> DataSet:
    """A data set from an IDX file of images and one of labels, as those of MNIST.

    x is (m, height, width, 1), float32, from 0 to 1 where the file holds bytes; y (m,) are int32 labels.

    Raises ValueError as :func:`read_idx`, and for files that are not of images, of labels, or of as many.
    """
    x, y = read_idx(images), read_idx(labels)
    if x.ndim != 3:
        raise ValueError(f"{images} holds an array of {x.ndim} axes; images have 3: number, height, width")
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise ValueError(
            f"{labels} holds {y.dtype} of shape {y.shape}; labels are one whole number per image"
        )
    if y.size and y.min() < 0:
        raise ValueError(f"{labels} holds the label {y.min()}; labels are whole numbers from 0 on")
    name = Path(images).name.split(".")[0]
    return DataSet(name, pixels(x)[..., None], y.astype(np.int32), None, x.shape[1:])


def pixels(raw: np.ndarray) -> np.ndarray:
    """Pixels as float32: bytes from 0 to 1, other types as they are."""
    found = raw.astype(np.float32)
    if raw.dtype == np.uint8:
        found /= WHITE
    return found


def _read(path: PathLike, file: IO[bytes]) -> np.ndarray:
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in TYPES:
        raise ValueError(
            f"{path} is no IDX file: it starts with {head.hex(' ') or 'nothing'}; an IDX file starts with "
            "00 00, then the code of its type (08 for bytes) and the number of axes"
        )
    axes = head[3]
    if not 1 <= axes <= MOST_AXES:
        raise ValueError(f"{path} says that it has {axes} axes; expected 1 to {MOST_AXES}")
    sizes = file.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise ValueError(f"{path} ends within its header: get it again")
    shape = struct.unpack(f">{axes}I", sizes)
    kind = np.dtype(TYPES[head[2]])
    content = _content(path, file, shape, math.prod(shape) * kind.itemsize)
    array = np.frombuffer(content, kind).reshape(shape)
    return array.astype(kind.newbyteorder("="), copy=False)


def _content(path: PathLike, file: IO[bytes], shape: tuple[int, ...], size: int) -> bytearray:
    """So many bytes, read block by block, so that a header alone takes no memory."""
    content = bytearray()
    while len(content) < size:
        block = file.read(min(BLOCK, size - len(content)))
        if not block:
            raise ValueError(
                f"{path} is cut off: its header says {' × '.join(map(str, shape))}, which is {size:,} bytes, "
                f"and {len(content):,} follow: get it again"
            )
        content += block
    if file.read(1):
        raise ValueError(f"{path} has more bytes after the {size:,} that its header says: get it again")
    return content
