"""The rows of a training run: loaded as its file says, parted, and scaled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from chainrule.data import (
    NAMES,
    Chunked,
    ChunkedNpy,
    ChunkedParquet,
    DataSet,
    Scaler,
    learn_scaler,
    load,
    read_csv,
    read_idx_pair,
    read_images,
    read_npy,
    read_npz,
    read_parquet,
    split,
    split_three,
)
from chainrule.experiment.table import DataTable
from chainrule.lookup import suggest
from chainrule.utils import to_categorical

MeasuredOn = Literal["test", "validation", "training"]
Pair = tuple[np.ndarray, np.ndarray]
"""x and y."""
Numbers = Callable[[str, Any], np.ndarray]
"""Makes an array of the numbers in a file; the first argument is their place."""


@dataclass(frozen=True)
class Rows:
    """What a run trains on, validates on, and is tested on.

    ``data`` is the set; of one that is read in chunks, the rows of the test. ``x_train`` is then what
    gives the chunks, with the targets, and ``y_train`` is None. Without rows for the test, it is on
    those to validate on, or else on those trained on, as ``measured_on`` says.
    """

    data: DataSet
    x_train: np.ndarray | Chunked
    y_train: np.ndarray | None
    x_test: np.ndarray
    y_test: np.ndarray
    validation: Pair | None
    scaler: Scaler | None
    measured_on: MeasuredOn


def load_data(table: DataTable, numbers: Numbers) -> DataSet | Chunked:
    """The data that a training file names: in memory, or what gives it in chunks.

    Raises ValueError for what is not known or cannot be used, OSError for a missing file.
    """
    if table.chunk_rows is not None:
        return _source(table)
    data = _data_set(table, numbers)
    if data.x.ndim == 1:  # plain numbers are a column, as for fit
        data = replace(data, x=data.x[:, None])
    return _one_hot(data) if table.one_hot else data


def _data_set(table: DataTable, numbers: Numbers) -> DataSet:
    if table.name is not None:
        if table.name not in NAMES:
            raise ValueError(f"data.name: unknown data set {table.name!r}; {suggest(table.name, NAMES)}")
        return load(table.name, table.data_dir)
    if table.csv is not None:
        return read_csv(table.csv, str(table.target))
    if table.npz is not None:
        return read_npz(table.npz)
    if table.parquet is not None:
        return read_parquet(table.parquet, table.target or "", table.columns, _shape(table))
    if table.folder is not None:
        height, width = table.image_size
        return read_images(table.folder, (height, width), table.color_mode)
    if table.images is not None and table.labels is not None:
        return read_idx_pair(table.images, table.labels)
    if isinstance(table.x, Path) and isinstance(table.y, Path):
        return read_npy(table.x, table.y)
    return DataSet("data", numbers("data.x", table.x), numbers("data.y", table.y))


def _source(table: DataTable) -> Chunked:
    if table.parquet is None:
        return ChunkedNpy(table.x, table.y, table.chunk_rows)
    return ChunkedParquet(table.parquet, table.target or "", table.columns, _shape(table), table.chunk_rows)


def _shape(table: DataTable) -> tuple[int, ...] | None:
    return None if table.sample_shape is None else tuple(table.sample_shape)


def _one_hot(data: DataSet) -> DataSet:
    """The set with its labels as rows of 0 and 1, as many as there are classes."""
    labels = [y for y in (data.y, data.y_test) if y is not None]
    try:
        classes = len(data.classes) if data.classes else 1 + int(max(y.max() for y in labels))
        rows = [to_categorical(y, classes).astype(np.float32) for y in labels]
    except ValueError as error:
        raise ValueError(f"data.one_hot: {error}") from None
    return replace(data, y=rows[0], y_test=rows[1] if data.y_test is not None else None)


def parted(data: DataSet | Chunked, table: DataTable, seed: int, labelled: bool) -> Rows:
    """The rows that each is for, drawn by chance from the seed, scaled by what those trained on say.

    ``labelled``: the targets are labels, whose shares are kept in each part.

    Raises ValueError, with the key, where a part would be empty.
    """
    if isinstance(data, Chunked):
        return _parted_source(data, table, seed)
    if data.x_test is not None and table.test:
        raise ValueError(
            f"data.test: {data.name} has {len(data.x_test):,} rows for the test already: leave it out"
        )
    train, held, test = _split(data, table, seed, labelled)
    scaler = learn_scaler(table.scale, train[0]) if table.scale else None
    train, test = _scaled(train, scaler), _scaled(test, scaler)
    measured_on: MeasuredOn = "training"
    if table.test or data.x_test is not None:
        measured_on = "test"
    elif table.validation:
        measured_on = "validation"
    held = _scaled(held, scaler) if held is not None else test if measured_on == "test" else None
    return Rows(data, *train, *test, held, scaler, measured_on)


def _split(data: DataSet, table: DataTable, seed: int, labelled: bool) -> tuple[Pair, Pair | None, Pair]:
    """The rows to train on, to validate on, and to test with."""
    whole = (data.x, data.y)
    own = whole if data.x_test is None or data.y_test is None else (data.x_test, data.y_test)
    key = "test" if table.test else "validation"
    try:
        if table.test and table.validation:
            parts = split_three(*whole, table.validation, table.test, seed, labelled)
            return parts.train, parts.validation, parts.test
        if not (table.test or table.validation):
            return whole, None, own
        x, x_held, y, y_held = split(*whole, table.test or table.validation, seed, labelled)
    except ValueError as error:
        raise ValueError(f"data.{key}: {error}") from None
    if table.test:
        return (x, y), None, (x_held, y_held)
    return (x, y), (x_held, y_held), (x_held, y_held) if own is whole else own


def _scaled(rows: Pair, scaler: Scaler | None) -> Pair:
    return rows if scaler is None else (scaler.apply(rows[0]), rows[1])


def _parted_source(source: Chunked, table: DataTable, seed: int) -> Rows:
    key = "test"
    try:
        train, test = source.split(table.test, seed)
        held: Chunked | None = None
        if table.validation:
            key = "validation"
            train, held = train.split(table.validation / (1 - table.test), seed)
    except ValueError as error:
        raise ValueError(f"data.{key}: {error}") from None
    scaler = train.learn_scaler(table.scale) if table.scale else None
    if scaler is not None:
        train, test = train.scaled(scaler), test.scaled(scaler)
        held = held.scaled(scaler) if held is not None else None
    x_test, y_test = test.whole()
    validation = (x_test, y_test) if held is None else held.whole()
    return Rows(DataSet(source.name, x_test, y_test), train, None, x_test, y_test, validation, scaler, "test")
