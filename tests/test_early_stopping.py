"""EarlyStopping and TerminateOnNaN end a run where Keras' do, and the model keeps its best weights."""

import keras
import numpy as np
import pytest

from callbacks_oracle import arguments, drive, fitted, losses, model
from chainrule.callbacks import EarlyStopping, LambdaCallback, TerminateOnNaN

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


@pytest.mark.parametrize("options", STOPPING, ids=arguments)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_early_stopping_is_keras(options, seed):
    ours, theirs = EarlyStopping(**options), keras.callbacks.EarlyStopping(**options)
    assert drive(ours, losses(seed)) == drive(theirs, losses(seed))
    assert ours.stopped_epoch == theirs.stopped_epoch
    assert ours.best_epoch == theirs.best_epoch


def test_nan_is_never_the_best():
    ours = EarlyStopping("val_loss", patience=3, restore_best_weights=True)
    found = drive(ours, [{"val_loss": value} for value in (np.nan, 2.0, 1.0, np.nan, 1.5, 1.2)])
    assert (ours.best, ours.best_epoch, found["weights"]) == (1.0, 2, [2, 2])


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
