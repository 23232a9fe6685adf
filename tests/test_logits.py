"""Cross-entropy from logits: the activation is implied, worked on paper, and stable in training."""

import keras
import numpy as np
import pytest

import chainrule
from chainrule.paper.solving import solve

KINDS = {
    "BinaryCrossentropy": ("sigmoid", 1),
    "CategoricalCrossentropy": ("softmax", 3),
    "SparseCategoricalCrossentropy": ("softmax", 3),
}
GENERATOR = np.random.default_rng(4)
X = GENERATOR.normal(size=(12, 4)).astype(np.float32)


LABELS = np.arange(12)
TARGETS = {
    "BinaryCrossentropy": (LABELS % 2).reshape(-1, 1),
    "CategoricalCrossentropy": np.eye(3)[LABELS % 3],
    "SparseCategoricalCrossentropy": LABELS % 3,
}


def model(kind, activation, **arguments):
    made = chainrule.Sequential(
        [chainrule.Input((4,)), chainrule.layers.Dense(KINDS[kind][1], activation, kernel_initializer="ones")]
    )
    made.compile(chainrule.optimizers.SGD(0.5), getattr(chainrule.losses, kind)(**arguments))
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_of_logits_is_keras_own(kind):
    logits = GENERATOR.normal(size=(12, KINDS[kind][1])) * 5
    ours = getattr(chainrule.losses, kind)(from_logits=True)(TARGETS[kind], logits)
    theirs = getattr(keras.losses, kind)(from_logits=True)(TARGETS[kind], logits)
    assert float(ours) == pytest.approx(float(theirs), rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_training_on_logits_is_training_behind_the_activation(kind):
    on_logits, behind = model(kind, None, from_logits=True), model(kind, KINDS[kind][0])
    for one in (on_logits, behind):
        one.fit(X, TARGETS[kind], epochs=3, batch_size=5, shuffle=False, verbose=0)
    for ours, theirs in zip(on_logits.get_weights(), behind.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_extreme_logits_give_finite_weights(kind):
    one = model(kind, None, from_logits=True)
    one.fit(X * 1e4, TARGETS[kind], epochs=1, verbose=0)
    assert all(np.isfinite(w).all() for w in one.get_weights())


def test_it_is_saved_and_loaded(tmp_path):
    one = model("SparseCategoricalCrossentropy", None, from_logits=True)
    one.save(tmp_path / "m.safetensors")
    assert chainrule.models.load_model(tmp_path / "m.safetensors").loss.from_logits is True


def test_paper_shows_the_implied_activation():
    working = solve(
        """
        [[question]]
        id = "q"
        topic = "network"
        [question.given]
        x = [[0]]
        y = [[1]]
        loss = { name = "bce", from_logits = true }
        layers = [{ layer = "Dense", units = 1, W = [[3]] }]
        """
    )["q"]
    assert str(working["p"].flat[0]) == "1/2"
    assert str(working["da1"].flat[0]) == "-1/2"
    assert "p = 1/(1 + e^(−a₁))" in str(working)
    assert "p" in working.graph()
