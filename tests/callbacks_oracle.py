"""What the tests of callbacks share: a small model, and a driver that Keras' callbacks take for one too."""

import os
import warnings

import numpy as np

import chainrule
from chainrule import Input, Sequential
from chainrule.callbacks import Callback
from chainrule.layers import Dense
from chainrule.model import Programs

RNG = np.random.default_rng(4)
X = RNG.normal(size=(24, 3)).astype(np.float32)
Y = (X @ [[1.0], [-2.0], [0.5]] + 0.1 * RNG.normal(size=(24, 1))).astype(np.float32)
PROGRAMS = Programs()
"""The models are of one structure, so what is compiled for the first serves all."""


def model(steps_per_execution=1, rate=0.05, seed=3):
    chainrule.utils.set_random_seed(seed)
    made = Sequential([Input((3,)), Dense(4, activation="tanh"), Dense(1)])
    made.compile(
        chainrule.optimizers.SGD(rate, momentum=0.9),
        "mse",
        metrics=["mae"],
        steps_per_execution=steps_per_execution,
    )
    made.programs = PROGRAMS
    return made


def fitted(made, callbacks, epochs=4, **how):
    return made.fit(X, Y, batch_size=8, epochs=epochs, verbose=0, callbacks=callbacks, **how)


class Batches(Callback):
    def __init__(self):
        self.told = []

    def on_train_batch_begin(self, batch, logs=None):
        self.told.append(("begin", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.told.append(("end", batch, dict(logs)))

    def on_epoch_end(self, epoch, logs=None):
        self.told.append(dict(logs))


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


def arguments(options):
    return ",".join(f"{name}={value}" for name, value in options.items()) or "defaults"
