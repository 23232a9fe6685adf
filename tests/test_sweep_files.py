"""Training files with a sweep: what is read, what is written, and going on with one that was stopped."""

import csv
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from chainrule.cli.main import run as command
from chainrule.experiment.file import TrainFileError, parse_train_file
from chainrule.experiment.kept_sweep import KeptSweep
from chainrule.experiment.run import train
from chainrule.experiment.sweep_folder import best_text
from chainrule.experiment.sweeping import sweep
from chainrule.report.sweep import sweep_report
from chainrule.training.checkpoint import CheckpointError
from marks import but_slow

FILE = """
title = "Many"
seed = 4
loss = "mse"
optimizer = { name = "SGD", learning_rate = 0.1 }
layers = [{ layer = "Dense", units = 3, activation = "tanh" }, { layer = "Dense", units = 1 }]
[data]
x = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 1], [1, 2], [2, 2], [3, 1]]
y = [0, 1, 1, 2, 3, 3, 4, 4]
validation = 0.25
scale = "standard"
[fit]
epochs = 6
batch_size = 2
"""
SWEEP = """
[sweep]
seeds = 2
[sweep.over]
"optimizer.learning_rate" = [0.001, 0.1, 1e30]
"layers.1.units" = [2, 3]
"""


def made_of(text=SWEEP, file=FILE, kept=None):
    described = parse_train_file(file + text)
    return described, sweep(described, kept=kept)


@pytest.fixture(scope="module")
def made():
    return made_of()


def test_all_combinations_are_trained_from_every_seed(made):
    _, found = made
    assert len(found.results) == 3 * 2 * 2
    assert [run.seed for run in found.results[:4]] == [4, 5, 4, 5]
    assert found.measure == "val_loss"
    assert found.best.values["optimizer.learning_rate"] == 0.1


def test_each_run_is_as_the_file_of_its_variant_trains_alone(made):
    file, found = made
    for run in (found.results[0], found.results[5]):
        swept = file.swept()[run.variant - 1].file.model_copy(update={"seed": run.seed})
        history = train(swept, verbose=0).history.history
        for name, values in history.items():
            np.testing.assert_allclose(run.history[name], values, rtol=2e-5, atol=1e-6)


def test_the_file_of_the_best_trains_it_again(made, tmp_path):
    file, found = made
    again = train(parse_train_file(best_text(found, file, tmp_path)), verbose=0)
    np.testing.assert_allclose(again.history.history["val_loss"], found.best.history["val_loss"], rtol=2e-5)


def test_paths_in_the_file_of_the_best_are_found_from_anywhere(tmp_path):
    (tmp_path / "d.csv").write_text("a,y\n" + "\n".join(f"{i},{2 * i}" for i in range(8)))
    start = FILE.index("[data]")
    text = FILE[:start] + '[data]\ncsv = "d.csv"\ntarget = "y"\n[fit]\nepochs = 1\n'
    file = parse_train_file(text + '[sweep.over]\n"optimizer.learning_rate" = [0.1]\n', tmp_path)
    assert f'csv = "{tmp_path / "d.csv"}"' in best_text(sweep(file), file, tmp_path)


def test_whole_numbers_beside_decimals_are_decimals():
    over = '[sweep.over]\n"optimizer.momentum" = [0.5, 1]\n'
    file = parse_train_file(FILE + over)
    assert [each.values["optimizer.momentum"] for each in file.swept()] == [0.5, 1.0]
    assert all(type(each.values["optimizer.momentum"]) is float for each in file.swept())


def test_ranges_are_drawn_from_by_the_files_seed():
    rates = '"optimizer.learning_rate" = { low = 1e-4, high = 1, scale = "log" }'
    over = f"[sweep]\ncount = 5\n[sweep.over]\n{rates}\n"
    first, again = (parse_train_file(FILE + over) for _ in range(2))
    other = parse_train_file(FILE.replace("seed = 4", "seed = 5") + over)
    values = [each.values for each in first.swept()]
    assert len(values) == 5
    assert values == [each.values for each in again.swept()]
    assert values != [each.values for each in other.swept()]
    assert all(1e-4 <= v["optimizer.learning_rate"] <= 1 for v in values)


def test_the_report_is_one_file_with_every_part(made):
    page = sweep_report(made[1], "Many <b>")
    assert "Many &lt;b&gt;" in page
    assert "<script" not in page
    assert page.count("<svg") == 1 + 1 + 2  # parallel coordinates, one pair, two curves
    assert "diverged" in page
    assert "layers.1.units" in page


def test_a_report_of_one_variant_and_of_none_that_went_well():
    for rate in ("0.1", "1e30"):
        _, found = made_of(f'[sweep.over]\n"optimizer.learning_rate" = [{rate}]\n')
        assert "<svg" in sweep_report(found, "One")


BAD = {
    "[sweep]": "sweep.over: is missing",
    "[sweep.over]": "sweep.over: expected at least one",
    "[sweep.over]\nseed = 3": "sweep.over.seed: expected a list of values, or a range",
    "[sweep.over]\nseed = []": "sweep.over.seed: an empty list",
    "[sweep.over]\nseed = [-1]": "sweep, seed = -1: seed",
    '[sweep.over]\nseed = ["a"]': "sweep, seed = 'a': seed: expected a whole number",
    "[sweep]\nseeds = 2\n[sweep.over]\nseed = [1]": "both vary the seed",
    '[sweep.over]\n"optimizer.rate" = [1]': "no argument 'rate'",
    '[sweep.over]\n"layers.7.units" = [1]': "'7' is no entry; there are 2",
    '[sweep.over]\n"layers.*.rate" = [0.1]': "no layer has the key 'rate'",
    '[sweep.over]\n"layers.1.units" = [1, -2]': "sweep, layers.1.units = -2: layers",
    '[sweep.over]\n"fit.epochs" = [1, 2.5]': "fit.epochs: expected a whole number",
    '[sweep.over]\n"a" = { low = 1 }': "a range needs high",
    '[sweep.over]\n"a" = { low = 1, high = 1 }': "goes from low up to high",
    '[sweep.over]\n"a" = { low = 0, high = 1, scale = "log" }': "begins above 0",
    '[sweep.over]\n"a" = { low = 0, high = "b" }': "high must be a number",
    '[sweep.over]\n"a" = { low = 0, hihg = 1 }': "did you mean 'high'",
    '[sweep.over]\n"optimizer.learning_rate" = { low = 0.1, high = 1 }': "sweep.count: is missing",
    "[sweep]\nmeasure = 'val_acc'\n[sweep.over]\nseed = [1]": "sweep.measure: variant 1 has no log 'val_acc'",
    "[sweep]\ngoal = 'big'\n[sweep.over]\nseed = [1]": "sweep.goal: expected one of",
    "[sweep]\nhalving = { factor = 1 }\n[sweep.over]\nseed = [1]": "sweep.halving.factor",
    "[sweep]\nhalving = {}\n[sweep.over]\n'fit.epochs' = [1, 2]": "halving: all variants",
    "[sweep]\nat_once = 0\n[sweep.over]\nseed = [1]": "sweep.at_once",
    "[sweep]\nsearch = 'all'\n[sweep.over]\nseed = [1]": "sweep.search: expected one of grid, random",
    "[sweep.over]\n'loss' = ['msee']": "did you mean 'mse'",
    "[pretrain]\nepochs = 1\n[sweep.over]\nseed = [1]": "sweep and pretrain do not go together",
    "[[variant]]\nname = 'a'\n[sweep.over]\nseed = [1]": "sweep and variant do not go together",
}


@pytest.mark.parametrize("text", BAD)
def test_a_file_that_cannot_be_used_says_where_and_why(text):
    with pytest.raises(TrainFileError, match=r"\w") as error:
        made_of(text)
    assert BAD[text] in str(error.value)
    assert "\n" not in str(error.value)


def test_the_command_writes_a_table_a_report_and_the_best(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "many.toml").write_text(FILE + SWEEP)
    assert command(["sweep", "many.toml", "--quiet", "--at-once", "3"]) == 0
    folder = tmp_path / "runs" / "many"
    assert {path.name for path in folder.iterdir()} == {"best.toml", "results.csv", "sweep.html"}
    rows = list(csv.DictReader((folder / "results.csv").read_text().splitlines()))
    assert len(rows) == 12
    assert rows[0]["optimizer.learning_rate"] == "0.001"
    assert {row["diverged"] for row in rows if row["optimizer.learning_rate"] == "1e+30"} == {"1"}
    assert "the best of 6 variants" in capsys.readouterr().out
    assert command(["sweep", "many.toml", "--resume"]) == 0
    assert "nothing to resume" in capsys.readouterr().out


def test_the_commands_say_which_file_is_whose(tmp_path, capsys):
    (tmp_path / "plain.toml").write_text(FILE)
    (tmp_path / "many.toml").write_text(FILE + SWEEP)
    assert command(["sweep", str(tmp_path / "plain.toml")]) == 2
    assert "sweep: is missing" in capsys.readouterr().err
    assert command(["train", str(tmp_path / "many.toml")]) == 2
    assert "chainrule sweep" in capsys.readouterr().err


class Stopped(KeptSweep):
    """Ends the process, as it were, when some runs are kept."""

    left = 2

    def keep(self, standings):
        super().keep(standings)
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


HALVED = SWEEP.replace("seeds = 2", "seeds = 2\nat_once = 4\nhalving = { factor = 2, first = 2 }")


PARTED = SWEEP.replace("seeds = 2", "seeds = 2\nat_once = 4")


@pytest.mark.parametrize(
    ("text", "calls"), but_slow([(HALVED, 3)], [(PARTED, 1), (PARTED, 3), (HALVED, 1), (HALVED, 3)])
)
def test_one_that_was_stopped_ends_as_if_it_had_not(text, calls, tmp_path):
    _, whole = made_of(text)
    stopped = Stopped(tmp_path)
    stopped.left = calls
    with pytest.raises(KeyboardInterrupt):
        made_of(text, kept=stopped)
    kept = KeptSweep(tmp_path)
    _, found = made_of(text, kept=kept)
    for one, other in zip(found.results, whole.results, strict=True):
        assert (one.epochs, one.diverged, one.rounds) == (other.epochs, other.diverged, other.rounds)
        for name, values in other.history.items():
            np.testing.assert_allclose(one.history[name], values, rtol=2e-5, atol=1e-6)
    kept.remove()
    assert not any(tmp_path.iterdir())


def test_kept_runs_of_another_sweep_or_damaged_ones_are_refused(tmp_path):
    made_of(SWEEP, kept=KeptSweep(tmp_path))
    with pytest.raises(CheckpointError, match="another run: optimizer"):
        made_of(SWEEP, FILE.replace("learning_rate = 0.1", "learning_rate = 0.2"), KeptSweep(tmp_path))
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(CheckpointError, match="no whole checkpoint"):
        made_of(SWEEP, kept=KeptSweep(tmp_path))


@pytest.mark.slow
def test_killed_and_resumed_from_the_shell(tmp_path):
    text = FILE.replace("epochs = 6", "epochs = 200000\ncheckpoint = 0.1")
    (tmp_path / "many.toml").write_text(text + '[sweep.over]\n"optimizer.learning_rate" = [0.001, 0.002]\n')
    line = [sys.executable, "-c", "from chainrule.cli.main import main; main()"]
    line += ["sweep", "many.toml", "--quiet"]
    process = subprocess.Popen(line, cwd=tmp_path)
    folder, until = tmp_path / "runs" / "many", time.monotonic() + 120
    while not list(folder.glob("sweep-*.safetensors")) and time.monotonic() < until:
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = KeptSweep(folder)._files()
    assert kept
    (tmp_path / "many.toml").write_text(text + '[sweep.over]\n"optimizer.learning_rate" = [0.001, 0.002]\n')
    done = subprocess.run([*line, "--resume"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not KeptSweep(folder)._files()
    assert (folder / "sweep.html").exists()
