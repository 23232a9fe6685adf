"""The data of training files: each source, parts, scaling, one-hot rows, chunks; one line for a mistake."""

import gzip
import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from chainrule.cli.main import main, run
from chainrule.data import Chunked, Scaler, load
from chainrule.data.named import IDX_FILES
from chainrule.experiment.file import parse_train_file, read_train_file
from chainrule.experiment.folders import save_run
from chainrule.experiment.run import train

RNG = np.random.default_rng(1)
X, Y = RNG.normal([0, 5, 9], [1, 2, 3], (40, 3)).astype(np.float32), np.arange(40) % 2


def idx(array):
    head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return head + array.tobytes()


@pytest.fixture
def folder(tmp_path):
    """Two classes of images, their IDX files, Parquet and .npy files, and a small mnist."""
    pixels = RNG.integers(0, 256, (40, 4, 4)).astype(np.uint8)
    for row, label in enumerate(Y):
        path = tmp_path / "images" / ("even", "odd")[label] / f"{row}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels[row]).save(path)
    (tmp_path / "i.idx").write_bytes(idx(pixels))
    (tmp_path / "l.idx.gz").write_bytes(gzip.compress(idx(Y.astype(np.uint8))))
    table = pa.table({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "y": Y})
    pq.write_table(table, tmp_path / "d.parquet", row_group_size=4)
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    np.save(tmp_path / "t.npy", Y + 0.5)
    (tmp_path / "mnist").mkdir()
    for name, array in zip(IDX_FILES, (pixels, Y, pixels[:10], Y[:10]), strict=True):
        (tmp_path / "mnist" / name).write_bytes(idx(array.astype(np.uint8)))
    return tmp_path


def described(data, units=2, loss="sparse_categorical_crossentropy", flat=False):
    layers = '{ layer = "Flatten" }, ' if flat else ""
    layers += f'{{ layer = "Dense", units = {units}, activation = "softmax" }}'
    return (
        f'loss = "{loss}"\nmetrics = ["accuracy"]\nlayers = [{layers}]\n[data]\n{data}\n[fit]\nepochs = 2\n'
    )


def trained(folder, data, **options):
    path = folder / "file.toml"
    path.write_text(described(data, **options))
    return train(read_train_file(path), verbose=0)


SOURCES = {
    "a folder of images": ('folder = "images"\nimage_size = [4, 4]\ncolor_mode = "grayscale"', (4, 4, 1)),
    "IDX files": ('images = "i.idx"\nlabels = "l.idx.gz"', (4, 4, 1)),
    "Parquet": ('parquet = "d.parquet"\ntarget = "y"', (3,)),
    "some columns": ('parquet = "d.parquet"\ntarget = "y"\ncolumns = ["a", "b"]', (2,)),
    "another shape": ('parquet = "d.parquet"\ntarget = "y"\nsample_shape = [3, 1]', (3, 1)),
}


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_of_rows_trains(source, folder):
    data, shape = SOURCES[source]
    done = trained(folder, data + "\ntest = 0.25", flat=len(shape) > 1)
    assert (done.x_train.shape, done.x_test.shape) == ((30, *shape), (10, *shape))
    assert np.bincount(done.y_test).tolist() == [5, 5]
    assert len(done.history.history["val_loss"]) == 2


def test_a_public_set_is_tested_on_the_rows_that_it_keeps_for_that(folder, capsys):
    data = 'name = "mnist"\ndata_dir = "."'
    done = trained(folder, data, units=10, flat=True)
    assert (len(done.x_train), len(done.x_test), done.is_tested) == (40, 10, True)
    assert done.data.classes == tuple("0123456789")
    (folder / "file.toml").write_text(described('name = "mnist"', units=10, flat=True))
    assert (
        run(["train", str(folder / "file.toml"), "-o", str(folder / "run"), "--data-dir", str(folder)]) == 0
    )
    assert "test accuracy" in capsys.readouterr().out


def test_three_parts_have_rows_of_their_own(folder):
    done = trained(folder, 'x = "x.npy"\ny = "y.npy"\ntest = 0.25\nvalidation = 0.25')
    assert (len(done.x_train), len(done.x_test)) == (20, 10)
    assert not {row.tobytes() for row in done.x_train} & {row.tobytes() for row in done.x_test}
    assert "val_loss" in done.history.history
    done = trained(folder, 'x = "x.npy"\ny = "y.npy"\nvalidation = 0.25')
    assert (len(done.x_train), len(done.x_test), done.measured_on) == (30, 10, "validation")
    assert not {row.tobytes() for row in done.x_train} & {row.tobytes() for row in done.x_test}
    assert done.history.history["val_loss"][-1] == pytest.approx(
        done.model.evaluate(done.x_test, done.y_test, verbose=0, return_dict=True)["loss"], rel=1e-5
    )


@pytest.mark.parametrize("kind", ["standard", "min_max"])
def test_rows_are_scaled_by_what_those_trained_on_say_and_it_is_kept(kind, folder):
    data = 'x = "x.npy"\ny = "y.npy"\ntest = 0.25'
    plain, done = trained(folder, data), trained(folder, f'{data}\nscale = "{kind}"')
    np.testing.assert_array_equal(done.x_train, done.scaler.apply(plain.x_train))
    np.testing.assert_array_equal(done.x_test, done.scaler.apply(plain.x_test))
    if kind == "standard":
        np.testing.assert_allclose(done.scaler.center, plain.x_train.mean(axis=0), rtol=1e-5)
    else:
        np.testing.assert_allclose([done.x_train.min(axis=0), done.x_train.max(axis=0)], [[0] * 3, [1] * 3])
    save_run(done, folder / "run")
    kept = Scaler.from_config(json.loads((folder / "run" / "scaling.json").read_text()))
    np.testing.assert_array_equal(kept.apply(plain.x_test), done.x_test)
    save_run(plain, folder / "plain")
    assert not (folder / "plain" / "scaling.json").exists()


def test_labels_become_one_hot_rows_of_all_classes(folder):
    data = 'name = "iris"\none_hot = true\ntest = 0.2\nscale = "standard"'
    done = trained(folder, data, units=3, loss="categorical_crossentropy")
    assert (done.y_train.shape, done.y_test.shape) == ((120, 3), (30, 3))
    np.testing.assert_array_equal(done.y_test.sum(axis=0), [10, 10, 10])
    assert done.data.classes == load("iris").classes


CHUNKED = {
    "Parquet": 'parquet = "d.parquet"\ntarget = "y"',
    ".npy": 'x = "x.npy"\ny = "y.npy"',
}


@pytest.mark.parametrize("source", CHUNKED)
@pytest.mark.parametrize("more", ["", 'scale = "standard"'], ids=["plain", "scaled"])
def test_rows_are_read_in_chunks_and_those_of_the_test_kept_in_memory(source, more, folder):
    done = trained(folder, f"{CHUNKED[source]}\nchunk_rows = 4\ntest = 0.2\nvalidation = 0.2\n{more}")
    assert isinstance(done.x_train, Chunked)
    assert (len(done.x_train), len(done.x_test), done.is_tested) == (24, 8, True)
    trained_on = np.concatenate([x for x, _ in done.x_train.chunks()])
    assert not {row.tobytes() for row in trained_on} & {row.tobytes() for row in done.x_test}
    if more:
        np.testing.assert_allclose(trained_on.mean(axis=0), 0, atol=1e-5)
    assert len(done.history.history["val_loss"]) == 2


def test_a_run_in_chunks_is_reported_as_any_other(folder, capsys):
    (folder / "file.toml").write_text(described(f"{CHUNKED['Parquet']}\nchunk_rows = 8\ntest = 0.2"))
    assert run(["train", str(folder / "file.toml"), "-o", str(folder / "run"), "--quiet"]) == 0
    assert "rows trained on" in (folder / "run" / "report.html").read_text(encoding="utf-8")


MISTAKES = {
    "two sources": ('csv = "a.csv"\nparquet = "b.parquet"\ntarget = "y"', "data: give one of name, csv, npz"),
    "parquet alone": ('parquet = "d.parquet"', "parquet and target go together"),
    "images alone": ('images = "i.idx"', "images and labels go together"),
    "a size": (
        'name = "iris"\nimage_size = [4, 4]',
        "image_size and folder go together; got image_size and name",
    ),
    "a folder of data": ('npz = "a.npz"\ndata_dir = "."', "data_dir and name go together"),
    "a scale": ('name = "iris"\nscale = "log"', "data.scale: "),
    "a mode": ('folder = "images"\ncolor_mode = "grey"', "data.color_mode: "),
    "one side": ('folder = "images"\nimage_size = [4]', "data.image_size: expected at least 2; got a list"),
    "no path": ('npz = ""', "data.npz: expected the path of a file; got ''"),
    "large pieces": (
        f"{CHUNKED['.npy']}\nchunk_rows = 30\ntest = 0.4\nvalidation = 0.4",
        "data.validation: x is of 1 pieces",
    ),
    "numbers as labels": (
        'x = "x.npy"\ny = "t.npy"\ntest = 0.2',
        "data.test: y holds 0.5, and labels are whole numbers",
    ),
    "three sides": ('folder = "images"\nimage_size = [4, 4, 3]', "data.image_size: "),
    "no pixels": ('folder = "images"\nimage_size = [0, 4]', "data.image_size[1]: "),
    "a number for a target": (
        'parquet = "d.parquet"\ntarget = 3',
        "data.target: expected the name of a column",
    ),
    "targets of a table": ('csv = "a.csv"\ntarget = ["y"]', "the target of a CSV file is one column"),
    "a column": ('parquet = "d.parquet"\ntarget = "z"', "no column 'z'"),
    "chunks of numbers": ("x = [[1]]\ny = [1]\nchunk_rows = 2", "in .npy files; got lists of numbers"),
    "chunks untested": (f"{CHUNKED['.npy']}\nchunk_rows = 2", "rows read in chunks need a test"),
    "one-hot chunks": (f"{CHUNKED['.npy']}\nchunk_rows = 2\ntest = 0.2\none_hot = true", "keep their labels"),
    "no rows left": ('name = "iris"\ntest = 0.5\nvalidation = 0.5', "none is left to train on"),
    "one-hot numbers": ('x = "x.npy"\ny = "x.npy"\none_hot = true', "data.one_hot: to_categorical takes"),
    "a test twice": (
        'name = "mnist"\ndata_dir = "."\ntest = 0.2',
        "data.test: mnist has 10 rows for the test",
    ),
    "no files": ('name = "cifar10"\ndata_dir = "."', "cifar10 has no cifar-10-binary.tar.gz"),
    "damaged": ('images = "y.npy"\nlabels = "l.idx.gz"', "y.npy is no IDX file"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(mistake, folder, capfd):
    data, message = MISTAKES[mistake]
    path = folder / "file.toml"
    path.write_text(described(data))
    assert run(["train", str(path), "-o", str(folder / "run"), "--quiet"]) == 2
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert message in err
    assert not (folder / "run").exists()


def test_a_package_that_is_missing_is_one_line(folder, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    path = folder / "file.toml"
    path.write_text(described('parquet = "d.parquet"\ntarget = "y"'))
    assert run(["train", str(path), "-o", str(folder / "run"), "--quiet"]) == 2
    assert capfd.readouterr().err == (
        f"chainrule: {path}: Parquet files need pyarrow: pip install 'chainrule[parquet]'\n"
    )


@pytest.mark.filterwarnings("default:EarlyStopping watches")
def test_a_warning_is_one_line(folder, capfd):
    path = folder / "file.toml"
    path.write_text(described('x = "x.npy"\ny = "y.npy"') + 'callbacks = ["EarlyStopping"]\n')
    with pytest.raises(SystemExit, match="0"):
        main(["train", str(path), "-o", str(folder / "run"), "--quiet"])
    err = capfd.readouterr().err
    assert err.startswith("chainrule: EarlyStopping watches 'val_loss'")
    assert err.count("\n") == 1


def test_a_folder_for_data_without_a_name_is_refused(folder, capfd):
    path = folder / "file.toml"
    path.write_text(described('x = "x.npy"\ny = "y.npy"'))
    assert run(["train", str(path), "--data-dir", "/"]) == 2
    assert "--data-dir is for data sets by name" in capfd.readouterr().err


def test_every_path_starts_at_the_folder_of_the_file(tmp_path):
    file = parse_train_file(described('images = "a"\nlabels = "b"'), tmp_path)
    assert (file.data.images, file.data.labels) == (tmp_path / "a", tmp_path / "b")
