"""What the tests of optimizers share: cases, gradients, and the path that an optimizer takes."""

import keras
import numpy as np
import pytest

import chainrule
from chainrule import optimizers
from chainrule.initializers import Zeros
from chainrule.layers import Dense
from chainrule.layers.layer import Parameter
from chainrule.layers.steps import run

SHAPES = {"W1": (3, 4), "b1": (4,)}
SCHEDULE = {"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 150}}
CASES = [
    ("SGD", {"learning_rate": 0.1}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.05, "momentum": 0.5, "nesterov": True}),
    ("SGD", {"learning_rate": 0.1, "momentum": 1.0, "nesterov": True}),
    ("SGD", {"learning_rate": 0.1, "weight_decay": 0.1, "momentum": 0.9}),
    ("SGD", {"learning_rate": SCHEDULE, "momentum": 0.9}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("Adagrad", {"initial_accumulator_value": 0.0, "epsilon": 0.01, "weight_decay": 0.01}),
    ("RMSprop", {"learning_rate": 0.01}),
    ("RMSprop", {"rho": 0.5, "momentum": 0.9, "epsilon": 0.001}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "clipnorm": 1.0}),
    ("Adam", {}),
    ("Adam", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.01}),
    ("Adam", {"beta_1": 0.0, "amsgrad": True}),
    ("Adam", {"learning_rate": SCHEDULE, "global_clipnorm": 1.0, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"weight_decay": 0.5, "amsgrad": True, "clipvalue": 0.5}),
    ("AdamW", {"learning_rate": SCHEDULE, "clipnorm": 0.5}),
]
UPDATES = 200

every_case = pytest.mark.parametrize(
    ("name", "arguments"), CASES, ids=[f"{k}-{n}-{'-'.join(a)}" for k, (n, a) in enumerate(CASES)]
)


def ours(name, arguments):
    return optimizers.get({"class_name": name, "config": arguments})


def theirs(name, arguments):
    rate = arguments.get("learning_rate")
    if isinstance(rate, dict):
        arguments = {**arguments, "learning_rate": keras.optimizers.schedules.CosineDecay(**rate["config"])}
    return getattr(keras.optimizers, name)(**arguments)


def gradients(updates=UPDATES):
    """Gradients of several sizes, as in a run whose loss falls."""
    draw = np.random.default_rng(1)
    sizes = 3 * np.exp(-np.arange(updates) / 50)
    return [{k: size * draw.normal(0, 1, shape) for k, shape in SHAPES.items()} for size in sizes]


def start():
    draw = np.random.default_rng(2)
    return {k: draw.normal(0, 1, shape) for k, shape in SHAPES.items()}


def first_of(state, make):
    return {
        k: make(p.initializer.value if hasattr(p.initializer, "value") else 0, p) for k, p in state.items()
    }


def as_float64(value, parameter):
    kind = np.int32 if parameter.dtype == "int32" else np.float64
    return np.full(parameter.shape, value, kind)


def written(optimizer):
    return optimizer.write({k: Parameter(shape, Zeros()) for k, shape in SHAPES.items()})


def path_of(optimizer, given=None, updates=UPDATES, dtype=np.float64):
    """The parameters after each update, from the optimizer's own steps."""
    steps, state = written(optimizer)
    known = {k: v.astype(dtype) for k, v in start().items()}
    known |= {
        k: v.astype(np.int32 if v.dtype == np.int32 else dtype)
        for k, v in first_of(state, as_float64).items()
    }
    rate = dtype(float(optimizer.rate))
    for each in given or gradients(updates):
        slopes = {f"d{k}": d.astype(dtype) for k, d in each.items()}
        after = run(steps, {**known, **slopes, "learning_rate": rate})
        known = {name: after[f"{name}_new"] for name in known}
        yield {name: known[name] for name in SHAPES}


def regression():
    x = np.random.default_rng(0).normal(0, 1, (32, 3)).astype(np.float32)
    return x, (x @ np.array([[1.0], [-2.0], [0.5]])).astype(np.float32)


def compiled(optimizer):
    chainrule.utils.set_random_seed(3)
    model = chainrule.Sequential([chainrule.Input((3,)), Dense(4, activation="tanh"), Dense(1)])
    model.compile(optimizer, "mse")
    return model
