"""``chainrule train --resume``: a run that was stopped goes on and ends as one that was not."""

import os
import shutil
import signal
import subprocess
import time

import pytest

from chainrule.callbacks import Checkpoints
from chainrule.cli.main import run
from chainrule.report import page
from chainrule.training import fitting

FILE = """
loss = "mse"
optimizer = { name = "SGD", learning_rate = 0.1, momentum = 0.9 }
layers = [
  { layer = "Dense", units = 3, activation = "tanh" },
  { layer = "BatchNormalization" },
  { layer = "Dropout", rate = 0.2 },
  { layer = "Dense", units = 1 },
]
[data]
x = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [0, 1, 1, 0]
[fit]
epochs = 12
batch_size = 3
checkpoint = 0
callbacks = [{ name = "EarlyStopping", monitor = "loss", patience = 9, restore_best_weights = true }]
"""
KEPT = ("model.safetensors", "history.csv")

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder, with a training file; every call of the program does one epoch."""
    # What is reported is no matter here, and takes most of the time.
    monkeypatch.setattr(page, "hand_step", lambda run: page.HandStep(0, obstacle="not asked for"))
    monkeypatch.setattr(page, "report", lambda run, step: "a report")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fitting, "INTERVAL", 0.0)
    (tmp_path / "xor.toml").write_text(FILE)
    return tmp_path


@pytest.fixture
def stop(monkeypatch):
    """Makes a run stop at its n-th checkpoint: by an error, or by a signal."""

    def stopping(number, signal_sent=None):
        keep, left = Checkpoints.keep, [number]

        def kept(self, *given):
            left[0] -= 1
            if left[0] == 0:
                if signal_sent is None:
                    raise OSError("the power went off")
                os.kill(os.getpid(), signal_sent)
                time.sleep(0.01)
            keep(self, *given)

        monkeypatch.setattr(Checkpoints, "keep", kept)

    yield stopping
    monkeypatch.undo()


def train(*more):
    return run(["train", "xor.toml", "--quiet", *more])


def contents(folder):
    return [(folder / name).read_bytes() for name in KEPT]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What a run leaves that is not stopped, and does as many epochs at once as it likes."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "xor.toml").write_text(FILE)
    assert run(["train", str(folder / "xor.toml"), "--quiet", "-o", str(folder / "run")]) == 0
    assert {file.name for file in (folder / "run").iterdir()} == {*KEPT, "report.html"}
    return contents(folder / "run")


@pytest.mark.parametrize("at", [1, 2, 8])
def test_a_stopped_run_goes_on_and_ends_with_the_same_bytes(folder, whole, stop, at):
    stop(at)
    assert train() == 2
    stop(0)
    assert train("--resume") == 0
    assert contents(folder / "runs/xor") == whole
    assert {file.name for file in (folder / "runs/xor").iterdir()} == {*KEPT, "report.html"}


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_where_the_run_got_and_says_how_to_go_on(folder, whole, stop, capsys, sent):
    before = signal.getsignal(sent)
    (folder / "xor.toml").write_text(FILE.replace("checkpoint = 0", "checkpoint = 1000"))
    stop(4, sent)
    assert train("-o", "mine") == 130
    assert signal.getsignal(sent) is before
    assert capsys.readouterr().err == (
        "to go on: chainrule train xor.toml --resume -o mine\nchainrule: stopped\n"
    )
    assert [file.name for file in (folder / "mine").iterdir()] == ["checkpoint.safetensors"]
    stop(0)
    assert train("--resume", "-o", "mine") == 0
    assert contents(folder / "mine") == whole


def test_the_last_unfinished_run_is_the_one_that_goes_on(folder, stop, capsys):
    stop(3)
    assert train() == 2  # runs/xor
    assert train() == 0  # runs/xor-2: the stop is over
    stop(3)
    assert train() == 2  # runs/xor-3
    stop(0)
    for name in ("xor-3", "xor"):
        capsys.readouterr()
        assert train("--resume") == 0
        assert f"report: {os.path.join('runs', name, 'report.html')}" in capsys.readouterr().out
    assert train("--resume") == 0
    assert capsys.readouterr().out == "nothing to resume: the run in runs/xor is finished\n"


def test_a_run_that_never_began_begins(folder, whole):
    assert train("--resume") == 0
    assert contents(folder / "runs/xor") == whole
    (folder / "empty").mkdir()
    assert train("--resume", "-o", "empty") == 0
    assert contents(folder / "empty") == whole


CHANGES = {
    "layers": ("units = 3", "units = 4"),
    "optimizer": ("learning_rate = 0.1", "learning_rate = 0.2"),
    "fit": ("epochs = 12", "epochs = 13"),
    "data": ("y = [0, 1, 1, 0]", "y = [0, 1, 1, 1]"),
    "seed": ('loss = "mse"', 'loss = "mse"\nseed = 5'),
}


@pytest.mark.parametrize("part", CHANGES)
def test_another_run_is_refused_by_what_differs(folder, stop, capsys, part):
    stop(3)
    assert train() == 2
    stop(0)
    capsys.readouterr()
    (folder / "xor.toml").write_text(FILE.replace(*CHANGES[part]))
    assert train("--resume") == 2
    err = capsys.readouterr().err
    assert f"runs/xor/checkpoint.safetensors is a checkpoint of another run: {part} differs" in err
    assert err.count("\n") == 1
    assert (folder / "runs/xor/checkpoint.safetensors").exists()


def test_how_often_it_is_kept_and_how_it_is_called_may_change(folder, whole, stop):
    stop(3)
    assert train() == 2
    stop(0)
    other = FILE.replace("checkpoint = 0", "checkpoint = 50")
    (folder / "xor.toml").write_text(f'title = "Other"\n{other}')
    assert train("--resume") == 0
    assert contents(folder / "runs/xor") == whole


def test_a_damaged_checkpoint_gives_way_to_the_one_before(folder, whole, stop, capsys):
    stop(6)
    assert train() == 2
    stop(0)
    newest = folder / "runs/xor/checkpoint.safetensors"
    damaged = bytearray(newest.read_bytes())
    damaged[-1] ^= 1
    newest.write_bytes(damaged)
    shutil.copytree(folder / "runs/xor", folder / "both")
    assert train("--resume") == 0
    assert contents(folder / "runs/xor") == whole
    (folder / "both/checkpoint.previous.safetensors").write_bytes(b"")
    capsys.readouterr()
    assert train("--resume", "-o", "both") == 2
    err = capsys.readouterr().err
    assert "both/checkpoint.safetensors is no whole checkpoint (its bytes are not those" in err
    assert err.count("\n") == 1


def test_numbers_that_diverge_leave_no_folder(folder, capsys):
    (folder / "xor.toml").write_text(FILE.replace("learning_rate = 0.1", "learning_rate = 1e30"))
    assert train() == 2
    assert "became non-finite" in capsys.readouterr().err
    assert not (folder / "runs/xor").exists()


def test_a_full_disk_ends_the_run_in_one_line_and_it_goes_on_elsewhere(folder, whole, capsys):
    disk = folder / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a file system can be mounted by root alone")
    try:
        (disk / "filler").write_bytes(b"x" * 50_000)
        status = train("-o", str(disk / "run"))
        err = capsys.readouterr().err
        assert status == 2
        assert err.count("\n") == 1
        assert "not saved: No space left on device" in err
        shutil.copytree(disk / "run", folder / "elsewhere")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert not [name for name in os.listdir(folder / "elsewhere") if name.endswith(".part")]
    assert train("--resume", "-o", "elsewhere") == 0
    assert contents(folder / "elsewhere") == whole
