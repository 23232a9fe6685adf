"""Regularizers and constraints against Keras', and against the slope that JAX finds."""

import json

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import chainrule
from chainrule import constraints, regularizers
from chainrule.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from chainrule.layers import Dense
from chainrule.paper.numbers import Number, numbers
from chainrule.regularizers import L1, L1L2, L2

W = np.random.default_rng(1).normal(0, 2, (3, 4))
REGULARIZERS = [
    ("L1", {}),
    ("L1", {"l1": 0.5}),
    ("L2", {}),
    ("L2", {"l2": 0.5}),
    ("L2", {"l2": 0.0}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.25, "l2": 0.5}),
]
CONSTRAINTS = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 1.5, "axis": 1}),
    ("MaxNorm", {"max_value": 3, "axis": [0, 1]}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": [0, 1]}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 4.0, "max_value": 5.0, "rate": 0.5}),
    ("MinMaxNorm", {"min_value": 1.0, "max_value": 2.0, "rate": 0.0, "axis": 1}),
]
same_draws = settings(derandomize=True, deadline=None, max_examples=50)
weights = arrays(np.float64, (3, 2), elements=st.floats(-100, 100))


def ids(cases):
    return [f"{name}-{'-'.join(f'{k}={v}' for k, v in arguments.items())}" for name, arguments in cases]


every_regularizer = pytest.mark.parametrize(("name", "arguments"), REGULARIZERS, ids=ids(REGULARIZERS))
every_constraint = pytest.mark.parametrize(("name", "arguments"), CONSTRAINTS, ids=ids(CONSTRAINTS))


def made(module, name, arguments):
    return module.get({"class_name": name, "config": arguments})


# ------------------------------------------------------------------------- regularizers


@every_regularizer
def test_the_penalty_is_that_of_keras(name, arguments):
    mine, theirs = made(regularizers, name, arguments), getattr(keras.regularizers, name)(**arguments)
    np.testing.assert_allclose(mine(W), theirs(jnp.asarray(W, jnp.float32)), rtol=1e-6)


@every_regularizer
def test_the_gradient_is_the_losss_and_the_penaltys(name, arguments):
    mine = made(regularizers, name, arguments)
    slope = np.random.default_rng(2).normal(0, 1, W.shape)
    with jax.enable_x64(True):
        of_penalty = np.asarray(jax.grad(mine.value)(jnp.asarray(W)))
    np.testing.assert_allclose(mine.gradient(slope, W), slope + of_penalty, rtol=1e-12, atol=1e-14)


def test_the_slope_of_l1_at_0_is_0():
    """Of the slopes from -1 to 1 that fit there, the one that TensorFlow and PyTorch take; JAX takes 1."""
    assert L1(0.5).gradient(np.zeros(1), np.zeros(1)) == 0


@every_regularizer
def test_exact_numbers_give_an_exact_penalty(name, arguments):
    mine = made(regularizers, name, arguments)
    exact = numbers(np.round(W, 2))
    value, gradient = mine.value(exact)[()], mine.gradient(exact, exact)
    assert isinstance(value + 0, Number)
    assert (value + 0).exact is not None
    np.testing.assert_allclose(float(value), mine(np.round(W, 2)), rtol=1e-12)
    np.testing.assert_allclose(
        gradient.astype(float), mine.gradient(np.round(W, 2), np.round(W, 2)), rtol=1e-12
    )


@same_draws
@given(W=weights, l1=st.floats(0, 10), l2=st.floats(0, 10))
def test_both_penalties_are_the_sum_of_each(W, l1, l2):
    both = L1L2(l1, l2)
    assert both(W) == pytest.approx(L1(l1)(W) + L2(l2)(W))
    assert both(W) >= 0
    np.testing.assert_allclose(both.gradient(0 * W, W), L1(l1).gradient(0 * W, W) + L2(l2).gradient(0 * W, W))


@pytest.mark.parametrize("name", ["l1", "l2", "L1", "L2", "L1L2"])
def test_names_and_defaults_are_those_of_keras(name):
    assert regularizers.get(name).get_config() == pytest.approx(keras.regularizers.get(name).get_config())


def test_l1_l2_is_a_name_too():
    assert regularizers.get("l1_l2").get_config() == {"l1": 0.0, "l2": 0.0}
    assert regularizers.get(None) is None


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: L1(-0.1), ValueError, "l1 must be at least 0, got -0.1"),
        (lambda: L2(float("inf")), ValueError, "l2 must be finite, got inf"),
        (lambda: L2(float("nan")), ValueError, "l2 must be finite, got nan"),
        (lambda: L1L2(l2="0.1"), TypeError, "l2 must be a number, got '0.1'"),
        (lambda: L1(True), TypeError, "l1 must be a number, got True"),
        (lambda: L1(None), TypeError, "l1 must be a number, got None"),
        (lambda: L2([0.1]), TypeError, "l2 must be a number"),
        (lambda: regularizers.get("l3"), ValueError, "unknown regularizer 'l3': expected one of L1, L1L2"),
        (lambda: regularizers.get({"name": "l2", "l1": 1}), TypeError, "no argument 'l1'"),
        (lambda: regularizers.get(0.1), TypeError, "regularizer must be a name, a table or an object"),
    ],
)
def test_a_regularizers_mistakes_are_named(make, error, says):
    with pytest.raises(error, match=says):
        make()


def model_of(module, **arguments):
    model = module.Sequential([module.Input((3,)), module.layers.Dense(4, activation="tanh", **arguments)])
    model.compile(module.optimizers.SGD(0.1), "mse")
    model.set_weights([W.astype(np.float32), np.zeros(4, np.float32)])
    return model


ROWS = np.random.default_rng(3).normal(0, 1, (8, 3)).astype(np.float32)
TARGETS = np.random.default_rng(4).normal(0, 1, (8, 4)).astype(np.float32)


@pytest.mark.parametrize(
    ("regularizer", "constraint"),
    [("L1", None), ("L2", "NonNeg"), ("L1L2", "MaxNorm"), (None, "UnitNorm")],
    ids=str,
)
def test_a_model_trains_with_them_as_keras_does(regularizer, constraint):
    def arguments(module):
        found = {}
        if regularizer:
            strength = {"l1": 0.05, "l2": 0.05} if regularizer == "L1L2" else 0.05
            kind = getattr(module.regularizers, regularizer)
            found["kernel_regularizer"] = kind(**strength) if isinstance(strength, dict) else kind(strength)
        if constraint:
            found["kernel_constraint"] = getattr(module.constraints, constraint)()
        return found

    mine, theirs = model_of(chainrule, **arguments(chainrule)), model_of(keras, **arguments(keras))
    found = mine.fit(ROWS, TARGETS, epochs=5, batch_size=8, verbose=0).history["loss"]
    expected = theirs.fit(ROWS, TARGETS, epochs=5, batch_size=8, verbose=0).history["loss"]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    for ours, other in zip(mine.get_weights(), theirs.weights, strict=True):
        np.testing.assert_allclose(ours, np.asarray(other.value), rtol=1e-4, atol=1e-5)


# -------------------------------------------------------------------------- constraints


@every_constraint
def test_the_weights_within_bounds_are_those_of_keras(name, arguments):
    mine, theirs = made(constraints, name, arguments), getattr(keras.constraints, name)(**arguments)
    np.testing.assert_allclose(mine(W), theirs(jnp.asarray(W, jnp.float32)), rtol=1e-6, atol=1e-6)


@every_constraint
def test_a_constraint_is_the_same_on_exact_numbers_and_compiled(name, arguments):
    mine, rounded = made(constraints, name, arguments), np.round(W, 2)
    np.testing.assert_allclose(
        np.asarray(mine(numbers(rounded)), float), mine(rounded), rtol=1e-12, atol=1e-12
    )
    np.testing.assert_allclose(
        jax.jit(mine)(jnp.asarray(rounded, jnp.float32)), mine(rounded), rtol=1e-5, atol=1e-6
    )


@every_constraint
def test_weights_that_are_0_stay_0(name, arguments):
    assert not made(constraints, name, arguments)(np.zeros((3, 4))).any()


@same_draws
@given(W=weights, most=st.floats(0.01, 50))
def test_bounds_hold_and_what_is_within_them_stays(W, most):
    norms = np.linalg.norm(W, axis=0)
    found = MaxNorm(most)(W)
    assert (np.linalg.norm(found, axis=0) <= most * (1 + 1e-9)).all()
    np.testing.assert_array_equal(found[:, norms <= most], W[:, norms <= most])
    assert (NonNeg()(W) >= 0).all()
    large = W[:, norms > 1e-3]
    np.testing.assert_allclose(np.linalg.norm(UnitNorm()(large), axis=0), 1)
    between = np.linalg.norm(MinMaxNorm(most, 2 * most)(large), axis=0)
    np.testing.assert_allclose(between, np.clip(between, most, 2 * most))


def test_a_weight_that_is_no_number_stays_one():
    """It must be seen in the loss, not hidden by a bound."""
    assert np.isnan(NonNeg()(np.array([np.nan]))).all()
    assert np.isnan(MaxNorm()(np.array([[np.nan]]))).all()


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: MaxNorm(0), ValueError, "max_value must be greater than 0, got 0"),
        (lambda: MaxNorm("2"), TypeError, "max_value must be a number, got '2'"),
        (lambda: MaxNorm(axis=0.5), TypeError, "axis must be a whole number or a list of them, got 0.5"),
        (lambda: MaxNorm(axis=True), TypeError, "axis must be a whole number or a list of them, got True"),
        (lambda: UnitNorm(axis=[]), TypeError, "axis must be a whole number or a list of them"),
        (lambda: UnitNorm(axis=[0, 0]), ValueError, "axis names an axis twice"),
        (lambda: MinMaxNorm(2, 1), ValueError, "min_value must not be above max_value 1, got 2"),
        (lambda: MinMaxNorm(-1, 1), ValueError, "min_value must be at least 0, got -1"),
        (lambda: MinMaxNorm(rate=1.5), ValueError, "rate must lie between 0 and 1, got 1.5"),
        (
            lambda: constraints.get("max_nrm"),
            ValueError,
            "unknown constraint 'max_nrm'.*did you mean 'max_norm'",
        ),
        (lambda: constraints.get({"name": "MaxNorm", "value": 2}), TypeError, "no argument 'value'"),
    ],
)
def test_a_constraints_mistakes_are_named(make, error, says):
    with pytest.raises(error, match=says):
        make()


@pytest.mark.parametrize(
    ("module", "cases"), [(regularizers, REGULARIZERS), (constraints, CONSTRAINTS)], ids=["penalty", "bounds"]
)
def test_they_come_back_from_json(module, cases):
    for name, arguments in cases:
        first = made(module, name, arguments)
        again = module.get(json.loads(json.dumps(module.serialize(first))))
        assert type(again) is type(first)
        assert again.get_config() == first.get_config()
    assert module.serialize(None) is None


def test_names_in_lower_case_are_those_of_keras():
    for name in ("max_norm", "non_neg", "unit_norm", "min_max_norm"):
        mine = constraints.get(name)
        assert type(mine).__name__ == type(keras.constraints.get(name)).__name__
        assert mine.get_config() == keras.constraints.get(name).get_config()


def test_a_layer_keeps_them_in_its_configuration():
    layer = Dense(2, kernel_regularizer=L2(0.1), kernel_constraint=MaxNorm(3), bias_regularizer="l1")
    again = Dense(**layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again.kernel_regularizer.l2 == 0.1
    assert again.kernel_constraint.max_value == 3


def test_plain_lists_are_taken_as_arrays():
    assert L2(0.5)([3, -1]) == 5
    np.testing.assert_allclose(MaxNorm(1)([[3, 0], [4, 0]]), [[0.6, 0], [0.8, 0]])
    with pytest.raises(TypeError, match=r"W must .* numbers"):
        L1(0.5)("a")


def test_an_axis_that_the_weight_does_not_have_is_named_with_the_layer():
    with pytest.raises(ValueError, match=r"layer 1 \(dense\): MaxNorm takes norms along axis 2, .* \(3, 2\)"):
        chainrule.Sequential([chainrule.Input((3,)), Dense(2, kernel_constraint=MaxNorm(1, axis=[0, 2]))])


@pytest.mark.parametrize("module", [regularizers, constraints], ids=["regularizers", "constraints"])
def test_classes_go_by_keras_other_names_too(module):
    theirs = getattr(keras, module.__name__.removeprefix("chainrule."))
    for name in ("l1", "l2", "l1_l2") if module is regularizers else ("max_norm", "non_neg", "unit_norm"):
        assert getattr(module, name).__name__ == getattr(theirs, name).__name__


def test_one_of_ones_own_without_its_rule_says_so():
    with pytest.raises(NotImplementedError, match="Regularizer must have a value of its own"):
        regularizers.Regularizer()(np.ones(2))
    with pytest.raises(NotImplementedError, match="Constraint must have a rule of its own"):
        constraints.Constraint()(np.ones(2))
