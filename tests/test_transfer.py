"""Starting from what another model has learnt."""

import numpy as np
import pytest

import chainrule
from chainrule import data
from chainrule.layers import Conv2D, Dense, Flatten, Layer
from chainrule.models import Sequential
from chainrule.optimizers import SGD
from chainrule.rules.rule import rule
from chainrule.transfer import load_weights, pretrain

X = np.random.default_rng(0).normal(size=(60, 6)).astype(np.float32)


def made(head=3, names=("first", "second", "head"), width=4):
    first, second, last = names
    return Sequential(
        [
            chainrule.Input((6,)),
            Dense(5, activation="tanh", name=first),
            Dense(width, activation="tanh", name=second),
            Dense(head, name=last),
        ]
    )


def equal(one, other):
    return [bool((a == b).all()) if a.shape == b.shape else False for a, b in zip(one, other, strict=True)]


def test_all_weights_come_from_a_file_of_the_same_layers(tmp_path):
    old, new = made(), made(names=("a", "b", "c"))
    old.save(tmp_path / "old.safetensors")
    assert new.load_weights(tmp_path / "old.safetensors") == ["a", "b", "c"]
    assert all(equal(old.get_weights(), new.get_weights()))


def test_a_part_comes_by_name_and_where_shapes_fit(tmp_path):
    old, new = made(), made(head=7, names=("first", "other", "head"))
    old.save(tmp_path / "old.safetensors")
    with pytest.raises(
        ValueError, match=r"layer 'head' has weights W \(4, 3\), b \(3,\), the model's 'head' takes"
    ):
        new.load_weights(tmp_path / "old.safetensors", by_name=True)
    before = new.get_weights()
    assert new.load_weights(tmp_path / "old.safetensors", by_name=True, skip_mismatch=True) == ["first"]
    assert (new.get_weights()[0] == old.get_weights()[0]).all()
    assert equal(before, new.get_weights())[2:] == [True] * 4


def test_what_does_not_fit_is_refused(tmp_path):
    made().save(tmp_path / "old.safetensors")
    short = Sequential([chainrule.Input((6,)), Dense(5, name="only")])
    with pytest.raises(ValueError, match="holds 3 layers and the model has 1: use by_name"):
        short.load_weights(tmp_path / "old.safetensors")
    with pytest.raises(
        ValueError, match="has no layer of the model's names; expected one of first, head, second"
    ):
        short.load_weights(tmp_path / "old.safetensors", by_name=True)
    (tmp_path / "text.safetensors").write_text("no model")
    with pytest.raises(ValueError, match="not a whole safetensors file"):
        short.load_weights(tmp_path / "text.safetensors")
    with pytest.raises(FileNotFoundError):
        short.load_weights(tmp_path / "missing.safetensors")


def test_a_linear_layer_learns_the_principal_components():
    # The best linear autoencoder of k units spans the first k principal components:
    # Baldi, Hornik, "Neural networks and principal component analysis" (1989).
    mixed = X @ np.diag([3, 2, 1, 0.5, 0.3, 0.1]).astype(np.float32)
    mixed -= mixed.mean(axis=0)
    chainrule.utils.set_random_seed(0)
    model = Sequential([chainrule.Input((6,)), Dense(2), Dense(1)])
    (history,) = pretrain(model, mixed, epochs=900, batch_size=60, optimizer=SGD(0.05, 0.9)).values()
    values = np.linalg.svd(mixed, compute_uv=False) ** 2
    best = values[2:].sum() / mixed.size
    assert best - 1e-6 <= history.history["loss"][-1] <= best * 1.02
    _, _, components = np.linalg.svd(mixed)
    own = np.linalg.qr(model.get_weights()[0])[0]
    angles = np.linalg.svd(own.T @ components[:2].T, compute_uv=False)
    assert angles.min() > 0.99


def test_layers_are_trained_one_by_one_and_the_head_is_left():
    model = made()
    before = model.get_weights()
    chainrule.utils.set_random_seed(1)
    histories = pretrain(model, X, epochs=30, optimizer=SGD(0.1, 0.9), noise=0.1)
    assert list(histories) == ["first", "second"]
    for history in histories.values():
        assert history.history["loss"][-1] < 0.9 * history.history["loss"][0]
    assert equal(before, model.get_weights()) == [False] * 4 + [True] * 2


@pytest.mark.slow
def test_layers_of_images_are_trained_too():
    images = data.digits().x[:200].reshape(-1, 8, 8, 1)
    model = Sequential([chainrule.Input((8, 8, 1)), Conv2D(4, 3, activation="relu"), Flatten(), Dense(10)])
    chainrule.utils.set_random_seed(1)
    (history,) = pretrain(model, images, epochs=5, optimizer=SGD(0.5, 0.9)).values()
    assert history.history["loss"][-1] < 0.7 * history.history["loss"][0]


def test_what_cannot_be_pretrained_is_refused():
    for model, kind, says in (
        (
            Sequential([chainrule.Input((6,)), Dense(1)]),
            ValueError,
            "no layer with weights before the last one",
        ),
        (Sequential([Dense(2), Dense(1)]), RuntimeError, "no weights yet"),
        ("model", TypeError, "pretrain takes a Sequential"),
    ):
        with pytest.raises(kind, match=says):
            pretrain(model, X)
    with pytest.raises(ValueError, match=r"rows of shape \(3,\)"):
        pretrain(made(), X[:, :3])


@rule(tex="<x>^2")
def squared(x):
    return x * x


class Square(Layer):
    def forward(self, q, x):
        q.a = squared(x)
        return q.a


def test_weights_come_back_to_a_model_with_layers_of_ones_own(tmp_path):
    def own():
        return Sequential([chainrule.Input((6,)), Dense(2), Square(), Dense(1)])

    path = tmp_path / "own.safetensors"
    model, other = own(), own()
    model.save_weights(path)
    assert other.load_weights(path) == ["dense", "dense_1"]
    assert equal(model.get_weights(), other.get_weights()) == [True] * 4
    plain = Sequential([chainrule.Input((6,)), Dense(2)])
    with pytest.raises(ValueError, match="unknown layer 'Square'"):
        plain.load_weights(path, by_name=True)
    assert load_weights(plain, path, by_name=True, custom_objects={"Square": Square}) == ["dense"]
