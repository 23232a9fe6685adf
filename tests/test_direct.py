"""Networks that Python trains and measures without XLA: the values of the compiled loop, to the bit."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import chainrule
from chainrule.layers import BatchNormalization, Dense, Dropout
from chainrule.optimizers import SGD
from chainrule.training import direct, whole
from chainrule.training.loop import epoch_order
from chainrule.training.native import machine
from chainrule.training.native.handler import Work
from chainrule.training.native.plain import plain
from chainrule.training.native.shuffling import write_order
from chainrule.training.native.sorting import get
from chainrule.training.native.writing import long

some = settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate])


# ------------------------------------------------------------------------------- the order of the rows


def order_of(seed, epoch, rows):
    """By machine code."""

    def write(pen, given, order, _):
        first, second, number = (get(pen, given, long(i)) for i in range(3))
        write_order(pen, (first, second), number, order, rows)

    lanes = machine.vectors().lanes
    key, order = np.array([seed >> 32, seed & 0xFFFFFFFF, epoch], np.uint32), np.empty(rows, np.int32)
    plain(Work(f"test_order_{rows}_{lanes}", write, lanes, 1, 0), 2)([key, order])()
    return order


@pytest.mark.parametrize("rows", [2, 3, 16, 17, 1625, 1626, 4096, 70_001])
def test_orders_are_those_of_jax(rows):
    for seed, epoch in ((0, 0), (7, 3), (2**31 + 5, 1), (2**32 - 1, 2**20)):
        right = jax.random.permutation(jax.random.fold_in(jax.random.key(seed), epoch), rows)
        np.testing.assert_array_equal(order_of(seed, epoch, rows), right)


@pytest.mark.parametrize("lanes", [4, 8])
def test_orders_do_not_depend_on_the_width_of_vectors(lanes, monkeypatch):
    monkeypatch.setattr(machine, "vectors", lambda: machine.Vectors(lanes, 8))
    right = epoch_order(jax.random.key(3), 1, 1797, True)
    np.testing.assert_array_equal(order_of(3, 1, 1797), right)


# ---------------------------------------------------------------------------------------- training

X = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32)
Y = np.arange(50) % 3


def model_of(*layers, **options):
    chainrule.utils.set_random_seed(5)
    model = chainrule.Sequential(
        [chainrule.Input((6,)), *(make() for make in layers), Dense(3, activation="softmax")]
    )
    model.compile(**{"optimizer": "adam", "loss": "sparse_categorical_crossentropy"} | options)
    return model


def xla_alone(monkeypatch):
    monkeypatch.setattr(whole, "planned", lambda *given: None)


def loop_alone(monkeypatch):
    """The compiled loop, which calls the same function for each epoch."""
    for way in ("training", "measuring"):
        monkeypatch.setattr(direct.Direct, way, lambda *given: None)


def is_direct(model):
    trainer = next(iter(model.programs.trainers.values()))
    return any(each is not None for each in trainer._direct._made.values())


def same_weights(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


FITS = {
    "shuffled": {},
    "as they come": {"shuffle": False},
    "one batch": {"batch_size": 64},
    "a last batch of one row": {"batch_size": 7},
    "validated": {"validation_split": 0.3},
    "weighted": {"sample_weight": np.linspace(0, 2, 50)},
    "weighted and validated": {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}, "validation_data": (X[:9], Y[:9])},
}


@pytest.mark.parametrize("how", FITS)
def test_values_are_those_of_the_compiled_loop(how, monkeypatch):
    layers = [lambda: Dense(9, activation="tanh", kernel_regularizer="l2"), BatchNormalization]
    fit = {"batch_size": 16, "epochs": 3, "verbose": 0} | FITS[how]
    one = model_of(*layers, metrics=["accuracy"])
    logs = one.fit(X, Y, **fit).history
    assert is_direct(one)
    loop_alone(monkeypatch)
    other = model_of(*layers, metrics=["accuracy"])
    right = other.fit(X, Y, **fit).history
    assert not is_direct(other)
    same_weights(one, other)
    assert logs.keys() == right.keys()
    for name in logs:
        np.testing.assert_allclose(logs[name], right[name], rtol=1e-6)


@some
@given(
    units=st.lists(st.integers(1, 9), max_size=3),
    activation=st.sampled_from(["relu", "tanh", "sigmoid", "softmax", "elu"]),
    optimizer=st.sampled_from(["sgd", "adam", "rmsprop", "adagrad", "nadam"]),
    rows=st.integers(1, 50),
    batch_size=st.integers(1, 50),
    seed=st.integers(0, 2**32 - 1),
)
def test_networks_of_all_shapes_train_as_in_the_compiled_loop(
    units, activation, optimizer, rows, batch_size, seed
):
    trained = []
    for way in (lambda patch: None, loop_alone):
        with pytest.MonkeyPatch.context() as patch:
            way(patch)
            model = model_of(*(partial(Dense, n, activation=activation) for n in units), optimizer=optimizer)
            chainrule.utils.set_random_seed(seed)
            model.fit(X[:rows], Y[:rows], batch_size=batch_size, epochs=2, verbose=0)
            trained.append(model)
    same_weights(*trained)


def test_what_is_measured_is_what_xla_measures(monkeypatch):
    model = model_of(partial(Dense, 8, activation="relu"), metrics=["accuracy"])
    large = np.random.default_rng(1).normal(size=(50_000, 6)).astype(np.float32)  # stays where NumPy has it
    data = [(X, Y, None), (X, Y, np.linspace(0, 3, 50)), (large, np.arange(50_000) % 3, None)]
    found = [model.evaluate(x, y, sample_weight=w, verbose=0) for x, y, w in data]
    assert is_direct(model)
    xla_alone(monkeypatch)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    for one, (x, y, w) in zip(found, data, strict=True):
        np.testing.assert_allclose(one, model.evaluate(x, y, sample_weight=w, verbose=0), rtol=2e-6)


def test_dropout_and_other_ways_of_drawing_keys_are_left_to_the_loop():
    model = model_of(lambda: Dropout(0.5))
    model.fit(X, Y, epochs=1, verbose=0)
    assert not is_direct(model)
    with jax.threefry_partitionable(False):
        one = model_of()
        one.fit(X, Y, epochs=1, verbose=0)
        assert not is_direct(one)


def test_where_numbers_leave_the_finite_ones_is_named_alike(monkeypatch):
    said, kept = [], []
    for way in (lambda patch: None, loop_alone):
        way(monkeypatch)
        model = model_of(partial(Dense, 4, activation="relu"), optimizer=SGD(1e18), loss="mean_squared_error")
        with pytest.raises(FloatingPointError) as caught:
            model.fit(X, np.eye(3)[Y] * 1e9, batch_size=10, epochs=5, verbose=0)
        said.append(str(caught.value))
        kept.append(model)
    assert said[0] == said[1]
    same_weights(*kept)


def test_weights_that_were_handed_out_do_not_change_with_later_training():
    model = model_of()
    model.fit(X, Y, epochs=1, verbose=0)
    before = [w.copy() for w in model.get_weights()]
    held = dict(model.values)
    model.fit(X, Y, epochs=1, verbose=0)
    kept = [np.asarray(held[name]) for name in ("W1", "b1")]
    for one, other in zip(before, kept, strict=True):
        np.testing.assert_array_equal(one, other)
    assert all(not np.asarray(value).flags.writeable for value in model.values.values())


def test_whole_numbers_of_64_bits_are_read_as_such():
    trained = [model_of(), model_of()]
    for model, labels in zip(trained, (Y.astype(np.int64), Y.astype(np.int32)), strict=True):
        chainrule.utils.set_random_seed(1)
        model.fit(X.astype(np.float64), labels, epochs=2, verbose=0)
    same_weights(*trained)


def test_values_may_be_arrays_of_jax_or_lie_otherwise_in_memory():
    trained = [model_of(partial(Dense, 4)), model_of(partial(Dense, 4))]
    trained[1].values = {
        name: jnp.asarray(value) if name != "W1" else np.asfortranarray(value)
        for name, value in trained[1].values.items()
    }
    for model in trained:
        chainrule.utils.set_random_seed(1)
        model.fit(X, Y, epochs=2, verbose=0)
    same_weights(*trained)
