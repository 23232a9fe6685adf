"""A penalty on the weights: its gradients and updates are JAX's and Keras'."""

import os

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from chainrule.paper.numbers import Number
from chainrule.paper.solving import solve
from chainrule.rules import penalties
from marks import but_slow
from network_oracle import floats, sheet, solved

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras


@pytest.mark.parametrize("factor", penalties.FACTORS)
@pytest.mark.parametrize("kind", penalties.KINDS)
def test_the_gradient_of_a_penalty_is_that_of_jax(kind, factor):
    rng = np.random.default_rng(1)
    W1, W2 = rng.normal(size=(3, 2)), rng.normal(size=(2, 1))
    scaling = (0.3, 5.0)[: len(penalties.strength_inputs(factor))]
    with jax.enable_x64(True):
        penalty = penalties.penalty_rule(kind, factor, 2)
        slope = jax.grad(lambda W: penalty(*scaling, W, jnp.array(W2)))(jnp.array(W1))
        found = penalties.penalized_gradient_rule(kind, factor)(jnp.zeros((3, 2)), jnp.array(W1), *scaling)
    np.testing.assert_allclose(found, slope, atol=1e-11)


def test_keras_penalizes_the_same():
    W = np.array([[0.5, -2.0], [3.0, 0.0]], np.float32)
    for kind, regularizer in (("l1", keras.regularizers.L1(0.3)), ("l2", keras.regularizers.L2(0.3))):
        found = penalties.penalty_rule(kind, "1", 1)(np.float32(0.3), W)
        assert float(found) == pytest.approx(float(regularizer(W)), rel=1e-6)


PENALIZED = """x = [[1, 2], [2, 1], [0, 1]]
y = [[5], [4], [1]]
epochs = 2
batch_size = 2
penalty = {{ name = "{kind}", lambda = 0.1, factor = "{factor}" }}
optimizer = {{ name = "SGD", learning_rate = 0.125{more} }}
layers = [{{ layer = "Dense", units = 2, activation = "tanh", W = [[0.25, -0.5], [0.5, 0.75]] }},
  {{ layer = "Dense", units = 1, W = [[0.5], [-0.75]] }}]"""


@pytest.mark.parametrize("kind", penalties.KINDS)
@pytest.mark.parametrize("factor", but_slow(["1", "1/2m"], penalties.FACTORS))
@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_updates_with_a_penalty_are_those_of_keras(kind, factor, momentum):
    more = f", momentum = {momentum}" if momentum else ""
    given = PENALIZED.format(kind=kind, factor=factor, more=more)
    q = solve(sheet(given, ["update"]))["q"]
    strength = 0.1 / {"1": 1, "1/2": 2, "1/m": 3, "1/2m": 6}[factor]
    regularizer = keras.regularizers.L1(strength) if kind == "l1" else keras.regularizers.L2(strength)
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(2, activation="tanh", kernel_regularizer=regularizer),
            keras.layers.Dense(1, kernel_regularizer=regularizer),
        ]
    )
    model.set_weights([np.array(v) for v in ([[0.25, -0.5], [0.5, 0.75]], [0, 0], [[0.5], [-0.75]], [0])])
    model.compile(keras.optimizers.SGD(0.125, momentum=momentum), "mse")
    x, y = np.array([[1, 2], [2, 1], [0, 1]], np.float32), np.array([[5], [4], [1]], np.float32)
    model.fit(x, y, batch_size=2, epochs=2, shuffle=False, verbose=0)
    for name, right in zip(("W1.4", "b1.4", "W2.4", "b2.4"), model.weights, strict=True):
        np.testing.assert_allclose(floats(q.tape[name].value), np.asarray(right.value), atol=2e-5)


def test_weight_decay_is_gradient_descent_on_the_cost():
    q = solved["10-gradient-descent"]["l2"]
    for name in ("W1", "W2"):
        slope, rate = q[f"d{name}_penalized"], Number("0.01")
        start = q.tape[name].value
        for new, old, d in zip(q[f"{name}_new"].flat, start.flat, slope.flat, strict=True):
            assert new == old - rate * d
    assert str(q["cost"]) == str(q["loss"][()] + q["penalty"][()])
    assert "penalty" in {part.id for part in q.parts}


def test_the_graph_shows_the_loss_alone():
    for name in ("l2", "l1"):
        svg = solved["10-gradient-descent"][name].graph()
        assert "MSE" in svg
        assert "penalty" not in svg


def test_samples_in_columns_are_penalized_the_same():
    rows = """x = [[1, 2]]
y = [[5]]
penalty = { name = "l2", lambda = 0.1 }
layers = [{ layer = "Dense", units = 1, W = [[0.5], [0.25]] }]"""
    columns = rows.replace("[[1, 2]]", "[[1], [2]]").replace("[[0.5], [0.25]]", "[[0.5, 0.25]]")
    one = solve(sheet(rows))["q"]
    two = solve(sheet(columns, more='convention = "columns"'))["q"]
    assert str(one["cost"]) == str(two["cost"])
    assert (one["W1_new"] == two["W1_new"].T).all()


def test_what_is_clipped_is_the_gradient_with_the_penalty():
    given = 'x = [[1, 2]]\ny = [1]\npenalty = { name = "l2", lambda = 0.5 }'
    optimizer = 'optimizer = { name = "SGD", learning_rate = 1, clipnorm = 1 }'
    dense = 'layers = [{ layer = "Dense", units = 1, use_bias = false, W = [[3], [4]] }]'
    text = str(solve(sheet(f"{given}\n{optimizer}\n{dense}", ["update"]))["q"])
    assert "(∂C/∂W₁) clipped = ∂C/∂W₁·min(1, 1/norm_W₁)" in text
    assert "(∂L/∂W₁)" not in text
