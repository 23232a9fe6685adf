"""Data sets from files: CSV, and NumPy's .npy and .npz; nothing in a file is run."""

from __future__ import annotations

import csv
import os
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from chainrule.data.dataset import DataSet
from chainrule.lookup import suggest

PathLike = str | os.PathLike[str]

LARGEST = float(np.finfo(np.float32).max)
ZIP, NPY = b"PK", b"\x93NUMPY"
DAMAGE = (ValueError, EOFError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading a damaged zip file raises; RuntimeError for a flag that says it is encrypted."""


def read_csv(path: PathLike, target: str) -> DataSet:
    """A table of numbers under a header row: y is the target column (m,), x the others (m, n); float32.

    Raises ValueError, with the file, line and column, for a cell that is no finite number, a row of
    another length, a target that is no column, or no rows; OSError where the file cannot be read.
    """
    try:
        header, table = _parse(path, target)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is not a CSV file in UTF-8 ({error}): export it as one") from None
    at = header.index(target)
    return DataSet(Path(path).stem, np.delete(table, at, axis=1), table[:, at])


def _parse(path: PathLike, target: str) -> tuple[list[str], np.ndarray]:
    with open(path, newline="", encoding="utf-8-sig") as file:
        header = [name.strip() for name in next(csv.reader(file), [])]
        _check_header(path, header, target)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="loadtxt: input contained no data")
                table = np.loadtxt(file, np.float32, comments=None, delimiter=",", quotechar='"', ndmin=2)
        except ValueError as error:
            raise _mistake(path, header, str(error)) from None
    if not table.size:
        raise ValueError(f"{path} has a header and no rows: add a row per sample")
    if table.shape[1] != len(header) or not np.isfinite(table).all():
        raise _mistake(path, header, "a cell is not a finite number")
    return header, table


def _check_header(path: PathLike, header: list[str], target: str) -> None:
    if not header:
        raise ValueError(f"{path} is empty: it needs a header row with the names of the columns")
    if len(header) == 1 and target != header[0] and (found := {*";\t|"}.intersection(header[0])):
        raise ValueError(f"{path} has {min(found)!r} between its columns: export it with commas there")
    if target not in header:
        raise ValueError(f"{path} has no column {target!r} for the target: {suggest(target, header)}")
    if header.count(target) > 1:
        raise ValueError(f"{path} has {header.count(target)} columns named {target!r}: keep one")
    if len(header) == 1:
        raise ValueError(f"{path} has the target column {target!r} alone: add the columns of the inputs")


def _mistake(path: PathLike, header: list[str], otherwise: str) -> ValueError:
    """The error for the first cell or row that is wrong, found by going through the file again."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        next(reader)
        for row in filter(None, reader):
            place = f"{path}, line {reader.line_num}"
            if len(row) != len(header):
                return ValueError(f"{place}: {len(row)} cells, and the header names {len(header)} columns")
            for column, cell in zip(header, row, strict=True):
                if problem := _problem(cell):
                    return ValueError(f"{place}, column {column!r}: {problem}")
    return ValueError(f"{path}: {otherwise}")


def _problem(cell: str) -> str | None:
    """What is wrong with a cell, and what to do; None for a finite number.

    >>> _problem("1.5"), _problem("")
    (None, 'the cell is empty; fill it in or leave the row out')
    """
    if not cell.strip():
        return "the cell is empty; fill it in or leave the row out"
    try:
        value = float(cell.replace("_", "no number"))  # Python's 1_000 is not NumPy's
    except ValueError:
        return f"{cell!r} is not a number; write classes as whole numbers from 0, and decimals with a point"
    if not abs(value) <= LARGEST:
        return f"{cell!r} is not a finite number in float32; fill it in or leave the row out"
    return None


def read_npy(x_path: PathLike, y_path: PathLike) -> DataSet:
    """Inputs and targets from two .npy files.

    Raises ValueError for what is no .npy file of numbers, or different numbers of rows; OSError where
    a file cannot be read.
    """
    return DataSet(Path(x_path).stem, _npy(x_path), _npy(y_path))


def read_npz(path: PathLike) -> DataSet:
    """Inputs and targets from the arrays ``x`` and ``y`` of one .npz file.

    Raises ValueError for what is no .npz file, a missing array or one that is not of numbers, or
    different numbers of rows; OSError where the file cannot be read.
    """
    with open(path, "rb") as file:
        if not _starts_with(file, ZIP):
            raise ValueError(f"{path} is no .npz file: save one by np.savez(path, x=x, y=y)")
        try:
            with np.load(file, allow_pickle=False) as arrays:
                x, y = (_member(path, arrays, name) for name in ("x", "y"))
        except DAMAGE as error:
            raise ValueError(f"{path} is not a whole .npz file of numbers: {error}") from None
    return DataSet(Path(path).stem, x, y)


def _npy(path: PathLike) -> np.ndarray:
    with open(path, "rb") as file:
        if _starts_with(file, ZIP):
            raise ValueError(f"{path} is a .npz file, with several arrays: use read_npz")
        if not _starts_with(file, NPY):
            raise ValueError(f"{path} is no .npy file: save an array by np.save(path, array)")
        try:
            return _numbers(str(path), np.load(file, allow_pickle=False))
        except (ValueError, EOFError) as error:
            raise ValueError(f"{path} is not a whole .npy file of numbers: {error}") from None


def _starts_with(file: BinaryIO, expected: bytes) -> bool:
    """Whether a file starts with these bytes; it is left at its start."""
    found = file.read(len(expected))
    file.seek(0)
    return found == expected


def _member(path: PathLike, arrays: Any, name: str) -> np.ndarray:
    if name not in arrays:
        held = ", ".join(arrays) or "nothing"
        raise ValueError(f"it has no array {name!r}, it has {held}")
    return _numbers(f"array {name!r}", arrays[name])


def _numbers(what: str, array: Any) -> np.ndarray:
    kind = getattr(array, "dtype", np.dtype(object))
    if kind.kind not in "biuf":
        raise ValueError(f"{what} holds {kind}, expected numbers: convert it by astype before saving")
    return np.asarray(array)
