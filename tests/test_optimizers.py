"""Optimizers against Keras' on the same gradients, their steps, and their arguments."""

import json

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import optimizers
from chainrule.initializers import Zeros
from chainrule.layers import Dense
from chainrule.layers.layer import Parameter
from chainrule.layers.steps import run
from chainrule.losses import MeanSquaredError
from chainrule.models import load_model
from chainrule.network import Network
from chainrule.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, schedules
from chainrule.optimizers.arguments import COUNTS
from optimizers_oracle import (
    SHAPES,
    UPDATES,
    as_float64,
    compiled,
    every_case,
    first_of,
    gradients,
    ours,
    path_of,
    regression,
    start,
    theirs,
    written,
)

# -------------------------------------------------------------------------------- Keras


@every_case
def test_two_hundred_updates_are_those_of_keras(name, arguments):
    reference = theirs(name, arguments)
    variables = [keras.Variable(v.astype(np.float32)) for v in start().values()]
    reference.build(variables)
    update = jax.jit(lambda values, state, slopes: reference.stateless_apply(state, slopes, values))
    values, state = [v.value for v in variables], [v.value for v in reference.variables]
    for slopes in gradients():
        values, state = update(values, state, [jnp.asarray(d, jnp.float32) for d in slopes.values()])
    *_, known = path_of(ours(name, arguments))
    for found, expected in zip(known.values(), values, strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-4)


@every_case
def test_compiled_float32_keeps_close_to_float64(name, arguments):
    optimizer = ours(name, arguments)
    steps, state = written(optimizer)
    update = jax.jit(lambda known: run(steps, known))
    known = {k: jnp.asarray(v, jnp.float32) for k, v in start().items()}
    known |= {k: jnp.asarray(v, state[k].dtype) for k, v in first_of(state, as_float64).items()}
    for slopes in gradients():
        given = {f"d{k}": jnp.asarray(d, jnp.float32) for k, d in slopes.items()}
        after = update({**known, **given, "learning_rate": np.float32(optimizer.rate)})
        known = {k: after[f"{k}_new"] for k in known}
    *_, exact = path_of(optimizer)
    for k, value in exact.items():
        np.testing.assert_allclose(known[k], value, rtol=2e-5, atol=2e-5)
        assert known[k].dtype == jnp.float32
    if "t" in known:
        assert known["t"].dtype == jnp.int32
        assert known["t"] == UPDATES


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # inside Keras
@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_arguments_and_defaults_are_those_of_keras(name):
    mine, reference = getattr(optimizers, name)().get_config(), getattr(keras.optimizers, name)().get_config()
    assert set(mine) <= set(reference)
    for key, value in mine.items():
        if key != "name":
            assert value == pytest.approx(reference[key]) if value else value == reference[key]


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [
        ("sgd", SGD),
        ("SGD", SGD),
        ("adagrad", Adagrad),
        ("rmsprop", RMSprop),
        ("RMSprop", RMSprop),
        ("adam", Adam),
        ("adamw", AdamW),
        ("AdamW", AdamW),
    ],
)
def test_names_are_those_of_keras(identifier, kind):
    assert type(optimizers.get(identifier)) is kind
    assert type(keras.optimizers.get(identifier)).__name__ == kind.__name__


# ---------------------------------------------------------------------- steps and state


def test_every_parameter_has_its_update_and_with_momentum_its_velocity():
    network = Network([Dense(2), Dense(1)], (3,))
    plain, moving = (network.program(MeanSquaredError(), SGD(momentum=m)) for m in (0.0, 0.9))
    assert [step.name for step in plain.update] == ["W1_new", "b1_new", "W2_new", "b2_new"]
    assert not plain.state
    shapes = {"vW1": (3, 2), "vb1": (2,), "vW2": (2, 1), "vb2": (1,)}
    assert {k: p.shape for k, p in moving.state.items()} == shapes
    assert all((p.initializer(p.shape) == 0).all() for p in moving.state.values())


def test_the_course_example_of_one_update():
    """w = 1, gradient 4, learning rate 0.1: 1 - 0.1·4 = 0.6."""
    steps, _ = SGD(0.1).write(Network([Dense(1, use_bias=False)], (1,)).parameters)
    given = {"W1": np.ones((1, 1)), "dW1": np.full((1, 1), 4.0), "learning_rate": 0.1}
    assert run(steps, given)["W1_new"] == 0.6


def test_the_order_of_an_update_is_rate_clipping_decay_step():
    optimizer = AdamW(schedules.StepDecay(0.1, 10, 0.5), global_clipnorm=1.0)
    steps, state = optimizer.write({"W1": Parameter((2, 2), Zeros())}, {"W1": "dW1_penalized"})
    assert list(map(str, steps)) == [
        "rate = step_decay(learning_rate, t)",
        "t_new = next_update(t)",
        "alpha = corrected_rate(rate, t_new)",
        "norm = norm(dW1_penalized)",
        "dW1_clipped = clipped_by_norm(dW1_penalized, norm)",
        "W1_decayed = decayed(W1, rate)",
        "mW1_new = gradient_average(mW1, dW1_clipped)",
        "vW1_new = squares_average(vW1, dW1_clipped)",
        "stepW1 = adaptive_step_outside(mW1_new, vW1_new, alpha)",
        "W1_new = step_down(W1_decayed, stepW1)",
    ]
    assert list(state) == ["mW1", "vW1", "t"]
    assert (state["t"].shape, state["t"].dtype) == ((), "int32")


@pytest.mark.parametrize(
    "optimizer", [Adam(clipnorm=1.0), Adam(global_clipnorm=1.0), SGD()], ids=["norm", "global norm", "none"]
)
def test_where_nothing_is_trained_there_is_no_update(optimizer):
    assert optimizer.write({}) == ((), {})


def test_centered_rmsprop_stays_finite_on_large_equal_gradients():
    """In float32 the average square less the squared average falls below 0, and its root would be NaN."""
    large = [dict.fromkeys(SHAPES, np.float32(12345.678)) for _ in range(60)]
    large = [{k: np.full(SHAPES[k], v) for k, v in each.items()} for each in large]
    for known in path_of(RMSprop(0.1, centered=True), large, dtype=np.float32):
        assert all(np.isfinite(v).all() for v in known.values())


def test_gradients_whose_squares_overflow_are_clipped_all_the_same():
    huge = [{k: np.full(shape, 1e30) for k, shape in SHAPES.items()}]
    (known,) = path_of(SGD(1.0, global_clipnorm=1.0), huge, dtype=np.float32)
    moved = np.concatenate([(start()[k] - known[k]).ravel() for k in SHAPES])
    np.testing.assert_allclose(np.linalg.norm(moved), 1, rtol=1e-5)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    limit=st.floats(0.01, 100),
    kind=st.sampled_from(["clipnorm", "clipvalue", "global_clipnorm"]),
    seed=st.integers(0, 100),
    size=st.floats(0, 100),
)
def test_a_clipped_gradient_is_within_its_limit_and_a_small_one_as_it_was(limit, kind, seed, size):
    draw = np.random.default_rng(seed)
    slopes = {k: size * draw.normal(0, 1, shape) for k, shape in SHAPES.items()}
    (after,) = path_of(SGD(1.0, **{kind: limit}), [slopes])
    moved = {k: start()[k] - after[k] for k in SHAPES}
    measures = {
        "clipvalue": lambda d: max(np.abs(v).max() for v in d.values()),
        "clipnorm": lambda d: max(np.linalg.norm(v) for v in d.values()),
        "global_clipnorm": lambda d: np.linalg.norm([np.linalg.norm(v) for v in d.values()]),
    }
    assert measures[kind](moved) <= limit * (1 + 1e-9) + 1e-12
    if measures[kind](slopes) <= limit:
        for k in SHAPES:
            np.testing.assert_allclose(moved[k], slopes[k], atol=1e-12)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    rate=st.floats(1e-4, 1),
    beta_1=st.floats(0, 0.99),
    beta_2=st.floats(0, 0.999),
    gradient=st.floats(1e-3, 1e3) | st.floats(-1e3, -1e-3),
)
def test_adams_first_step_is_the_rate_against_the_gradients_sign(rate, beta_1, beta_2, gradient):
    """Kingma and Ba, section 2.1: both corrections cancel at t = 1, whatever the size of the gradient."""
    slopes = {k: np.full(shape, gradient) for k, shape in SHAPES.items()}
    (after,) = path_of(Adam(rate, beta_1, beta_2, epsilon=0), [slopes])
    for k, value in after.items():
        np.testing.assert_allclose(value, start()[k] - rate * np.sign(gradient), rtol=1e-9, atol=1e-9)


# ---------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: SGD(0), ValueError, "learning_rate must be greater than 0, got 0"),
        (lambda: SGD(-0.1), ValueError, "learning_rate must be greater than 0"),
        (lambda: SGD(float("nan")), ValueError, "learning_rate must be finite, got nan"),
        (lambda: SGD(float("inf")), ValueError, "learning_rate must be finite, got inf"),
        (lambda: SGD("0.1"), TypeError, "learning_rate must be a number, got '0.1'"),
        (lambda: SGD(True), TypeError, "learning_rate must be a number, got True"),
        (lambda: SGD([0.1]), TypeError, "learning_rate must be a number"),
        (lambda: SGD(np.array([0.1, 0.2])), TypeError, "learning_rate must be a number"),
        (lambda: SGD(momentum=1.5), ValueError, "momentum must lie between 0 and 1, got 1.5"),
        (lambda: SGD(momentum=-0.1), ValueError, "momentum must lie between 0 and 1"),
        (lambda: SGD(momentum=None), TypeError, "momentum must be a number, got None"),
        (lambda: SGD(nesterov="yes"), TypeError, "nesterov must be true or false, got 'yes'"),
        (lambda: Adam(beta_1=1), ValueError, "beta_1 must be at least 0 and less than 1, got 1"),
        (lambda: Adam(beta_2=1.0), ValueError, "beta_2 must be at least 0 and less than 1, got 1.0"),
        (lambda: Adam(epsilon=-1e-7), ValueError, "epsilon must be at least 0, got -1e-07"),
        (lambda: Adam(amsgrad=1), TypeError, "amsgrad must be true or false, got 1"),
        (lambda: RMSprop(rho=-0.1), ValueError, "rho must be at least 0 and less than 1"),
        (lambda: RMSprop(centered="no"), TypeError, "centered must be true or false"),
        (
            lambda: Adagrad(initial_accumulator_value=-1),
            ValueError,
            "initial_accumulator_value must be at least",
        ),
        (
            lambda: AdamW(weight_decay=None),
            ValueError,
            "weight_decay must be a number of at least 0: .* use Adam",
        ),
        (lambda: SGD(weight_decay=-1), ValueError, "weight_decay must be at least 0, got -1"),
        (lambda: SGD(clipnorm=0), ValueError, "clipnorm must be greater than 0, got 0"),
        (lambda: SGD(clipvalue=False), TypeError, "clipvalue must be a number, got False"),
        (
            lambda: SGD(clipnorm=1, clipvalue=1),
            ValueError,
            "only one of clipnorm, clipvalue, global_clipnorm can be given, got clipnorm and clipvalue",
        ),
        (lambda: optimizers.get("adma"), ValueError, "unknown optimizer 'adma'.*did you mean 'adam'"),
        (lambda: optimizers.get({"name": "adam", "beta": 1}), TypeError, "no argument 'beta'.*'beta_"),
        (lambda: optimizers.get(None), TypeError, "optimizer must be a name, a table or an object"),
        (lambda: optimizers.get({"name": "sgd", "learning_rate": {}}), ValueError, "schedule needs a 'name'"),
    ],
)
def test_arguments_that_cannot_be_are_refused(make, error, says):
    with pytest.raises(error, match=says):
        make()


@every_case
def test_an_optimizer_comes_back_from_json(name, arguments):
    made = ours(name, arguments)
    again = optimizers.deserialize(json.loads(json.dumps(optimizers.serialize(made))))
    assert type(again) is type(made)
    assert again.get_config() == made.get_config()
    assert list(map(str, written(again)[0])) == list(map(str, written(made)[0]))


def test_a_number_may_be_set_anew_and_a_schedule_may_not():
    optimizer = SGD(0.1)
    optimizer.learning_rate = 0.01
    assert (optimizer.learning_rate, optimizer.rate, optimizer.get_config()["learning_rate"]) == (0.01,) * 3
    with pytest.raises(ValueError, match="learning_rate must be greater than 0"):
        optimizer.learning_rate = -1
    optimizer.learning_rate = schedules.StepDecay(0.5, 10, 0.1)
    assert optimizer.rate == 0.5
    with pytest.raises(TypeError, match=r"follows the schedule StepDecay and cannot be set to 0\.1"):
        optimizer.learning_rate = 0.1


def test_numbers_of_numpy_and_jax_are_kept_as_pythons():
    config = Adam(np.float32(0.5), beta_1=np.float64(0.25), epsilon=jnp.float32(0.125)).get_config()
    assert {type(config[k]) for k in ("learning_rate", "beta_1", "epsilon")} == {float}
    assert (config["learning_rate"], config["beta_1"], config["epsilon"]) == (0.5, 0.25, 0.125)


def test_a_model_with_a_schedule_goes_on_where_its_file_ends(tmp_path):
    """Saved with its state: the count of updates is in it, and so the place in the schedule."""
    make = lambda: Adam(schedules.OneCycle(0.1, 40), clipnorm=1.0)  # noqa: E731
    whole, halved = compiled(make()), compiled(make())
    whole.fit(*regression(), epochs=10, batch_size=16, shuffle=False, verbose=0)
    halved.fit(*regression(), epochs=5, batch_size=16, shuffle=False, verbose=0)
    halved.save(tmp_path / "half.safetensors")
    again = load_model(tmp_path / "half.safetensors")
    assert again.optimizer.current_rate(again.values) == pytest.approx(schedules.OneCycle(0.1, 40)(10))
    again.fit(*regression(), epochs=5, batch_size=16, shuffle=False, verbose=0)
    for k, value in whole.parameters.items():
        np.testing.assert_array_equal(again.parameters[k], value)


def test_what_counts_updates_is_named_so():
    """Of every schedule's arguments, those that are whole numbers of updates end as COUNTS says."""
    for made in {*schedules.SCHEDULES.values()}:
        for name in made.__init__.__annotations__:
            assert ("steps" in name or name == "boundaries") == name.endswith(COUNTS)


def test_an_optimizer_of_ones_own_without_its_steps_says_so():
    with pytest.raises(NotImplementedError, match="Optimizer must have a write of its own"):
        optimizers.Optimizer().write({})
