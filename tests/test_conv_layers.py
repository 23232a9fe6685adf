"""Conv1D, Conv2D and DepthwiseConv2D: gradients, Keras, exact numbers, tables, counts, misuse."""

import inspect
import re

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.constraints import NonNeg
from chainrule.cost.count import layer_costs
from chainrule.initializers import GlorotUniform
from chainrule.layers import Conv1D, Conv2D, Dense, DepthwiseConv2D, Flatten, MaxPooling2D, Quantities
from chainrule.layers.steps import run
from chainrule.losses import MeanSquaredError
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.paper.numbers import Number, numbers
from chainrule.paper.terms import Term
from chainrule.regularizers import L2
from chainrule.rules import depthwise
from chainrule.rules.convolution import feature_maps, gradients
from chainrule.rules.initializers import fans
from chainrule.rules.rule import Name
from compiling import quickly
from layers_oracle import check_exact, check_gradients, check_keras, values_of

IN_JAX = {None: None, "tanh": jnp.tanh, "relu": jax.nn.relu, "softmax": jax.nn.softmax}
"""Activations that stay in float64, which Keras' own do not."""
compiled = settings(max_examples=10, deadline=None, derandomize=True, phases=[Phase.generate])
few = settings(compiled, max_examples=4)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def windows(draw, axes, named_only=False):
    """Arguments of the window, and lengths of an input that it fits into."""
    kernel = [draw(st.integers(1, 3)) for _ in range(axes)]
    strided = draw(st.booleans())
    strides = [draw(st.integers(1, 3)) if strided else 1 for _ in range(axes)]
    dilation = [1 if strided else draw(st.integers(1, 2)) for _ in range(axes)]
    paddings = [st.sampled_from(["valid", "same"])]
    if not named_only:
        paddings.append(
            st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=axes, max_size=axes)
        )
    lengths = [d * (f - 1) + 1 + draw(st.integers(0, 3)) for f, d in zip(kernel, dilation, strict=True)]
    arguments = {
        "kernel_size": kernel,
        "strides": strides,
        "dilation_rate": dilation,
        "padding": draw(st.one_of(paddings)),
        "use_bias": draw(st.booleans()),
        "activation": draw(st.sampled_from([None, "tanh", "relu", "softmax"])),
    }
    return arguments, tuple(lengths)


@st.composite
def convolutions(draw, named_only=False):
    """A convolution as (name, arguments), and the shape of an input that it takes."""
    kind = draw(st.sampled_from(["Conv1D", "Conv2D", "DepthwiseConv2D"]))
    arguments, lengths = draw(windows(1 if kind == "Conv1D" else 2, named_only))
    if kind == "DepthwiseConv2D":
        arguments["depth_multiplier"] = draw(st.integers(1, 3))
        return kind, arguments, (*lengths, draw(st.integers(1, 3)))
    if kind == "Conv1D" and draw(st.booleans()):
        arguments["padding"] = "causal"
    groups = draw(st.integers(1, 3))
    arguments |= {"groups": groups, "filters": groups * draw(st.integers(1, 2))}
    return kind, arguments, (*lengths, groups * draw(st.integers(1, 2)))


def made(kind, arguments):
    return getattr(layers, kind)(**arguments)


def pass_of(layer, shape, rows, seed):
    """The values of a forward and a backward pass through a layer, from random numbers."""
    draw = np.random.default_rng(seed)
    q = Quantities("1", layer.parameters(shape))
    layer.forward(q, Name("x"))
    q.write("dx", layer.backward(q, Name("x"), Name("da1")))
    values = {f"{k}1": draw.normal(size=p.shape) for k, p in layer.parameters(shape).items()}
    values["x"] = draw.normal(size=(rows, *shape))
    values["da1"] = draw.normal(size=(rows, *layer.output_shape(shape)))
    return values, run(q.steps, values)


# ------------------------------------------------------------------------------------ gradients


def check_gradients_of(case, rows, seed):
    kind, arguments, shape = case
    check_gradients(Network([made(kind, arguments), Flatten(), Dense(2)], shape), rows, seed)


@few
@given(convolutions(), st.integers(1, 3), seeds)
def test_every_written_gradient_is_jax_grad(case, rows, seed):
    check_gradients_of(case, rows, seed)


@pytest.mark.slow
@compiled
@given(convolutions(), st.integers(1, 3), seeds)
def test_written_gradients_of_more_convolutions_are_jax_grad(case, rows, seed):
    check_gradients_of(case, rows, seed)


def test_every_written_gradient_between_convolutions_is_jax_grad():
    inner = [Conv2D(4, 3, padding="same", activation="tanh"), DepthwiseConv2D(2), Conv2D(3, 2, 2, groups=1)]
    check_gradients(Network([*inner, Flatten(), Dense(1)], (6, 5, 2)), rows=2, seed=1)


def check_against_keras(case, rows, seed):
    kind, arguments, shape = case
    layer = made(kind, arguments)
    values, found = pass_of(layer, shape, rows, seed)
    with jax.enable_x64(True):
        plain = arguments | {"activation": IN_JAX[arguments["activation"]]}
        theirs = getattr(keras.layers, kind)(**plain, dtype="float64")
        theirs.build((None, *shape))
        weights = [jnp.asarray(values[f"{name}1"]) for name in layer.parameters(shape)]
        x = jnp.asarray(values["x"])

        @quickly
        def by_keras(weights, x):
            output, pull = jax.vjp(
                lambda *given: theirs.stateless_call(given[0], [], given[1])[0], weights, x
            )
            return output, *pull(jnp.asarray(values["da1"]))

        output, *right = by_keras(weights, x)
    np.testing.assert_allclose(found["a1"], output, rtol=0, atol=1e-11)
    np.testing.assert_allclose(found["dx"], right[1], rtol=0, atol=1e-10)
    for name, gradient in zip(layer.parameters(shape), right[0], strict=True):
        np.testing.assert_allclose(found[f"d{name}1"], gradient, rtol=0, atol=1e-10, err_msg=name)


@few
@given(convolutions(named_only=True), st.integers(1, 3), seeds)
def test_outputs_and_gradients_are_those_of_keras(case, rows, seed):
    check_against_keras(case, rows, seed)


@pytest.mark.slow
@compiled
@given(convolutions(named_only=True), st.integers(1, 3), seeds)
def test_outputs_and_gradients_of_more_convolutions_are_those_of_keras(case, rows, seed):
    check_against_keras(case, rows, seed)


@pytest.mark.parametrize(
    ("kind", "arguments", "shape"),
    [
        ("Conv1D", {"filters": 3, "kernel_size": 3}, (7, 2)),
        ("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal", "dilation_rate": 3}, (7, 2)),
        ("Conv2D", {"filters": 3, "kernel_size": (2, 3), "strides": 2, "padding": "same"}, (7, 6, 2)),
        ("Conv2D", {"filters": 6, "kernel_size": 3, "groups": 3, "activation": "relu"}, (5, 5, 3)),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "use_bias": False}, (5, 5, 1)),
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, "padding": "same"}, (5, 4, 3)),
    ],
    ids=str,
)
def test_a_layer_has_the_shapes_and_parameters_of_keras(kind, arguments, shape):
    theirs = getattr(keras.layers, kind)(**arguments)
    check_keras(made(kind, arguments), theirs, shape, atol=1e-5)


def test_padding_given_in_zeros_is_zero_padding_before_a_valid_convolution():
    draw = np.random.default_rng(4)
    x = draw.normal(size=(2, 5, 6, 2)).astype(np.float32)
    W, b = draw.normal(size=(3, 3, 2, 4)).astype(np.float32), np.zeros(4, np.float32)
    for padding, theirs in ((1, 1), ([2, 0], (2, 0)), ([[1, 0], [0, 2]], ((1, 0), (0, 2)))):
        model = keras.Sequential([keras.layers.ZeroPadding2D(theirs), keras.layers.Conv2D(4, 3)])
        model.build((None, 5, 6, 2))
        model.set_weights([W, b])
        steps, output = Network([Conv2D(4, 3, padding=padding)], (5, 6, 2)).forward()
        found = run(steps, {"x": x, "W1": W, "b1": b})[output]
        np.testing.assert_allclose(found, model(x), rtol=2e-5, atol=1e-5)


def test_keywords_and_defaults_are_those_of_keras():
    for kind in (Conv1D, Conv2D, DepthwiseConv2D):
        ours = inspect.signature(kind).parameters
        theirs = inspect.signature(getattr(keras.layers, kind.__name__)).parameters
        for name in [*theirs.keys() - {"activity_regularizer", "kwargs"}]:
            default = theirs[name].default  # one number stands for all axes
            assert ours[name].default in (default, 1 if default == (1, 1) else default), name
        assert list(ours)[:-1] == [n for n in theirs if n not in ("activity_regularizer", "kwargs")]


# -------------------------------------------------------------------------------- exact numbers

EXACT = [
    (Conv1D(2, 2, padding="causal", activation="relu"), (4, 2)),
    (Conv2D(2, (2, 1), strides=(1, 2), padding="same"), (3, 4, 2)),
    (Conv2D(4, 2, groups=2, activation="relu", use_bias=False), (3, 3, 4)),
    (Conv2D(1, 2, dilation_rate=2, padding=[[1, 0], [0, 2]]), (3, 3, 1)),
    (DepthwiseConv2D(2, depth_multiplier=2), (3, 3, 2)),
]


@pytest.mark.parametrize(("layer", "shape"), EXACT, ids=lambda v: v.__class__.__name__)
def test_exact_numbers_give_what_floats_give(layer, shape):
    check_exact(Network([layer, Flatten(), Dense(1)], shape), rows=2)


@pytest.mark.parametrize(("layer", "shape"), EXACT, ids=lambda v: v.__class__.__name__)
def test_the_gradient_of_exact_numbers_is_the_exact_difference(layer, shape):
    """A convolution is linear in x, so between inputs with the same signs differences are the gradient."""
    layer = type(layer)(**layer.get_config() | {"activation": None})
    values, _ = pass_of(layer, shape, rows=1, seed=5)
    exact = {name: numbers(np.round(value * 8).astype(int)) / 8 for name, value in values.items()}
    q = Quantities("1", layer.parameters(shape))
    layer.forward(q, Name("x"))
    q.write("dx", layer.backward(q, Name("x"), Name("da1")))
    start = run(q.steps, exact)
    for name in ("x", *(f"{p}1" for p in layer.parameters(shape))):
        for place in list(np.ndindex(exact[name].shape))[::5]:
            moved = {k: v.copy() for k, v in exact.items()}
            moved[name][place] = moved[name][place] + Number(1)
            after = run(q.steps, moved)
            difference = ((after["a1"] - start["a1"]) * exact["da1"]).sum()
            assert difference == start[f"d{name}"][place], (name, place)


# --------------------------------------------------------------------------------------- counts


def products(term):
    return (term.operation == "*") + sum(products(part) for part in term.arguments)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("padding", ["valid", "same", [(1, 0), (0, 1)]], ids=str)
def test_multiplications_said_are_those_made(padding, groups):
    options = {"strides": (2, 1), "padding": padding, "dilation": (1, 2), "groups": groups}
    x, W = np.full((2, 4, 4, 2), Term(Number(2))), np.full((2, 2, 2 // groups, 4), Term(Number(3)))
    z = feature_maps.convolution_without_bias.function(x, W, **options)
    dz = np.full(z.shape, Term(Number(5)))
    for rule, inputs, more in (
        (feature_maps.convolution_without_bias, (x, W), {}),
        (gradients.convolution_dW, (x, dz), {"kernel": (2, 2)}),
        (gradients.convolution_dx, (dz, W, x), {}),
    ):
        done = sum(map(products, rule.function(*inputs, **options, **more).flat))
        assert rule.count((i.shape for i in inputs), {**options, **more}) >= done, rule.name
        assert rule.count((i.shape for i in inputs), {**options, **more}) == z.size * 4 * 2 // groups


def test_multiplications_of_a_depthwise_convolution_are_those_made():
    options = {"strides": (1, 2), "padding": "valid", "dilation": (1, 1)}
    x, W = np.full((2, 4, 5, 3), Term(Number(2))), np.full((2, 2, 3, 2), Term(Number(3)))
    z = depthwise.depthwise_without_bias.function(x, W, **options)
    dz = np.full(z.shape, Term(Number(5)))
    for rule, inputs, more in (
        (depthwise.depthwise_without_bias, (x, W), {}),
        (depthwise.depthwise_dW, (x, dz), {"kernel": (2, 2)}),
        (depthwise.depthwise_dx, (dz, W, x), {}),
    ):
        done = sum(map(products, rule.function(*inputs, **options, **more).flat))
        assert rule.count((i.shape for i in inputs), {**options, **more}) == done == z.size * 4


def test_the_costs_of_lenet_5_are_those_of_the_paper():
    """156, 2,416 and 48,120 parameters; 28·28·6·25 = 117,600 multiplications in the first layer.

    LeCun, Bottou, Bengio, Haffner (1998) leave out connections of the second layer; this one has all.
    """
    lenet = [
        Conv2D(6, 5),
        MaxPooling2D(),
        Conv2D(16, 5),
        MaxPooling2D(),
        Conv2D(120, 5),
        Flatten(),
        Dense(10),
    ]
    costs = layer_costs(Network(lenet, (32, 32, 1)), MeanSquaredError(), SGD())
    assert [c.parameters for c in costs if c.parameters] == [156, 2416, 48120, 1210]
    assert [c.forward for c in costs] == [117600, 0, 240000, 0, 48000, 0, 1200]
    slopes = 10 * 10 * 16  # times the activation's
    assert costs[2].backward == 2 * 240000 + slopes


# ------------------------------------------------------------------------------- initial values


@pytest.mark.parametrize("groups", [1, 2])
def test_the_first_weights_spread_as_those_of_keras(groups):
    shape = Conv2D(64, 3, groups=groups).parameters((8, 8, 32))["W"].shape
    theirs = keras.layers.Conv2D(64, 3, groups=groups, kernel_initializer=keras.initializers.GlorotUniform(1))
    theirs.build((None, 8, 8, 32))
    assert theirs.kernel.shape == shape == (3, 3, 32 // groups, 64)
    limit = np.sqrt(6 / sum(fans(shape)))
    for weights in (GlorotUniform(seed=1)(shape), np.asarray(theirs.kernel)):
        assert 0.999 * limit < np.abs(weights).max() <= limit * (1 + 1e-6)
        np.testing.assert_allclose(weights.std(), limit / np.sqrt(3), rtol=0.02)


# --------------------------------------------------------------------------------------- tables


@given(convolutions())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_layer_made_again_from_its_table_is_the_same(case):
    kind, arguments, shape = case
    layer = made(kind, arguments)
    again = layers.deserialize(layers.serialize(layer))
    assert layers.serialize(again) == layers.serialize(layer)
    assert again.output_shape(shape) == layer.output_shape(shape)
    both = [pass_of(each, shape, rows=1, seed=1)[1]["a1"] for each in (layer, again)]
    np.testing.assert_array_equal(*both)


def test_penalties_and_bounds_belong_to_the_parameter_that_they_are_given_for():
    plain = {"bias_constraint": "non_neg", "bias_regularizer": None}
    for layer in (
        Conv2D(2, 3, kernel_regularizer="l2", **plain),
        Conv1D(2, 3, kernel_regularizer="l2", **plain),
        DepthwiseConv2D(3, depthwise_regularizer="l2", **plain),
    ):
        found = layer.parameters((5,) * layer.axes + (2,))
        assert isinstance(found["W"].regularizer, L2)
        assert isinstance(found["b"].constraint, NonNeg)
        assert found["b"].regularizer is found["W"].constraint is None
        assert layers.serialize(layers.deserialize(layers.serialize(layer))) == layers.serialize(layer)


# --------------------------------------------------------------------------------------- misuse

MISUSE = [
    (lambda: Conv2D(0, 3), ValueError, "filters must be at least 1, got 0"),
    (lambda: Conv2D(True, 3), TypeError, "filters must be a whole number, got True"),
    (lambda: Conv2D("4", 3), TypeError, "filters must be a whole number, got '4'"),
    (lambda: Conv2D(2.5, 3), TypeError, "filters must be a whole number, got 2.5"),
    (lambda: Conv2D(4, 0), ValueError, "kernel_size must be at least 1, got 0"),
    (lambda: Conv2D(4, (3, -1)), ValueError, "kernel_size must be at least 1, got -1"),
    (
        lambda: Conv2D(4, (3, 3, 3)),
        ValueError,
        "kernel_size takes one number or 2 whole numbers in a list, got 3",
    ),
    (lambda: Conv2D(4, ()), ValueError, "kernel_size takes one number or 2 whole numbers in a list, got 0"),
    (lambda: Conv1D(4, (3, 3)), ValueError, "kernel_size takes one number or one in a list, got 2"),
    (lambda: Conv2D(4, "33"), TypeError, "kernel_size must be a whole number, got '33'"),
    (lambda: Conv2D(4, None), TypeError, "kernel_size must be a whole number, got None"),
    (lambda: Conv2D(4, 3.0), TypeError, "kernel_size must be a whole number, got 3.0"),
    (lambda: Conv2D(4, (3, True)), TypeError, "kernel_size must be a whole number, got True"),
    (lambda: Conv2D(4, 3, strides=0), ValueError, "strides must be at least 1, got 0"),
    (lambda: Conv2D(4, 3, strides=[1, [2]]), TypeError, "strides must be a whole number"),
    (lambda: Conv2D(4, 3, dilation_rate=0), ValueError, "dilation_rate must be at least 1, got 0"),
    (lambda: Conv2D(4, 3, strides=2, dilation_rate=2), ValueError, "do not go with dilation_rate (2, 2)"),
    (lambda: Conv2D(4, 3, strides=(1, 2), dilation_rate=(2, 1)), ValueError, "one of the two must be 1"),
    (lambda: Conv2D(4, 3, padding="smae"), ValueError, "unknown padding 'smae': expected one of same, valid"),
    (lambda: Conv2D(4, 3, padding="causal"), ValueError, "unknown padding 'causal'"),
    (lambda: Conv2D(4, 3, padding=-1), ValueError, "padding must be at least 0, got -1"),
    (
        lambda: Conv2D(4, 3, padding=None),
        TypeError,
        "padding must be one of valid, same, or numbers",
    ),
    (lambda: Conv2D(4, 3, padding=True), TypeError, "padding must be a whole number, got True"),
    (lambda: Conv2D(4, 3, padding=[1, 2, 3]), ValueError, "padding takes one number or 2"),
    (lambda: Conv2D(4, 3, padding=[[1, 2, 3], 1]), ValueError, "padding takes a pair for each axis"),
    (lambda: Conv2D(4, 3, padding=["1", 1]), TypeError, "padding must be a whole number, got '1'"),
    (lambda: Conv2D(4, 3, data_format="channels_first"), ValueError, 'data_format must be "channels_last"'),
    (lambda: Conv2D(4, 3, groups=0), ValueError, "groups must be at least 1, got 0"),
    (lambda: Conv2D(3, 3, groups=2), ValueError, "filters must be a multiple of groups, got 3 filters, 2"),
    (lambda: Conv2D(4, 3, activation="rleu"), ValueError, "unknown activation 'rleu'"),
    (lambda: Conv2D(4, 3, activation="prelu"), ValueError, "add PReLU() after the Conv2D layer"),
    (lambda: Conv2D(4, 3, use_bias="no"), TypeError, "use_bias must be true or false, got 'no'"),
    (lambda: Conv2D(4, 3, kernel_initializer="glorot"), ValueError, "unknown initializer 'glorot'"),
    (lambda: Conv2D(4, 3, kernel_regularizer="l3"), ValueError, "unknown regularizer 'l3'"),
    (lambda: Conv2D(4, 3, bias_constraint="none"), ValueError, "unknown constraint 'none'"),
    (lambda: Conv2D(4, 3, name=5), TypeError, "a layer's name must be text"),
    (lambda: DepthwiseConv2D(3, depth_multiplier=0), ValueError, "depth_multiplier must be at least 1"),
    (lambda: DepthwiseConv2D(3, strides=2, dilation_rate=2), ValueError, "do not go with dilation_rate"),
    (lambda: DepthwiseConv2D(3, depth_multiplier="2"), TypeError, "depth_multiplier must be a whole number"),
]


@pytest.mark.parametrize(("make", "error", "says"), MISUSE, ids=[says for *_, says in MISUSE])
def test_a_mistake_in_the_arguments_is_named_in_one_line(make, error, says):
    with pytest.raises(error, match=re.escape(says)) as raised:
        make()
    assert "\n" not in str(raised.value)


UNFIT = [
    (Conv2D(4, 3), (64,), "Conv2D takes samples (height, width, channels); got samples of (64,)"),
    (Conv2D(4, 3), (8, 8), "Conv2D takes samples (height, width, channels); got samples of (8, 8)"),
    (Conv2D(4, 3), (8, 8, 8, 3), "Conv2D takes samples (height, width, channels)"),
    (Conv1D(4, 3), (8, 8, 3), "Conv1D takes samples (steps, channels); got samples of (8, 8, 3)"),
    (DepthwiseConv2D(3), (8, 3), "DepthwiseConv2D takes samples (height, width, channels)"),
    (Conv2D(4, 7), (6, 8, 1), "a window of 7 × 7 does not fit into the input of 6 × 8: take a smaller one"),
    (Conv2D(4, 3, dilation_rate=4), (8, 9, 1), "a window of 9 × 9 does not fit into the input of 8 × 9"),
    (Conv2D(4, 7, padding=1), (4, 4, 1), "does not fit into the input of 6 × 6 with its padding"),
    (Conv1D(4, 5), (4, 1), "a window of 5 does not fit into the input of 4"),
    (
        Conv2D(4, 3, groups=2),
        (8, 8, 3),
        "the channels must be a multiple of groups, got 3 channels, 2 groups",
    ),
]


@pytest.mark.parametrize(("layer", "shape", "says"), UNFIT, ids=[says for *_, says in UNFIT])
def test_an_input_that_does_not_fit_is_named_with_the_layer(layer, shape, says):
    with pytest.raises(ValueError, match=re.escape(says)) as raised:
        Network([layer], shape)
    assert str(raised.value).startswith("layer 1 (")
    with pytest.raises(ValueError, match=re.escape(says)):
        layer.parameters(shape)


def test_names_of_paddings_may_be_in_capitals_as_in_keras():
    assert Conv2D(1, 3, padding="SAME").output_shape((5, 5, 1)) == (5, 5, 1)


def test_a_kernel_larger_than_the_input_goes_with_padding_same_as_in_keras():
    check_keras(Conv2D(2, 7, padding="same"), keras.layers.Conv2D(2, 7, padding="same"), (3, 4, 1), atol=1e-5)


def test_values_are_written_under_the_names_of_a_dense_layer():
    network = Network([Conv2D(2, 3, activation="relu"), Flatten(), Dense(1)], (4, 4, 1))
    program = network.program(MeanSquaredError(), SGD())
    names = [step.name for step in program.steps if step.layer == "1"]
    assert {"z1", "a1", "dz1", "dW1", "db1", "W1_new", "b1_new"} <= {
        *names,
        *(s.name for s in program.update),
    }
    assert program.parameters["W1"].shape == (3, 3, 1, 2)
    assert run(program.steps, values_of(network, program, 2, 1))["dx"].shape == (2, 4, 4, 1)
