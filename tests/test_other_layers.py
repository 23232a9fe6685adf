"""Dropout, noise, embedding, shapes, and Dense and activations in their newer settings."""

import json
from fractions import Fraction

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chainrule.constraints import MaxNorm, NonNeg
from chainrule.layers import (
    ELU,
    Activation,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GaussianNoise,
    Input,
    LeakyReLU,
    PadChannels,
    PReLU,
    ReLU,
    Reshape,
    Softmax,
    SpatialDropout2D,
    deserialize,
    serialize,
)
from chainrule.layers.steps import run
from chainrule.model import Sequential
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.paper.numbers import Number, numbers
from chainrule.regularizers import L1, L2
from chainrule.rules.embedding import embedded, embedded_dW
from chainrule.training.draws import drawn
from layers_oracle import check_exact, check_gradients, check_keras, program_of, values_of
from marks import but_slow

compiled = settings(max_examples=5, deadline=None, derandomize=True, phases=[Phase.generate])
FLAT, ROWS, IMAGE = (4,), (3, 4), (2, 3, 4)
KINDS = [
    (Dropout(0.3), FLAT),
    (Dropout(0), FLAT),
    (Dropout(0.5, noise_shape=(None, 1, 4)), ROWS),
    (SpatialDropout2D(0.4), IMAGE),
    (GaussianNoise(0.5), IMAGE),
    (Flatten(), IMAGE),
    (Flatten(), FLAT),
    (Reshape((6, -1)), IMAGE),
    (Reshape((2, 2)), FLAT),
    (PadChannels(2, 1), IMAGE),
    (PadChannels(0, 3), FLAT),
    (Dense(3, activation="tanh"), ROWS),
    (Dense(2, activation="softmax", use_bias=False), IMAGE),
    (PReLU(shared_axes=(1, 2)), IMAGE),
    (PReLU(shared_axes=2), IMAGE),
    (PReLU(), IMAGE),
    (ReLU(), FLAT),
    (ReLU(negative_slope=0.25), FLAT),
    (ReLU(max_value=0.5), FLAT),
    (ReLU(1.0, 0.125), IMAGE),
    (Softmax(), ROWS),
]
each_kind = pytest.mark.parametrize(
    ("layer", "shape"), KINDS, ids=[f"{type(k).__name__}-{i}" for i, (k, _) in enumerate(KINDS)]
)


@each_kind
@pytest.mark.parametrize("seed", but_slow([0], [0, 1]))
def test_every_written_gradient_is_jax_grad(layer, shape, seed):
    network = Network([Dense(4, activation="tanh"), layer, Dense(2)], shape)
    check_gradients(network, rows=3 + seed, seed=seed)


@each_kind
def test_exact_numbers_give_what_floats_give(layer, shape):
    check_exact(Network([layer], shape), rows=2)


@each_kind
def test_a_layer_comes_back_from_its_table(layer, shape):
    table = json.loads(json.dumps(serialize(layer)))
    again = deserialize(table)
    assert type(again) is type(layer)
    assert serialize(again) == serialize(layer)
    assert Network([again], shape).output_shape == Network([layer], shape).output_shape


@pytest.mark.parametrize(
    ("ours", "theirs", "shape"),
    [
        (Dropout(0.3), keras.layers.Dropout(0.3), FLAT),
        (SpatialDropout2D(0.3), keras.layers.SpatialDropout2D(0.3), IMAGE),
        (GaussianNoise(0.3), keras.layers.GaussianNoise(0.3), FLAT),
        (Flatten(), keras.layers.Flatten(), IMAGE),
        (Flatten(), keras.layers.Flatten(), FLAT),
        (Reshape((6, -1)), keras.layers.Reshape((6, -1)), IMAGE),
        (Reshape((-1,)), keras.layers.Reshape((-1,)), IMAGE),
        (Dense(5, activation="relu"), keras.layers.Dense(5, activation="relu"), ROWS),
        (Dense(5, use_bias=False), keras.layers.Dense(5, use_bias=False), IMAGE),
        (PReLU(shared_axes=[1, 2]), keras.layers.PReLU(shared_axes=[1, 2]), IMAGE),
        (PReLU(shared_axes=[3]), keras.layers.PReLU(shared_axes=[3]), IMAGE),
        (ReLU(), keras.layers.ReLU(), FLAT),
        (ReLU(0.5), keras.layers.ReLU(0.5), FLAT),
        (ReLU(0.5, 0.1), keras.layers.ReLU(0.5, 0.1), FLAT),
        (Softmax(), keras.layers.Softmax(), ROWS),
    ],
    ids=lambda v: type(v).__name__ if hasattr(v, "name") else "",
)
def test_each_layer_predicts_what_keras_layer_predicts(ours, theirs, shape):
    check_keras(ours, theirs, shape)


# ------------------------------------------------------------------------------- dropout


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_dropout_drops_as_many_as_its_rate_and_keeps_the_mean(rate):
    network = Network([Dropout(rate)], (500,))
    program = program_of(network)
    values = values_of(network, program, rows=200, seed=1)
    values["x"] = np.ones_like(values["x"])
    output = run(program.forward, values)["a1"]
    assert abs((output == 0).mean() - rate) < 0.01
    assert abs(output.mean() - 1) < 0.02
    np.testing.assert_allclose(output[output != 0], 1 / (1 - rate))


def test_what_dropout_keeps_is_what_keras_keeps_for_the_same_uniform_numbers():
    u = jax.random.uniform(jax.random.key(5), (40, 30))
    x = jnp.linspace(-1, 1, 1200).reshape(40, 30)
    kept = jax.random.bernoulli(jax.random.key(5), 0.7, (40, 30))  # by which keras.ops.dropout drops
    program = program_of(Network([Dropout(0.3)], (30,)))
    output = run(program.forward, {"x": x, "u1": u})["a1"]
    np.testing.assert_allclose(output, jnp.where(kept, x / 0.7, 0), rtol=1e-6)


def test_a_rate_of_zero_changes_nothing():
    network = Network([Dropout(0)], (5,))
    program = program_of(network)
    values = values_of(network, program, rows=4, seed=2)
    np.testing.assert_array_equal(run(program.forward, values)["a1"], values["x"])


@pytest.mark.parametrize(
    ("rate", "keep"), [(0.7, 0.3), (0.1, 0.9), (0.9, 0.1), (Fraction(1, 3), Fraction(2, 3)), (0, 1)]
)
def test_the_keep_probability_has_no_digits_that_the_rate_does_not_have(rate, keep):
    assert Dropout(rate).keep == keep


def test_dropout_is_worked_by_hand_with_a_given_mask():
    program = program_of(Network([Dropout(Number("1/4"))], (3,)))
    steps = [step for step in program.forward if step.name != "mask1"]
    worked = run(steps, {"x": numbers([[1, 2, 3]]), "mask1": numbers([[1, 0, 1]])})
    assert [str(v) for v in worked["a1"].flat] == ["4/3", "0", "4"]


def test_a_mask_that_is_shared_is_drawn_once():
    network = Network([SpatialDropout2D(0.5)], (4, 4, 64))
    program = program_of(network)
    values = values_of(network, program, rows=3, seed=3)
    dropped = run(program.forward, values | {"x": np.ones((3, 4, 4, 64))})["a1"] == 0
    assert (dropped == dropped[:, :1, :1]).all()
    assert 0.3 < dropped.mean() < 0.7
    shared = Network([Dropout(0.5, noise_shape=(None, 1, None))], (5, 6))
    assert program_of(shared).draws["u1"].shape == (1, 6)


@pytest.mark.parametrize("kind", [Dropout, SpatialDropout2D, GaussianNoise])
def test_the_random_numbers_follow_the_runs_seed_and_the_layers_own(kind):
    def numbers_of(run_seed, own):
        draws = program_of(Network([kind(0.5, seed=own)], IMAGE)).draws
        (values,) = drawn(draws, jax.random.key(run_seed), 5).values()
        return np.asarray(values)

    first = numbers_of(1, own=1)
    np.testing.assert_array_equal(first, numbers_of(1, own=1))
    for others in (numbers_of(1, own=2), numbers_of(1, own=None), numbers_of(2, own=1)):
        assert not np.isclose(first, others).any()


def test_noise_has_the_deviation_asked_for_and_none_when_predicting():
    network = Network([GaussianNoise(0.25)], (300,))
    program = program_of(network)
    values = values_of(network, program, rows=200, seed=4)
    noise = run(program.forward, values)["a1"] - values["x"]
    assert abs(noise.std() - 0.25) < 0.003
    assert abs(noise.mean()) < 0.003
    assert "n1" not in {i for step in program.evaluation for i in step.inputs}


# ----------------------------------------------------------------------------- embedding


@compiled
@given(st.integers(2, 6), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_the_gradient_of_an_embedding_is_jax_grad(count, width, length, rows, seed):
    ids = np.random.default_rng(seed).integers(0, count, (rows, length)).astype(float)
    check_gradients(Network([Embedding(count, width), Flatten(), Dense(2)], (length,)), rows, seed, x=ids)


def test_an_embedding_is_that_of_keras():
    ids = np.array([[0, 4, 2], [4, 4, 1]])
    check_keras(Embedding(5, 3), keras.layers.Embedding(5, 3), (3,), rows=2, x=ids)


def test_an_embedding_of_exact_numbers_gives_what_floats_give():
    ids = np.array([[0.0, 2.0], [2.0, 2.0], [1.0, 3.0]])
    check_exact(Network([Embedding(4, 2), Flatten(), Dense(1)], (2,)), rows=3, x=ids)


def test_an_id_that_comes_again_gathers_its_gradients_and_one_that_does_not_has_none():
    da = np.array([[[1.0, 2.0], [10.0, 20.0]], [[100.0, 200.0], [0.5, 0.5]]])
    dW = embedded_dW(np.array([[1.0, 1.0], [1.0, 3.0]]), da, np.zeros((4, 2)))
    assert dW.tolist() == [[0, 0], [111, 222], [0, 0], [0.5, 0.5]]


def test_an_id_beyond_the_last_is_never_taken_for_another():
    W = np.arange(8.0).reshape(4, 2)
    with pytest.raises(IndexError):
        embedded(np.array([[4.0]]), W)
    assert np.isnan(jax.jit(embedded)(jnp.array([[4.0]]), jnp.asarray(W))).all()


@pytest.mark.parametrize(
    ("ids", "says"),
    [
        ([[0, 5]], r"x\[0, 1\] is 5: the Embedding takes whole numbers from 0 to 4"),
        ([[0, 1], [-1, 0]], r"x\[1, 0\] is -1: the Embedding takes whole numbers from 0 to 4"),
        ([[0.5, 1]], r"x\[0, 0\] is 0.5: .* number what is to be embedded, or give a larger input_dim"),
    ],
    ids=["beyond", "negative", "half"],
)
def test_a_model_refuses_what_is_no_id(ids, says):
    model = Sequential([Input((2,)), Embedding(5, 3), Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=says):
        model.predict(np.array(ids, float), verbose=0)
    with pytest.raises(ValueError, match=says):
        model.fit(np.array(ids, float), np.zeros(len(ids)), verbose=0)


def test_an_embedding_learns_a_number_for_each_id():
    model = Sequential([Input((1,)), Embedding(3, 1), Flatten()])
    model.compile(SGD(0.5), "mse")
    model.fit(np.array([[0], [1], [2]] * 4), np.array([[3.0], [-1.0], [5.0]] * 4), epochs=80, verbose=0)
    np.testing.assert_allclose(
        model.predict(np.array([[2], [0], [1]]), verbose=0)[:, 0], [5, 3, -1], atol=1e-2
    )


def test_a_padded_channel_is_zero_and_the_others_are_in_their_place():
    network = Network([PadChannels(1, 2)], (2, 2, 3))
    x = np.random.default_rng(0).normal(size=(2, 2, 2, 3))
    steps, output = network.forward()
    padded = run(steps, {"x": x})[output]
    assert padded.shape[1:] == network.output_shape == (2, 2, 6)
    np.testing.assert_array_equal(padded, np.pad(x, [(0, 0)] * 3 + [(1, 2)]))


# ---------------------------------------------------------------------------- the doors


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: Dropout(1), ValueError, "rate must be at least 0 and less than 1, got 1"),
        (lambda: Dropout(-0.1), ValueError, "rate must be at least 0 and less than 1, got -0.1"),
        (lambda: Dropout("half"), TypeError, "rate must be a number, got 'half'"),
        (lambda: Dropout(float("nan")), ValueError, "rate must be finite, got nan"),
        (lambda: Dropout(True), TypeError, "rate must be a number, got True"),
        (lambda: Dropout(0.5, noise_shape=(8, 1)), ValueError, "noise_shape starts with None for the batch"),
        (
            lambda: Network([Dropout(0.5, (None, 2, 1))], (3, 4)),
            ValueError,
            r"layer 1 \(dropout\): noise_shape \(None, 2, 1\) does not fit inputs \(None, 3, 4\)",
        ),
        (lambda: Network([Dropout(0.5, (None, 1))], (3, 4)), ValueError, "does not fit inputs"),
        (
            lambda: Network([SpatialDropout2D(0.5)], (3, 4)),
            ValueError,
            r"SpatialDropout2D takes images \(h, w, c\); got samples of \(3, 4\)",
        ),
        (lambda: Dropout(0.5, seed=-1), ValueError, "seed must be at least 0, got -1"),
        (lambda: Dropout(0.5, seed=2**32), ValueError, r"seed must be less than 2\^32"),
        (lambda: GaussianNoise(0.1, seed="a"), TypeError, "seed must be a whole number, got 'a'"),
        (lambda: GaussianNoise(-1), ValueError, "stddev must be at least 0, got -1"),
        (lambda: GaussianNoise(float("inf")), ValueError, "stddev must be finite, got inf"),
        (lambda: GaussianNoise([0.1]), TypeError, "stddev must be a number"),
        (lambda: Embedding(0, 3), ValueError, "input_dim must be at least 1, got 0"),
        (lambda: Embedding(10, 2.5), TypeError, "output_dim must be a whole number, got 2.5"),
        (lambda: Reshape(6), TypeError, "target_shape must be a tuple of whole numbers"),
        (lambda: Reshape("ab"), TypeError, "target_shape must be a tuple of whole numbers"),
        (lambda: Reshape(()), ValueError, "target_shape has lengths"),
        (lambda: Reshape((-1, -1)), ValueError, "at most one -1"),
        (lambda: Reshape((0, 4)), ValueError, "target_shape has lengths"),
        (lambda: Reshape((-2, 4)), ValueError, "target_shape must be at least -1, got -2"),
        (
            lambda: Network([Reshape((4, 4))], (3, 4)),
            ValueError,
            r"layer 1 \(reshape\): samples of \(3, 4\) hold 12 numbers and cannot have the shape \(4, 4\)",
        ),
        (lambda: Network([Reshape((5, -1))], (3, 4)), ValueError, r"cannot have the shape \(5, -1\)"),
        (lambda: Network([Reshape((24, -1))], (3, 4)), ValueError, r"cannot have the shape \(24, -1\)"),
        (lambda: PadChannels(-1, 0), ValueError, "before must be at least 0, got -1"),
        (lambda: PReLU(shared_axes=0), ValueError, "shared_axes must be at least 1, got 0"),
        (
            lambda: Network([PReLU(shared_axes=(1, 2))], (3,)),
            ValueError,
            r"shared_axes \(1, 2\) do not lie within inputs \(None, 3\)",
        ),
        (lambda: ReLU(max_value=-1), ValueError, "max_value must be at least 0, got -1"),
        (lambda: ReLU(negative_slope="x"), TypeError, "negative_slope must be a number, got 'x'"),
        (lambda: Softmax(axis=1), ValueError, "axis of Softmax must be -1, the last, .* got 1"),
        (lambda: Dense(2, kernel_regularizer="L7"), ValueError, "unknown regularizer 'L7'"),
        (lambda: Dense(2, bias_constraint="tight"), ValueError, "unknown constraint 'tight'"),
        (lambda: Dense(2, use_bias="no"), TypeError, "use_bias must be true or false, got 'no'"),
        (lambda: LeakyReLU(float("nan")), ValueError, "negative_slope must be finite, got nan"),
        (lambda: ELU(float("inf")), ValueError, "alpha must be finite, got inf"),
        (lambda: Dropout(0.5, noise_shape=3), TypeError, r"noise_shape must be a tuple, as \(None, 1, 3\)"),
        (lambda: Dropout(0.5, (None, "a")), TypeError, "noise_shape must be a whole number, got 'a'"),
        (lambda: Flatten("channels_first"), ValueError, 'data_format must be "channels_last"'),
        (lambda: SpatialDropout2D(0.5, "channels_first"), ValueError, 'data_format must be "channels_last"'),
        (lambda: Input((3,), name=5), TypeError, "an Input's name must be text, got int"),
    ],
    ids=range(42),
)
def test_an_argument_that_cannot_be_is_refused(make, error, says):
    with pytest.raises(error, match=says):
        make()


@pytest.mark.parametrize(
    ("layer", "regularized", "bounded"),
    [
        (Dense(2, kernel_regularizer="l2", bias_constraint="non_neg"), {"W": L2}, {"b": NonNeg}),
        (Dense(2, bias_regularizer=L1(0.5), kernel_constraint=MaxNorm(1)), {"b": L1}, {"W": MaxNorm}),
        (
            Embedding(4, 2, embeddings_regularizer="l1", embeddings_constraint="max_norm"),
            {"W": L1},
            {"W": MaxNorm},
        ),
        (PReLU(alpha_regularizer="l1", alpha_constraint="non_neg"), {"alpha": L1}, {"alpha": NonNeg}),
    ],
    ids=["dense", "bias", "embedding", "prelu"],
)
def test_penalties_and_bounds_belong_to_the_parameter_that_they_are_given_for(layer, regularized, bounded):
    parameters = layer.parameters((3,))
    assert {k: type(p.regularizer) for k, p in parameters.items() if p.regularizer} == regularized
    assert {k: type(p.constraint) for k, p in parameters.items() if p.constraint} == bounded
    assert serialize(deserialize(json.loads(json.dumps(serialize(layer))))) == serialize(layer)


def test_a_layer_of_several_axes_keeps_them():
    network = Network([Dense(5), Activation("relu"), Flatten(), Dense(1)], (3, 4))
    assert [place.output_shape for place in network.places] == [(3, 5), (3, 5), (15,), (1,)]
