"""Parquet files that may be larger than memory; needs pyarrow."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chainrule.data.chunked import Chunked, Rows, check_finite
from chainrule.data.dataset import DataSet
from chainrule.lookup import suggest

if TYPE_CHECKING:
    import pyarrow as pa

PathLike = str | os.PathLike[str]

PART_BYTES = 1 << 21
"""Of the inputs in a part that is decoded at once: small enough for the processor's caches."""
BUFFER_BYTES = 1 << 20
"""For all columns together, of what is read from the disk at once."""


class _Group(NamedTuple):
    """A row group of a file."""

    path: Path
    number: int
    first: int
    rows: int


class ChunkedParquet(Chunked):
    """Columns of Parquet files as inputs and targets, a row per sample, read in chunks.

    ``path`` is a file, a folder of .parquet files, or several files. ``target`` is the column to
    predict, or several; ``columns`` are the inputs, by default all others: columns of numbers, or one
    column that holds all numbers of a row (a list, or bytes of fixed length, as pixels).
    ``sample_shape`` gives a row of inputs another shape, as (28, 28, 1).

    A piece is a row group: in a shuffled epoch these come in an order drawn by chance. Files with row
    groups larger than a chunk, and rows in some order, shuffle badly: write them with smaller ones.

    Raises ValueError for what is no Parquet file, files that differ, columns that are missing or hold no
    numbers, and numbers that are missing; OSError where a file cannot be read; ImportError without
    pyarrow.
    """

    def __init__(
        self,
        path: PathLike | Sequence[PathLike],
        target: str | Sequence[str],
        columns: Sequence[str] | None = None,
        sample_shape: tuple[int, ...] | None = None,
        chunk_rows: int | None = None,
    ) -> None:
        paths = _paths(path)
        self._targets = [target] if isinstance(target, str) else list(target)
        opened = {file: _open(file) for file in paths}
        schema = opened[paths[0]].schema_arrow
        self._inputs = _inputs(paths[0], schema, self._targets, columns)
        for file in paths:
            _check_alike(file, opened[file].schema_arrow, schema, self._wanted)
        self._metadata = {file: opened[file].metadata for file in paths}
        self._groups = [group for file in paths for group in _groups(file, self._metadata[file])]
        width = _width(self._groups, self._inputs, schema)
        shape = (width,) if sample_shape is None else tuple(sample_shape)
        if math.prod(shape) != width:
            raise ValueError(f"sample_shape {shape} has {math.prod(shape)} numbers and a row holds {width}")
        targets = () if isinstance(target, str) else (len(self._targets),)
        sizes = [group.rows for group in self._groups]
        super().__init__(paths[0].stem, sizes, shape, targets, chunk_rows)

    @property
    def _wanted(self) -> list[str]:
        return [*self._inputs, *self._targets]

    def read(self, piece: int, first: int) -> Iterator[Rows]:
        group = self._groups[piece]
        width = math.prod(self.sample_shape)
        batch = max(1, min(PART_BYTES // (4 * width), group.rows))
        at = 0
        with _open(group.path, len(self._wanted), self._metadata[group.path]) as file:
            for found in _batches(group.path, file, batch, group.number, self._wanted):
                if at + len(found) > first:
                    kept = found.slice(max(0, first - at))
                    yield self._numbers(group, at + max(0, first - at), kept)
                at += len(found)
        if at != group.rows:
            raise ValueError(
                f"{group.path} changed while it was read: a row group has {at} rows, not {group.rows}"
            )

    def _numbers(self, group: _Group, at: int, found: pa.RecordBatch) -> Rows:
        place, row = str(group.path), group.first + at
        x = _table(found.select(self._inputs), place, row)
        y = _table(found.select(self._targets), place, row).reshape(len(found), *self.target_shape)
        if x.shape[1] != math.prod(self.sample_shape):
            raise ValueError(
                f"{place}, row {row} holds {x.shape[1]} numbers, and the first {math.prod(self.sample_shape)}"
            )
        check_finite(x, place, row)
        check_finite(y, place, row)
        return x, y


def read_parquet(
    path: PathLike | Sequence[PathLike],
    target: str | Sequence[str],
    columns: Sequence[str] | None = None,
    sample_shape: tuple[int, ...] | None = None,
) -> DataSet:
    """The whole of a Parquet file in memory: x float32, y int32 or float32; see :class:`ChunkedParquet`."""
    source = ChunkedParquet(path, target, columns, sample_shape)
    return DataSet(source.name, *source.whole())


def _paths(path: PathLike | Sequence[PathLike]) -> list[Path]:
    if not isinstance(path, str | os.PathLike):
        paths = [Path(one) for one in path]
        if not paths:
            raise ValueError("give at least one Parquet file")
        return paths
    folder = Path(path)
    if not folder.is_dir():
        return [folder]
    found = sorted(file for file in folder.glob("*.parquet") if not file.name.startswith("."))
    if not found:
        raise ValueError(f"{folder} has no files that end in .parquet")
    return found


def _open(path: Path, columns: int = 1, metadata: Any = None) -> Any:
    """The file, with memory for a small part of each column only, however long its row groups are."""
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ImportError("Parquet files need pyarrow: pip install 'chainrule[parquet]'") from error
    size = max(1 << 12, BUFFER_BYTES // columns)
    with _no_damage(path):
        return pq.ParquetFile(path, metadata=metadata, pre_buffer=False, buffer_size=size)


def _batches(path: Path, file: Any, rows: int, group: int, columns: list[str]) -> Iterator[pa.RecordBatch]:
    with _no_damage(path):
        yield from file.iter_batches(rows, row_groups=[group], columns=columns, use_threads=False)


@contextmanager
def _no_damage(path: Path) -> Iterator[None]:
    """Errors of what a file holds as ValueError; those of the system, as a missing file, as they are."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ValueError(f"{path} cannot be read as a Parquet file: {_line(error)}") from None


def _line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0]


def _inputs(path: Path, schema: pa.Schema, targets: list[str], wanted: Sequence[str] | None) -> list[str]:
    """The names of the columns of the inputs; they and the targets are checked."""
    names = schema.names
    for name in (*targets, *(wanted or ())):
        if name not in names:
            raise ValueError(f"{path} has no column {name!r}: {suggest(name, names)}")
        if names.count(name) > 1:
            raise ValueError(f"{path} has {names.count(name)} columns named {name!r}: keep one")
    inputs = [name for name in names if name not in targets] if wanted is None else list(wanted)
    for name in inputs:
        if name in targets:
            raise ValueError(f"columns name {name!r}, which is the target: leave it out of the inputs")
        if inputs.count(name) > 1:
            raise ValueError(f"columns name {name!r} {inputs.count(name)} times: keep one")
    if not targets or not inputs:
        raise ValueError(f"{path} has the columns {', '.join(names)}: give at least one target and one input")
    for name in (*inputs, *targets):
        _check_type(path, name, schema.field(name).type, inputs == [name])
    return inputs


def _check_alike(path: Path, own: pa.Schema, first: pa.Schema, wanted: list[str]) -> None:
    """Raise ValueError unless the columns hold what those of the first file hold."""
    for name in wanted:
        kind = own.field(name).type if name in own.names else "no such column"
        if kind != first.field(name).type:
            raise ValueError(f"{path}, column {name!r}: {kind}; the first file has {first.field(name).type}")


def _check_type(path: Path, name: str, kind: pa.DataType, may_be_list: bool) -> None:
    import pyarrow as pa

    types = pa.types
    if types.is_fixed_size_binary(kind) or _is_list(kind):
        if not may_be_list:
            raise ValueError(f"{path}, column {name!r} holds lists: give it as the only column of inputs")
        kind = pa.uint8() if types.is_fixed_size_binary(kind) else kind.value_type
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise ValueError(f"{path}, column {name!r} holds {kind}, expected numbers: leave it out by columns=")


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    types = pa.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _groups(path: Path, metadata: Any) -> list[_Group]:
    rows = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    if min(rows, default=0) < 0 or sum(rows) != metadata.num_rows:
        raise ValueError(f"{path} is damaged: its row groups have {sum(rows)} rows, it {metadata.num_rows}")
    firsts = np.concatenate([[0], np.cumsum(rows)]).tolist()
    return [_Group(path, i, int(firsts[i]), count) for i, count in enumerate(rows) if count]


def _width(groups: list[_Group], inputs: list[str], schema: pa.Schema) -> int:
    """How many numbers the inputs of a row are; of lists of any length the first row says it."""
    import pyarrow as pa

    kind = schema.field(inputs[0]).type
    if pa.types.is_fixed_size_binary(kind):
        return int(kind.byte_width)
    if pa.types.is_fixed_size_list(kind):
        return int(kind.list_size)
    if not _is_list(kind) or not groups:
        return len(inputs)
    with _open(groups[0].path) as file:
        first = next(_batches(groups[0].path, file, 1, groups[0].number, inputs))
    return max(1, len(first.column(0)[0].as_py() or ()))


def _table(found: pa.RecordBatch, place: str, row: int) -> np.ndarray:
    """The numbers of some rows; shape (rows, numbers)."""
    import pyarrow as pa

    for name, column in zip(found.schema.names, found.columns, strict=True):
        if column.null_count:
            empty = row + int(np.argmax(column.is_null().to_numpy(zero_copy_only=False)))
            raise ValueError(
                f"{place}, column {name!r}, row {empty} is empty: fill it in or leave the row out"
            )
    kind = found.schema.types[0]
    if _is_list(kind):
        return _lists(found.column(0), f"{place}, column {found.schema.names[0]!r}", row)
    if pa.types.is_fixed_size_binary(kind):
        return _bytes(found.column(0), kind.byte_width)
    if len(set(found.schema.types)) == 1 and not pa.types.is_boolean(kind):
        table: np.ndarray = found.to_tensor(row_major=True).to_numpy()
        return table
    return np.column_stack([column.to_numpy(zero_copy_only=False) for column in found.columns])


def _lists(column: Any, place: str, row: int) -> np.ndarray:
    import pyarrow as pa

    rows = len(column)
    if not pa.types.is_fixed_size_list(column.type):
        lengths = np.diff(column.offsets.to_numpy())
        if (lengths != lengths[0]).any():
            other = int((lengths != lengths[0]).argmax())
            raise ValueError(
                f"{place}, row {row + other} has {lengths[other]} numbers, and row {row} has {lengths[0]}"
            )
    values = column.flatten()
    if values.null_count:
        empty = int(values.is_null().to_numpy(zero_copy_only=False).argmax()) * rows // len(values)
        raise ValueError(f"{place}, row {row + empty} holds an empty number: fill it in or leave the row out")
    numbers: np.ndarray = values.to_numpy(zero_copy_only=False)
    return numbers.reshape(rows, -1)


def _bytes(column: Any, width: int) -> np.ndarray:
    """The bytes of each row, where the column holds them, without a copy."""
    content = np.frombuffer(column.buffers()[1], np.uint8)
    begin = column.offset * width
    return content[begin : begin + len(column) * width].reshape(len(column), width)
