"""Answers to a few rows, by NumPy, and to many, by a compiled program: the same, whatever happens between."""

import subprocess
import sys

import numpy as np
import pytest

import chainrule
from chainrule import Input, Sequential
from chainrule.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Reshape
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
    answers = Answers(*model.network.prediction())
    few, many = answers(model.kept, {"x": x}, 32), answers._program(model.kept, {"x": x}, 32)
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
