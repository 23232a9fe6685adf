"""Answers to a few rows, by NumPy, and to many, by a compiled program: the same, whatever happens between."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import chainrule
from chainrule import Input, Sequential
from chainrule.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Reshape
from chainrule.training import answers
from chainrule.training.answers import SMALL, Answers

LAYERS = {
    "perceptrons": lambda: [Dense(40, activation="elu"), Dense(7, activation="softmax")],
    "normalized": lambda: [Dense(9), BatchNormalization(), Activation("tanh"), Dropout(0.5), Dense(3)],
    "none": lambda: [Flatten()],
    "images": lambda: [Reshape((4, 5, 1)), Conv2D(3, 2, activation="relu"), Flatten(), Dense(2)],
}


def rows(count):
    return np.random.default_rng(0).normal(size=(count, 20)).astype(np.float32)


@pytest.mark.parametrize("name", LAYERS)
def test_few_rows_and_many_have_the_same_answers(name):
    model = Sequential([Input((20,)), *LAYERS[name]()])
    x = rows(600)
    asked = Answers(*model.network.prediction())
    few, many = asked(model.kept, {"x": x}, 32), asked._program(model.kept, {"x": x}, 32)
    assert len(few) == len(many) == 1
    assert few[0].dtype == np.asarray(many[0]).dtype == np.float32
    np.testing.assert_allclose(few[0], many[0], rtol=1e-5, atol=1e-6)


def test_answers_follow_the_weights():
    model = Sequential([Input((20,)), Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    x = rows(8)
    assert not model.predict(x).any()
    model.set_weights([np.ones((20, 1))])
    np.testing.assert_allclose(model.predict(x)[:, 0], x.sum(axis=1), rtol=1e-5, atol=1e-5)
    model.fit(x, np.zeros(8), epochs=1, verbose=0)
    np.testing.assert_allclose(model.predict(x), x @ model.get_weights()[0], rtol=1e-5, atol=1e-6)


def test_an_answer_is_an_array_of_its_own():
    model = Sequential([Input((20,)), Flatten()])
    x = rows(3)
    model.predict(x)[:] = 0
    assert x.all()


def test_an_overflow_says_nothing_either_way():
    model = Sequential([Input((2,)), Dense(1, kernel_initializer="ones")])
    for count in (1, SMALL):
        assert np.isinf(model.predict(np.full((count, 2), 3e38), batch_size=SMALL)).all()


def test_rules_in_half_precision_are_left_to_the_program():
    chainrule.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = Sequential([Input((20,)), Dense(30), Dense(4)])
        x = rows(2)
        few = model.predict(x)
        np.testing.assert_array_equal(few, model.predict(np.tile(x, (SMALL // 600, 1)), batch_size=2)[:2])
    finally:
        chainrule.config.set_dtype_policy("float32")


def test_a_first_answer_needs_no_jax():
    script = """
import sys
import numpy as np
from chainrule import Input, Sequential
from chainrule.layers import Dense
Sequential([Input((3,)), Dense(2, activation="softmax")]).predict(np.ones((1, 3)))
print("jax" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


# --------------------------------------------------------------------------------- asked again and again


def often_asked(monkeypatch, layers, x):
    """A model that was asked for such rows so often that machine code answers; what NumPy said before."""
    monkeypatch.setattr(answers, "OFTEN", 2)
    model = Sequential([Input((20,)), *layers])
    by_numpy = [model.predict(x) for _ in range(3)]
    assert all(np.array_equal(by_numpy[0], each) for each in by_numpy)
    return model, by_numpy[0]


def by_machine_code(model):
    return list(model.programs.answers._last.asked.values())


@pytest.mark.parametrize("name", ["perceptrons", "normalized", "none"])
@pytest.mark.parametrize("count", [1, 3, 5])
def test_rows_that_are_often_asked_for_have_the_same_answers(name, count, monkeypatch):
    x = rows(count)
    model, before = often_asked(monkeypatch, LAYERS[name](), x)
    after = model.predict(x)
    assert by_machine_code(model)
    assert after.dtype == np.float32
    assert after.shape == before.shape
    np.testing.assert_allclose(after, before, rtol=2e-6, atol=1e-6)


def test_machine_code_follows_the_weights_and_takes_rows_however_they_lie(monkeypatch):
    x = rows(2)
    model, _ = often_asked(monkeypatch, [Dense(3, use_bias=False)], x)
    wide = np.repeat(x, 2, axis=1)[:, ::2]
    assert not wide.flags.c_contiguous
    for W in (np.ones((20, 3)), np.arange(60.0).reshape(20, 3), np.arange(60.0).reshape(3, 20).T):
        model.set_weights([W])
        for given in (x, np.asfortranarray(x), wide, x.astype(np.float64), x.tolist()):
            np.testing.assert_allclose(model.predict(given), x @ W, rtol=1e-5, atol=1e-4)
    assert by_machine_code(model)


def test_machine_code_answers_several_threads_at_once(monkeypatch):
    x = rows(40)
    model, _ = often_asked(monkeypatch, LAYERS["perceptrons"](), x[:1])
    right = np.concatenate([model.predict(x[i : i + 1]) for i in range(40)])
    assert by_machine_code(model)

    def asked(turn):
        return [model.predict(x[i : i + 1]) for i in np.random.default_rng(turn).permutation(40)]

    with ThreadPoolExecutor(8) as threads:
        for turn, found in enumerate(threads.map(asked, range(16))):
            order = np.random.default_rng(turn).permutation(40)
            np.testing.assert_array_equal(np.concatenate(found), right[order])


def test_an_answer_of_machine_code_is_an_array_of_its_own(monkeypatch):
    model, before = often_asked(monkeypatch, LAYERS["perceptrons"](), rows(1))
    one = model.predict(rows(1))
    one[:] = 0
    np.testing.assert_allclose(model.predict(rows(1)), before, rtol=2e-6, atol=1e-6)


def test_weights_in_double_precision_are_left_to_numpy(monkeypatch):
    model, _ = often_asked(monkeypatch, [Dense(3)], rows(1))
    model.layers[0].kept["W"] = np.asarray(model.layers[0].kept["W"], np.float64)
    for _ in range(5):
        assert model.predict(rows(1)).dtype == np.float64
    assert not by_machine_code(model)


def test_the_door_takes_numbers_whose_squares_overflow_and_no_others():
    model = Sequential([Input((2,)), Dense(1, use_bias=False, kernel_initializer="ones")])
    assert model.predict(np.array([[1e30, -1e30]]))[0, 0] == 0
    with pytest.raises(ValueError, match=r"x\[0, 1\] is 1e\+39, too large for float32"):
        model.predict(np.array([[1.0, 1e39]]))
    with pytest.raises(ValueError, match=r"x\[1, 0\] is nan"):
        model.predict(np.array([[1.0, 2.0], [np.nan, 1.0]], np.float32)[:, ::1])
