"""The page on training: its code runs, its training files train, its tables name every key."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from chainrule import data, mixed_precision
from chainrule.cli.main import run as command
from chainrule.experiment.building import build_model
from chainrule.experiment.compare import compare
from chainrule.experiment.file import FitTable, PretrainTable, TrainFile, TransferTable, parse_train_file
from chainrule.experiment.run import callbacks_of
from chainrule.experiment.variants import Expectation, Variant
from chainrule.utils import set_random_seed
from marks import but_slow

PAGE = (Path(__file__).parent.parent / "docs" / "training.md").read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
COMPLETE, OBJECTS, TRANSFER, COMPARISON = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture
def policy():
    """What the page says of precision holds for its own test alone."""
    yield
    mixed_precision.set_global_policy("float32")


@pytest.mark.usefixtures("policy")
def test_the_code_on_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    set_random_seed(0)
    names: dict = {}
    for block in CODE:  # each goes on with what those before it made
        exec(block, names)
    assert names["found"].mean("accuracy") > 1 / 3
    first, learnt = names["new"].get_weights()[0], names["keras"].models.load_model("old.safetensors")
    np.testing.assert_array_equal(first, learnt.get_weights()[0])
    assert names["model"].output_shape == (None, 2)


@pytest.mark.parametrize("epochs", but_slow([9], [9, 40]))
def test_the_training_file_trains_and_another_begins_with_its_weights(tmp_path, monkeypatch, capsys, epochs):
    monkeypatch.chdir(tmp_path)
    assert "epochs = 40\n" in COMPLETE
    Path("digits.toml").write_text(COMPLETE.replace("epochs = 40\n", f"epochs = {epochs}\n"))
    assert command(["train", "digits.toml", "--quiet"]) == 0
    found = re.search(r"test accuracy: (.*)%", capsys.readouterr().out)
    assert float(found[1]) > 95
    assert sorted(path.name for path in Path("runs/digits").iterdir()) == [
        "history.csv",
        "model.safetensors",
        "report.html",
    ]
    digits = data.load("digits")
    few = digits.y < 3
    np.savez("few.npz", x=digits.x[few], y=digits.y[few])
    around = 'loss = "sparse_categorical_crossentropy"\n{}\n[data]\nnpz = "few.npz"\n[fit]\nepochs = 1\n'
    Path("few.toml").write_text(around.format(TRANSFER))
    assert command(["train", "few.toml", "--quiet"]) == 0
    assert "saved weights taken: dense\n" in capsys.readouterr().out


def test_the_comparison_shows_what_it_expects():
    made = compare(parse_train_file(COMPARISON))
    assert [finding.verdict for finding in made.findings()] == ["appeared"]


def test_tables_stand_for_objects():
    file = parse_train_file(f'loss = "mse"\n{OBJECTS}\n[data]\nname = "digits"\n')
    model = build_model(file, (8, 8, 1))
    assert model.output_shape == (None, 6, 6, 8)
    assert type(model.optimizer.learning_rate).__name__ == "CosineDecay"
    assert [type(callback).__name__ for callback in callbacks_of(file)] == ["EarlyStopping"]


@pytest.mark.parametrize(
    "table",
    [TrainFile, FitTable, TransferTable, PretrainTable, Variant, Expectation],
    ids=lambda t: t.__name__,
)
def test_the_page_names_every_key(table):
    shown = {key for block in (COMPLETE, OBJECTS, TRANSFER, COMPARISON) for key in keys(tomllib.loads(block))}
    assert [key for key in table.model_fields if f"`{key}`" not in PAGE and key not in shown] == []


def keys(value):
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    for one in value if isinstance(value, list) else []:
        yield from keys(one)
