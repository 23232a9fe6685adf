"""Data sets: the bundled digits, files that are right, and files that are not."""

import contextlib
import re
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from chainrule.data import DataSet, digits, read_csv, read_npy, read_npz, split


def test_digits_are_those_of_scikit_learn_from_0_to_1():
    data, theirs = digits(), load_digits()
    np.testing.assert_array_equal(data.x * 16, theirs.data)
    np.testing.assert_array_equal(data.y, theirs.target)
    assert (data.x.shape, data.x.dtype, data.y.dtype) == ((1797, 64), np.float32, np.int32)
    assert (data.x.min(), data.x.max(), data.image_shape) == (0, 1, (8, 8))
    assert data.classes == tuple("0123456789")


def test_split_keeps_rows_together_and_labels_in_their_shares():
    data = digits()
    x_train, x_test, y_train, y_test = split(data.x, data.y, test=0.25, seed=3, stratify=True)
    assert len(x_train) + len(x_test) == 1797
    rows = {row.tobytes(): label for row, label in zip(data.x, data.y, strict=True)}
    for x, y in ((x_train, y_train), (x_test, y_test)):
        assert all(rows[row.tobytes()] == label for row, label in zip(x, y, strict=True))
    shares = [np.bincount(y) / len(y) for y in (y_train, y_test)]
    np.testing.assert_allclose(*shares, atol=0.002)
    again = split(data.x, data.y, test=0.25, seed=3, stratify=True)
    np.testing.assert_array_equal(again[1], x_test)
    assert not np.array_equal(split(data.x, data.y, test=0.25, seed=4)[1], x_test)


def csv(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        "a,y,b\n1,0,2.5\n-3e1,1,4\n",
        "a,y,b\r\n1,0,2.5\r\n-3e1,1,4",
        "\ufeffa, y ,b\n 1 ,0,2.5\n\n-3e1,1,4\n\n",
        '"a","y","b"\n"1","0","2.5"\n"-3e1","1","4"\n',
    ],
)
def test_a_csv_file_gives_its_columns(tmp_path, content):
    data = read_csv(csv(tmp_path, content), "y")
    assert data.name == "table"
    np.testing.assert_array_equal(data.x, np.float32([[1, 2.5], [-30, 4]]))
    np.testing.assert_array_equal(data.y, np.float32([0, 1]))


def test_a_csv_file_of_one_row_and_one_input_column_is_a_table(tmp_path):
    data = read_csv(csv(tmp_path, "a,y\n1,2\n"), "y")
    assert (data.x.tolist(), data.y.tolist()) == ([[1]], [2])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty: it needs a header row"),
        ("a,y\n", "has a header and no rows"),
        ("a,z\n1,2\n", "has no column 'y' for the target: expected one of a, z"),
        ("a;y\n1;2\n", "has ';' between its columns: export it with commas there"),
        ("a\ty\n1\t2\n", r"has '\\t' between its columns"),
        ("a,y\n1_000,2\n", "line 2, column 'a': '1_000' is not a number"),
        ("y,y\n1,2\n", "has 2 columns named 'y'"),
        ("y\n1\n", "the target column 'y' alone"),
        ("a,y\n1,2\ncat,3\n", "line 3, column 'a': 'cat' is not a number; write classes as whole numbers"),
        ("a,y\n1,2\n\n1,dog\n", "line 4, column 'y': 'dog' is not a number"),
        ("a,y\n1,2\n1\n", "line 3: 1 cells, and the header names 2 columns"),
        ("a,y\n1,2,3\n1,2,3\n", "line 2: 3 cells, and the header names 2 columns"),
        ("a,y\n1,\n", "line 2, column 'y': the cell is empty; fill it in"),
        ("a,y\nnan,1\n", "line 2, column 'a': 'nan' is not a finite number"),
        ("a,y\n1,-inf\n", "line 2, column 'y': '-inf' is not a finite number"),
        ("a,y\n1e39,1\n", "line 2, column 'a': '1e39' is not a finite number in float32"),
        ('a,y\n"1,5",1\n', "line 2, column 'a': '1,5' is not a number; .* decimals with a point"),
        (b"a,y\n\xff\xfe,1\n", "is not a CSV file in UTF-8"),
        (b"\x00\x01\x02", "has no column 'y'"),
    ],
)
def test_a_csv_file_that_is_wrong_is_refused_with_the_place(tmp_path, content, message):
    path = csv(tmp_path, content)
    with pytest.raises(ValueError, match=message) as caught:
        read_csv(path, "y")
    assert str(path) in str(caught.value)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_a_value_error(tmp_path, content):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            data = read_csv(csv(tmp_path, b"a,y\n" + content), "y")
        except ValueError:
            return
    assert data.x.shape == (len(data.y), 1)
    assert np.isfinite(data.x).all()


def test_npy_and_npz_files_give_their_arrays(tmp_path):
    x, y = np.arange(6.0).reshape(3, 2), np.array([0, 1, 0])
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    np.savez(tmp_path / "both.npz", x=x, y=y)
    np.savez_compressed(tmp_path / "small.npz", x=x, y=y)
    for data in (
        read_npy(tmp_path / "x.npy", tmp_path / "y.npy"),
        read_npz(tmp_path / "both.npz"),
        read_npz(tmp_path / "small.npz"),
    ):
        np.testing.assert_array_equal(data.x, x)
        np.testing.assert_array_equal(data.y, y)


class Evil:
    def __reduce__(self):
        return exec, ("raise SystemExit('a pickle was run')",)


def test_arrays_that_are_missing_or_hold_objects_are_refused(tmp_path):
    path = tmp_path / "data.npz"
    for arrays, message in [
        ({"x": np.ones(2)}, "has no array 'y', it has x"),
        ({}, "has no array 'x', it has nothing"),
        ({"x": np.array([Evil()], object), "y": np.ones(1)}, "Object arrays cannot be loaded"),
        ({"x": np.array(["a"]), "y": np.ones(1)}, "array 'x' holds <U1, expected numbers"),
        ({"x": np.ones((2, 1)), "y": np.ones(3)}, "x has 2 rows and y has 3"),
        ({"x": np.ones((0, 1)), "y": np.ones(0)}, "x is empty"),
    ]:
        np.savez(path, **arrays)
        with pytest.raises(ValueError, match=re.escape(message)):
            read_npz(path)
    np.save(tmp_path / "x.npy", np.array([Evil()], object))
    with pytest.raises(ValueError, match=r"not a whole \.npy file of numbers"):
        read_npy(tmp_path / "x.npy", tmp_path / "x.npy")


def test_one_kind_of_file_for_the_other_is_named(tmp_path):
    np.save(tmp_path / "x.npy", np.ones((2, 1)))
    np.savez(tmp_path / "x.npz", x=np.ones((2, 1)), y=np.ones(2))
    with pytest.raises(ValueError, match=r"is no \.npz file"):
        read_npz(tmp_path / "x.npy")
    with pytest.raises(ValueError, match=r"is a \.npz file, with several arrays: use read_npz"):
        read_npy(tmp_path / "x.npz", tmp_path / "x.npy")
    (tmp_path / "x.csv").write_text("a,y\n1,2\n")
    with pytest.raises(ValueError, match=r"x\.csv is no \.npy file: save an array by np\.save"):
        read_npy(tmp_path / "x.csv", tmp_path / "x.npy")
    with pytest.raises(FileNotFoundError):
        read_npz(tmp_path / "none.npz")


def test_a_single_number_is_no_data_set():
    with pytest.raises(ValueError, match=r"x is the single number 3\.0; give a row per sample"):
        DataSet("one", np.array(3.0), np.array(3.0))


@pytest.mark.parametrize("compress", [False, True])
def test_a_damaged_file_is_a_value_error_wherever_it_is_cut(tmp_path, compress):
    path, cut = tmp_path / "whole.npz", tmp_path / "cut.npz"
    (np.savez_compressed if compress else np.savez)(path, x=np.ones((2, 2)), y=np.ones(2))
    content = path.read_bytes()
    for length in range(len(content)):
        cut.write_bytes(content[:length])
        with pytest.raises(ValueError, match=re.escape(str(cut))):
            read_npz(cut)
    for place in range(len(content)):
        cut.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        with contextlib.suppress(ValueError):
            assert isinstance(read_npz(cut), DataSet)


def test_a_file_of_zeros_or_nothing_is_a_value_error(tmp_path):
    for content in (b"", b"\0" * 200, b"\x93NUMPY", b"PK\x03\x04"):
        path = tmp_path / "x.npy"
        path.write_bytes(content)
        for read in (lambda path: read_npy(path, path), read_npz):
            with pytest.raises(ValueError, match=re.escape(str(path))):
                read(path)
