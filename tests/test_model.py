"""The model: Keras' names, order and shapes, and a door that says what to do."""

import subprocess
import sys

import keras
import numpy as np
import pytest

import chainrule
from chainrule import Input, Sequential
from chainrule.layers import Dense, PReLU

X, Y = np.zeros((6, 2)), np.zeros((6, 1))


def model(loss="mse", units=1, activation=None, optimizer="sgd", **how):
    made = Sequential([Input((2,)), Dense(units, activation=activation)])
    made.compile(optimizer, loss, **how)
    return made


# The structure and the weights.


def test_weights_come_in_keras_order_and_shapes():
    made = []
    for library in (chainrule, keras):
        layers = library.layers
        stack = [library.Input((3,)), layers.Dense(4), layers.PReLU(), layers.Dense(2, use_bias=False)]
        made.append(library.Sequential(stack))
    ours, theirs = made
    assert [w.shape for w in ours.get_weights()] == [tuple(w.shape) for w in theirs.weights]
    assert list(ours.parameters) == ["W1", "b1", "alpha2", "W3"]
    assert ours.count_params() == theirs.count_params()
    assert ours.input_shape == theirs.input_shape
    assert ours.output_shape == theirs.output_shape
    assert len(ours.layers) == len(theirs.layers)


def test_set_weights_takes_what_get_weights_gives():
    first, second = model(), model()
    second.set_weights(first.get_weights())
    np.testing.assert_array_equal(second.predict(X + 1), first.predict(X + 1))
    assert {w.dtype for w in second.get_weights()} == {np.dtype(np.float32)}


def test_weights_that_are_given_or_taken_are_copies():
    made, kernel = model(), np.ones((2, 1), np.float32)
    made.set_weights([kernel, [0]])
    kernel[:] = made.get_weights()[0][:] = made.parameters["W1"][:] = 7
    np.testing.assert_array_equal(made.get_weights()[0], [[1], [1]])


def test_a_model_is_built_by_its_input_by_build_or_by_data():
    at_once, by_build, by_data = (Sequential([*start, Dense(1)]) for start in ([Input((2,))], [], []))
    by_build.build((None, 2))
    by_data.predict(X)
    for made in (at_once, by_build, by_data):
        assert made.input_shape == (None, 2)
        assert made.output_shape == (None, 1)


def test_adding_a_layer_keeps_the_weights_before_it():
    made = Sequential([Input((2,))])
    made.add(Dense(3))
    before = made.parameters["W1"]
    made.add(Dense(1))
    np.testing.assert_array_equal(made.parameters["W1"], before)
    assert made.parameters["W2"].shape == (3, 1)
    made.compile("sgd", "mse")
    made.fit(X, Y, verbose=0)
    made.add(PReLU())
    assert made.fit(X, Y, verbose=0).history.keys() == {"loss"}


def test_the_same_seed_gives_the_same_first_weights():
    def drawn():
        chainrule.utils.set_random_seed(4)
        return model().get_weights()[0].tolist()

    assert drawn() == drawn()


def test_summary_shows_layers_shapes_and_parameters():
    text = []
    made = Sequential([Input((64,)), Dense(32, activation="relu", name="first"), Dense(10)], name="small")
    made.summary(print_fn=text.append, line_length=70)
    shown = "".join(text)
    for part in (
        '"small"',
        "first (Dense)",
        "dense_1 (Dense)",
        "(None, 32)",
        "2,080",
        "330",
        "2,410 (9.41 KB)",
    ):
        assert part in shown
    assert max(map(len, shown.splitlines())) <= 70


def test_summary_prints_where_no_function_is_given(capsys):
    model().summary()
    assert "dense (Dense)" in capsys.readouterr().out


def test_plain_lists_and_columns_are_taken_as_keras_takes_them():
    made = Sequential([Dense(1)])
    made.compile("sgd", "mse")
    made.fit([1, 2, 3], [2, 4, 6], verbose=0)
    assert made.predict([4]).shape == (1, 1)


def test_evaluate_gives_a_number_a_list_or_a_table(capsys):
    plain, measured = model(), model(metrics=["mae"])
    assert isinstance(plain.evaluate(X, Y, verbose=0), float)
    assert capsys.readouterr().out == ""
    assert len(measured.evaluate(X, Y)) == 2
    assert "loss: 0.0000 - mae: 0.0000" in capsys.readouterr().out
    assert measured.evaluate(X, Y, verbose=0, return_dict=True) == {"loss": 0.0, "mae": 0.0}


def test_predictions_can_be_written_to():
    out = model().predict(X)
    out[:] = 1
    assert out.dtype == np.float32


COURSE = """
import sys
import chainrule as keras
import numpy as np
assert "jax" not in sys.modules and "sklearn" not in sys.modules and "sympy" not in sys.modules
assert "rich" not in sys.modules and "matplotlib" not in sys.modules
model = keras.models.Sequential()
model.add(keras.Input(shape=(4,)))
model.add(keras.layers.Dense(8, activation="relu", kernel_initializer=keras.initializers.HeNormal(seed=1)))
model.add(keras.layers.Dense(3, activation=keras.activations.softmax))
model.compile(keras.optimizers.SGD(learning_rate=0.1), keras.losses.CategoricalCrossentropy(),
              metrics=["accuracy"])
assert "jax" not in sys.modules
history = model.fit(np.eye(4)[:3], keras.utils.to_categorical([0, 1, 2]), epochs=2, verbose=0)
assert sorted(history.history) == ["accuracy", "loss"]
assert isinstance(history, keras.callbacks.History)
"""


def test_the_code_of_a_keras_course_runs_and_jax_is_imported_late():
    subprocess.run([sys.executable, "-c", COURSE], check=True)


@pytest.mark.parametrize("labels", [[0, 2, 1], [[1], [0]]])
def test_to_categorical_equals_keras(labels):
    np.testing.assert_array_equal(chainrule.utils.to_categorical(labels), keras.utils.to_categorical(labels))
    wide = chainrule.utils.to_categorical(labels, 5)
    np.testing.assert_array_equal(wide, keras.utils.to_categorical(labels, 5))


# The door.

SPARSE, ONE_HOT = "sparse_categorical_crossentropy", "categorical_crossentropy"
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("loss", "units", "x", "y", "kind", "message"),
    [
        ("mse", 1, [], [], ValueError, "x is empty"),
        ("mse", 1, 3.0, [1], ValueError, "x must have a row per sample"),
        ("mse", 1, np.zeros((3, 2)), [1, 2], ValueError, "y has 2 rows and the inputs have 3"),
        ("mse", 1, np.zeros((3, 2)), 1, ValueError, "y has no rows and the inputs have 3"),
        (
            "mse",
            1,
            np.zeros((3, 5)),
            Y[:3],
            ValueError,
            r"x has rows of shape \(5,\) and the model takes \(2,\)",
        ),
        ("mse", 1, np.zeros(3), Y[:3], ValueError, r"x has rows of shape \(1,\)"),
        ("mse", 1, [[1, 2], [3]], [1, 2], ValueError, "x is not a regular array"),
        (
            "mse",
            1,
            [["a", "b"]],
            [1],
            TypeError,
            "x must hold numbers, got <U1, as .*'a'.*; turn class names",
        ),
        ("mse", 1, [[None, 1]], [1], TypeError, "x must hold numbers, got object"),
        ("mse", 1, [[1j, 1]], [1], TypeError, "x must hold numbers, got complex"),
        ("mse", 1, [[0, 1], [NAN, 1]], [1, 2], ValueError, r"x\[1, 0\] is nan: leave such rows out"),
        ("mse", 1, [[0, -INF]], [1], ValueError, r"x\[0, 1\] is -inf"),
        ("mse", 1, [[0, 1e39]], [1], ValueError, r"x\[0, 1\] is 1e\+39, too large for float32"),
        ("mse", 1, X[:2], [1, NAN], ValueError, r"y\[1\] is nan"),
        ("mse", 1, X[:2], ["a", "b"], TypeError, "y must hold numbers"),
        ("mse", 2, X[:2], [1, 2], ValueError, r"y has shape \(2,\) and the model gives \(2, 2\)"),
        ("mse", 1, X[:2], np.zeros((2, 3)), ValueError, r"y has shape \(2, 3\) and the model gives \(2, 1\)"),
        (SPARSE, 3, X[:2], [0, 3], ValueError, "label 3 in row 1 is out of range: .* from 0 to 2"),
        (SPARSE, 3, X[:2], [0, -1], ValueError, "label -1 in row 1 is out of range"),
        (SPARSE, 3, X[:2], [0.5, 1], ValueError, "label 0.5 in row 0"),
        (SPARSE, 3, X[:2], ["cat", "dog"], TypeError, r"numpy.unique\(names, return_inverse=True\)"),
        (SPARSE, 3, X[:2], np.eye(3)[:2], ValueError, "y is one-hot, .*: use categorical_crossentropy"),
        (SPARSE, 3, X[:2], np.zeros((2, 2)), ValueError, "y must hold one label per row"),
        (SPARSE, 1, X[:2], [0, 1], ValueError, "use binary_crossentropy for two classes"),
        (
            ONE_HOT,
            3,
            X[:2],
            [0, 2],
            ValueError,
            r"use sparse_categorical_crossentropy .*to_categorical\(labels, 3\)",
        ),
        (ONE_HOT, 3, X[:2], [[0], [2]], ValueError, "use sparse_categorical_crossentropy"),
        (ONE_HOT, 3, X[:2], [[1, 0, 0], [1, 1, 0]], ValueError, r"y\[1\] is \[1.0, 1.0, 0.0\]: .* sum to 1"),
        (ONE_HOT, 3, X[:2], [[1, 0, 0], [2, -1, 0]], ValueError, r"y\[1\] is .* sum to 1"),
        ("kl_divergence", 2, X[:1], [[1, 1]], ValueError, "rows of probabilities that sum to 1"),
        ("binary_crossentropy", 1, X[:2], [0, 2], ValueError, r"y\[1\] is \[2.0\]: .* from 0 to 1"),
        ("hinge", 1, X[:2], [0.5, 1], ValueError, "labels -1 and 1, or 0 and 1"),
        ("perceptron", 1, X[:2], [1, 3], ValueError, r"y\[1\] is \[3.0\]: .* labels -1 and 1"),
    ],
)
@pytest.mark.parametrize("where", ["fit", "evaluate", "validation"])
def test_data_that_does_not_fit_is_refused_with_what_to_do(loss, units, x, y, kind, message, where):
    made = model(loss, units)
    start = made.get_weights()
    right = [0, 1] if loss == SPARSE else np.eye(2, units) if units > 1 else [1, 1]
    call = {
        "fit": lambda: made.fit(x, y, verbose=0),
        "evaluate": lambda: made.evaluate(x, y, verbose=0),
        "validation": lambda: made.fit(X[:2], right, verbose=0, validation_data=(x, y)),
    }[where]
    with pytest.raises(kind, match=message):
        call()
    assert all((a == b).all() for a, b in zip(start, made.get_weights(), strict=True))


@pytest.mark.parametrize(
    ("loss", "units", "y"),
    [
        ("mse", 1, [1, 2]),
        ("mse", 1, [[1], [2]]),
        ("mse", 1, [True, False]),
        (SPARSE, 3, [2, 0]),
        (SPARSE, 3, [[2], [0]]),
        (SPARSE, 3, [2.0, 0.0]),
        (SPARSE, 3, np.array([2, 0], np.uint8)),
        (ONE_HOT, 3, [[0.25, 0.25, 0.5], [0, 0, 1]]),
        ("hinge", 1, [0, 1]),
        ("hinge", 1, [-1, 1]),
    ],
)
def test_targets_are_taken_in_every_usual_form(loss, units, y):
    assert np.isfinite(
        model(loss, units, "sigmoid" if units == 1 else "softmax").evaluate(X[:2], y, verbose=0)
    )


@pytest.mark.parametrize(
    ("how", "kind", "message"),
    [
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"batch_size": 2.5}, TypeError, "batch_size must be a whole number, got 2.5"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1"),
        ({"epochs": "3"}, TypeError, "epochs must be a whole number, got '3'"),
        ({"initial_epoch": -1}, ValueError, "initial_epoch must be at least 0"),
        ({"verbose": "loud"}, ValueError, "verbose must be"),
        ({"validation_split": 1.5}, ValueError, "validation_split must lie between 0 and 1"),
        ({"validation_split": 0.99}, ValueError, "leaves one side without any row"),
        ({"validation_data": (X, Y, Y, Y)}, ValueError, r"must be the pair \(x, y\)"),
        ({"validation_data": (X[:, :1], Y)}, ValueError, r"validation x has rows of shape \(1,\)"),
    ],
)
def test_arguments_of_fit_are_checked(how, kind, message):
    with pytest.raises(kind, match=message):
        model().fit(X, Y, **{"verbose": 0, **how})


def test_what_comes_in_the_wrong_order_says_what_comes_first():
    bare = Sequential([Dense(1)])
    with pytest.raises(RuntimeError, match="call compile"):
        bare.fit(X, Y)
    with pytest.raises(RuntimeError, match=r"put Input\(\(features,\)\) first"):
        bare.count_params()
    with pytest.raises(ValueError, match="has no layers yet"):
        Sequential().build((None, 2))
    with pytest.raises(ValueError, match="input_shape starts with None"):
        bare.build((2,))
    bare.build((None, 2))
    with pytest.raises(ValueError, match=r"takes inputs \(None, 2\) already"):
        bare.build((None, 3))


@pytest.mark.parametrize(
    ("compile_with", "kind", "message"),
    [
        (("sgd", None), ValueError, "compile needs a loss"),
        (("sdg", "mse"), ValueError, "unknown optimizer 'sdg'.*did you mean 'sgd'"),
        (("sgd", "msee"), ValueError, "unknown loss 'msee'"),
    ],
)
def test_unknown_names_are_refused_when_compiling(compile_with, kind, message):
    with pytest.raises(kind, match=message):
        Sequential([Dense(1)]).compile(*compile_with)
    with pytest.raises(ValueError, match=r"unknown metric 'acuracy'.*did you mean 'accuracy'"):
        Sequential([Dense(1)]).compile("sgd", "mse", metrics=["acuracy"])


def test_layers_that_cannot_be_there_are_refused_and_leave_the_model_as_it_was():
    made, layer = Sequential([Input((2,))]), Dense(3, name="a")
    made.add(layer)
    for wrong, kind, message in [
        (layer, ValueError, "this Dense is in the model already"),
        (Dense(3, name="a"), ValueError, "a layer named 'a' is in the model already"),
        (Input((2,)), ValueError, "Input comes once"),
        (keras.layers.Dense(1), TypeError, "a model is made of chainrule layers, got Dense"),
        ("Dense", TypeError, "got str"),
    ]:
        with pytest.raises(kind, match=message):
            made.add(wrong)
    assert made.layers == [layer]
    assert made.output_shape == (None, 3)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([[[1], [1]]], r"got 1 weights, expected 2: W1 \(2, 1\), b1 \(1,\)"),
        ([[[1, 1]], [0]], r"W1 has shape \(1, 2\), expected \(2, 1\)"),
        ([[[1], [1]], [INF]], r"b1\[0\] is inf"),
        ([[[1], [NAN]], [0]], r"W1\[1, 0\] is nan"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights, message):
    made = model()
    before = made.get_weights()
    with pytest.raises(ValueError, match=message):
        made.set_weights(weights)
    assert all((a == b).all() for a, b in zip(before, made.get_weights(), strict=True))
