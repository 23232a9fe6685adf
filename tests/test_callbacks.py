"""Callbacks do what Keras' of the same name do, and a run goes on where it was killed, to the bit."""

import csv
import os
import random
import signal
import struct
import subprocess
import sys
import time
import warnings

import keras
import numpy as np
import pytest
from safetensors.numpy import load_file

import chainrule
from chainrule import Input, Sequential
from chainrule.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
    TerminateOnNaN,
    checked,
    watches_batches,
    watches_epochs,
)
from chainrule.layers import Dense
from chainrule.models import load_model
from chainrule.training.checkpoint import CheckpointError

RNG = np.random.default_rng(4)
X = RNG.normal(size=(24, 3)).astype(np.float32)
Y = (X @ [[1.0], [-2.0], [0.5]] + 0.1 * RNG.normal(size=(24, 1))).astype(np.float32)


def model(steps_per_execution=1, rate=0.05, seed=3):
    chainrule.utils.set_random_seed(seed)
    made = Sequential([Input((3,)), Dense(4, activation="tanh"), Dense(1)])
    made.compile(
        chainrule.optimizers.SGD(rate, momentum=0.9),
        "mse",
        metrics=["mae"],
        steps_per_execution=steps_per_execution,
    )
    return made


def fitted(made, callbacks, epochs=4, **how):
    return made.fit(X, Y, batch_size=8, epochs=epochs, verbose=0, callbacks=callbacks, **how)


# The same as Keras' on the same logs: both are driven by hand, without any training.


class Driven:
    """A model for callbacks of Keras and of chainrule: its weights are the number of the epoch."""

    def __init__(self):
        self.stop_training, self.epoch, self.weights = False, 0, None
        self.optimizer = self
        self.learning_rate = 1.0
        self.metrics = []
        self.values = {}
        self.saved = []

    def current_rate(self, values):
        return self.learning_rate

    def get_weights(self):
        return [np.full(2, self.epoch)]

    def set_weights(self, weights):
        self.weights = weights[0].tolist()

    def save(self, path, overwrite=True):
        self.saved.append(os.path.basename(path).rsplit(".", 1)[0])


def drive(callback, logs):
    """What a callback does to a model over epochs with these logs."""
    model = Driven()
    callback.set_model(model)
    callback.set_params({})
    callback.on_train_begin()
    rates, seen = [], []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for epoch, values in enumerate(logs):
            model.epoch = epoch
            callback.on_epoch_begin(epoch)
            rates.append(model.learning_rate)
            values = dict(values)
            callback.on_epoch_end(epoch, values)
            seen.append(values)
            if model.stop_training:
                break
        callback.on_train_end()
    return {
        "epochs": len(seen),
        "weights": model.weights,
        "saved": model.saved,
        "rates": np.round(rates, 6).tolist(),
        "logs": [{k: round(v, 6) for k, v in values.items()} for values in seen],
        "warned": len(caught),
        "best": None if getattr(callback, "best", None) is None else callback.best,
    }


def losses(seed, names=("loss", "val_loss", "accuracy"), epochs=14):
    """Logs that fall, rise, stand still and come back, as a run's do."""
    rng = np.random.default_rng(seed)
    steps = rng.choice([-0.3, -0.05, -0.00001, 0.0, 0.1], size=(epochs, len(names)))
    return [dict(zip(names, row.tolist(), strict=True)) for row in 2 + np.cumsum(steps, axis=0)]


STOPPING = [
    {},
    {"monitor": "loss", "patience": 2},
    {"patience": 3, "restore_best_weights": True},
    {"patience": 2, "min_delta": 0.04, "restore_best_weights": True},
    {"patience": 2, "min_delta": -0.04},
    {"monitor": "accuracy", "mode": "max", "patience": 1},
    {"monitor": "accuracy", "mode": "min", "patience": 1},
    {"monitor": "loss", "baseline": 1.7, "patience": 4, "restore_best_weights": True},
    {"monitor": "loss", "baseline": 0.0, "patience": 3, "restore_best_weights": True},
    {"monitor": "loss", "start_from_epoch": 5, "patience": 1, "restore_best_weights": True},
    {"monitor": "loss", "start_from_epoch": 50, "restore_best_weights": True},
    {"monitor": "val_mae", "mode": "min"},
]
PLATEAU = [
    {},
    {"monitor": "loss", "patience": 1},
    {"monitor": "loss", "patience": 0, "factor": 0.5},
    {"patience": 2, "cooldown": 2, "factor": 0.5},
    {"patience": 1, "cooldown": 1, "min_lr": 0.2, "factor": 0.5},
    {"patience": 1, "min_delta": 0.2},
    {"monitor": "accuracy", "mode": "max", "patience": 1, "factor": 0.3},
    {"monitor": "val_mae", "mode": "min"},
]
SAVING = [
    {},
    {"save_best_only": True},
    {"monitor": "accuracy", "mode": "max", "save_best_only": True},
    {"monitor": "loss", "save_best_only": True, "initial_value_threshold": 1.8},
    {"monitor": "val_mae", "mode": "min", "save_best_only": True},
]


def arguments(options):
    return ",".join(f"{name}={value}" for name, value in options.items()) or "defaults"


@pytest.mark.parametrize("options", STOPPING, ids=arguments)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_early_stopping_is_keras(options, seed):
    ours, theirs = EarlyStopping(**options), keras.callbacks.EarlyStopping(**options)
    assert drive(ours, losses(seed)) == drive(theirs, losses(seed))
    assert ours.stopped_epoch == theirs.stopped_epoch
    assert ours.best_epoch == theirs.best_epoch


@pytest.mark.parametrize("options", PLATEAU, ids=arguments)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_reduce_on_plateau_is_keras(options, seed):
    ours, theirs = ReduceLROnPlateau(**options), keras.callbacks.ReduceLROnPlateau(**options)
    assert drive(ours, losses(seed)) == drive(theirs, losses(seed))


@pytest.mark.parametrize("options", SAVING, ids=arguments)
def test_model_checkpoint_is_keras(options, tmp_path):
    name = "{epoch:02d}-{val_loss:.3f}"
    ours = ModelCheckpoint(tmp_path / f"{name}.safetensors", **options)
    theirs = keras.callbacks.ModelCheckpoint(tmp_path / f"{name}.keras", **options)
    found, expected = drive(ours, losses(3)), drive(theirs, losses(3))
    assert found == expected
    assert found["saved"]


@pytest.mark.parametrize(
    "schedule", [lambda epoch, lr: lr * 0.9, lambda epoch: 0.5 / (1 + epoch)], ids=["rate", "epoch"]
)
def test_learning_rate_scheduler_is_keras(schedule):
    ours, theirs = LearningRateScheduler(schedule), keras.callbacks.LearningRateScheduler(schedule)
    assert drive(ours, losses(0)) == drive(theirs, losses(0))


@pytest.mark.parametrize("names", [("loss", "val_loss"), ("loss", "mae")], ids=["validated", "not-validated"])
@pytest.mark.parametrize("append", [False, True])
def test_csv_logger_writes_keras_file(names, append, tmp_path):
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    for path, module in ((ours, chainrule), (theirs, keras)):
        path.write_bytes(b"old;things\r\n" if append else b"old things, and more of them than the new ones")
        logs = losses(0, names, epochs=3) + losses(1, names[:1], epochs=1)
        drive(module.callbacks.CSVLogger(path, separator=";", append=append), logs)
    assert ours.read_bytes() == theirs.read_bytes()


def test_messages_are_printed_where_keras_prints_some(capsys, tmp_path):
    logs = [{"loss": 1.0}, {"loss": 1.0}, {"loss": 0.5}]
    for module, suffix in ((chainrule, "safetensors"), (keras, "keras")):
        path = tmp_path / f"m.{suffix}"
        for verbose in (0, 1):
            these = module.callbacks
            drive(these.EarlyStopping("loss", patience=1, restore_best_weights=True, verbose=verbose), logs)
            drive(these.ReduceLROnPlateau("loss", patience=1, verbose=verbose), logs)
            drive(these.LearningRateScheduler(lambda epoch, lr: 0.5, verbose=verbose), logs)
            drive(these.ModelCheckpoint(path, "loss", save_best_only=True, verbose=verbose), logs)
            printed = capsys.readouterr().out
            assert bool(printed) == bool(verbose)
    assert "Epoch 2: early stopping" in printed
    assert "m.keras" in printed


def test_nan_is_never_the_best():
    ours = EarlyStopping("val_loss", patience=3, restore_best_weights=True)
    found = drive(ours, [{"val_loss": value} for value in (np.nan, 2.0, 1.0, np.nan, 1.5, 1.2)])
    assert (ours.best, ours.best_epoch, found["weights"]) == (1.0, 2, [2, 2])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: EarlyStopping(mode="least"),
            r"EarlyStopping: unknown mode 'least': expected one of auto, max, min",
        ),
        (lambda: EarlyStopping("val_speed"), r"whether 'val_speed' should grow or fall .* mode=\"max\""),
        (lambda: EarlyStopping(patience=-1), "patience must be at least 0"),
        (lambda: EarlyStopping(patience=1.5), "patience must be a whole number"),
        (lambda: ReduceLROnPlateau(factor=1.0), "factor must lie between 0 and 1, got 1.0"),
        (lambda: ReduceLROnPlateau(cooldown=-2), "cooldown must be at least 0"),
        (lambda: ModelCheckpoint("m.keras"), r"filepath must end in \.safetensors, got 'm.keras'"),
        (
            lambda: ModelCheckpoint("m.safetensors", save_freq="batch"),
            'save_freq must be "epoch" or a number',
        ),
        (lambda: ModelCheckpoint("m.safetensors", save_freq=0), "save_freq must be at least 1"),
        (lambda: LearningRateScheduler(0.1), "schedule must be a function"),
        (lambda: LearningRateScheduler(lambda: 0.1), "schedule must take the epoch"),
        (lambda: LambdaCallback(on_epoch_ends=print), r"no hook 'on_epoch_ends': .* mean 'on_epoch_end'"),
        (lambda: LambdaCallback(on_epoch_end=3), "on_epoch_end must be a function, got 3"),
        (lambda: CSVLogger("a.csv", separator=", "), "separator must be one character"),
        (lambda: TensorBoard(update_freq="often"), 'update_freq must be "epoch", "batch" or a number'),
        (lambda: TensorBoard(profile_batch=2), "profile_batch=2 asks for what chainrule does not write"),
        (lambda: TensorBoard(histogram_freq=-1), "histogram_freq must be at least 0"),
        (lambda: BackupAndRestore(""), "needs a folder"),
        (lambda: BackupAndRestore("b", save_freq=0.5), "save_freq must be a whole number"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


@pytest.mark.parametrize("rate", [1, "0.1", np.nan, 0.0, None], ids=str)
def test_a_schedule_that_gives_no_rate_is_refused(rate):
    with pytest.raises(ValueError, match="schedule must give the learning rate as a float above 0"):
        fitted(model(), LearningRateScheduler(lambda epoch, lr: rate))


# In a run.


def test_early_stopping_gives_the_model_its_best_weights_back():
    stop = EarlyStopping("loss", patience=2, restore_best_weights=True)
    kept = []
    keep = LambdaCallback(on_epoch_end=lambda epoch, logs: kept.append(made.get_weights()))
    made = model(rate=0.8)
    history = fitted(made, [keep, stop], epochs=60)
    seen = history.history["loss"]
    assert len(seen) == stop.best_epoch + 3 < 60
    assert min(seen) == seen[stop.best_epoch]
    for one, other in zip(made.get_weights(), kept[stop.best_epoch], strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_rate_of_a_schedule_is_trained_with_and_logged():
    history = fitted(model(), LearningRateScheduler(lambda epoch, lr: 1e-30 if epoch else lr))
    assert history.history["learning_rate"] == [0.05, 1e-30, 1e-30, 1e-30]
    first = fitted(model(), [], epochs=1).history["loss"]
    assert history.history["loss"][:1] == first


def test_a_missing_log_is_a_warning_that_says_what_to_give():
    with pytest.warns(
        UserWarning, match=r"'val_loss', which is not among the logs loss, mae: give fit validation"
    ):
        fitted(model(), EarlyStopping(), epochs=1)


def test_models_are_saved_while_they_train_and_can_be_loaded(tmp_path):
    made = model()
    path = tmp_path / "new" / "{epoch}-{val_loss:.2f}.safetensors"
    history = fitted(made, ModelCheckpoint(path), validation_data=(X, Y))
    files = sorted((tmp_path / "new").iterdir())
    expected = [f"{e + 1}-{v:.2f}.safetensors" for e, v in enumerate(history.history["val_loss"])]
    assert [file.name for file in files] == expected
    np.testing.assert_array_equal(load_model(files[-1]).predict(X), made.predict(X))


def test_every_so_many_updates_a_model_is_saved(tmp_path):
    made = model()
    path = tmp_path / "{epoch}-{batch}-{loss:.3f}.safetensors"
    fitted(made, ModelCheckpoint(path, save_freq=2))  # of 3 updates in each of 4 epochs
    names = sorted(file.name.rsplit("-", 1)[0] for file in tmp_path.iterdir())
    assert names == ["1-2", "2-1", "2-3", "3-2", "4-1", "4-3"]


def test_a_field_of_no_log_is_named(tmp_path):
    with pytest.raises(KeyError, match=r"has the field 'val_los', and there are epoch, loss, mae"):
        fitted(model(), ModelCheckpoint(tmp_path / "{val_los}.safetensors"))


def test_weights_alone_are_saved(tmp_path):
    made = model()
    fitted(made, ModelCheckpoint(tmp_path / "w.safetensors", save_weights_only=True))
    assert load_file(tmp_path / "w.safetensors").keys() == {"W1", "b1", "W2", "b2"}
    other = model(seed=8)
    other.load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(other.predict(X), made.predict(X))


def test_a_csv_file_that_cannot_be_written_is_an_error_before_training(tmp_path):
    with pytest.raises(FileNotFoundError):
        fitted(model(), CSVLogger(tmp_path / "no" / "log.csv"))


def test_the_csv_file_holds_the_history(tmp_path):
    history = fitted(model(), CSVLogger(tmp_path / "log.csv"), validation_data=(X, Y))
    with open(tmp_path / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, column in history.history.items():
        assert [float(row[name]) for row in rows] == column


# Between updates.


class Batches(Callback):
    def __init__(self):
        self.told = []

    def on_train_batch_begin(self, batch, logs=None):
        self.told.append(("begin", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.told.append(("end", batch, dict(logs)))

    def on_epoch_end(self, epoch, logs=None):
        self.told.append(dict(logs))


def test_batch_hooks_are_called_every_so_many_updates_with_the_means_so_far():
    # Keras calls them with the first and the last update of each group, too.
    for steps, expected in ((1, [0, 0, 1, 1, 2, 2]), (2, [0, 1, 2, 2]), (5, [0, 2])):
        seen = Batches()
        fitted(model(steps), seen, epochs=2)
        batches = [entry[1] for entry in seen.told if isinstance(entry, tuple)]
        assert batches == expected * 2
        ends = [entry for entry in seen.told if not isinstance(entry, tuple) or entry[0] == "end"]
        assert ends[len(ends) // 2 - 2][2] == pytest.approx(ends[len(ends) // 2 - 1])


def test_the_old_names_of_the_batch_hooks_are_called_as_well():
    told = []

    class Old(Callback):
        def on_batch_begin(self, batch, logs=None):
            told.append(batch)

        def on_batch_end(self, batch, logs=None):
            told.append(logs["loss"] > 0)

    fitted(model(), Old(), epochs=1)
    assert told == [0, True, 1, True, 2, True]


@pytest.mark.parametrize(
    "callbacks", [[Batches()], [LambdaCallback(on_train_batch_end=lambda batch, logs: None)]]
)
def test_looking_between_updates_changes_the_weights_by_rounding_at_most(callbacks):
    fitted(plain := model(), [])
    fitted(watched := model(2), callbacks)
    for one, other in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_a_run_stops_between_updates_where_a_callback_asks_for_it():
    class Halt(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    history = fitted(model(), [Halt(), seen := Batches()])
    assert [entry[1] for entry in seen.told if isinstance(entry, tuple)] == [0, 0, 1, 1]
    assert history.epoch == [0]


def test_what_each_callback_waits_for():
    own = LambdaCallback(on_train_begin=lambda logs: None)
    assert [watches_epochs(c) for c in (own, History(), EarlyStopping(), Batches())] == [
        False,
        False,
        True,
        True,
    ]
    assert [watches_batches(c) for c in (own, EarlyStopping(), Batches())] == [False, False, True]
    assert [watches_batches(ModelCheckpoint("a.safetensors", save_freq=f)) for f in ("epoch", 3)] == [
        False,
        True,
    ]
    assert [watches_batches(TensorBoard("a", update_freq=f)) for f in ("epoch", "batch", 3)] == [
        False,
        True,
        True,
    ]
    assert not watches_epochs(BackupAndRestore("a"))


@pytest.mark.parametrize("name", ["on_test_begin", "on_test_batch_end", "on_predict_end"])
def test_hooks_that_are_never_called_are_refused(name):
    waiting = type("Waiting", (Callback,), {name: lambda self, *given, **named: None})
    with pytest.raises(TypeError, match=f"callback Waiting has {name}, which is never called"):
        fitted(model(), waiting())


def test_what_is_no_callback_is_refused():
    with pytest.raises(TypeError, match=r"must be chainrule\.callbacks\.Callback objects, got str"):
        checked(["no"])
    with pytest.raises(TypeError, match="got EarlyStopping"):
        checked(keras.callbacks.EarlyStopping())


# Numbers that are not finite.


def test_terminate_on_nan_ends_the_run_quietly_with_the_weights_before(capsys):
    made = model(rate=1e12)
    told = []
    ends = LambdaCallback(on_train_end=lambda logs=None: told.append("end"))
    history = fitted(made, [TerminateOnNaN(), ends], epochs=50)
    assert made.stop_training
    assert told == ["end"]
    assert len(history.epoch) < 50
    assert all(np.isfinite(weight).all() for weight in made.get_weights())
    assert "TerminateOnNaN: training became non-finite in epoch" in capsys.readouterr().out
    for callbacks in ([], [TerminateOnNaN(raise_error=True)]):
        with pytest.raises(FloatingPointError, match="became non-finite"):
            fitted(model(rate=1e12), callbacks, epochs=50)


# TensorBoard's files.


def crc32c(data):
    """The checksum of RFC 3720, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(folder):
    """All events of a folder's files, the checksums checked."""
    from tensorboardX.proto.event_pb2 import Event

    found = []
    for path in sorted(folder.iterdir()):
        content, place = path.read_bytes(), 0
        while place < len(content):
            (length,) = struct.unpack_from("<Q", content, place)
            data = content[place + 12 : place + 12 + length]
            checks = (
                *struct.unpack_from("<I", content, place + 8),
                *struct.unpack_from("<I", content, place + 12 + length),
            )
            assert checks == (masked(content[place : place + 8]), masked(data))
            found.append(Event.FromString(data))
            place += 16 + length
    return found


def scalars(folder):
    table = {}
    for event in events(folder):
        for value in event.summary.value:
            if value.WhichOneof("value") == "simple_value":
                table.setdefault(value.tag, []).append((event.step, value.simple_value))
    return table


def test_the_checksum_of_the_test_is_the_one_of_the_standard():
    assert crc32c(b"123456789") == 0xE3069283


def test_tensorboard_files_hold_the_logs(tmp_path):
    schedule = LearningRateScheduler(lambda epoch, lr: lr / 2)
    history = fitted(model(), [schedule, TensorBoard(tmp_path)], validation_data=(X, Y))
    table = history.history
    expected = {f"epoch_{name}": table[name] for name in ("loss", "mae", "learning_rate")}
    found = scalars(tmp_path / "train")
    assert found.keys() == expected.keys()
    for name, column in expected.items():
        assert found[name] == [(e, np.float32(v)) for e, v in enumerate(column)]
    found = scalars(tmp_path / "validation")
    assert found == {
        f"epoch_{name}": [(e, np.float32(v)) for e, v in enumerate(table[f"val_{name}"])]
        for name in ("loss", "mae")
    }
    assert events(tmp_path / "train")[0].file_version == "brain.Event:2"


def test_tensorboard_writes_between_updates_and_histograms(tmp_path):
    made = model()
    fitted(made, TensorBoard(tmp_path, histogram_freq=2, update_freq=2))
    assert [step for step, _ in scalars(tmp_path / "train")["batch_loss"]] == [1, 3, 5, 7, 9, 11]
    histograms = [
        (event.step, value.tag, value.histo.num)
        for event in events(tmp_path / "train")
        for value in event.summary.value
        if value.WhichOneof("value") == "histo"
    ]
    sizes = {"W1": 12, "b1": 4, "W2": 4, "b2": 1}
    assert histograms == [(e, f"{name}/histogram", size) for e in (0, 2) for name, size in sizes.items()]


def test_without_tensorboardx_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r'pip install "chainrule\[tensorboard\]"'):
        TensorBoard()


# Going on.


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
folder = sys.argv[1]
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
history = model.fit(x, y, batch_size=8, epochs=400, verbose=0, callbacks=told, validation_split=0.2)
np.savez(folder + "/end.npz", *model.get_weights(), *[np.array(c) for c in history.history.values()])
"""


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_a_run_killed_at_random_moments_ends_with_the_same_weights_and_history(tmp_path, kills):
    def start(folder):
        return subprocess.Popen([sys.executable, "-c", KILLED, str(folder)])

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    with start(whole) as process:
        assert process.wait(60) == 0
    moments = random.Random(kills)
    kept = parts / "backup" / "checkpoint.safetensors"
    for _ in range(kills):
        before = kept.stat().st_mtime_ns if kept.exists() else 0
        with start(parts) as process:
            while process.poll() is None and (kept.stat().st_mtime_ns if kept.exists() else 0) == before:
                time.sleep(0.002)
            time.sleep(moments.uniform(0, 1.0 / kills))
            process.send_signal(signal.SIGKILL)
    with start(parts) as process:
        assert process.wait(60) == 0
    one, other = (np.load(folder / "end.npz") for folder in (whole, parts))
    assert all(one[name].tobytes() == other[name].tobytes() for name in one.files)
    assert (whole / "log.csv").read_bytes() == (parts / "log.csv").read_bytes()
    assert not list((parts / "backup").iterdir())
