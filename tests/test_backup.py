"""A run goes on where it was interrupted or killed, and ends as one that never was, to the bit."""

import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import chainrule
from callbacks_oracle import X, Y, fitted, model
from chainrule import Input, Sequential
from chainrule.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
)
from chainrule.layers import Dense
from chainrule.training.checkpoint import CheckpointError
from events_oracle import scalars


class RunStoppedError(Exception):
    pass


class Interrupting(Callback):
    """Ends a run by an error: at the end of an epoch, or between its updates."""

    def __init__(self, epoch, batch=None):
        self.at, self.epoch = (epoch, batch), 0
        if batch is None:
            self.on_epoch_end = self._after_epoch
        else:
            self.on_epoch_begin = self._before_epoch
            self.on_train_batch_end = self._after_batch

    def _before_epoch(self, epoch, logs=None):
        self.epoch = epoch

    def _after_epoch(self, epoch, logs=None):
        if (epoch, None) == self.at:
            raise RunStoppedError

    def _after_batch(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            raise RunStoppedError


class Remembering(Callback):
    """A callback of one's own that keeps a state."""

    def __init__(self):
        self.seen = np.zeros(1)

    def on_epoch_end(self, epoch, logs=None):
        self.seen = np.append(self.seen, logs["loss"])

    def state(self):
        return {"seen": self.seen}

    def restore(self, state):
        self.seen = state["seen"]


def all_callbacks(folder, save_freq):
    folder.mkdir(exist_ok=True)
    return [
        LearningRateScheduler(lambda epoch, lr: lr * 0.95),
        ReduceLROnPlateau("val_loss", patience=1, min_delta=0.05, cooldown=1, factor=0.5),
        EarlyStopping("val_mae", patience=5, min_delta=0.02, restore_best_weights=True),
        ModelCheckpoint(folder / "best.safetensors", save_best_only=True),
        CSVLogger(folder / "log.csv"),
        TensorBoard(folder / "tensorboard", update_freq="epoch" if save_freq == "epoch" else "batch"),
        Remembering(),
    ]


@pytest.mark.parametrize(
    ("save_freq", "steps", "stops"),
    [
        ("epoch", 1, [(2, None), (3, None), (9, None)]),
        (1, 1, [(0, 1), (1, 2), (5, 1), (7, 0)]),
        (2, 2, [(1, 1), (4, 2)]),
        (4, 1, [(2, 0), (2, 1), (6, 2)]),
    ],
)
def test_a_run_that_is_interrupted_ends_as_one_that_is_not(tmp_path, save_freq, steps, stops):
    def run(folder, *more, seed=3):
        told = [*all_callbacks(folder, save_freq), *more]
        backup = BackupAndRestore(folder / "backup", save_freq=save_freq)
        made = model(steps, rate=0.01)
        chainrule.utils.set_random_seed(seed)  # of the shuffling: a backup has its own
        history = fitted(made, [*told, backup], epochs=12, validation_data=(X[:9], Y[:9]))
        return made, history.history, told

    made, history, told = run(tmp_path / "whole")
    for number, stop in enumerate(stops):
        with pytest.raises(RunStoppedError):
            run(tmp_path / "parts", Interrupting(*stop), seed=3 + number)
    again, history_again, told_again = run(tmp_path / "parts", seed=99)
    assert history_again == history
    for one, other in zip(made.values.values(), again.values.values(), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(told[-1].seen, told_again[-1].seen)
    for name in ("log.csv", "best.safetensors"):
        one, other = ((tmp_path / which / name).read_bytes() for which in ("whole", "parts"))
        assert one == other
    for part in ("train", "validation"):
        one, other = (scalars(tmp_path / which / "tensorboard" / part) for which in ("whole", "parts"))
        assert one == other
    assert not list((tmp_path / "parts" / "backup").iterdir())


class Chunks:
    """Rows that are read in chunks of six, in an order of the epoch's own; fails once where it is told."""

    rows, chunk_rows, chunk_count = len(X), 6, 4

    def __init__(self, fails_at=None):
        self.fails_at = fails_at

    def chunks(self, epoch, seed, shuffle, start=0):
        order = np.random.default_rng([seed, epoch]).permutation(self.rows)
        for number in range(start, self.chunk_count):
            if (epoch, number) == self.fails_at:
                raise RunStoppedError
            rows = order[number * self.chunk_rows : (number + 1) * self.chunk_rows]
            yield X[rows], Y[rows]


def test_a_run_on_chunks_goes_on_at_the_chunk_where_it_was_interrupted(tmp_path):
    def run(source, callbacks, seed=3):
        made = model(rate=0.01)
        chainrule.utils.set_random_seed(seed)
        history = made.fit(source, batch_size=4, epochs=3, verbose=0, callbacks=callbacks)
        return [weight.tobytes() for weight in made.get_weights()], history.history

    for at in ((0, 2), (1, 1), (2, 3)):
        with pytest.raises(RunStoppedError):
            run(Chunks(at), BackupAndRestore(tmp_path), seed=3 if at == (0, 2) else 4)
        assert list(tmp_path.iterdir())
    assert run(Chunks(), BackupAndRestore(tmp_path), seed=5) == run(Chunks(), [])


def test_a_finished_backup_is_kept_where_asked_for_and_has_nothing_left_to_do(tmp_path):
    keep = {"delete_checkpoint": False}
    history = fitted(model(), BackupAndRestore(tmp_path, **keep))
    made = model(seed=8)
    assert fitted(made, BackupAndRestore(tmp_path, **keep)).history == history.history
    more = fitted(model(seed=9), BackupAndRestore(tmp_path, **keep), epochs=6)
    assert more.epoch == [0, 1, 2, 3, 4, 5]
    whole = fitted(model(), [], epochs=6)
    assert more.history == whole.history


def test_a_backup_of_another_model_or_with_other_callbacks_is_refused(tmp_path):
    fitted(model(), BackupAndRestore(tmp_path, delete_checkpoint=False))
    other = Sequential([Input((3,)), Dense(1)])
    other.compile("sgd", "mse")
    with pytest.raises(CheckpointError, match=r"another model: W1 has shape \(3, 4\) in it and \(3, 1\)"):
        fitted(other, BackupAndRestore(tmp_path))
    with pytest.raises(
        CheckpointError, match="was kept with the callbacks BackupAndRestore, History, and now"
    ):
        fitted(model(), [EarlyStopping("loss"), BackupAndRestore(tmp_path)])


KILLED = """
import sys
import numpy as np
import chainrule
from chainrule.callbacks import BackupAndRestore, CSVLogger, EarlyStopping, ReduceLROnPlateau
from chainrule.layers import Dense
folder, epochs = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(1)
x = rng.normal(size=(50, 5))
y = np.sin(x.sum(axis=1))
chainrule.utils.set_random_seed(5)
model = chainrule.Sequential([Dense(16, activation="tanh"), Dense(1)])
model.compile(chainrule.optimizers.SGD(0.1, momentum=0.9), "mse", steps_per_execution=2)
told = [
    EarlyStopping("val_loss", patience=10_000, restore_best_weights=True),
    ReduceLROnPlateau("loss", patience=30, factor=0.9),
    CSVLogger(folder + "/log.csv"),
    BackupAndRestore(folder + "/backup", save_freq=7),
]
history = model.fit(x, y, batch_size=8, epochs=epochs, verbose=0, callbacks=told, validation_split=0.2)
np.savez(folder + "/end.npz", *model.get_weights(), *[np.array(c) for c in history.history.values()])
"""


@pytest.mark.parametrize("kills", [1, pytest.param(50, marks=pytest.mark.slow)])
def test_a_run_killed_at_random_moments_ends_with_the_same_weights_and_history(tmp_path, kills):
    epochs = 120 if kills == 1 else 400

    def start(folder):
        folder.mkdir(exist_ok=True)
        return subprocess.Popen([sys.executable, "-c", KILLED, str(folder), str(epochs)])

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    moments = random.Random(kills)
    kept = parts / "backup" / "checkpoint.safetensors"
    with start(whole) as never_killed:
        for _ in range(kills):
            before = kept.stat().st_mtime_ns if kept.exists() else 0
            with start(parts) as process:
                while process.poll() is None and (kept.stat().st_mtime_ns if kept.exists() else 0) == before:
                    time.sleep(0.002)
                time.sleep(moments.uniform(0, epochs / 400 / kills))  # the kills are all before the end
                process.send_signal(signal.SIGKILL)
        with start(parts) as process:
            assert process.wait(60) == 0
        assert never_killed.wait(60) == 0
    one, other = (np.load(folder / "end.npz") for folder in (whole, parts))
    assert all(one[name].tobytes() == other[name].tobytes() for name in one.files)
    assert (whole / "log.csv").read_bytes() == (parts / "log.csv").read_bytes()
    assert not list((parts / "backup").iterdir())
