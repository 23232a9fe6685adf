"""``chainrule train`` with folds, saved weights and pretraining."""

import csv
import json

import numpy as np
import pytest
from safetensors.numpy import load_file

from chainrule import Input, Sequential
from chainrule.callbacks import Checkpoints
from chainrule.cli.main import run
from chainrule.layers import Dense
from chainrule.training import fitting
from chainrule.utils import set_random_seed

RUN = """
loss = "mse"
seed = 5
layers = [
  {{ layer = "Dense", units = 4, activation = "tanh", name = "first"{first} }},
  {{ layer = "Dense", units = {head}, name = "head" }},
]
[data]
x = {x}
y = {y}
[fit]
epochs = 4
batch_size = 4
{fit}
"""
X = np.round(np.random.default_rng(0).normal(size=(12, 3)), 3)
WHERE = {"x": json.dumps(X.tolist()), "y": json.dumps(X.sum(axis=1).round(3).tolist())}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def train(folder, text="", head=1, first="", fit="", options=()):
    (folder / "run.toml").write_text(RUN.format(**WHERE, head=head, first=first, fit=fit) + text)
    return run(["train", str(folder / "run.toml"), "--quiet", *options])


def saved(head=1, width=4, seed=9):
    set_random_seed(seed)
    model = Sequential([Input((3,)), Dense(width, "tanh", name="first"), Dense(head, name="head")])
    model.save("saved.safetensors")
    return model.get_weights()


def test_folds_are_trained_after_the_run_and_reported(folder, capsys):
    assert train(folder) == 0
    whole = load_file(folder / "runs/run/model.safetensors")
    capsys.readouterr()
    assert train(folder, fit="folds = 3") == 0
    with_folds = load_file(folder / "runs/run-2/model.safetensors")
    assert all((whole[name] == with_folds[name]).all() for name in whole), "folds change nothing of the run"
    with open(folder / "runs/run-2/folds.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["fold"], row["epoch"]) for row in rows] == [
        (str(fold), str(epoch)) for fold in (1, 2, 3) for epoch in (1, 2, 3, 4)
    ]
    last = [float(row["val_loss"]) for row in rows if row["epoch"] == "4"]
    said = f"loss of 3 folds: {np.mean(last):.4g} on average, deviation {np.std(last, ddof=1):.4g}"
    assert said in capsys.readouterr().out
    page = (folder / "runs/run-2/report.html").read_text()
    assert "In 3 folds" in page
    assert all(f"<td>{value:.4g}</td>" in page for value in last)
    assert "In 3 folds" not in (folder / "runs/run/report.html").read_text()


def test_folds_are_the_same_after_a_run_that_was_stopped(folder, monkeypatch):
    assert train(folder, fit="folds = 3") == 0

    def stopped(*given, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("chainrule.experiment.run.cross_validate", stopped)
        assert train(folder, fit="folds = 3\ncheckpoint = 0", options=["-o", "again"]) == 130
    assert train(folder, fit="folds = 3\ncheckpoint = 0", options=["--resume", "-o", "again"]) == 0
    whole, again = (folder / where / "folds.csv" for where in ("runs/run", "again"))
    assert whole.read_text() == again.read_text()


def test_a_run_begins_with_saved_weights(folder, capsys):
    first, bias, *_ = saved()
    given = '[transfer]\nweights = "saved.safetensors"\n'
    assert train(folder, given, first=", trainable = false") == 0
    found = load_file(folder / "runs/run/model.safetensors")
    assert (found["W1"] == first).all()
    assert (found["b1"] == bias).all()
    assert "saved weights taken: first, head" in capsys.readouterr().out
    assert (
        "With the weights of a saved model in first, head." in (folder / "runs/run/report.html").read_text()
    ), "the report says so too"


def test_a_new_head_takes_the_other_layers_weights(folder, capsys):
    first, *_ = saved(head=2)
    given = '[transfer]\nweights = "saved.safetensors"\n'
    assert train(folder, given) == 2
    assert ": layer 'head' has weights W (4, 2), b (2,)" in capsys.readouterr().err
    assert train(folder, given + "by_name = true\nskip_mismatch = true\n", first=", trainable = false") == 0
    assert (load_file(folder / "runs/run/model.safetensors")["W1"] == first).all()
    assert "saved weights taken: first\n" in capsys.readouterr().out


def test_another_run_than_that_with_these_weights_is_not_gone_on_with(folder, capsys, monkeypatch):
    saved()
    given = '[transfer]\nweights = "saved.safetensors"\n'

    keep = Checkpoints.keep

    def stopped(self, *given):
        keep(self, *given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fitting, "INTERVAL", 0.0)
        patch.setattr(Checkpoints, "keep", stopped)
        assert train(folder, given, fit="checkpoint = 0") == 130
    saved(seed=10)
    assert train(folder, given, fit="checkpoint = 0", options=["--resume"]) == 2
    assert "checkpoint of another run: transfer differs" in capsys.readouterr().err


def test_layers_are_pretrained_before_the_network(folder, capsys):
    given = '[pretrain]\nepochs = 30\noptimizer = { name = "SGD", learning_rate = 0.2 }\nnoise = 0.1\n'
    assert train(folder, given, first=", trainable = false") == 0
    said = capsys.readouterr().out
    line = next(line for line in said.splitlines() if line.startswith("pretrained first: loss "))
    begun, ended = (float(word.rstrip(",")) for word in line.split() if word[0].isdigit())
    assert ended < begun
    assert f"<td>{begun:.4g}</td>" in (folder / "runs/run/report.html").read_text()


@pytest.mark.parametrize(
    ("text", "fit", "says"),
    [
        ("", "folds = 1", "fit.folds: input should be greater than or equal to 2"),
        ("", "folds = 13", "fit.folds: "),
        ("", 'folds = 2\ncallbacks = ["EarlyStopping"]', "fit.folds and fit.callbacks do not go together"),
        ('[transfer]\nweights = "saved.safetensors"', "folds = 2", "fit.folds and transfer do not go"),
        ("[pretrain]", "folds = 2", "fit.folds and pretrain do not go together"),
        ('[transfer]\nweights = "none.safetensors"', "", "none.safetensors: No such file"),
        ("[transfer]", "", "transfer.weights: is missing"),
        ('[transfer]\nweights = "run.toml"', "", "run.toml"),
        ('[transfer]\nweights = "saved.safetensors"\nby_name = 3', "", "transfer.by_name"),
        ('[transfer]\nweights = "saved.safetensors"\nnames = []', "", "transfer.names"),
        ("[pretrain]\nepochs = 0", "", "pretrain.epochs"),
        ("[pretrain]\nnoise = -1", "", "pretrain.noise"),
        ('[pretrain]\noptimizer = "none"', "", "pretrain: unknown optimizer 'none'"),
        ('[pretrain]\nloss = "none"', "", "pretrain: unknown loss 'none'"),
        ("[pretrain]\nlayers = 1", "", "pretrain.layers"),
    ],
)
def test_misuse_is_one_line(folder, capsys, text, fit, says):
    saved()
    assert train(folder, text, fit=fit) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert says in said
    assert not (folder / "runs/run").exists()


def test_folds_and_given_weights_do_not_go_together(folder, capsys):
    assert train(folder, first=", b = [1, 1, 1, 1]", fit="folds = 2") == 2
    assert "fit.folds: the folds begin with weights drawn by chance" in capsys.readouterr().err


def test_saved_weights_of_other_shapes_alone_are_refused(folder, capsys):
    saved(width=5)
    given = '[transfer]\nweights = "saved.safetensors"\nskip_mismatch = true\n'
    assert train(folder, given) == 2
    assert "saved.safetensors has the shapes of the model's" in capsys.readouterr().err
