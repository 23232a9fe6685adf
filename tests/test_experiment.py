"""Training files: what they train, where their data is found, and one line for every mistake in them."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from chainrule.cli.main import run
from chainrule.experiment.file import TrainFileError, parse_train_file, read_train_file
from chainrule.experiment.folders import free_folder, save_run
from chainrule.experiment.run import train
from chainrule.models import load_model

EXAMPLES = Path(__file__).parent.parent / "examples"
PACKAGED = Path(__file__).parent.parent / "src/chainrule/experiment/digits.toml"


def described(
    head='loss = "mse"',
    layers='[{ layer = "Dense", units = 1 }]',
    data="x = [[0, 0], [0, 1], [1, 0], [1, 1]]\ny = [0, 1, 1, 0]",
    fit="epochs = 2",
):
    return f"{head}\nlayers = {layers}\n[data]\n{data}\n[fit]\n{fit}\n"


def trained(text, folder=Path()):
    return train(parse_train_file(text, folder), verbose=0)


def dense(more):
    return f'[{{ layer = "Dense", units = 1, {more} }}]'


SGD = 'loss = "mse"\noptimizer = { name = "SGD", learning_rate = %s }'
ONE = "x = [[1], [2]]\ny = [1, 2]"
MISTAKES = {
    "a key": (described('loss = "mse"\nsede = 1'), ["sede", "unknown key", "did you mean 'seed'?"]),
    "a misspelt key": (described('los = "mse"'), ["los", "unknown key", "did you mean 'loss'?"]),
    "no loss": (described(""), ["loss", "is missing"]),
    "a loss": (described('loss = "msee"'), ["loss", "unknown loss 'msee'", "mse"]),
    "a loss of a number": (described("loss = 1"), ["loss", "a name, or a table with a name"]),
    "an optimizer": (described('loss = "mse"\noptimizer = "adm"'), ["optimizer", "unknown optimizer 'adm'"]),
    "text for a rate": (described(SGD % "'a'"), ["optimizer", "learning_rate must be a number", "'a'"]),
    "a rate below 0": (described(SGD % "-1"), ["optimizer", "learning_rate must be greater than 0"]),
    "a rate that is nan": (described(SGD % "nan"), ["optimizer.learning_rate", "nan is not a finite number"]),
    "a metric": (described('loss = "mse"\nmetrics = ["acuracy"]'), ["metrics", "mean 'accuracy'?"]),
    "metrics in quotes": (described('loss = "mse"\nmetrics = "accuracy"'), ["metrics", "expected a list"]),
    "a seed below 0": (described('loss = "mse"\nseed = -1'), ["seed", "greater than or equal to 0"]),
    "a seed in quotes": (described('loss = "mse"\nseed = "1"'), ["seed", "a whole number", "'1'"]),
    "a layer": (described(layers='[{ layer = "Dens", units = 1 }]'), ["layers[1]", "did you mean 'Dense'?"]),
    "no layer": (described(layers="[]"), ["layers", "at least one"]),
    "no units": (described(layers='[{ layer = "Dense" }]'), ["layers[1].units", "is missing"]),
    "unit for units": (
        described(layers='[{ layer = "Dense", unit = 2 }]'),
        ["layers[1].unit: unknown key", "did you mean 'units'"],
    ),
    "units in quotes": (
        described(layers='[{ layer = "Dense", units = "1" }]'),
        ["layers[1]", "units", "'1'"],
    ),
    "huge units": (
        described(layers='[{ layer = "Dense", units = 100000000000 }]'),
        ["layers", "300,000,000,000 parameters", "at most 1,000,000,000"],
    ),
    "the shape of W": (
        described(layers=dense("W = [[1]]")),
        ["layers[1].W", "expected shape 2 × 1", "1 × 1"],
    ),
    "a number for W": (described(layers=dense("W = 3")), ["layers[1].W", "expected shape 2 × 1", "a number"]),
    "a name in W": (described(layers=dense("W = [['w'], [1]]")), ["layers[1].W", "the name 'w'"]),
    "ragged W": (described(layers=dense("W = [[1], [1, 2]]")), ["layers[1].W", "different lengths"]),
    "true in W": (described(layers=dense("W = [[true], [1]]")), ["layers[1].W", "(entry 1, 1)", "True"]),
    "nan in W": (described(layers=dense("W = [[nan], [1]]")), ["layers[1].W[1][1]", "nan"]),
    "a date in b": (described(layers=dense("b = [1979-05-27]")), ["layers[1].b", "1979-05-27"]),
    "b without a bias": (described(layers=dense("use_bias = false, b = [1]")), ["layers[1].b", "are W"]),
    "beyond float32": (described(layers=dense("b = [1e300]")), ["layers[1].b", "too large for float32"]),
    "no data": ('loss = "mse"\nlayers = [{ layer = "Dense", units = 1 }]', ["data", "is missing"]),
    "empty data": (described(data=""), ["data", "give one of name, csv, npz, images"]),
    "data twice": (described(data='name = "digits"\n' + ONE), ["data", "got name and x"]),
    "a data set": (described(data='name = "digist"'), ["data.name", "did you mean 'digits'?"]),
    "x alone": (described(data="x = [[1]]"), ["data", "x and y go together"]),
    "a csv alone": (described(data='csv = "a.csv"'), ["data", "csv and target go together"]),
    "a file and numbers": (described(data='x = "x.npy"\ny = [1]'), ["data", "two .npy files, or two lists"]),
    "a number for a path": (described(data='csv = 1\ntarget = "a"'), ["data.csv", "the path of a file"]),
    "a number for x": (described(data="x = 3\ny = [4]"), ["data.x", "a .npy file, or rows of numbers"]),
    "text in x": (described(data='x = [["a"], [1]]\ny = [1, 2]'), ["data.x", "the name 'a'"]),
    "nan in x": (described(data="x = [[nan], [1]]\ny = [1, 2]"), ["data.x[1][1]", "nan"]),
    "ragged x": (described(data="x = [[1], [1, 2]]\ny = [1, 2]"), ["data.x", "different lengths"]),
    "no x": (described(data="x = []\ny = []"), ["data.x", "an empty list"]),
    "too few y": (described(data="x = [[1], [2]]\ny = [1]"), ["x has 2 rows and y has 1"]),
    "too wide y": (described(data="x = [[1], [2]]\ny = [[1, 2], [3, 4]]"), ["y", "(2, 2)", "(2, 1)"]),
    "all for the test": (described(data=ONE + "\ntest = 1"), ["data.test", "less than 1"]),
    "a test in quotes": (described(data=ONE + "\ntest = '0.5'"), ["data.test", "a number", "'0.5'"]),
    "a test of all": (described(data=ONE + "\ntest = 0.99"), ["data.test", "leaves none to train on"]),
    "no epochs": (described(fit="epochs = 0"), ["fit.epochs", "greater than or equal to 1"]),
    "huge epochs": (described(fit="epochs = 1" + "0" * 30), ["fit.epochs", "less than or equal to 1000000"]),
    "shuffle in quotes": (described(fit="shuffle = 'no'"), ["fit.shuffle", "true or false", "'no'"]),
    "a key of fit": (described(fit="epoch = 1"), ["fit.epoch", "did you mean 'epochs'?"]),
    "no TOML": ("[[", ["not valid TOML"]),
    "brackets": ("a = " + "[" * 5000, ["nested too deeply"]),
    "targets": (described('loss = "bce"', dense("activation = 'sigmoid'"), ONE), ["y[1] is [2.0]", "0 to 1"]),
    "labels": (
        described(
            'loss = "sparse_categorical_crossentropy"',
            '[{ layer = "Dense", units = 2, activation = "softmax" }]',
            ONE,
        ),
        ["label 2.0 in row 1", "whole numbers from 0 to 1"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_ends_in_one_line_that_names_its_place(mistake, tmp_path, capfd):
    text, parts = MISTAKES[mistake]
    path = tmp_path / "file.toml"
    path.write_text(text, encoding="utf-8")
    assert run(["train", str(path), "-o", str(tmp_path / "run"), "--quiet"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith(f"chainrule: {path}: ")
    assert [part for part in parts if part not in err] == [], err
    assert not (tmp_path / "run").exists()


def test_a_mistake_is_an_error_in_python(tmp_path):
    with pytest.raises(TrainFileError, match=r"layers\[1\]\.layer: unknown layer 'Dens'"):
        trained(MISTAKES["a layer"][0])
    with pytest.raises(TrainFileError, match="sede: unknown key"):
        parse_train_file(MISTAKES["a key"][0])
    with pytest.raises(FileNotFoundError):
        read_train_file(tmp_path / "none.toml")
    large = tmp_path / "large.toml"
    large.touch()
    os.truncate(large, 100_000_000)
    with pytest.raises(TrainFileError, match=r"large\.toml: more than 1,000,000 bytes"):
        read_train_file(large)


# ----------------------------------------------------------------------------------- data

X, Y = np.arange(8.0).reshape(4, 2), np.arange(4.0)


@pytest.fixture
def folder(tmp_path):
    """A folder with a training file, and its data in a folder beside it."""
    data = tmp_path / "data"
    data.mkdir()
    rows = "".join(f"{a},{y},{b}\n" for (a, b), y in zip(X, Y, strict=True))
    (data / "d.csv").write_text("a,y,b\n" + rows)
    np.savez(data / "d.npz", x=X, y=Y)
    np.save(data / "x.npy", X)
    np.save(data / "y.npy", Y)
    return tmp_path


SOURCES = {
    "csv": 'csv = "data/d.csv"\ntarget = "y"',
    "npz": 'npz = "data/d.npz"',
    "npy": 'x = "data/x.npy"\ny = "data/y.npy"',
    "inline": f"x = {X.tolist()}\ny = {Y.tolist()}",
}


@pytest.mark.parametrize("source", SOURCES)
def test_data_is_found_from_the_folder_of_the_file(source, folder, monkeypatch):
    monkeypatch.chdir("/")
    path = folder / "file.toml"
    path.write_text(described(data=SOURCES[source]))
    run = train(read_train_file(path), verbose=0)
    np.testing.assert_array_equal(run.data.x, X)
    np.testing.assert_array_equal(run.data.y, Y)
    assert len(run.history.history["loss"]) == 2


@pytest.mark.parametrize(
    "data",
    ['csv = "data/none.csv"\ntarget = "y"', 'npz = "none.npz"', 'x = "none.npy"\ny = "data/y.npy"'],
)
def test_a_missing_data_file_is_one_line(data, folder, capfd):
    path = folder / "file.toml"
    path.write_text(described(data=data))
    assert run(["train", str(path), "-o", str(folder / "run")]) == 2
    err = capfd.readouterr().err
    assert err.startswith(f"chainrule: {folder}")
    assert err.endswith("No such file or directory\n")
    assert err.count("\n") == 1


def test_fractions_are_numbers_and_plain_numbers_are_a_column():
    run = trained(described(data='x = ["1/2", 0.25]\ny = ["√4", "25%"]'))
    np.testing.assert_array_equal(run.x_train, [[0.5], [0.25]])
    np.testing.assert_array_equal(run.y_train, [2, 0.25])


def test_rows_are_kept_for_the_test():
    run = trained(described(data=f"x = {np.eye(10).tolist()}\ny = {list(range(10))}\ntest = 0.3"))
    assert (len(run.x_train), len(run.x_test), run.is_tested) == (7, 3, True)
    assert "val_loss" in run.history.history
    assert not ({row.tobytes() for row in run.x_train} & {row.tobytes() for row in run.x_test})


# -------------------------------------------------------------------------------- weights


def test_given_values_are_the_first_weights():
    layers = (
        '[{ layer = "Dense", units = 2, W = [[1, 2], ["1/2", 4]] }, { layer = "PReLU", alpha = [0.1, 0.2] },'
    )
    layers += ' { layer = "Dense", units = 1, W = [[5], [6]], b = [7] }]'
    rate = SGD % "1e-30"
    weights = trained(described(rate, layers, fit="epochs = 1")).model.parameters
    assert weights["W1"].tolist() == [[1, 2], [0.5, 4]]
    assert weights["b1"].tolist() == pytest.approx([0, 0], abs=1e-20)
    assert weights["alpha2"].tolist() == pytest.approx([0.1, 0.2])
    assert (weights["W3"].tolist(), weights["b3"].tolist()) == ([[5], [6]], [7])


def test_the_seed_decides_the_run():
    one, same, other = (trained(described(f'loss = "mse"\nseed = {seed}')) for seed in (1, 1, 2))
    assert one.model.parameters["W1"].tolist() == same.model.parameters["W1"].tolist()
    assert one.history.history == same.history.history
    assert one.model.parameters["W1"].tolist() != other.model.parameters["W1"].tolist()


# ------------------------------------------------------------------------------- examples


def test_the_xor_example_learns_xor():
    run = train(read_train_file(EXAMPLES / "xor-train.toml"), verbose=0)
    predicted = run.model.predict([[0, 0], [0, 1], [1, 0], [1, 1]], verbose=0)
    assert predicted.round().ravel().tolist() == [0, 1, 1, 0]
    assert run.history.history["loss"][-1] < 0.01 < run.history.history["loss"][0]


def test_the_digits_example_is_what_the_demo_trains():
    assert read_train_file(EXAMPLES / "digits-train.toml") == read_train_file(PACKAGED)


# -------------------------------------------------------------------------------- folders


def test_a_run_is_kept_and_loads_again(tmp_path):
    run = trained(described(fit="epochs = 3"))
    save_run(run, tmp_path / "a" / "b")
    with open(tmp_path / "a" / "b" / "history.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert [float(row["loss"]) for row in rows] == run.history.history["loss"]
    model = load_model(tmp_path / "a" / "b" / "model.safetensors")
    for name, values in run.model.parameters.items():
        np.testing.assert_array_equal(model.parameters[name], values)
    np.testing.assert_array_equal(
        model.predict(run.x_test, verbose=0), run.model.predict(run.x_test, verbose=0)
    )
    stored = load_file(tmp_path / "a" / "b" / "model.safetensors")
    assert any(np.array_equal(array, run.model.parameters["W1"]) for array in stored.values())


def test_a_folder_that_is_taken_gets_a_number(tmp_path):
    wanted = tmp_path / "run"
    assert free_folder(wanted) == wanted
    wanted.mkdir()
    assert free_folder(wanted) == tmp_path / "run-2"
    (tmp_path / "run-2").touch()
    assert free_folder(wanted) == tmp_path / "run-3"


@pytest.mark.parametrize("given", ["", ".", "..", "/"])
def test_a_path_without_a_name_is_no_folder_for_a_run(given, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.toml"
    path.write_text(described())
    assert run(["train", str(path), "-o", given]) == 2
    assert "give one, as runs/first" in capfd.readouterr().err


def test_each_training_writes_a_folder_of_its_own(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.toml"
    path.write_text(described())
    for folder in ("small", "small-2"):
        assert run(["train", str(path), "--quiet"]) == 0
        written = sorted(p.name for p in (tmp_path / "runs" / folder).iterdir())
        assert written == ["history.csv", "model.safetensors", "report.html"]
        assert str(Path("runs") / folder / "report.html") in capsys.readouterr().out


def test_a_folder_that_cannot_be_made_is_said_before_the_training(tmp_path, capfd):
    (tmp_path / "file").touch()
    path = tmp_path / "small.toml"
    path.write_text(described(fit="epochs = 1000000"))
    assert run(["train", str(path), "-o", str(tmp_path / "file" / "run")]) == 2
    assert capfd.readouterr().err == f"chainrule: {tmp_path / 'file' / 'run'}: Not a directory\n"


# ------------------------------------------------------------------------------ divergence


def test_a_run_that_diverges_is_stopped_in_one_line(tmp_path, capfd):
    path = tmp_path / "wild.toml"
    path.write_text(described(SGD % "1e6", fit="epochs = 50"))
    assert run(["train", str(path), "-o", str(tmp_path / "run"), "--quiet"]) == 2
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert "non-finite in epoch" in err
    assert "lower the learning rate" in err
    assert not (tmp_path / "run").exists()
