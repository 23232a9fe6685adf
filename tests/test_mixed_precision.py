"""Mixed precision: layers compute in bfloat16, weights, losses and updates stay in float32."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import pytest

import chainrule
from chainrule import config, mixed_precision
from chainrule.data import digits
from chainrule.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    LayerNormalization,
    MaxPooling2D,
    Reshape,
)


@pytest.fixture
def mixed():
    mixed_precision.set_global_policy("mixed_bfloat16")
    yield
    mixed_precision.set_global_policy("float32")


def mlp(seed=0):
    chainrule.utils.set_random_seed(seed)
    model = chainrule.Sequential([chainrule.Input((64,)), Dense(32, activation="relu"), Dense(10, "softmax")])
    model.compile(chainrule.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@chainrule.rule(tex="w <x>")
def weighed(x):
    """By numbers of float32, whatever x is."""
    return x * np.linspace(0.5, 2, x.shape[-1], dtype=np.float32)


class Weighed(chainrule.layers.Layer):
    def forward(self, q, x):
        q.a = weighed(x)
        return q.a


def test_layers_of_ones_own_and_optimizers_of_optax_train_in_it(mixed):
    layers = [chainrule.Input((64,)), Dense(32, activation="relu"), Weighed(), Dense(10, "softmax")]
    chainrule.utils.set_random_seed(0)
    model, data = chainrule.Sequential(layers), digits()
    model.compile(optax.adam(0.01), "sparse_categorical_crossentropy")
    losses = model.fit(data.x[:500] / 16, data.y[:500], epochs=12, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2


def test_weights_and_results_are_float32_and_products_bfloat16(mixed):
    model, data = mlp(), digits()
    model.fit(data.x[:256], data.y[:256], epochs=2, verbose=0)
    assert {value.dtype.name for value in model.get_weights()} == {"float32"}
    assert model.predict(data.x[:3], verbose=0).dtype == np.float32
    steps, _ = model.network.prediction()

    def forward(values):
        return chainrule.layers.steps.run(steps, values)[steps[-1].name]

    given = {name: jnp.zeros(p.shape) for name, p in model.network.weights.items()}
    text = str(jax.make_jaxpr(forward)(given | {"x": jnp.zeros((2, 64))}))
    assert "bf16[2,32]" in text


@pytest.mark.slow
def test_it_learns_as_well_and_comes_near_to_full_precision(mixed):
    data = digits()
    halves = mlp()
    halves.fit(data.x, data.y, epochs=5, verbose=0)
    mixed_precision.set_global_policy("float32")
    whole = mlp()
    whole.fit(data.x, data.y, epochs=5, verbose=0)
    _, half_accuracy = halves.evaluate(data.x, data.y, verbose=0)
    _, accuracy = whole.evaluate(data.x, data.y, verbose=0)
    assert half_accuracy > accuracy - 0.01
    assert any((a != b).any() for a, b in zip(halves.get_weights(), whole.get_weights(), strict=True))


def test_one_update_is_that_of_keras_to_the_precision_of_bfloat16(mixed):
    data = digits()
    ours = chainrule.Sequential([chainrule.Input((64,)), Dense(16, activation="tanh"), Dense(1)])
    ours.compile(chainrule.optimizers.SGD(0.1), "mse")
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        theirs = keras.Sequential(
            [keras.Input((64,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)]
        )
        theirs.compile(keras.optimizers.SGD(0.1), "mse")
        theirs.set_weights(ours.get_weights())
        x, y = data.x[:64], data.y[:64, None].astype(np.float32) / 10
        start = ours.get_weights()
        ours.fit(x, y, batch_size=64, verbose=0)
        theirs.fit(x, y, batch_size=64, verbose=0)
        weights = [variable.value for variable in theirs.weights]
    finally:
        keras.mixed_precision.set_global_policy("float32")
    for before, mine, other in zip(start, ours.get_weights(), map(np.asarray, weights), strict=True):
        step = np.abs(other - before).max()
        np.testing.assert_allclose(mine, other, atol=0.03 * step)


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param(
            [Conv2D(4, 3, activation="relu"), MaxPooling2D(), Flatten(), Dense(10)],
            id="convolution",
            marks=pytest.mark.slow,
        ),
        pytest.param([Conv2D(4, 3), BatchNormalization(), Flatten(), Dense(10)], id="batch normalization"),
        pytest.param(
            [Flatten(), Dense(16, activation="tanh"), LayerNormalization(), Dropout(0.5), Dense(10)],
            id="dropout",
        ),
    ],
)
def test_layers_train(mixed, layers):
    data = digits()
    model = chainrule.Sequential([chainrule.Input((64,)), Reshape((8, 8, 1)), *layers])
    loss = chainrule.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(chainrule.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    history = model.fit(data.x[:512], data.y[:512], epochs=4, verbose=0, validation_data=(data.x, data.y))
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert {np.asarray(value).dtype.name for value in model.values.values()} <= {"float32", "uint32", "int32"}


def test_labels_of_an_embedding_stay_whole(mixed):
    model = chainrule.Sequential([chainrule.Input((3,)), Embedding(1000, 4), Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    table = model.get_weights()[0]
    ids = np.array([[999, 257, 513]])
    found = model.predict(ids, verbose=0)
    W, b = model.get_weights()[1:]
    np.testing.assert_allclose(found, table[ids].reshape(1, -1) @ W + b, atol=0.02)


def test_chances_are_not_rounded(mixed):
    """0.999 is 1 in bfloat16, and then nothing would be dropped."""
    model = chainrule.Sequential(
        [chainrule.Input((4096,)), Dropout(0.001), Dense(1, kernel_initializer="ones")]
    )
    model.compile("sgd", "mse")
    step = next(step for step in model.network.program(model.objective.losses[0], model.optimizer).forward)
    assert step.compute == "float32"


def test_a_policy_is_that_of_when_the_model_was_made():
    model = mlp()
    mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        assert model.network.compute is None
        assert mlp().network.compute == "bfloat16"
        assert config.dtype_policy() == mixed_precision.dtype_policy() == "mixed_bfloat16"
    finally:
        mixed_precision.set_global_policy("float32")


def test_another_policy_is_an_error():
    with pytest.raises(ValueError, match=r"expected one of float32, mixed_bfloat16 .*got 'mixed_float16'"):
        mixed_precision.set_global_policy("mixed_float16")
