"""BatchNormalization and LayerNormalization: gradients, Keras, exact numbers, moving averages, freezing."""

import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chainrule.constraints import NonNeg
from chainrule.layers import BatchNormalization, Dense, LayerNormalization, deserialize, serialize
from chainrule.layers.steps import run
from chainrule.network import Network
from chainrule.paper.numbers import numbers
from chainrule.regularizers import L2
from layers_oracle import check_exact, check_gradients, check_keras, program_of, single, values_of

compiled = settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
few = settings(compiled, max_examples=4)
SHAPES = [(3,), (4, 2), (3, 2, 2)]
ways = st.fixed_dictionaries(
    {"center": st.booleans(), "scale": st.booleans(), "epsilon": st.sampled_from([1e-5, 1e-3, 0.5])}
)


def frozen(layer):
    layer.trainable = False
    return layer


def behind_dense(layer, shape):
    """The layer where gradients come in from above and go on below."""
    return Network([Dense(shape[-1]), layer, Dense(2)], shape)


@pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization])
@few
@given(ways, st.sampled_from(SHAPES), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_every_written_gradient_is_jax_grad(kind, arguments, shape, rows, seed):
    check_gradients(behind_dense(kind(**arguments), shape), rows, seed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization])
@compiled
@given(ways, st.sampled_from(SHAPES), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_written_gradients_in_more_ways_are_jax_grad(kind, arguments, shape, rows, seed):
    check_gradients(behind_dense(kind(**arguments), shape), rows, seed)


@few
@given(ways, st.sampled_from(SHAPES), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_every_written_gradient_through_a_frozen_layer_is_jax_grad(arguments, shape, rows, seed):
    check_gradients(behind_dense(frozen(BatchNormalization(**arguments)), shape), rows, seed)


@pytest.mark.parametrize("shape", SHAPES[:2], ids=str)
@pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization])
@pytest.mark.parametrize("has", [(True, True), (True, False), (False, True), (False, False)], ids=str)
def test_exact_numbers_give_what_floats_give(kind, has, shape):
    layer = kind(center=has[0], scale=has[1], epsilon=0.125)
    check_exact(Network([layer], shape), rows=3)


def test_exact_numbers_give_what_floats_give_through_a_frozen_layer():
    check_exact(Network([Dense(2), frozen(BatchNormalization()), Dense(1)], (2,)), rows=2)


@pytest.mark.parametrize("training", [False, True], ids=["predicting", "training"])
@pytest.mark.parametrize("shape", [(5,), (4, 4, 3)], ids=str)
@pytest.mark.parametrize(
    "arguments",
    [{}, {"momentum": 0.7, "epsilon": 0.1}, {"center": False}, {"scale": False}],
    ids=lambda a: "-".join(a) or "defaults",
)
def test_batch_normalization_is_that_of_keras(arguments, shape, training):
    theirs = keras.layers.BatchNormalization(**arguments)
    check_keras(BatchNormalization(**arguments), theirs, shape, training=training)


@pytest.mark.parametrize("shape", [(5,), (4, 4, 3)], ids=str)
@pytest.mark.parametrize(
    "arguments",
    [{}, {"epsilon": 0.1}, {"center": False}, {"scale": False}],
    ids=lambda a: "-".join(a) or "defaults",
)
def test_layer_normalization_is_that_of_keras(arguments, shape):
    check_keras(LayerNormalization(**arguments), keras.layers.LayerNormalization(**arguments), shape)


def test_a_frozen_layer_uses_its_moving_averages_while_training_as_in_keras():
    theirs = keras.layers.BatchNormalization()
    theirs.trainable = False
    check_keras(frozen(BatchNormalization()), theirs, (5,), training=True)
    program = program_of(behind_dense(frozen(BatchNormalization()), (3,)))
    assert not program.carried
    assert not [name for name in program.parameters if name.startswith(("gamma", "beta"))]


def test_the_moving_average_of_exact_numbers_is_exact():
    """A float 1 - 0.99 is 0.010000000000000009: none of that is on paper."""
    program = program_of(Network([BatchNormalization(epsilon=0)], (1,)))
    given = {"moving_mean1": [0], "moving_var1": [1], "gamma1": [1], "beta1": [0], "x": [[1], [3]]}
    steps = (*program.forward, *program.update[-2:])
    found = run(steps, {name: numbers(value) for name, value in given.items()})
    assert [str(found[f"{name}_new"][0]) for name in program.carried] == ["1/50", "1"]


def test_penalties_and_bounds_belong_to_the_parameter_that_they_are_given_for():
    for kind in (BatchNormalization, LayerNormalization):
        layer = kind(gamma_regularizer="l2", beta_constraint="non_neg")
        parameters = layer.parameters((3,))
        assert isinstance(parameters["gamma"].regularizer, L2)
        assert isinstance(parameters["beta"].constraint, NonNeg)
        assert parameters["beta"].regularizer is parameters["gamma"].constraint is None
        assert serialize(deserialize(serialize(layer))) == serialize(layer)


def test_the_moving_averages_go_to_the_mean_and_variance_of_the_data():
    network = Network([BatchNormalization(momentum=0.5)], (2,))
    program = program_of(network)
    values = values_of(network, program, rows=50, seed=3)
    values["x"] = values["x"] * [2, 0.5] + [10, -3]
    for _ in range(60):
        after = run(program.steps, values)
        values |= {name: after[f"{name}_new"] for name in program.carried}
    np.testing.assert_allclose(values["moving_mean1"], values["x"].mean(axis=0))
    np.testing.assert_allclose(values["moving_var1"], values["x"].var(axis=0))
    predicted = run(network.forward()[0], values)["a1"]
    np.testing.assert_allclose(predicted, run(program.forward, values)["a1"])


@pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization])
@pytest.mark.parametrize("offset", [0, 1e3, 1e4])
def test_a_large_mean_does_not_spoil_the_variance_in_float32(kind, offset):
    network = Network([kind(epsilon=0)], (4,))
    program = program_of(network)
    values = values_of(network, program, rows=64, seed=4)
    values["x"] = np.round(values["x"] * 8) + offset  # exact in float32
    exact = run(program.forward, values)
    np.testing.assert_allclose(run(program.forward, single(values))["var1"], exact["var1"], rtol=2e-4)


def test_a_batch_of_one_row_gives_beta_and_no_gradient():
    network = Network([BatchNormalization()], (3,))
    program = program_of(network)
    values = run(program.steps, values_of(network, program, rows=1, seed=5))
    np.testing.assert_array_equal(values["a1"], values["beta1"][None])
    np.testing.assert_array_equal(values["dx"], np.zeros((1, 3)))


def test_each_layers_quantities_have_the_courses_names():
    program = program_of(Network([BatchNormalization()], (3,)))
    assert [s.name for s in program.forward] == ["mean1", "var1", "deviation1", "xhat1", "a1"]
    assert list(program.parameters) == ["gamma1", "beta1"]
    assert list(program.carried) == ["moving_mean1", "moving_var1"]
    backward = ["da1", "dgamma1", "dbeta1", "dxhat1", "dvar1", "dmean1", "dx"]
    assert [s.name for s in program.backward] == backward
    assert [s.name for s in program.update][-2:] == ["moving_mean1_new", "moving_var1_new"]
    assert [s.name for s in program.evaluation] == ["deviation1", "xhat1", "a1", "loss"]


def test_the_axis_may_be_written_as_the_number_of_the_last():
    for kind in (BatchNormalization, LayerNormalization):
        assert kind(axis=3).parameters((4, 4, 3))["gamma"].shape == (3,)
        assert kind(axis=1).parameters((5,))["gamma"].shape == (5,)
        with pytest.raises(ValueError, match=r"normalizes the last axis, .* got axis=1 for inputs \(None, 4"):
            Network([kind(axis=1)], (4, 4, 3))


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (
            lambda: BatchNormalization(axis=[1, 2]),
            TypeError,
            r"axis of BatchNormalization must be -1.*\[1, 2\]",
        ),
        (lambda: LayerNormalization(axis="last"), TypeError, "axis of LayerNormalization must be -1.*'last'"),
        (lambda: BatchNormalization(epsilon=-1e-3), ValueError, "epsilon must be at least 0.*got -0.001"),
        (lambda: BatchNormalization(epsilon="small"), TypeError, "epsilon must be a number, got 'small'"),
        (lambda: BatchNormalization(momentum=1.5), ValueError, "momentum must lie between 0 and 1, got 1.5"),
        (lambda: BatchNormalization(momentum=float("nan")), ValueError, "momentum must be finite, got nan"),
        (lambda: BatchNormalization(momentum=None), TypeError, "momentum must be a number, got None"),
        (lambda: LayerNormalization(epsilon=float("inf")), ValueError, "epsilon must be finite, got inf"),
        (
            lambda: LayerNormalization(gamma_initializer="one_hot"),
            ValueError,
            "unknown initializer 'one_hot'",
        ),
    ],
    ids=range(9),
)
def test_an_argument_that_cannot_be_is_refused(make, error, says):
    with pytest.raises(error, match=says):
        make()


@pytest.mark.parametrize(
    "layer",
    [
        BatchNormalization(),
        BatchNormalization(
            momentum=0.5,
            epsilon=1e-2,
            center=False,
            moving_variance_initializer="zeros",
            gamma_initializer={"name": "Constant", "value": 2.0},
            name="bn",
        ),
        LayerNormalization(epsilon=1e-6, scale=False, beta_initializer="ones"),
        frozen(BatchNormalization()),
    ],
    ids=["defaults", "batch", "layer", "frozen"],
)
def test_a_layer_comes_back_from_its_table(layer):
    table = serialize(layer)
    again = deserialize(table)
    assert type(again) is type(layer)
    assert again.trainable == layer.trainable
    assert serialize(again) == table


def test_whether_there_is_a_scale_or_a_shift_is_true_or_false():
    with pytest.raises(TypeError, match="center must be true or false, got 'no'"):
        BatchNormalization(center="no")
    with pytest.raises(TypeError, match="scale must be true or false, got None"):
        LayerNormalization(scale=None)
