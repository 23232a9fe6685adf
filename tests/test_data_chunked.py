"""Data larger than memory: every row once per epoch, in an order that follows from the seed."""

import re
import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.data import Chunked, ChunkedNpy, ChunkedParquet, read_parquet
from chainrule.data.scaling import learn_scaler


class Counted(Chunked):
    """Row i is x = [i, i + 1/2], y = i; pieces of the sizes given, read in parts of at most three rows."""

    def __init__(self, pieces, chunk_rows=None):
        super().__init__("counted", pieces, (2,), (), chunk_rows)
        self.firsts = np.concatenate([[0], np.cumsum(pieces)])

    def read(self, piece, first):
        for at in range(first, self._sizes[piece], 3):
            rows = self.firsts[piece] + np.arange(at, min(at + 3, self._sizes[piece]))
            yield np.stack([rows, rows + 0.5], axis=1), rows


def listed(chunks):
    return [(x.tolist(), y.tolist()) for x, y in chunks]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=6),
    st.integers(1, 12),
    st.integers(0, 3),
    st.integers(0, 3),
    st.booleans(),
)
def test_an_epoch_has_every_row_once_and_goes_on_from_any_chunk(pieces, chunk_rows, epoch, seed, shuffle):
    source = Counted(pieces, chunk_rows)
    chunks = listed(source.chunks(epoch, seed, shuffle))
    assert len(chunks) == source.chunk_count
    assert {len(y) for _, y in chunks[:-1]} <= {source.chunk_rows}
    rows = [row for _, y in chunks for row in y]
    assert sorted(rows) == list(range(sum(pieces)))
    assert shuffle or rows == sorted(rows)
    assert all(x == [[row, row + 0.5] for row in y] for x, y in chunks)
    for start in range(source.chunk_count + 1):
        assert listed(source.chunks(epoch, seed, shuffle, start)) == chunks[start:]


def test_the_order_follows_from_the_seed_and_the_epoch():
    source = Counted([5] * 20, 10)
    order = {(e, s): str(listed(source.chunks(e, s, shuffle=True))) for e in (0, 1) for s in (0, 1)}
    assert len(set(order.values())) == 4
    assert str(listed(Counted([5] * 20, 10).chunks(1, 1, shuffle=True))) == order[1, 1]
    (one,), (other,) = (Counted([50], 50).chunks(epoch, 0, shuffle=True) for epoch in (0, 1))
    assert one[1].tolist() != other[1].tolist()  # the rows of a chunk, too, come in another order


def test_rows_of_one_piece_do_not_stay_together():
    x, y = next(Counted([5] * 20, 20).chunks(0, 0, shuffle=True))
    assert len({row // 5 for row in y}) == 4
    assert (np.diff(y) != 1).any()
    assert (x.dtype, y.dtype) == (np.float32, np.int32)


def readers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_the_reading_thread_ends_with_the_epoch_or_with_its_caller():
    source = Counted([5] * 20, 10)
    list(source.chunks())
    assert readers() == []
    chunks = source.chunks()
    next(chunks)
    assert len(readers()) == 1
    chunks.close()
    assert readers() == []


def test_the_next_chunk_is_read_while_the_last_one_is_in_use_and_no_further():
    class Watched(Counted):
        def __init__(self):
            super().__init__([5] * 20, 10)
            self.begun = [threading.Event() for _ in range(20)]

        def read(self, piece, first):
            self.begun[piece].set()
            return super().read(piece, first)

    source = Watched()
    chunks = source.chunks()
    next(chunks)
    assert source.begun[3].wait(timeout=10)  # the last piece of the second chunk
    assert not source.begun[4].is_set()
    chunks.close()


def test_an_error_of_the_reading_thread_reaches_the_caller_at_its_chunk():
    class Broken(Counted):
        def read(self, piece, first):
            if piece == 4:
                raise OSError("the disk is gone")
            return super().read(piece, first)

    chunks = Broken([5] * 20, 10).chunks()
    assert next(chunks)[1].tolist() == list(range(10))
    assert next(chunks)[1].tolist() == list(range(10, 20))
    with pytest.raises(OSError, match="the disk is gone"):
        next(chunks)
    assert readers() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epoch": -1}, "epoch must be at least 0"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"start": 11}, "start is 11, and counted has 10 chunks"),
    ],
    ids=["epoch", "seed", "start"],
)
def test_numbers_out_of_range_are_refused_at_the_call(arguments, message):
    with pytest.raises(ValueError, match=message):
        Counted([5] * 20, 10).chunks(**arguments)


def test_chunks_take_64_megabytes_unless_told_otherwise():
    class Wide(Counted):
        def __init__(self):
            Chunked.__init__(self, "wide", [10**6], (784,), (), None)

    assert Wide().chunk_rows == 20 * 1024  # the most whole 1024 rows of 3,136 bytes in 64 MiB
    assert Counted([5]).chunk_rows == 5
    with pytest.raises(ValueError, match="chunk_rows must be at least 1"):
        Counted([5], 0)
    with pytest.raises(ValueError, match="counted has no rows"):
        Counted([])


def test_a_split_is_of_whole_pieces_and_of_every_row_once():
    source = Counted([5] * 20, 10)
    train, test = source.split(0.25, seed=1)
    assert (train.rows, test.rows, test.chunk_rows) == (75, 25, 10)
    found = [set(np.concatenate([y for _, y in part.chunks(0, 0, True)]).tolist()) for part in (train, test)]
    assert found[0] | found[1] == set(range(100))
    assert not found[0] & found[1]
    assert listed(source.split(0.25, seed=1)[1].chunks()) == listed(test.chunks())
    with pytest.raises(ValueError, match=r"of 1 pieces that stay whole, too few to keep 0\.2"):
        Counted([5]).split(0.2)
    with pytest.raises(ValueError, match="above 0 and below 1; got 1"):
        source.split(1)


@pytest.mark.parametrize("kind", ["standard", "min_max"])
def test_scaling_is_learned_chunk_by_chunk_and_done_as_rows_are_read(kind):
    source = Counted([7] * 20, 10)
    x = np.concatenate([x for x, _ in source.chunks()])
    scaler, whole = source.learn_scaler(kind), learn_scaler(kind, x)
    np.testing.assert_allclose(scaler.center, whole.center, rtol=1e-12)
    np.testing.assert_allclose(scaler.width, whole.width, rtol=1e-12)
    scaled = np.concatenate([x for x, _ in source.scaled(scaler).chunks()])
    np.testing.assert_array_equal(scaled, scaler.apply(x))
    np.testing.assert_array_equal(next(source.chunks())[0], x[:10])


# ------------------------------------------------------------------------------------ .npy


def saved(folder, x, y):
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    return folder / "x.npy", folder / "y.npy"


@pytest.mark.parametrize("kind", ["uint8", "int64", "float16", "float32", "float64", "bool", ">f4"])
def test_npy_files_give_the_rows_of_their_arrays(kind, tmp_path):
    x = np.arange(100 * 6).reshape(100, 2, 3).astype(kind)
    source = ChunkedNpy(*saved(tmp_path, x, np.arange(100)), chunk_rows=7)
    assert (source.rows, source.sample_shape, source.target_shape) == (100, (2, 3), ())
    chunks = list(source.chunks())
    np.testing.assert_array_equal(np.concatenate([x for x, _ in chunks]), x.astype(np.float32))
    np.testing.assert_array_equal(np.concatenate([y for _, y in chunks]), np.arange(100))
    found = np.concatenate([x for x, _ in source.chunks(3, 4, shuffle=True)])
    np.testing.assert_array_equal(np.sort(found, axis=0), np.sort(x.astype(np.float32), axis=0))


def test_plain_numbers_in_npy_files_are_a_column(tmp_path):
    source = ChunkedNpy(*saved(tmp_path, np.arange(5.0), np.ones((5, 2))))
    assert (source.sample_shape, source.target_shape) == ((1,), (2,))
    ((x, y),) = source.chunks()
    assert (x.tolist(), y.shape, y.dtype) == ([[0], [1], [2], [3], [4]], (5, 2), np.float32)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((3, 2)), np.ones(4), "has 3 rows and .* has 4"),
        (np.ones((0, 2)), np.ones(0), "has no rows"),
        (np.array(["a"]), np.ones(1), "holds <U1, expected numbers"),
        (np.array([1j]), np.ones(1), "holds complex128, expected numbers"),
        (np.array([None]), np.ones(1), r"holds object, expected numbers"),
        (np.float64(1), np.ones(1), "a single number, expected a row per sample"),
        (np.asfortranarray(np.ones((3, 2))), np.ones(3), "Fortran order"),
    ],
    ids=["rows", "none", "text", "complex", "objects", "number", "fortran"],
)
def test_npy_files_that_hold_no_rows_of_numbers_are_refused(x, y, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        ChunkedNpy(*saved(tmp_path, x, y))


def test_a_npy_file_of_another_length_than_its_header_says_is_refused(tmp_path):
    x_path, y_path = saved(tmp_path, np.ones((30, 2)), np.ones(30))
    whole = x_path.read_bytes()
    for content in (whole[:-1], whole + b"\0", whole[:20], b"", b"PK\x03\x04", b"text" * 40):
        x_path.write_bytes(content)
        with pytest.raises(ValueError, match=re.escape(str(x_path))):
            ChunkedNpy(x_path, y_path)
    giant = whole.replace(b"(30, 2), }", b"(9999999999999, 2), }")[: len(whole)]
    x_path.write_bytes(giant)
    with pytest.raises(ValueError, match=r"its header says|is no \.npy file"):
        ChunkedNpy(x_path, y_path)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e39])
def test_a_row_that_is_not_finite_is_named(wrong, tmp_path):
    x = np.ones((50, 3))
    x[33, 1] = wrong
    source = ChunkedNpy(*saved(tmp_path, x, np.ones(50)), chunk_rows=4)
    with pytest.raises(ValueError, match=r"x\.npy, row 33 holds NaN or what is no finite number"):
        list(source.chunks(0, 0, shuffle=True))


def test_finite_numbers_whose_sum_is_not_are_rows_as_any_other(tmp_path):
    x = np.full((50, 3), 3e38, np.float32)
    ((found, _),) = ChunkedNpy(*saved(tmp_path, x, np.ones(50))).chunks()
    np.testing.assert_array_equal(found, x)


def test_a_npy_file_that_shrinks_while_it_is_read_is_an_error(tmp_path):
    x_path, y_path = saved(tmp_path, np.ones((50, 3)), np.ones(50))
    source = ChunkedNpy(x_path, y_path, chunk_rows=10)
    x_path.write_bytes(x_path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"x\.npy became shorter"):
        list(source.chunks())


# --------------------------------------------------------------------------------- Parquet

X = np.arange(40 * 3, dtype=np.float32).reshape(40, 3)
Y = np.arange(40, dtype=np.int64) % 4


def fixed(x):
    return pa.FixedSizeListArray.from_arrays(pa.array(x.ravel()), x.shape[1])


LAYOUTS = {
    "columns": {"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]},
    "columns of several types": {
        "a": X[:, 0].astype("int8"),
        "b": X[:, 1].astype("f8"),
        "c": X[:, 2].astype("f4"),
    },
    "a fixed list": {"x": fixed(X)},
    "a fixed list of integers": {"x": fixed(X.astype("int16"))},
    "a list": {"x": pa.array(X.tolist())},
    "a large list": {"x": pa.array(X.tolist(), pa.large_list(pa.float64()))},
    "bytes": {"x": pa.array([bytes(row) for row in X.astype("uint8").tolist()], pa.binary(3))},
}


def written(folder, columns, y=Y, name="data.parquet", group=7):
    pq.write_table(pa.table({**columns, "y": y}), folder / name, row_group_size=group)
    return folder / name


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("chunk_rows", [1, 5, 7, 11, 100])
def test_parquet_files_give_the_rows_of_their_columns(layout, chunk_rows, tmp_path):
    source = ChunkedParquet(written(tmp_path, LAYOUTS[layout]), "y", chunk_rows=chunk_rows)
    assert (source.rows, source.sample_shape, source.target_shape) == (40, (3,), ())
    chunks = list(source.chunks())
    np.testing.assert_array_equal(np.concatenate([x for x, _ in chunks]), X)
    np.testing.assert_array_equal(np.concatenate([y for _, y in chunks]), Y)
    assert chunks[0][1].dtype == np.int32
    for start in range(source.chunk_count):
        found = list(source.chunks(2, 3, True, start))
        rows = (np.concatenate([x for x, _ in found])[:, 0] / 3).astype(int)
        np.testing.assert_array_equal(np.concatenate([y for _, y in found]), Y[rows])
        assert len(set(rows.tolist())) == 40 - start * source.chunk_rows


def test_rows_may_be_images_and_targets_several_columns(tmp_path):
    path = written(tmp_path, {"a": X[:, 0], "x": fixed(X.repeat(4, axis=1)), "b": X[:, 1]})
    source = ChunkedParquet(path, ["a", "b"], ["x"], sample_shape=(2, 3, 2))
    ((x, y),) = source.chunks()
    assert (x.shape, y.dtype) == ((40, 2, 3, 2), np.float32)
    np.testing.assert_array_equal(y, X[:, :2])
    with pytest.raises(ValueError, match=r"sample_shape \(2, 2\) has 4 numbers and a row holds 12"):
        ChunkedParquet(path, "a", ["x"], sample_shape=(2, 2))


def test_several_files_and_folders_of_files_are_one_data_set(tmp_path):
    one = written(tmp_path, {"a": X[:20, 0]}, Y[:20], "1.parquet")
    two = written(tmp_path, {"a": X[20:, 0]}, Y[20:], "2.parquet")
    (tmp_path / ".3.parquet").write_text("hidden")
    for path in (tmp_path, [one, two], str(tmp_path)):
        ((x, _),) = ChunkedParquet(path, "y").chunks()
        np.testing.assert_array_equal(x[:, 0], X[:, 0])
    written(tmp_path, {"b": X[:20, 0]}, Y[:20], "3.parquet")
    with pytest.raises(ValueError, match=r"3\.parquet, column 'a': no such column; the first file has float"):
        ChunkedParquet(tmp_path, "y")
    written(tmp_path, {"a": X[:20, 0].astype(int)}, Y[:20], "3.parquet")
    with pytest.raises(ValueError, match=r"3\.parquet, column 'a': int64; the first file has float"):
        ChunkedParquet(tmp_path, "y")


def test_a_parquet_file_in_memory_is_a_data_set(tmp_path):
    data = read_parquet(written(tmp_path, LAYOUTS["columns"]), "y")
    assert (data.name, data.x.dtype, data.y.dtype) == ("data", np.float32, np.int32)
    np.testing.assert_array_equal(data.x, X)


MISTAKES = {
    "a target": (LAYOUTS["columns"], {"target": "z"}, "no column 'z': expected one of a, b, c, y"),
    "a column": (LAYOUTS["columns"], {"columns": ["d"]}, "no column 'd'"),
    "the target as input": (
        LAYOUTS["columns"],
        {"columns": ["a", "y"]},
        "'y', which is the target: leave it",
    ),
    "a column twice": (LAYOUTS["columns"], {"columns": ["a", "a"]}, "columns name 'a' 2 times: keep one"),
    "no target": (LAYOUTS["columns"], {"target": []}, "give at least one target and one input"),
    "no input": ({}, {}, "has the columns y: give at least one target and one input"),
    "text": ({"a": ["x"] * 40, "b": X[:, 0]}, {}, "column 'a' holds string, expected numbers"),
    "dates": ({"a": pa.array([0] * 40, pa.date32())}, {}, r"column 'a' holds date32"),
    "texts in lists": ({"a": [["x"]] * 40}, {}, "column 'a' holds string"),
    "two lists": ({"a": fixed(X), "b": fixed(X)}, {}, "column 'a' holds lists: give it as the only column"),
    "a list as target": ({"a": fixed(X), "b": X[:, 0]}, {"target": "a"}, "column 'a' holds lists"),
    "no rows": ({"a": X[:0, 0]}, {}, "has no rows"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_columns_that_cannot_be_rows_are_refused(mistake, tmp_path):
    columns, arguments, message = MISTAKES[mistake]
    y = Y[:0] if mistake == "no rows" else Y
    with pytest.raises(ValueError, match=message):
        ChunkedParquet(written(tmp_path, columns, y), **{"target": "y", **arguments})


def spoilt(value):
    column = X[:, 1].tolist()
    column[23] = value
    return column


VALUES = {
    "a missing number": ({"a": spoilt(None)}, "column 'a', row 23 is empty"),
    "NaN": ({"a": spoilt(np.nan)}, "row 23 holds NaN"),
    "infinity": ({"a": spoilt(np.inf)}, "row 23 holds NaN or what is no finite number"),
    "too large": ({"a": spoilt(1e300)}, "row 23 holds NaN or what is no finite number in float32"),
    "a missing list": ({"a": [*X[:23].tolist(), None, *X[24:].tolist()]}, "column 'a', row 23 is empty"),
    "a shorter list": (
        {"a": [*X[:23].tolist(), [1.0], *X[24:].tolist()]},
        "row 23 has 1 numbers, and row 21",
    ),
    "a hole in a list": (
        {"a": [*X[:23].tolist(), [1.0, None, 2.0], *X[24:].tolist()]},
        "column 'a', row 23 holds an empty number",
    ),
    "lists of two lengths": (
        {"a": [*X[:21].tolist(), *[[1.0, 2.0]] * 19]},
        r"row (21|28|35) holds 2 numbers, and the first 3",
    ),
}


@pytest.mark.parametrize("mistake", VALUES)
@pytest.mark.parametrize("shuffle", [False, True])
def test_values_that_are_no_numbers_are_named_with_their_row(mistake, shuffle, tmp_path):
    columns, message = VALUES[mistake]
    source = ChunkedParquet(written(tmp_path, columns), "y", chunk_rows=10)
    with pytest.raises(ValueError, match=message):
        list(source.chunks(0, 1, shuffle))


def test_any_damage_to_a_parquet_file_is_a_value_error_or_leaves_numbers(tmp_path):
    whole = written(tmp_path, LAYOUTS["columns"]).read_bytes()
    path = tmp_path / "damaged.parquet"
    for content in (b"", b"PAR1", whole[:-1], whole[1:], whole[: len(whole) // 2], b"text" * 100):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"damaged\.parquet"):
            list(ChunkedParquet(path, "y").chunks())
    for place in range(4, len(whole), 37):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            chunks = list(ChunkedParquet(path, "y").chunks())
        except ValueError:
            continue
        assert sum(len(x) for x, _ in chunks) == 40
        assert all(np.isfinite(x).all() for x, _ in chunks)


def test_a_missing_parquet_file_and_an_empty_folder_are_named(tmp_path):
    with pytest.raises(FileNotFoundError):
        ChunkedParquet(tmp_path / "none.parquet", "y")
    with pytest.raises(ValueError, match=r"has no files that end in \.parquet"):
        ChunkedParquet(tmp_path, "y")
    with pytest.raises(ValueError, match="at least one Parquet file"):
        ChunkedParquet([], "y")


def test_a_row_group_larger_than_a_chunk_is_read_in_parts(tmp_path):
    path = written(tmp_path, {"x": fixed(np.ones((5000, 784), np.float32))}, np.zeros(5000), group=5000)
    source = ChunkedParquet(path, "y", chunk_rows=64)
    largest = max(len(x) for x, _ in source.read(0, 0))
    assert largest * 784 * 4 <= 2**23
    assert sum(len(x) for x, _ in source.read(0, 4000)) == 1000
    assert Path(path).stat().st_size > 0
