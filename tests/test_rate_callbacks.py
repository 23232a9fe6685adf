"""The callbacks that change the learning rate do what Keras' do, and the rate is trained with."""

import keras
import numpy as np
import pytest

from callbacks_oracle import arguments, drive, fitted, losses, model
from chainrule.callbacks import LearningRateScheduler, ReduceLROnPlateau

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


@pytest.mark.parametrize("options", PLATEAU, ids=arguments)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_reduce_on_plateau_is_keras(options, seed):
    ours, theirs = ReduceLROnPlateau(**options), keras.callbacks.ReduceLROnPlateau(**options)
    assert drive(ours, losses(seed)) == drive(theirs, losses(seed))


@pytest.mark.parametrize(
    "schedule", [lambda epoch, lr: lr * 0.9, lambda epoch: 0.5 / (1 + epoch)], ids=["rate", "epoch"]
)
def test_learning_rate_scheduler_is_keras(schedule):
    ours, theirs = LearningRateScheduler(schedule), keras.callbacks.LearningRateScheduler(schedule)
    assert drive(ours, losses(0)) == drive(theirs, losses(0))


@pytest.mark.parametrize("rate", [1, "0.1", np.nan, 0.0, None], ids=str)
def test_a_schedule_that_gives_no_rate_is_refused(rate):
    with pytest.raises(ValueError, match="schedule must give the learning rate as a float above 0"):
        fitted(model(), LearningRateScheduler(lambda epoch, lr: rate))


def test_the_rate_of_a_schedule_is_trained_with_and_logged():
    history = fitted(model(), LearningRateScheduler(lambda epoch, lr: 1e-30 if epoch else lr))
    assert history.history["learning_rate"] == [0.05, 1e-30, 1e-30, 1e-30]
    first = fitted(model(), [], epochs=1).history["loss"]
    assert history.history["loss"][:1] == first
