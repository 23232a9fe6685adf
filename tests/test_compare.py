"""Training files with variants: what each trains, and what is said of them."""

import csv
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from chainrule.callbacks import Checkpoints
from chainrule.cli.main import run as command
from chainrule.experiment.compare import Comparison, compare
from chainrule.experiment.file import TrainFileError, parse_train_file, read_train_file
from chainrule.experiment.kept import Trained
from chainrule.report.comparison import comparison_report
from chainrule.training import fitting

EFFECTS = sorted((Path(__file__).parents[1] / "examples" / "effects").glob("*.toml"))
FILE = """
title = "Rates"
claim = "Smaller is slower."
seeds = 2
loss = "mse"
optimizer = { name = "SGD", learning_rate = 0.1 }
layers = [{ layer = "Dense", units = 3, activation = "tanh" }, { layer = "Dense", units = 1 }]
[data]
x = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [0, 1, 1, 2]
[fit]
epochs = 20
[[variant]]
name = "small"
set = { "optimizer.learning_rate" = 0.0001 }
[[variant]]
name = "usual"
[[variant]]
name = "huge"
set = { "optimizer.learning_rate" = 1e9 }
"""
EXPECT = """
[[expect]]
text = "small is slower"
measure = "loss"
rising = ["usual", "small"]
[[expect]]
text = "huge diverges"
diverges = ["huge"]
[[expect]]
text = "a claim that is not true"
measure = "loss"
rising = ["small", "usual"]
[[expect]]
text = "nor is this, as one diverges"
measure = "loss"
alike = ["small", "huge"]
within = 100
[[expect]]
text = "usual usually converges"
diverges = ["usual"]
"""


@pytest.fixture(scope="module")
def made():
    return compare(parse_train_file(FILE + EXPECT))


def test_every_variant_is_trained_from_every_seed(made):
    assert list(made.trained) == ["small", "usual", "huge"]
    for runs in made.trained.values():
        assert len(runs) == 2
    first, second = made.trained["usual"]
    assert first.history != second.history


def test_what_is_expected_is_found_or_said_not_to_appear(made):
    slower, diverges, wrong, alike, converges = made.findings()
    assert slower.verdict == "appeared"
    assert slower.said.startswith("usual: ")
    assert diverges.verdict == "appeared"
    assert diverges.said == "huge: diverged in 2 of 2 runs"
    assert wrong.verdict == alike.verdict == converges.verdict == "did not appear"


def test_a_mean_in_order_is_not_clear_where_seeds_overlap():
    file = parse_train_file(FILE + EXPECT)
    one = {"small": [0.9, 2.0], "usual": [1.0, 0.1], "huge": [5.0, 5.0]}
    trained = {name: [Trained({"loss": [v]}, 0.0) for v in values] for name, values in one.items()}
    assert Comparison(file, trained).findings()[0].verdict == "appeared on average, though not for all seeds"


def test_measures_are_those_of_the_history():
    trained = Trained(
        {"loss": [3.0, 1.0, 2.0], "val_loss": [4.0, 2.5, 5.0], "accuracy": [0.5, 0.9, 0.8]}, 0.0
    )
    assert trained.measure("loss", "first") == 3
    assert trained.measure("loss", "end") == 2
    assert trained.measure("loss", "best") == 1
    assert trained.measure("accuracy", "best") == 0.9
    assert trained.measure("gap", "end") == 3
    assert np.isnan(Trained({}, 0.0, "diverged").measure("loss", "end"))


def test_the_report_says_it_all(made):
    page = comparison_report(made)
    for said in (
        "Rates",
        "Smaller is slower.",
        "small is slower",
        "did not appear",
        "diverged in 2 of 2 runs",
    ):
        assert said in page
    assert page.count("<svg") == 1


@pytest.fixture
def stopping(tmp_path, monkeypatch):
    """Runs the comparison with its n-th epoch killed, or with none; a call of the program is one epoch."""
    monkeypatch.setattr(fitting, "INTERVAL", 0.0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rates.toml").write_text(FILE.replace("epochs = 20", "epochs = 4\ncheckpoint = 0"))
    trained = [0]
    keep = Checkpoints.keep

    def comparing(*options, killed=None):
        def kept(self, *given):
            keep(self, *given)
            trained[0] += 1
            if trained[0] == killed:
                raise OSError("the power went off")

        trained[0] = 0
        monkeypatch.setattr(Checkpoints, "keep", kept)
        return command(["train", "rates.toml", "--quiet", *options]), trained[0]

    return comparing


@pytest.mark.slow
@pytest.mark.parametrize("killed", [1, 3, 6, 11])
def test_a_stopped_comparison_goes_on_with_what_it_has(stopping, killed, tmp_path):
    status, epochs = stopping("-o", "whole")
    assert status == 0
    assert {path.name for path in Path("whole").iterdir()} == {"history.csv", "report.html"}
    assert stopping("-o", "killed", killed=killed) == (2, killed)
    status, more = stopping("--resume", "-o", "killed")
    assert (status, killed + more) == (0, epochs), "no epoch is trained twice"
    assert Path("killed/history.csv").read_text() == Path("whole/history.csv").read_text()
    assert {path.name for path in Path("killed").iterdir()} == {"history.csv", "report.html"}


def test_what_is_kept_of_another_comparison_or_is_damaged_is_refused(stopping, tmp_path, capsys):
    assert stopping("-o", "out", killed=11)[0] == 2
    file, kept = tmp_path / "rates.toml", tmp_path / "out" / "runs.json"
    whole, runs = file.read_text(), kept.read_bytes()
    capsys.readouterr()
    file.write_text(whole.replace("y = [0, 1, 1, 2]", "y = [0, 1, 1, 3]"))
    assert stopping("--resume", "-o", "out") == (2, 0)
    assert "is a checkpoint of another run: data differs" in capsys.readouterr().err
    file.write_text(whole)
    for spoiled in (runs[:-9], b"[1]", b"{}", b'[{"variant": "small"}]', b"\xff"):
        kept.write_bytes(spoiled)
        assert stopping("--resume", "-o", "out") == (2, 0)
        assert "runs.json is damaged: remove it" in capsys.readouterr().err


def test_the_command_writes_the_report_and_the_logs(tmp_path, capsys):
    file = tmp_path / "rates.toml"
    file.write_text(FILE + EXPECT)
    assert command(["train", str(file), "-o", str(tmp_path / "out"), "--quiet"]) == 0
    assert "appeared: small is slower (usual: " in capsys.readouterr().out
    assert (tmp_path / "out" / "report.html").exists()
    rows = list(csv.DictReader((tmp_path / "out" / "history.csv").read_text().splitlines()))
    assert {row["variant"] for row in rows} >= {"small", "usual"}
    assert sum(row["variant"] == "small" and row["seed"] == "1" for row in rows) == 20


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({'name = "small"': 'name = "usual"'}, "variant: 2 are called 'usual'"),
        (
            {'rising = ["usual", "small"]': 'rising = ["usual", "smal"]'},
            r"expect\[1\]: there is no variant 'smal'",
        ),
        ({"rising": "falling"}, "expect"),
        (
            {'diverges = ["huge"]': 'diverges = ["huge"]\nalike = ["huge", "small"]'},
            "give one of rising, alike",
        ),
        ({'optimizer.learning_rate" = 0.0001': 'optimizer.learning_rat" = 1'}, None),
        ({'optimizer.learning_rate" = 0.0001': 'fit.epochs" = -1'}, "variant 'small': fit.epochs"),
        (
            {'optimizer.learning_rate" = 0.0001': 'layers.9.units" = 1'},
            "variant 'small': set 'layers.9.units'",
        ),
        ({'optimizer.learning_rate" = 0.0001': 'layers.1" = 1'}, "name a key of the layer"),
        ({'optimizer.learning_rate" = 0.0001': 'seed.x" = 1'}, "variant 'small'"),
        ({"seeds = 2": "seeds = 0"}, "seeds"),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value)[:20],
)
def test_what_cannot_be_compared_is_refused_by_its_place(change, says):
    text = FILE + EXPECT
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new, 1)
    if says is None:
        with pytest.raises(ValueError, match="learning_rat"):
            compare(parse_train_file(text))
        return
    with pytest.raises(TrainFileError, match=says):
        parse_train_file(text)


def test_expectations_without_variants_are_refused():
    for text in (FILE[: FILE.index("[[variant]]")], FILE[: FILE.index("[[variant]]")] + EXPECT):
        with pytest.raises(TrainFileError, match=r"claim, seeds and expect are of a comparison"):
            parse_train_file(text)


def test_a_mistake_in_the_last_variant_is_found_before_the_first_is_trained():
    file = parse_train_file(FILE.replace('optimizer.learning_rate" = 1e9', 'layers.1.unit" = 9'))
    told = []
    with pytest.raises(TrainFileError, match=r"variant 'huge': layers\[1\]\.unit: unknown key"):
        compare(file, lambda *said: told.append(said))
    assert told == []


@pytest.mark.parametrize(
    ("measure", "says"),
    [
        ("los", "variant 'usual' has no log 'los'; expected one of gap, loss (did you mean 'loss'?)"),
        ("val_loss", "no log 'val_loss', as no rows are held out: give data.test or data.validation"),
        ("gap", "no log 'val_loss', as no rows are held out"),
    ],
)
def test_a_measure_that_the_runs_do_not_have_is_one_line(measure, says, tmp_path, capsys):
    file = tmp_path / "rates.toml"
    text = FILE.replace("epochs = 20", "epochs = 1") + EXPECT
    file.write_text(text.replace('measure = "loss"', f'measure = "{measure}"', 1))
    assert command(["train", str(file), "-o", str(tmp_path / "out"), "--quiet"]) == 2
    assert f"chainrule: {file}: expect[1].measure: " in (said := capsys.readouterr().err)
    assert says.removeprefix("variant 'usual' ") in said


def test_a_variant_may_set_the_rate_of_the_usual_optimizer():
    file = parse_train_file(FILE.replace('optimizer = { name = "SGD", learning_rate = 0.1 }', ""))
    assert file.variants()["small"].optimizer == {"name": "SGD", "learning_rate": Decimal("0.0001")}


def test_rows_to_validate_on_are_not_called_a_test(tmp_path):
    made = compare(parse_train_file(FILE.replace("[fit]", "validation = 0.5\n[fit]").replace("20", "1")))
    page = comparison_report(made)
    assert "validation loss" in page
    assert "test loss" not in page


def test_stars_name_all_layers_that_have_the_key():
    file = parse_train_file(
        FILE.replace('optimizer.learning_rate" = 0.0001', 'layers.*.activation" = "relu"')
    )
    first, second = file.variants()["small"].layers
    assert first.split()[0]["activation"] == "relu"
    assert "activation" not in second.split()[0]
    with pytest.raises(TrainFileError, match=r"'layers\.\*\.rate': no layer has the key 'rate'; expected"):
        parse_train_file(FILE.replace('optimizer.learning_rate" = 0.0001', 'layers.*.rate" = 0.5'))


@pytest.mark.parametrize("path", EFFECTS, ids=lambda path: path.stem)
def test_the_courses_experiments_can_be_read(path):
    file = read_train_file(path)
    assert file.claim
    assert len(file.expect) >= 2
    assert len(file.variants()) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["feature-scaling", "learning-rate"])
def test_effects_that_the_course_claims_appear(name):
    (path,) = [path for path in EFFECTS if path.stem == name]
    assert [finding.verdict for finding in compare(read_train_file(path)).findings()] == ["appeared"] * 3
