"""Training equals Keras', repeats bit for bit, and says where the numbers stopped being finite."""

import re
import subprocess
import sys

import jax
import keras
import numpy as np
import pytest

import chainrule
from chainrule.callbacks import Callback, History
from chainrule.layers import Dense, Layer
from chainrule.network import Network
from chainrule.training import fitting
from chainrule.training.loop import CAPACITY, epoch_order
from chainrule.training.nonfinite import Stretch, explain
from marks import but_slow

# Keras' own get_weights draws this warning from NumPy.
pytestmark = pytest.mark.filterwarnings(r"ignore:__array__ implementation doesn't accept a copy")

ROWS, FEATURES = 50, 5


def data(loss, units, rows=ROWS):
    """Inputs and targets that suit a loss, drawn with a fixed seed."""
    random = np.random.default_rng(5)
    x = random.normal(size=(rows, FEATURES)).astype(np.float32)
    labels = random.integers(0, units, rows)
    y = {
        "sparse_categorical_crossentropy": labels,
        "categorical_crossentropy": np.eye(units)[labels],
        "kl_divergence": random.dirichlet(np.ones(units), rows),
        "binary_crossentropy": random.integers(0, 2, (rows, units)),
        "hinge": random.integers(0, 2, (rows, units)),
    }.get(loss, random.normal(size=(rows, units)))
    return x, np.asarray(y)


def twins(library_layers, loss, optimizer, metrics=()):
    """The same model in chainrule and in Keras, with the same weights."""
    models = []
    for library in (chainrule, keras):
        model = library.Sequential([library.Input((FEATURES,)), *library_layers(library.layers)])
        model.compile(optimizer(library.optimizers), loss, metrics=list(metrics))
        models.append(model)
    random = np.random.default_rng(1)
    weights = [random.normal(0, 0.5, w.shape).astype(np.float32) for w in models[0].get_weights()]
    for model in models:
        model.set_weights(weights)
    return models


def assert_same(ours, theirs, our_history, their_history):
    assert our_history.epoch == their_history.epoch
    assert our_history.history.keys() == their_history.history.keys()
    for name, expected in their_history.history.items():
        np.testing.assert_allclose(our_history.history[name], expected, rtol=2e-5, atol=1e-6, err_msg=name)
    for i, (our, their) in enumerate(zip(ours.get_weights(), theirs.get_weights(), strict=True)):
        np.testing.assert_allclose(our, their, rtol=2e-4, atol=2e-6, err_msg=f"weight {i}")


def sgd(*arguments, **options):
    return lambda optimizers: optimizers.SGD(*arguments, **options)


def mlp(hidden, units, output):
    return lambda layers: [layers.Dense(7, activation=hidden), layers.Dense(units, activation=output)]


@pytest.mark.parametrize(
    ("hidden", "units", "output", "loss", "metrics"),
    [
        ("relu", 3, "softmax", "sparse_categorical_crossentropy", ["accuracy"]),
        ("sigmoid", 3, "softmax", "categorical_crossentropy", ["accuracy", "mse"]),
        ("tanh", 1, "sigmoid", "binary_crossentropy", ["accuracy", "mae"]),
        ("selu", 2, None, "mse", []),
        *but_slow(
            [],
            [
                ("elu", 2, "sigmoid", "binary_crossentropy", ["acc", "binary_accuracy"]),
                ("leaky_relu", 2, "tanh", "mean_absolute_error", ["mean_squared_error"]),
                ("linear", 2, "linear", "huber", []),
                ("tanh", 1, None, "hinge", []),
                ("relu", 4, "softmax", "kl_divergence", []),
            ],
        ),
    ],
)
def test_fit_equals_keras_for_every_loss(hidden, units, output, loss, metrics):
    x, y = data(loss, units)
    ours, theirs = twins(mlp(hidden, units, output), loss, sgd(0.05), metrics)
    how = {"batch_size": 16, "epochs": 4, "shuffle": False, "verbose": 0}
    assert_same(ours, theirs, ours.fit(x, y, **how), theirs.fit(x, y, **how))


@pytest.mark.parametrize(
    ("optimizer", "batch_size"),
    [
        (sgd(), 7),
        pytest.param(sgd(0.1, 0.9), 7, marks=pytest.mark.slow),
        (sgd(0.1, momentum=0.9, nesterov=True), 7),
        pytest.param(sgd(0.1, momentum=0.9, nesterov=True), None, marks=pytest.mark.slow),
        (sgd(), 25),
        pytest.param(sgd(), 50, marks=pytest.mark.slow),
        (sgd(), 80),
    ],
)
def test_fit_equals_keras_for_every_optimizer_and_batch_size(optimizer, batch_size):
    x, y = data("mse", 2)
    ours, theirs = twins(mlp("tanh", 2, None), "mse", optimizer)
    how = {"batch_size": batch_size, "epochs": 3, "shuffle": False, "verbose": 0}
    assert_same(ours, theirs, ours.fit(x, y, **how), theirs.fit(x, y, **how))


def test_a_second_fit_goes_on_with_the_velocities_as_keras_does():
    x, y = data("mse", 2)
    ours, theirs = twins(mlp("tanh", 2, None), "mse", sgd(0.05, 0.9))
    how = {"epochs": 2, "shuffle": False, "verbose": 0}
    ours.fit(x, y, **how)
    theirs.fit(x, y, **how)
    how |= {"initial_epoch": 2, "epochs": 5}
    assert_same(ours, theirs, ours.fit(x, y, **how), theirs.fit(x, y, **how))


@pytest.mark.parametrize("given", but_slow(["split"], ["split", "data"]))
def test_validation_equals_keras(given):
    x, y = data("sparse_categorical_crossentropy", 3)
    ours, theirs = twins(mlp("relu", 3, "softmax"), "sparse_categorical_crossentropy", sgd(0.1), ["accuracy"])
    held = {"split": {"validation_split": 0.3}, "data": {"validation_data": (x[:13], y[:13])}}[given]
    how = {"batch_size": 8, "epochs": 3, "shuffle": False, "verbose": 0, **held}
    assert_same(ours, theirs, ours.fit(x, y, **how), theirs.fit(x, y, **how))


@pytest.mark.parametrize("layer", but_slow(["PReLU"], ["PReLU", "LeakyReLU", "ELU"]))
def test_activation_layers_train_as_in_keras(layer):
    x, y = data("mse", 1)
    ours, theirs = twins(
        lambda layers: [layers.Dense(6), getattr(layers, layer)(), layers.Dense(1)], "mse", sgd(0.05)
    )
    how = {"epochs": 3, "shuffle": False, "verbose": 0}
    assert_same(ours, theirs, ours.fit(x, y, **how), theirs.fit(x, y, **how))


@pytest.mark.parametrize("batch_size", but_slow([None, 7], [None, 7, 100]))
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum"])
def test_evaluate_and_predict_equal_keras(batch_size, reduction):
    x, y = data("mse", 2)
    layers = mlp("relu", 2, None)
    ours, theirs = twins(layers, "mse", sgd(), ["mae"])
    ours.compile("sgd", chainrule.losses.MeanSquaredError(reduction), metrics=["mae"])
    theirs.compile("sgd", keras.losses.MeanSquaredError(reduction), metrics=["mae"])
    how = {"batch_size": batch_size, "verbose": 0}
    np.testing.assert_allclose(ours.evaluate(x, y, **how), theirs.evaluate(x, y, **how), rtol=1e-5)
    np.testing.assert_allclose(ours.predict(x, **how), theirs.predict(x, **how), rtol=1e-5, atol=1e-6)
    found = ours.evaluate(x, y, **how, return_dict=True)
    assert list(found) == ["loss", "mae"]
    assert list(found.values()) == ours.evaluate(x, y, **how)


XOR_X, XOR_Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def xor_model(seed=3):
    chainrule.utils.set_random_seed(seed)
    layers = chainrule.layers
    model = chainrule.Sequential(
        [chainrule.Input((2,)), layers.Dense(4, activation="sigmoid"), layers.Dense(1, activation="sigmoid")]
    )
    model.compile(chainrule.optimizers.SGD(2.0), "binary_crossentropy", metrics=["accuracy"])
    return model


def test_xor_is_learnt_with_sigmoid_units():
    model = xor_model()
    history = model.fit(XOR_X, XOR_Y, batch_size=4, epochs=3000, verbose=0)
    assert history.history["accuracy"][-1] == 1
    np.testing.assert_allclose(model.predict(XOR_X).ravel(), XOR_Y, atol=0.02)


def weights_after(seed=3, epochs=40, **how):
    model = xor_model(seed)
    history = model.fit(XOR_X, XOR_Y, batch_size=3, epochs=epochs, verbose=0, **how)
    return [weight.tobytes() for weight in model.get_weights()], history.history


class Watching(Callback):
    def on_epoch_end(self, epoch, logs=None):
        pass


def test_the_same_seed_gives_the_same_run_again_bit_for_bit():
    assert weights_after() == weights_after()
    assert weights_after() != weights_after(seed=4)


def test_the_same_seed_gives_the_same_run_in_another_process():
    code = (
        "import hashlib, numpy as np, chainrule\n"
        "chainrule.utils.set_random_seed(1)\n"
        "x = np.random.default_rng(0).random((100, 20))\n"
        "layers = [chainrule.layers.Dense(30, activation='tanh'), chainrule.layers.Dense(1)]\n"
        "model = chainrule.Sequential(layers)\n"
        "model.compile('sgd', 'mse')\n"
        "model.fit(x, x.sum(axis=1), epochs=20, verbose=0)\n"
        "print(hashlib.sha256(b''.join(w.tobytes() for w in model.get_weights())).hexdigest())\n"
    )
    run = [sys.executable, "-c", code]
    first, second = (subprocess.run(run, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second


@pytest.mark.parametrize("how", [{}, {"validation_split": 0.25}])
def test_how_epochs_are_split_over_calls_changes_no_bit(how, monkeypatch):
    many = weights_after(**how)
    assert weights_after(callbacks=[Watching()], **how) == many
    monkeypatch.setattr(fitting, "INTERVAL", 0.0)
    assert weights_after(**how) == many


def test_a_run_longer_than_the_buffers_has_every_epoch(monkeypatch):
    monkeypatch.setattr(fitting, "INTERVAL", 1e9)
    history = xor_model().fit(XOR_X, XOR_Y, batch_size=4, epochs=CAPACITY + 10, verbose=0)
    assert history.epoch == list(range(CAPACITY + 10))
    assert len(set(history.history["loss"][-20:])) > 1


def test_each_epoch_goes_through_all_rows_in_an_order_of_its_own():
    key = jax.random.key(0)
    orders = [np.asarray(epoch_order(key, epoch, 100, True)) for epoch in range(3)]
    for order in orders:
        assert sorted(order) == list(range(100))
    assert len({tuple(order) for order in orders}) == 3


def test_shuffling_is_on_and_follows_the_seed():
    def after(fit_seed, **how):
        model = xor_model()
        chainrule.utils.set_random_seed(fit_seed)
        model.fit(XOR_X, XOR_Y, batch_size=1, epochs=3, verbose=0, **how)
        return model.get_weights()[0].tolist()

    assert after(1) == after(1) != after(2)
    assert after(1, shuffle=False) == after(2, shuffle=False) != after(1)


# The numbers stop being finite.


def line(learning_rate, x, y, weight=0.0, **how):
    """One weight, no bias, from a given start: small enough to overflow by hand."""
    model = chainrule.Sequential([chainrule.Input((1,)), chainrule.layers.Dense(1, use_bias=False)])
    model.compile(chainrule.optimizers.SGD(learning_rate), "mse")
    model.set_weights([[[weight]]])
    seen = History()
    with pytest.raises(FloatingPointError) as caught:
        model.fit(x, y, verbose=0, callbacks=[seen], **how)
    return str(caught.value), model, seen


@pytest.mark.parametrize("chunked", [False, True])
def test_the_loss_overflows_in_the_update_worked_out_by_hand(chunked, monkeypatch):
    # x = 1, y = 0: w becomes (1 - 2η) w = -100 w, so the loss of update k (from 0) is 100^2k,
    # and 1e40 is too large for float32: k = 10, the third update of the third epoch of four.
    if chunked:
        monkeypatch.setattr(fitting, "INTERVAL", 0.0)
    message, model, seen = line(50.5, [1.0] * 4, [0.0] * 4, weight=1.0, batch_size=1, epochs=9)
    assert "in epoch 3, update 3: the first such quantity is loss = mean_squared_error(y, a1)" in message
    assert "is infinite; the largest |a1| before it is 1e+20; lower the learning rate (now 50.5)" in message
    assert seen.epoch == [0, 1]
    np.testing.assert_allclose(model.get_weights()[0], [[1e16]], rtol=1e-5)


def test_updates_are_counted_with_the_smaller_last_batch():
    # Three updates an epoch, the rows 1 in all: update 10 is the second of the fourth epoch.
    message, *_ = line(50.5, [1.0] * 5, [0.0] * 5, weight=1.0, batch_size=2, epochs=9)
    assert "in epoch 4, update 2:" in message


def test_a_gradient_that_overflows_is_named_before_the_loss_that_follows():
    # z = 0 and loss = 1 are fine, but dW = x · da = 3e38 · (-2) is not.
    message, model, seen = line(0.01, [3e38], [1.0], epochs=5)
    assert (
        "in epoch 1, update 1: the first such quantity is dW1 = affine_dW(x, dz1) of layer 1 (dense)"
        in message
    )
    assert "the largest |x| before it is 3e+38" in message
    assert seen.epoch == []
    assert model.get_weights()[0] == [[0.0]]


def test_a_weight_that_overflows_in_the_very_last_update_is_found():
    # dW = -4, and 1e38 · 4 is too large; the loss of the only epoch is still 1.
    message, *_ = line(1e38, [2.0], [1.0], epochs=1)
    assert (
        "the first such quantity is W1_new = gradient_descent(W1, dW1, learning_rate) of layer 1" in message
    )


def test_a_velocity_that_overflows_is_of_its_layer():
    model = chainrule.Sequential([chainrule.Input((1,)), chainrule.layers.Dense(1, name="out")])
    model.compile(chainrule.optimizers.SGD(1e38, momentum=0.5), "mse")
    model.set_weights([[[0.0]], [0.0]])
    with pytest.raises(FloatingPointError, match=r"vW1_new = velocity\(vW1, dW1, .*\) of layer 1 \(out\)"):
        model.fit([[2.0]], [[1.0]], verbose=0)


class Function(Layer):
    """A layer of one function, for what no built-in layer does: the logarithm of 0, the root of -1."""

    def __init__(self, rule):
        super().__init__("odd")
        self.rule = rule

    def forward(self, q, x):
        q.a = self.rule(x)
        return q.a


@pytest.mark.parametrize(
    ("function", "x", "became"),
    [(lambda x: jax.numpy.log(x), 0.0, "infinite"), (lambda x: jax.numpy.sqrt(x), -1.0, "nan")],
)
def test_a_function_outside_its_domain_is_named(function, x, became):
    layers = [Function(chainrule.Rule("odd_one", function, "")), chainrule.layers.Dense(1)]
    model = chainrule.Sequential([chainrule.Input((1,)), *layers])
    model.compile("sgd", "mse")
    with pytest.raises(
        FloatingPointError,
        match=rf"a1 = odd_one\(x\) of layer 1 \(odd\), which is {became}; the largest \|x\|",
    ):
        model.fit([[1.0], [x]], [[1.0], [1.0]], verbose=0, shuffle=False, batch_size=1)


def test_where_looking_closer_finds_nothing_the_epoch_alone_is_named():
    network = Network([Dense(1)], (2,))
    program = network.program(chainrule.losses.get("mse"), chainrule.optimizers.SGD())
    values = {"W1": np.ones((2, 1), np.float32), "b1": np.zeros(1, np.float32)}
    fine = {"x": np.ones((3, 2), np.float32), "y": np.ones((3, 1), np.float32)}
    stretch = Stretch(4, 0, jax.random.key(0), np.arange(3))
    error = explain(network, program, values, fine, 0.5, [stretch], batch_size=2)
    assert error.epoch == 4
    assert str(error) == "loss became non-finite in epoch 5; lower the learning rate (now 0.5)"


# What is told while it trains.


class Telling(Callback):
    def __init__(self, stop_at=None):
        self.told, self.stop_at = [], stop_at

    def on_train_begin(self, logs=None):
        self.told.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.told.append(("epoch", epoch))

    def on_epoch_end(self, epoch, logs=None):
        self.told.append((epoch, sorted(logs)))
        self.model.stop_training = epoch == self.stop_at

    def on_train_end(self, logs=None):
        self.told.append("end")


def test_callbacks_are_told_in_keras_order_and_can_stop_the_run():
    told = Telling(stop_at=1)
    history = xor_model().fit(XOR_X, XOR_Y, epochs=5, verbose=0, callbacks=told)
    logs = ["accuracy", "loss"]
    assert told.told == ["begin", ("epoch", 0), (0, logs), ("epoch", 1), (1, logs), "end"]
    assert history.epoch == [0, 1]
    assert told.params["epochs"] == 5


def test_a_callback_can_change_the_learning_rate():
    class Halting(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 1e-30 if epoch else 2.0

    model = xor_model()
    history = model.fit(XOR_X, XOR_Y, epochs=4, batch_size=4, verbose=0, callbacks=[Halting()])
    first, *rest = history.history["loss"]
    assert first != rest[0] == rest[1] == rest[2]


def test_a_callback_can_set_the_weights():
    class Fixing(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.set_weights(start)

    model = xor_model()
    start = model.get_weights()
    model.fit(XOR_X, XOR_Y, epochs=3, verbose=0, callbacks=[Fixing()])
    assert all((a == b).all() for a, b in zip(start, model.get_weights(), strict=True))


def test_what_is_no_callback_is_refused():
    with pytest.raises(TypeError, match=re.escape("must be chainrule.callbacks.Callback objects, got str")):
        xor_model().fit(XOR_X, XOR_Y, callbacks=["no"])


def test_verbose_is_a_bar_lines_or_nothing(capsys):
    how = {"epochs": 3, "validation_split": 0.25}
    xor_model().fit(XOR_X, XOR_Y, verbose=0, **how)
    assert capsys.readouterr().out == ""
    xor_model().fit(XOR_X, XOR_Y, verbose=2, **how)
    lines = capsys.readouterr().out.splitlines()
    number = r"\d\.\d{4}"
    form = rf"loss: {number} - accuracy: {number} - val_loss: {number} - val_accuracy: {number}"
    assert len(lines) == 3
    for epoch, text in enumerate(lines, start=1):
        assert re.fullmatch(rf"Epoch {epoch}/3 - {form}", text)
    xor_model().fit(XOR_X, XOR_Y, **how)
    shown = capsys.readouterr().out
    assert "epoch 3/3" in shown
    assert "rows/s" in shown
    assert "loss" in shown
