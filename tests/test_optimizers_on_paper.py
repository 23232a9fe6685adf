"""Optimizers by hand: on exact numbers, and in worksheets."""

from fractions import Fraction

import numpy as np
import pytest

import chainrule
from chainrule.layers import Dense
from chainrule.layers.steps import run
from chainrule.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, schedules
from chainrule.paper.numbers import Number, numbers
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from optimizers_oracle import first_of, gradients, start, written

BY_HAND = [
    SGD(0.1),
    SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    Adagrad(0.1, epsilon=0.01),
    RMSprop(0.1, momentum=0.5, centered=True, epsilon=0.01),
    Adam(0.1, beta_1=0.5, amsgrad=True),
    AdamW(schedules.CosineDecay(0.1, 4), global_clipnorm=1.0),
    SGD(schedules.OneCycle(0.1, 4), clipnorm=1.0),
    SGD(schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.05, 0.01]), clipvalue=0.25),
]


@pytest.mark.parametrize("optimizer", BY_HAND, ids=[f"{k}-{type(o).__name__}" for k, o in enumerate(BY_HAND)])
def test_exact_numbers_give_what_float64_gives(optimizer):
    exact = optimizer.exactly(Number)
    steps, state = written(exact)
    known = {k: numbers(np.round(v, 2)) for k, v in start().items()}
    known |= first_of(state, lambda value, p: np.full(p.shape, Number(value), dtype=object))
    floats = {k: v.astype(float) for k, v in known.items()}
    rounded = [{k: np.round(d, 2) for k, d in slopes.items()} for slopes in gradients(3)]
    for slopes in rounded:
        given = {f"d{k}": numbers(d) for k, d in slopes.items()}
        rate = np.asarray(exact.rate, dtype=object)
        after = run(steps, {**known, **given, "learning_rate": rate})
        known = {k: after[f"{k}_new"] for k in known}
        given = {k: v.astype(float) for k, v in given.items()}
        done = run(
            written(optimizer)[0], {**floats, **given, "learning_rate": np.float64(float(optimizer.rate))}
        )
        floats = {k: done[f"{k}_new"] for k in floats}
    for k, value in floats.items():
        np.testing.assert_allclose(np.asarray(known[k], dtype=float), value, rtol=1e-12, atol=1e-12)


def test_numbers_are_made_exact_and_counts_stay():
    made = Adam(schedules.LinearWarmup(schedules.ExponentialDecay(0.1, 10, 0.5), 5)).exactly(Fraction)
    assert made.beta_2 == Fraction(0.999)
    assert made.schedule.schedule.decay_rate == Fraction(1, 2)
    assert made.schedule.warmup_steps == 5
    assert type(made.schedule.schedule.decay_steps) is int
    assert made.clipnorm is None
    assert made.amsgrad is False


SHEET = """
[[question]]
id = "q"
topic = "network"
[question.given]
x = [[1, 2]]
y = [[5]]
loss = "mse"
epochs = 2
optimizer = {}
layers = [{{ layer = "Dense", units = 1, W = [[0.5], [0.9]], b = [0] }}]
"""


@pytest.mark.parametrize(
    ("table", "optimizer"),
    [
        ('{ name = "Adam", learning_rate = 0.1 }', Adam(0.1)),
        (
            '{ name = "adamw", learning_rate = "1/10", beta_1 = 0.5, epsilon = 0.001 }',
            AdamW(0.1, 0.004, 0.5, 0.999, 1e-3),
        ),
        (
            '{ name = "RMSprop", centered = true, momentum = 0.5, rho = "3/4" }',
            RMSprop(0.001, 0.75, 0.5, centered=True),
        ),
        ('{ name = "Adagrad", initial_accumulator_value = "1/4" }', Adagrad(0.001, 0.25)),
        (
            '{ name = "SGD", clipnorm = 1, learning_rate = '
            '{ name = "StepDecay", initial_learning_rate = 0.1, decay_steps = 1, decay_rate = "1/2" } }',
            SGD(schedules.StepDecay(0.1, 1, 0.5), clipnorm=1.0),
        ),
    ],
    ids=["adam", "adamw", "rmsprop", "adagrad", "schedule"],
)
def test_a_worksheet_works_any_optimizer_by_hand(table, optimizer):
    tape = solve(SHEET.format(table))["q"].tape
    model = chainrule.Sequential([chainrule.Input((2,)), Dense(1)])
    model.compile(optimizer, "mse")
    model.set_weights([[[0.5], [0.9]], [0]])
    model.fit([[1, 2]], [[5]], epochs=2, verbose=0)
    for name in ("W1", "b1"):
        by_hand = np.asarray(tape[f"{name}.2"].value, dtype=float)
        np.testing.assert_allclose(by_hand, model.parameters[name], rtol=1e-5)


def test_every_number_of_a_worksheets_optimizer_is_exact():
    tape = solve(SHEET.format('{ name = "Adam", learning_rate = 0.1, beta_1 = "1/3" }'))["q"].tape
    gradient = tape["dW1.1"].value[0, 0].exact
    assert tape["mW1.1"].value[0, 0].exact == gradient * 2 / 3
    assert tape["t.2"].value[()].exact == 2
    # β2 = 999/1000 taken as it is written: 1 - β2 is 1/1000, and no float near it.
    assert tape["vW1.1"].value[0, 0].exact == gradient**2 / 1000


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            '{ name = "Adam", beta_1 = 1 }',
            r"given.optimizer: beta_1 must be at least 0 and less than 1, got 1",
        ),
        (
            '{ name = "Adam", beta_1 = [0.5, 0.9] }',
            r"given.optimizer.beta_1: expected one number, got a list",
        ),
        ('{ name = "Adam", amsgrad = 1 }', r"given.optimizer: amsgrad must be true or false, got 1"),
        ('{ name = "Adam", rho = 0.5 }', r"given.optimizer: optimizer 'Adam' has no argument 'rho'"),
        ('{ name = "Adm" }', r"unknown optimizer 'Adm': .*did you mean 'Adam'"),
        ('{ name = "Adam", learning_rate = { name = "Cosine" } }', r"unknown schedule 'Cosine'"),
        (
            '{ name = "Adam", learning_rate = { name = "CosineDecay" } }',
            r"needs the argument 'initial_learning",
        ),
    ],
    ids=["range", "list", "flag", "argument", "name", "schedule", "schedule argument"],
)
def test_a_worksheets_mistakes_are_named(table, says):
    with pytest.raises(SheetError, match=says):
        solve(SHEET.format(table))


def test_a_symbol_may_stand_for_a_number():
    tape = solve(SHEET.format('{ name = "RMSprop", learning_rate = "eta", rho = "r" }'))["q"].tape
    assert {str(s) for s in tape["W1.1"].value[0, 0].expression.free_symbols} == {"eta", "r"}
