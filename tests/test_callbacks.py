"""Which callbacks are taken, when each is called, and what it may do."""

import keras
import numpy as np
import pytest

import chainrule
from callbacks_oracle import Batches, drive, fitted, model
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
    checked,
    watches_batches,
    watches_epochs,
)


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
        (lambda: EarlyStopping(None), "monitor must be the name of a log, got None"),
        (lambda: EarlyStopping(min_delta="0.1"), "min_delta must be a number, got '0.1'"),
        (lambda: EarlyStopping(min_delta=np.nan), "min_delta must be finite"),
        (lambda: EarlyStopping(baseline="low"), "baseline must be a number, got 'low'"),
        (lambda: ReduceLROnPlateau(factor="half"), "factor must be a number, got 'half'"),
        (lambda: ReduceLROnPlateau(min_lr=-1), "min_lr must be at least 0, got -1"),
        (lambda: ModelCheckpoint("m.safetensors", initial_value_threshold="a"), "threshold must be a number"),
        (lambda: CSVLogger("a.csv", separator=None), "separator must be one character, got None"),
        (lambda: BackupAndRestore("b", save_freq=0.5), "save_freq must be a whole number"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_a_missing_log_is_a_warning_that_says_what_to_give():
    with pytest.warns(
        UserWarning, match=r"'val_loss', which is not among the logs loss, mae: give fit validation"
    ):
        fitted(model(), EarlyStopping(), epochs=1)


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
