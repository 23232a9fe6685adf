"""Schedules of the learning rate against Keras', Optax' and their definitions."""

import json
from math import floor

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chainrule
from chainrule.initializers import Zeros
from chainrule.layers import Dense, Parameter
from chainrule.optimizers import SGD, schedules
from chainrule.optimizers.schedules import (
    ConstantRate,
    CosineDecay,
    ExponentialDecay,
    InverseSquareRootDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    LinearWarmup,
    OneCycle,
    PiecewiseConstantDecay,
    PolynomialDecay,
    StepDecay,
)
from chainrule.paper.numbers import Number
from chainrule.rules.rule import rule

IN_KERAS = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9, "staircase": True},
    ),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 1.0, "decay_rate": 0.5}),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 9, "decay_rate": 0.5, "staircase": True},
    ),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 30}),
    (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 12.5, "end_learning_rate": 0.02, "power": 0.5},
    ),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "power": 2.0, "cycle": True}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 30}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20.5, "alpha": 0.25}),
    (
        "CosineDecay",
        {"initial_learning_rate": 0.0, "decay_steps": 20, "warmup_target": 0.1, "warmup_steps": 10},
    ),
    (
        "CosineDecay",
        {
            "initial_learning_rate": 0.01,
            "decay_steps": 9,
            "alpha": 0.5,
            "warmup_target": 0.1,
            "warmup_steps": 0,
        },
    ),
    ("PiecewiseConstantDecay", {"boundaries": [5, 20, 21], "values": [0.1, 0.05, 0.02, 0.0]}),
]
IN_OPTAX = [
    (OneCycle(0.1, 40), optax.cosine_onecycle_schedule(40, 0.1)),
    (
        OneCycle(0.5, 50, pct_start=0.5, div_factor=10, final_div_factor=100),
        optax.cosine_onecycle_schedule(50, 0.5, 0.5, 10.0, 100.0),
    ),
    (
        LinearWarmup(CosineDecay(0.1, 20, 0.1), 10, 0.01),
        optax.warmup_cosine_decay_schedule(0.01, 0.1, 10, 30, 0.01),
    ),
    (
        LinearWarmup(ExponentialDecay(0.1, 10, 0.5), 8),
        optax.join_schedules([optax.linear_schedule(0, 0.1, 8), optax.exponential_decay(0.1, 10, 0.5)], [8]),
    ),
    (
        LinearWarmup(0.1, 5),
        optax.join_schedules([optax.linear_schedule(0, 0.1, 5), optax.constant_schedule(0.1)], [5]),
    ),
    (StepDecay(0.1, 10, 0.5), optax.exponential_decay(0.1, 10, 0.5, staircase=True)),
    (PolynomialDecay(0.1, 20, 0.01), optax.linear_schedule(0.1, 0.01, 20)),
]
EVERY = [
    *(getattr(schedules, name)(**arguments) for name, arguments in IN_KERAS),
    *(mine for mine, _ in IN_OPTAX),
    InverseSquareRootDecay(0.1),
    InverseSquareRootDecay(0.1, 16),
    LinearWarmup(InverseSquareRootDecay(0.1, 10), 10),
    LinearWarmup(PiecewiseConstantDecay([3, 6], [0.1, 0.05, 0.01]), 4),
]
every = pytest.mark.parametrize(
    "schedule", EVERY, ids=[f"{k}-{type(schedule).__name__}" for k, schedule in enumerate(EVERY)]
)
STEPS = np.arange(60)


def given_to(schedule, t, kind):
    """The schedule's own step, in some kind of number."""
    step = schedule.step()
    return step.rule(kind(schedule.given_rate), t, **step.options)


@pytest.mark.parametrize(
    ("name", "arguments"), IN_KERAS, ids=[f"{k}-{name}" for k, (name, _) in enumerate(IN_KERAS)]
)
def test_every_update_has_the_rate_that_keras_gives_it(name, arguments):
    mine = schedules.get({"class_name": name, "config": arguments})
    theirs = getattr(keras.optimizers.schedules, name)(**arguments)
    steps = [0, 1, 5, 6, 9, 10, 11, 20, 21, 30, 59]
    expected = [float(theirs(step)) for step in steps]
    np.testing.assert_allclose(mine(steps), expected, rtol=1e-4, atol=1e-7)
    assert {k: v for k, v in mine.get_config().items() if k in arguments} == arguments


@pytest.mark.parametrize(
    ("mine", "theirs"), IN_OPTAX, ids=[f"{k}-{type(mine).__name__}" for k, (mine, _) in enumerate(IN_OPTAX)]
)
def test_every_update_has_the_rate_that_optax_gives_it(mine, theirs):
    np.testing.assert_allclose(mine(STEPS), jax.vmap(theirs)(jnp.asarray(STEPS)), rtol=1e-4, atol=1e-6)


@every
def test_the_step_gives_what_the_call_gives_compiled_and_in_exact_numbers(schedule):
    compiled = jax.jit(lambda t: given_to(schedule, t, jnp.float32))
    exact = schedule.exactly(Number)
    for step in (0, 1, 3, 9, 10, 11, 29, 30, 59):
        expected = schedule(step)
        np.testing.assert_allclose(compiled(jnp.int32(step)), expected, rtol=2e-5, atol=1e-7)
        by_hand = given_to(
            exact, np.asarray(Number(step), dtype=object), lambda rate: np.asarray(rate, dtype=object)
        )
        assert isinstance(by_hand[()], Number)
        np.testing.assert_allclose(float(by_hand[()]), expected, rtol=1e-12, atol=1e-17)


@every
def test_a_schedule_comes_back_from_json(schedule):
    again = schedules.deserialize(json.loads(json.dumps(schedules.serialize(schedule))))
    assert type(again) is type(schedule)
    np.testing.assert_array_equal(again(STEPS), schedule(STEPS))


@every
def test_training_follows_the_schedule(schedule):
    """With gradient 1 in every update, a weight moves by the rate of each."""
    model = chainrule.Sequential(
        [chainrule.Input((1,)), Dense(1, use_bias=False, kernel_initializer="zeros")]
    )
    model.compile(SGD(schedule), "mae")
    model.fit([[1.0]], [[-1000.0]], epochs=40, verbose=0)
    np.testing.assert_allclose(model.parameters["W1"], -schedule(np.arange(40)).sum(), rtol=1e-4)
    assert model.values["t"] == 40
    assert model.optimizer.current_rate(model.values) == pytest.approx(float(schedule(40)))


def test_the_ends_of_a_cosine_are_exact_on_paper():
    """At the end the wave is 0 and not near it: a ball around 0 could not be shown with proven digits."""
    exact = CosineDecay(0.1, 10).exactly(Number)
    ends = [
        given_to(exact, np.asarray(Number(t), dtype=object), lambda r: np.asarray(r, dtype=object))[()]
        for t in (0, 10, 11)
    ]
    assert [end + 0 == value for end, value in zip(ends, ("1/10", 0, 0), strict=True)][1:] == [True, True]
    assert float(ends[0]) == 0.1


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    peak=st.floats(1e-4, 10),
    total=st.integers(10, 500),
    part=st.floats(0.15, 0.85),
    div=st.floats(1, 100),
    final=st.floats(1, 1e5),
)
def test_one_cycle_rises_to_its_peak_and_falls_to_its_end(peak, total, part, div, final):
    schedule = OneCycle(peak, total, part, div, final)
    rates, top = schedule(np.arange(total + 10)), schedule.rising_steps
    slack = 1e-12 * peak
    assert (np.diff(rates[: top + 1]) >= -slack).all()
    assert (np.diff(rates[top:]) <= slack).all()
    assert rates[0] == pytest.approx(peak / div)
    assert rates[top] == pytest.approx(peak)
    np.testing.assert_allclose(rates[total:], peak / (div * final))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    rate=st.floats(1e-4, 10), steps=st.integers(1, 100), factor=st.floats(0.05, 1), step=st.integers(0, 10**4)
)
def test_decays_are_their_definitions(rate, steps, factor, step):
    assert StepDecay(rate, steps, factor)(step) == pytest.approx(rate * factor ** (step // steps))
    assert ExponentialDecay(rate, steps, factor)(step) == pytest.approx(rate * factor ** (step / steps))
    assert InverseTimeDecay(rate, steps, factor)(step) == pytest.approx(rate / (1 + factor * step / steps))
    assert InverseSquareRootDecay(rate, steps)(step) == pytest.approx(rate / (1 + step / steps) ** 0.5)
    assert LinearWarmup(rate, steps)(step) == pytest.approx(rate * min(1, step / steps))


def test_behind_a_warm_up_the_inverse_root_is_that_of_transformers():
    """Vaswani et al. (2017), section 5.3: min(t^-1/2, t · w^-3/2), up to a factor."""
    w, t = 10, np.arange(1, 60)
    expected = np.minimum(t**-0.5, t * w**-1.5)
    found = LinearWarmup(InverseSquareRootDecay(0.1, w), w)(t)
    np.testing.assert_allclose(found / found[0], expected / expected[0])


def test_a_part_of_the_steps_is_counted_from_the_decimal_as_written():
    """0.29 · 100 is 28.999999999999996 in floats; who writes 0.29 of 100 means 29."""
    assert floor(0.29 * 100) == 28
    assert OneCycle(0.1, 100, 0.29).rising_steps == 29


def test_a_schedule_of_ones_own_needs_a_rule():
    @rule(tex=r"\frac{<learning_rate>}{1 + <slowness> \cdot <t>^2}")
    def quadratic(learning_rate, t, *, slowness):
        return learning_rate / (1 + slowness * t**2)

    class Quadratic(LearningRateSchedule):
        law = quadratic
        option_names = ("slowness",)

        def __init__(self, initial_learning_rate, slowness, name=None):
            super().__init__(initial_learning_rate, name)
            self.slowness = slowness

    schedule = Quadratic(0.1, 0.25)
    assert schedule(2) == 0.05
    assert SGD(schedule).get_config()["learning_rate"]["config"]["slowness"] == 0.25
    assert LinearWarmup(schedule, 2)(4) == 0.05


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: ExponentialDecay(0.1, 0, 0.5), ValueError, "decay_steps must be greater than 0, got 0"),
        (lambda: ExponentialDecay(0.1, -5, 0.5), ValueError, "decay_steps must be greater than 0, got -5"),
        (lambda: ExponentialDecay(0, 10, 0.5), ValueError, "initial_learning_rate must be greater than 0"),
        (lambda: ExponentialDecay(0.1, 10, 0), ValueError, "decay_rate must be greater than 0, got 0"),
        (lambda: ExponentialDecay(0.1, "10", 0.5), TypeError, "decay_steps must be a number, got '10'"),
        (lambda: ExponentialDecay(0.1, 10, 0.5, 1), TypeError, "staircase must be true or false, got 1"),
        (lambda: InverseTimeDecay(0.1, 10, -1), ValueError, "decay_rate must be at least 0, got -1"),
        (lambda: PolynomialDecay(0.1, 10, -1), ValueError, "end_learning_rate must be at least 0, got -1"),
        (lambda: PolynomialDecay(0.1, 10, power=0), ValueError, "power must be greater than 0"),
        (lambda: CosineDecay(0.1, 0), ValueError, "decay_steps must be greater than 0, got 0"),
        (lambda: CosineDecay(0.1, 10, 2), ValueError, "alpha must lie between 0 and 1, got 2"),
        (lambda: CosineDecay(0.1, 10, warmup_steps=3), ValueError, "warmup_steps=3 needs a warmup_target"),
        (lambda: CosineDecay(0.0, 10), ValueError, "initial_learning_rate must be greater than 0, got 0.0"),
        (lambda: PiecewiseConstantDecay([1], [1]), ValueError, "one more than boundaries, .* 1 for 1"),
        (lambda: PiecewiseConstantDecay([], [1]), ValueError, "one more than boundaries, .* 1 for 0"),
        (
            lambda: PiecewiseConstantDecay([2, 1], [1, 2, 3]),
            ValueError,
            r"boundaries must rise, got \[2, 1\]",
        ),
        (lambda: PiecewiseConstantDecay(2, [1, 2]), TypeError, "boundaries must be a list of numbers, got 2"),
        (
            lambda: PiecewiseConstantDecay([2], [0.1, "x"]),
            TypeError,
            r"values\[1\] must be a number, got 'x'",
        ),
        (lambda: OneCycle(0.1, 1), ValueError, "total_steps must be at least 2, got 1"),
        (lambda: OneCycle(0.1, 10.5), TypeError, "total_steps must be a whole number, got 10.5"),
        (lambda: OneCycle(0.1, 10, 0.0), ValueError, "leaves no step to rise or to fall"),
        (lambda: OneCycle(0.1, 10, 1.0), ValueError, "leaves no step to rise or to fall"),
        (lambda: OneCycle(0.1, 10, div_factor=0), ValueError, "div_factor must be greater than 0, got 0"),
        (lambda: LinearWarmup(0.1, 0), ValueError, "warmup_steps must be greater than 0, got 0"),
        (
            lambda: LinearWarmup(OneCycle(0.1, 10), 5),
            ValueError,
            "schedule OneCycle has a warm-up of its own",
        ),
        (lambda: LinearWarmup("step", 5), ValueError, "unknown schedule 'step': expected one of"),
        (lambda: LinearWarmup(None, 5), TypeError, "schedule must be a name, a table or an object"),
        (lambda: schedules.get({"name": "CosineDecya"}), ValueError, "did you mean 'CosineDecay'"),
        (lambda: schedules.get("CosineDecay"), TypeError, "needs the argument 'initial_learning_rate'"),
        (lambda: ConstantRate(-1), ValueError, "initial_learning_rate must be greater than 0, got -1"),
    ],
)
def test_arguments_that_cannot_be_are_refused(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_a_schedule_of_ones_own_that_is_only_called_is_told_what_it_lacks():
    class Fading(schedules.LearningRateSchedule):
        def __init__(self, first):
            self.first = first

        def __call__(self, step):
            return self.first / (step + 1)

    with pytest.raises(NotImplementedError, match="schedule Fading has no law: give it the rate as"):
        SGD(Fading(0.1)).write({"W1": Parameter((2,), Zeros())})
