"""CIFAR's binary archives: images of 32 by 32 pixels in colour, read without unpacking them to disk.

Source of the format: Krizhevsky, Learning Multiple Layers of Features from Tiny Images (2009).
"""

from __future__ import annotations

import gzip
import lzma
import os
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

PathLike = str | os.PathLike[str]

SIDE = 32
PIXELS = 3 * SIDE * SIDE
MOST_IMAGES = 50_000
"""In one file of an archive."""
DAMAGE = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError)


class Images(NamedTuple):
    """Bytes of images (m, 32, 32, 3), and their labels (m,)."""

    pixels: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Archive:
    """Which files of an archive hold the images; before each image are some bytes of labels."""

    folder: str
    train: tuple[str, ...]
    test: tuple[str, ...]
    names: str
    labels: int
    classes: int


CIFAR10 = Archive(
    "cifar-10-batches-bin",
    tuple(f"data_batch_{i}.bin" for i in range(1, 6)),
    ("test_batch.bin",),
    "batches.meta.txt",
    labels=1,
    classes=10,
)
CIFAR100 = Archive(
    "cifar-100-binary", ("train.bin",), ("test.bin",), "fine_label_names.txt", labels=2, classes=100
)


def read_cifar(path: PathLike, archive: Archive) -> tuple[Images, Images, tuple[str, ...]]:
    """The images to train on, those to test with, and the names of the classes.

    ``path`` is the archive, or the folder that it unpacks to. Of the two labels of CIFAR-100 the finer
    one, the last, is taken.

    Raises ValueError for a file in it that is missing, or of another size or with another label than the
    format has; OSError where it cannot be read.
    """
    if Path(path).is_dir():
        return _read(Path(path), archive, lambda name: _head(Path(path, name).open("rb")))
    try:
        with tarfile.open(path, "r:*") as tar:
            return _read(Path(path), archive, lambda name: _member(tar, f"{archive.folder}/{name}"))
    except DAMAGE as error:
        raise ValueError(f"{path} is not a whole archive ({error}): get it again") from None


def _read(
    path: Path, archive: Archive, content: Callable[[str], bytes]
) -> tuple[Images, Images, tuple[str, ...]]:
    train, test = (_images(path, archive, names, content) for names in (archive.train, archive.test))
    names = tuple(content(archive.names).decode("utf-8", "replace").split())
    if len(names) != archive.classes:
        raise ValueError(f"{path}, {archive.names}: {len(names)} names; expected {archive.classes}")
    return train, test, names


def _images(path: Path, archive: Archive, names: tuple[str, ...], content: Callable[[str], bytes]) -> Images:
    record = archive.labels + PIXELS
    tables = []
    for name in names:
        found = content(name)
        if not found or len(found) % record or len(found) > MOST_IMAGES * record:
            raise ValueError(
                f"{path}, {name}: {len(found):,} bytes; expected {record:,} for each image, and at most "
                f"{MOST_IMAGES:,} images"
            )
        tables.append(np.frombuffer(found, np.uint8).reshape(-1, record))
    table = np.concatenate(tables)
    labels = table[:, archive.labels - 1]
    if labels.max() >= archive.classes:
        raise ValueError(f"{path}: label {labels.max()}; expected 0 to {archive.classes - 1}")
    planes = table[:, archive.labels :].reshape(-1, 3, SIDE, SIDE)
    return Images(np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), labels)


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        file = tar.extractfile(name)
    except KeyError:
        file = None
    if file is None:
        raise tarfile.ReadError(f"it has no file {name}")
    return _head(file)


def _head(file: IO[bytes]) -> bytes:
    """The bytes of a file, no more than any in these archives has, and one."""
    with file:
        return file.read(MOST_IMAGES * (2 + PIXELS) + 1)
