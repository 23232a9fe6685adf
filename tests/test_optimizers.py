"""Optimizers against Keras' and optax' on the same gradients."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import pytest

from chainrule import optimizers
from chainrule.layers import Dense
from chainrule.layers.steps import run
from chainrule.losses import MeanSquaredError
from chainrule.network import Network
from chainrule.optimizers import SGD

ARGUMENTS = [
    {"learning_rate": 0.1},
    {"learning_rate": 0.1, "momentum": 0.9},
    {"learning_rate": 0.05, "momentum": 0.5, "nesterov": True},
    {"learning_rate": 0.1, "momentum": 1.0, "nesterov": True},
]
UPDATES = 20


def gradients(shape):
    return np.random.default_rng(1).normal(0, 1, (UPDATES, *shape))


def start(shape):
    return np.random.default_rng(2).normal(0, 1, shape)


def path_of(arguments, shape, dtype=np.float64):
    """The parameter after each update, from the optimizer's own steps."""
    parameters = Network([Dense(shape[1])], shape[:1]).parameters
    steps, state = SGD(**arguments).write({"W1": parameters["W1"]})
    rate = dtype(arguments["learning_rate"])
    known = {
        "W1": start(shape).astype(dtype),
        **{k: p.initializer(p.shape).astype(dtype) for k, p in state.items()},
    }
    for d in gradients(shape).astype(dtype):
        after = run(steps, {**known, "dW1": d, "learning_rate": rate})
        known = {name: after[f"{name}_new"] for name in known}
        yield known["W1"]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
def test_twenty_updates_are_those_of_keras(arguments):
    shape = (3, 4)
    theirs = keras.optimizers.SGD(**arguments)
    variable = keras.Variable(start(shape).astype(np.float32))
    for ours, d in zip(
        path_of(arguments, shape, np.float32), gradients(shape).astype(np.float32), strict=True
    ):
        theirs.apply([jnp.asarray(d)], [variable])
        np.testing.assert_allclose(ours, np.asarray(variable.value), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
def test_twenty_updates_are_those_of_optax(arguments):
    shape = (3, 4)
    with jax.enable_x64(True):
        theirs = optax.sgd(**{"momentum": None, **arguments})
        parameter = jnp.asarray(start(shape))
        state = theirs.init(parameter)
        for ours, d in zip(path_of(arguments, shape), gradients(shape), strict=True):
            updates, state = theirs.update(jnp.asarray(d), state)
            parameter = optax.apply_updates(parameter, updates)
            np.testing.assert_allclose(ours, parameter, rtol=1e-12, atol=1e-12)


def test_every_parameter_has_its_update_and_with_momentum_its_velocity():
    network = Network([Dense(2), Dense(1)], (3,))
    plain, moving = (network.program(MeanSquaredError(), SGD(momentum=m)) for m in (0.0, 0.9))
    assert [step.name for step in plain.update] == ["W1_new", "b1_new", "W2_new", "b2_new"]
    assert not plain.state
    assert {k: p.shape for k, p in moving.state.items()} == {
        "vW1": (3, 2),
        "vb1": (2,),
        "vW2": (2, 1),
        "vb2": (1,),
    }
    assert all((p.initializer(p.shape) == 0).all() for p in moving.state.values())


def test_the_course_example_of_one_update():
    """w = 1, gradient 4, learning rate 0.1: 1 - 0.1·4 = 0.6."""
    steps, _ = SGD(0.1).write(Network([Dense(1, use_bias=False)], (1,)).parameters)
    assert (
        run(steps, {"W1": np.ones((1, 1)), "dW1": np.full((1, 1), 4.0), "learning_rate": 0.1})["W1_new"]
        == 0.6
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"learning_rate": 0}, "learning_rate must be greater than 0, got 0"),
        ({"learning_rate": -0.1}, "learning_rate must be greater than 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be greater than 0, got nan"),
        ({"momentum": 1.5}, "momentum must lie between 0 and 1, got 1.5"),
        ({"momentum": -0.1}, "momentum must lie between 0 and 1"),
    ],
)
def test_arguments_that_cannot_be_are_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        SGD(**arguments)


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
def test_an_optimizer_comes_back_from_its_configuration(arguments):
    again = optimizers.get({"class_name": "SGD", "config": SGD(**arguments).get_config()})
    assert vars(again) == vars(SGD(**arguments))
