"""Pooling layers, in windows and global: gradients, Keras, exact numbers, ties, tables, misuse."""

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
from chainrule.cost.count import layer_costs
from chainrule.layers import (
    AveragePooling1D,
    AveragePooling2D,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    MaxPooling1D,
    MaxPooling2D,
    Quantities,
)
from chainrule.layers.steps import run
from chainrule.losses import MeanSquaredError
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.paper.numbers import numbers
from chainrule.rules.rule import Name
from compiling import quickly
from layers_oracle import check_exact, check_gradients

compiled = settings(max_examples=10, deadline=None, derandomize=True, phases=[Phase.generate])
few = settings(compiled, max_examples=4)
seeds = st.integers(0, 2**32 - 1)
IN_WINDOWS = [MaxPooling1D, MaxPooling2D, AveragePooling1D, AveragePooling2D]
GLOBAL = [GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalAveragePooling1D, GlobalAveragePooling2D]


@st.composite
def poolings(draw, named_only=False):
    """A pooling layer's class and arguments, and the shape of an input that it takes."""
    kind = draw(st.sampled_from([*IN_WINDOWS, *GLOBAL]))
    channels = draw(st.integers(1, 3))
    if kind in GLOBAL:
        lengths = [draw(st.integers(1, 5)) for _ in range(kind.axes)]
        return kind, {"keepdims": draw(st.booleans())}, (*lengths, channels)
    window = [draw(st.integers(1, 3)) for _ in range(kind.axes)]
    paddings = ["valid", "same"]
    if not named_only:
        paddings.append([[draw(st.integers(0, f - 1)), draw(st.integers(0, f - 1))] for f in window])
    strides = [draw(st.integers(1, 3)) for _ in window]
    arguments = {
        "pool_size": window,
        "strides": draw(st.sampled_from([None, strides])),
        "padding": draw(st.sampled_from(paddings)),
    }
    return kind, arguments, (*(f + draw(st.integers(0, 4)) for f in window), channels)


def steps_of(layer):
    q = Quantities("1", ())
    layer.forward(q, Name("x"))
    q.write("dx", layer.backward(q, Name("x"), Name("da1")))
    return q.steps


def check_gradients_of(case, rows, seed):
    """Behind a convolution, so that no window has its largest number twice."""
    kind, arguments, shape = case
    before = (Conv1D if kind.axes == 1 else Conv2D)(shape[-1], 1)
    check_gradients(Network([before, kind(**arguments), Flatten(), Dense(2)], shape), rows, seed)


@few
@given(poolings(), st.integers(1, 3), seeds)
def test_every_written_gradient_is_jax_grad(case, rows, seed):
    check_gradients_of(case, rows, seed)


@pytest.mark.slow
@compiled
@given(poolings(), st.integers(1, 3), seeds)
def test_written_gradients_of_more_poolings_are_jax_grad(case, rows, seed):
    check_gradients_of(case, rows, seed)


@settings(compiled, max_examples=20)
@given(poolings(named_only=True), st.integers(1, 3), seeds, st.booleans())
def test_outputs_and_gradients_are_those_of_keras(case, rows, seed, ties):
    """Also where windows have their largest number more than once: the first takes the gradient."""
    kind, arguments, shape = case
    if kind in GLOBAL and "Max" in kind.__name__:
        ties = False  # XLA's gradient of a maximum over whole axes shares it out
    draw = np.random.default_rng(seed)
    x = draw.integers(-2, 3, (rows, *shape)).astype(float) if ties else draw.normal(size=(rows, *shape))
    layer, theirs = kind(**arguments), getattr(keras.layers, kind.__name__)(**arguments, dtype="float64")
    da = draw.normal(size=(rows, *layer.output_shape(shape)))
    with jax.enable_x64(True):

        @quickly
        def by_keras(x, da):
            output, pull = jax.vjp(theirs, x)
            return output, *pull(da)

        output, gradient = by_keras(jnp.asarray(x), jnp.asarray(da))
    found = run(steps_of(layer), {"x": x, "da1": da})
    assert layer.output_shape(shape) == theirs.compute_output_shape((None, *shape))[1:]
    atol = 1e-6 if kind in GLOBAL else 1e-11  # Keras takes means over axes in float32
    np.testing.assert_allclose(found["a1"], output, rtol=0, atol=atol)
    np.testing.assert_allclose(found["dx"], gradient, rtol=0, atol=atol)


@pytest.mark.parametrize("kind", [*IN_WINDOWS, *GLOBAL], ids=lambda kind: kind.__name__)
def test_keywords_and_defaults_are_those_of_keras(kind):
    ours = inspect.signature(kind).parameters
    theirs = inspect.signature(getattr(keras.layers, kind.__name__)).parameters
    assert [n for n in ours if n != "name"] == [n for n in theirs if n not in ("kwargs", "name")]
    for name in ours.keys() & theirs.keys():
        default = theirs[name].default  # one number stands for all axes
        assert ours[name].default in (default, 2 if default == (2, 2) else default), name


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (MaxPooling1D(2, 1, "same"), (4, 2)),
        (MaxPooling2D(padding=[[1, 0], [0, 1]]), (3, 4, 2)),
        (AveragePooling1D(3, 1, "same"), (4, 2)),
        (AveragePooling2D((2, 3), 1, "same"), (3, 3, 2)),
        (GlobalMaxPooling1D(), (4, 2)),
        (GlobalMaxPooling2D(keepdims=True), (2, 3, 2)),
        (GlobalAveragePooling1D(keepdims=True), (3, 2)),
        (GlobalAveragePooling2D(), (2, 3, 2)),
    ],
    ids=lambda v: v.__class__.__name__,
)
def test_exact_numbers_give_what_floats_give(layer, shape):
    check_exact(Network([layer, Flatten(), Dense(1)], shape), rows=2)


def test_of_equal_largest_numbers_the_first_takes_the_gradient():
    x = numbers([[[[3], [3]], [[1], [3]]]])
    for layer, da in ((MaxPooling2D(), [[[[5]]]]), (GlobalMaxPooling2D(), [[5]])):
        assert run(steps_of(layer), {"x": x, "da1": numbers(da)})["dx"][0, ..., 0].tolist() == [
            [5, 0],
            [0, 0],
        ]


def test_a_mean_at_the_edge_is_one_of_the_numbers_inside():
    x = numbers([[[4], [8], [9]]])
    found = run(steps_of(AveragePooling1D(2, padding="same")), {"x": x, "da1": numbers([[[6], [7]]])})
    assert found["a1"].ravel().tolist() == [6, 9]
    assert found["dx"].ravel().tolist() == [3, 3, 7]


def test_pooling_multiplies_nothing():
    inner = [MaxPooling2D(), AveragePooling2D(2), GlobalAveragePooling2D()]
    costs = layer_costs(Network([Conv2D(2, 1), *inner], (8, 8, 1)), MeanSquaredError(), SGD())
    assert [(c.forward, c.parameters) for c in costs] == [(128, 4), (0, 0), (0, 0), (0, 0)]
    assert [c.backward for c in costs[1:]] == [0, 0, 0]


@given(poolings())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_layer_made_again_from_its_table_is_the_same(case):
    kind, arguments, shape = case
    layer = kind(**arguments, name="pool")
    again = layers.deserialize(layers.serialize(layer))
    assert layers.serialize(again) == layers.serialize(layer)
    assert (type(again), again.name) == (kind, "pool")
    assert again.output_shape(shape) == layer.output_shape(shape)
    x = np.random.default_rng(1).normal(size=(2, *shape))
    outputs = [run(steps_of(each)[:1], {"x": x})["a1"] for each in (layer, again)]
    np.testing.assert_array_equal(*outputs)


def test_windows_lie_side_by_side_without_strides():
    assert MaxPooling2D((2, 3)).strides == (2, 3)
    assert MaxPooling2D((2, 3)).output_shape((9, 9, 4)) == (4, 3, 4)


MISUSE = [
    (lambda: MaxPooling2D(0), ValueError, "pool_size must be at least 1, got 0"),
    (lambda: MaxPooling2D("2"), TypeError, "pool_size must be a whole number, got '2'"),
    (lambda: MaxPooling2D(True), TypeError, "pool_size must be a whole number, got True"),
    (lambda: MaxPooling2D(2.0), TypeError, "pool_size must be a whole number, got 2.0"),
    (lambda: MaxPooling2D((2, 2, 2)), ValueError, "pool_size takes one number or 2 whole numbers"),
    (lambda: MaxPooling1D((2, 2)), ValueError, "pool_size takes one number or one in a list, got 2"),
    (lambda: AveragePooling2D(None), TypeError, "pool_size must be a whole number, got None"),
    (lambda: AveragePooling2D(), TypeError, "missing 1 required positional argument: 'pool_size'"),
    (lambda: MaxPooling2D(2, 0), ValueError, "strides must be at least 1, got 0"),
    (lambda: MaxPooling2D(2, "2"), TypeError, "strides must be a whole number, got '2'"),
    (
        lambda: MaxPooling2D(2, padding="full"),
        ValueError,
        "unknown padding 'full': expected one of same, valid",
    ),
    (lambda: MaxPooling1D(2, padding="causal"), ValueError, "unknown padding 'causal'"),
    (lambda: MaxPooling2D(2, padding=2), ValueError, "padding must be below pool_size"),
    (lambda: MaxPooling2D((3, 2), padding=[0, [0, 2]]), ValueError, "got 2 for 2"),
    (lambda: MaxPooling2D(2, padding=True), TypeError, "padding must be a whole number, got True"),
    (lambda: MaxPooling2D(2, data_format="channels_first"), ValueError, 'must be "channels_last"'),
    (lambda: GlobalMaxPooling2D("channels_first"), ValueError, 'must be "channels_last"'),
    (lambda: GlobalAveragePooling2D(keepdims="yes"), TypeError, "keepdims must be true or false, got 'yes'"),
    (lambda: GlobalAveragePooling2D(keepdims=1), TypeError, "keepdims must be true or false, got 1"),
    (lambda: MaxPooling2D(name=2), TypeError, "a layer's name must be text"),
]


@pytest.mark.parametrize(("make", "error", "says"), MISUSE, ids=[says for *_, says in MISUSE])
def test_a_mistake_in_the_arguments_is_named_in_one_line(make, error, says):
    with pytest.raises(error, match=re.escape(says)) as raised:
        make()
    assert "\n" not in str(raised.value)


UNFIT = [
    (MaxPooling2D(), (8, 8), "MaxPooling2D takes samples (height, width, channels); got samples of (8, 8)"),
    (AveragePooling1D(2), (8, 8, 1), "AveragePooling1D takes samples (steps, channels)"),
    (GlobalAveragePooling2D(), (8, 3), "GlobalAveragePooling2D takes samples (height, width, channels)"),
    (GlobalMaxPooling1D(), (8,), "GlobalMaxPooling1D takes samples (steps, channels)"),
    (
        MaxPooling2D(5),
        (4, 8, 1),
        "a window of 5 × 5 does not fit into the input of 4 × 8: take a smaller one",
    ),
    (MaxPooling1D(6, padding=1), (3, 1), "a window of 6 does not fit into the input of 5 with its padding"),
]


@pytest.mark.parametrize(("layer", "shape", "says"), UNFIT, ids=[says for *_, says in UNFIT])
def test_an_input_that_does_not_fit_is_named_with_the_layer(layer, shape, says):
    with pytest.raises(ValueError, match=re.escape(says)) as raised:
        Network([layer], shape)
    assert str(raised.value).startswith("layer 1 (")
