"""Whole functions as machine code: the numbers that JAX gives, whatever the function reads and changes."""

import math
import sys
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import chainrule
from chainrule.layers import Dense, Dropout
from chainrule.training import loop, whole
from chainrule.training.native import machine, sorting
from chainrule.training.native.equations import UnknownError, equations_of
from chainrule.training.native.whole.body import is_written_here
from chainrule.training.native.whole.calls import called
from chainrule.training.native.whole.epochs import Epochs, Order, Table

some = settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
ULP = float(np.finfo(np.float32).eps)


def kind(array):
    return jax.ShapeDtypeStruct(np.shape(array), array.dtype)


def epochs_of(update, values, others, tables, size, ordered, capacity=1):
    """The epochs of ``update(values, others, batch)``, on all rows of the tables."""
    rows = len(tables[0])

    def equations(rows):
        batch = [jax.ShapeDtypeStruct((rows, *t.shape[1:]), t.dtype) for t in tables]
        return equations_of(jax.make_jaxpr(update)(*([*map(kind, k)] for k in (values, others)), batch))

    full, last = equations(size), equations(rows % size) if rows % size else None
    assert is_written_here(full)
    batches = full.given[len(values) + len(others) : len(full.given) - len(full.found)]
    order = Order.GIVEN if ordered else Order.AS_THEY_COME
    return Epochs(full, last, len(values), tuple(map(Table, batches)), rows, size, order, capacity)


def results_of(function, *arrays):
    """The function's results by machine code: those of one update of values that are of their shapes."""
    values = [np.zeros(r.shape, r.dtype) for r in jax.eval_shape(function, *arrays)]
    table = np.zeros((1, 1), np.float32)
    epochs = epochs_of(
        lambda _, others, __: (function(*others), [jnp.zeros(())]), values, arrays, [table], 1, False
    )
    given = [*values, *arrays, table, *epochs.update.found, np.zeros(1, np.int32), np.int32(1)]
    return jax.jit(lambda given: called(epochs, given))(given)[:-1]


# ------------------------------------------------------------------------------- functions of a number


def numbers_of_all_kinds():
    random = np.random.default_rng(0)
    bits = random.integers(0, 2**32, 60_000, dtype=np.uint64).astype(np.uint32).view(np.float32)
    near = random.normal(size=60_000) * random.choice([0.01, 1.0, 10.0, 50.0], 60_000)
    edges = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 89.0, 88.72, -87.4, -104.0, 1 + ULP, 1 - ULP]
    return np.concatenate([bits, *(np.asarray(x, np.float32) for x in (near, 1 + near / 1000, edges))])


@pytest.mark.parametrize(
    ("function", "exact"),
    [
        (jnp.exp, np.exp),
        (jnp.expm1, np.expm1),
        (jnp.log, np.log),
        (jnp.log1p, np.log1p),
        (jnp.tanh, np.tanh),
        (jax.nn.sigmoid, lambda x: 1 / (1 + np.exp(-x))),
    ],
)
def test_functions_are_within_three_units_in_the_last_place(function, exact):
    x = numbers_of_all_kinds()
    # XLA's threads take what is less than the least normal number for 0; halves of some others are.
    x = x[(np.abs(x) >= 2 * np.finfo(np.float32).tiny) | (x == 0) | np.isnan(x)]
    (found,) = results_of(lambda x: [function(x)], x)
    with np.errstate(all="ignore"):
        right = exact(x.astype(np.float64))
        rounded = right.astype(np.float32)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(rounded))
    np.testing.assert_array_equal(np.isposinf(found), np.isposinf(rounded))
    np.testing.assert_array_equal(np.isneginf(found), np.isneginf(rounded))
    normal = np.isfinite(rounded) & (np.abs(rounded) >= np.finfo(np.float32).tiny)
    away = np.abs(np.asarray(found)[normal] - right[normal]) / np.spacing(np.abs(rounded[normal]))
    assert away.max() < 3
    tiny = np.abs(rounded) < np.finfo(np.float32).tiny
    assert np.abs(np.asarray(found)[tiny]).max(initial=0) <= np.finfo(np.float32).tiny


# --------------------------------------------------------------------------------------- of arrays

FUNCTIONS = {
    "sums": lambda a, b, i: [a + b, a - 2.0, -a, a * b + a],
    "quotients": lambda a, b, i: [
        a / (jnp.abs(b) + 1),
        1 / jnp.sqrt(jnp.abs(a) + 1),
        jax.lax.rsqrt(b * b + 1),
    ],
    "powers": lambda a, b, i: [a**2, b**3, (jnp.abs(a) + 1) ** -2, jnp.square(b)],
    "choices": lambda a, b, i: [jnp.where(a > b, a, 0.0), jnp.clip(a, -0.5, 0.5), jnp.sign(b)],
    "both": lambda a, b, i: [jnp.where((a > 0) & (b > 0) | ~(a < b), 1.0, b)],
    "steps": lambda a, b, i: [jnp.floor(a), jnp.ceil(b), jnp.maximum(a, b), jnp.minimum(a, b)],
    "whole": lambda a, b, i: [
        i + 1,
        i * i - 3,
        (i > 2).astype(jnp.float32),
        i.astype(jnp.float32),
        jnp.maximum(i, 2),
    ],
    "rows": lambda a, b, i: [a + b.max(0), a * a.sum(1, keepdims=True), b.sum(0) - b],
    "totals": lambda a, b, i: [a.sum(), a.max(), a.mean(0), b.max(1), jnp.max(b, 0)],
    "softmax": lambda a, b, i: [jax.nn.softmax(a, axis=-1), jax.nn.log_softmax(b, axis=-1)],
    "turned": lambda a, b, i: [a.T + 1, (a.T * b.T).sum(0), a.reshape(-1) * 2],
    "products": lambda a, b, i: [a @ b.T, a.T @ b, jnp.tanh(a @ (b.T @ a))],
    "places": lambda a, b, i: [
        jnp.argmax(a, axis=-1).astype(jnp.int32),
        jnp.take_along_axis(a, jnp.minimum(i, a.shape[1] - 1)[:, None], axis=1),
        (jnp.arange(a.shape[1]) == i[:, None]).astype(jnp.float32),
    ],
    "stacked": lambda a, b, i: [jnp.stack([a, b, a * 2]).max(0), jnp.stack([a.sum(), b.sum()])],
    "again": lambda a, b, i: [jnp.exp(a) + jnp.exp(a).sum(), a, a, jnp.ones(a.shape)],
}


@pytest.mark.parametrize("name", FUNCTIONS)
@some
@given(st.integers(1, 40), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_functions_of_arrays_are_jax_ones(name, rows, columns, seed):
    random = np.random.default_rng(seed)
    a, b = (random.normal(size=(rows, columns)).astype(np.float32) for _ in range(2))
    i = random.integers(0, 6, rows).astype(np.int32)
    found = results_of(FUNCTIONS[name], a, b, i)
    for one, right in zip(found, FUNCTIONS[name](a, b, i), strict=True):
        assert one.dtype == right.dtype
        scale = max(1.0, float(np.abs(right).max()))
        np.testing.assert_allclose(one, right, rtol=4 * ULP, atol=8 * ULP * scale * math.sqrt(rows + columns))


@pytest.mark.parametrize("function", [jnp.max, jnp.argmax, lambda x, axis: jnp.maximum(x, 0.0).sum(axis)])
def test_nan_is_the_largest(function):
    x = np.ones((3, 20), np.float32)
    x[1, 7] = x[1, 9] = np.nan
    (found,) = results_of(lambda x: [function(x, axis=1)], x)
    np.testing.assert_array_equal(found, function(x, axis=1))


def test_a_place_that_is_not_there_gives_nan():
    x, places = np.ones((3, 4), np.float32), np.array([[0], [4], [-5]], np.int32)
    (found,) = results_of(lambda x, i: [jnp.take_along_axis(x, i, axis=1)], x, places)
    np.testing.assert_array_equal(found, [[1.0], [np.nan], [np.nan]])


@pytest.mark.parametrize(
    "function",
    [
        lambda a: [jnp.sort(a)],
        lambda a: [jnp.cumsum(a)],
        lambda a: [a[:, ::-1]],
        lambda a: [jnp.sin(a)],
        lambda a: [a * jax.random.normal(jax.random.key(0), a.shape)],
        lambda a: [a.sum() * jnp.arange(5000.0)],
        lambda a: [a.astype(jnp.bfloat16)],
        lambda a: [a.astype(jnp.int32)],
        lambda a: [a.reshape(2, 2, -1).sum(1)],
        lambda a: [jnp.einsum("ij,ij->i", a, a)],
        lambda a: [jax.lax.fori_loop(0, 3, lambda i, x: x + a, a)],
    ],
)
def test_what_is_not_written_is_refused(function):
    try:
        equations = equations_of(jax.make_jaxpr(function)(jnp.ones((4, 4))))
    except UnknownError:
        return
    assert not is_written_here(equations)


# ---------------------------------------------------------------------------------- values that change

UPDATES = {
    "each of its own": lambda a, b, x: (a + x.sum(0), b * 0.5),
    "changed places": lambda a, b, x: (b, a),
    "kept from before": lambda a, b, x: (a - x.mean(0), a),
    "read after it changes": lambda a, b, x: (a * 0.5, b + x.sum(0) * a),
    "turned": lambda a, b, x: (a + 1, b + (a.reshape(-1, 1) @ a.reshape(1, -1)).sum(0)),
    "seen otherwise": lambda a, b, x: (a + 1, a.reshape(1, -1).reshape(-1)),
    "known": lambda a, b, x: (jnp.ones(a.shape), a),
    "the same twice": lambda a, b, x: (a + b, a + b),
}


@pytest.mark.parametrize("name", UPDATES)
@pytest.mark.parametrize("numbers", [3, 600])
@pytest.mark.parametrize("ordered", [False, True])
def test_epochs_are_the_updates_one_after_the_other(name, numbers, ordered):
    random, update = np.random.default_rng(0), UPDATES[name]
    a, b = (random.normal(size=numbers).astype(np.float32) for _ in range(2))
    x, size, count = random.normal(size=(11, numbers)).astype(np.float32), 4, 3
    order = random.permutation(11).astype(np.int32)

    def one(values, others, batch):
        return [*update(*values, batch[0])], [batch[0].sum(), values[0].sum()]

    epochs = epochs_of(one, [a, b], [], [x], size, ordered, capacity=4)
    *new, sums = jax.jit(lambda *given: called(epochs, given))(a, b, x, order, np.int32(count))
    right = [a, b]
    for epoch in range(count):
        totals = np.zeros(2)
        for start in range(0, 11, size):
            rows = order[start : start + size] if ordered else np.arange(start, min(start + size, 11))
            right, more = one(right, [], [x[rows]])
            totals += np.asarray(more)
        np.testing.assert_allclose(sums[:, epoch], totals, rtol=1e-4, atol=1e-3)
    for one_new, other in zip(new, right, strict=True):
        np.testing.assert_allclose(one_new, other, rtol=1e-5, atol=1e-5)


def test_many_at_once_are_as_each_alone():
    random = np.random.default_rng(1)
    a, x = random.normal(size=(7, 5)).astype(np.float32), random.normal(size=(6, 5)).astype(np.float32)
    orders = np.stack([random.permutation(6) for _ in range(7)]).astype(np.int32)

    def one(values, others, batch):
        return [values[0] * others[0] - jnp.tanh(batch[0] * values[0]).sum()], [values[0].sum()]

    epochs = epochs_of(one, [a[0]], [np.float32(0.5)], [x], 2, True)

    def run(a, factor, order):
        return called(epochs, [a, factor, x, order, np.int32(1)])

    factors = np.linspace(0.5, 0.9, 7, dtype=np.float32)
    for axes in ((0, 0, 0), (0, None, 0), (None, 0, None)):
        given = [
            each if axis == 0 else each[0] for axis, each in zip(axes, (a, factors, orders), strict=True)
        ]
        together = jax.jit(jax.vmap(run, axes))(*given)
        for i in range(7):
            alone = jax.jit(run)(*(e[i] if axis == 0 else e for axis, e in zip(axes, given, strict=True)))
            for many, single in zip(together, alone, strict=True):
                np.testing.assert_array_equal(many[i], single)


@pytest.mark.parametrize("lanes", [4, 8])
def test_narrower_vectors_give_the_same(lanes, monkeypatch):
    monkeypatch.setattr(machine, "vectors", lambda: machine.Vectors(lanes, 8))
    random = np.random.default_rng(2)
    a, b = (random.normal(size=(21, 37)).astype(np.float32) for _ in range(2))
    i = random.integers(0, 6, 21).astype(np.int32)
    for name in ("rows", "softmax", "products", "places"):
        for one, right in zip(results_of(FUNCTIONS[name], a, b, i), FUNCTIONS[name](a, b, i), strict=True):
            np.testing.assert_allclose(one, right, rtol=1e-5, atol=1e-4)


# ---------------------------------------------------------------------------------- in training


@chainrule.rule(tex="w <x>")
def weighed(x):
    """Each row by a number that depends on how many there are."""
    return x * np.linspace(0.5, 4 / x.shape[0], x.shape[0], dtype=np.float32)[:, None]


class Weighed(chainrule.layers.Layer):
    def forward(self, q, x):
        q.a = weighed(x)
        return q.a


def trained(layers, monkeypatch=None, **options):
    """The losses of some epochs; without whole functions where there is a monkeypatch."""
    if monkeypatch is not None:
        monkeypatch.setattr(whole, "planned", lambda *given: None)
    chainrule.utils.set_random_seed(3)
    random = np.random.default_rng(3)
    x, y = random.normal(size=(10, 5)).astype(np.float32), np.arange(10) % 3
    model = chainrule.Sequential(
        [chainrule.Input((5,)), *(make() for make in layers), Dense(3, activation="softmax")]
    )
    model.compile(**options)
    return model.fit(x, y, batch_size=4, epochs=4, verbose=0).history["loss"]


OPTIONS = {"optimizer": "sgd", "loss": "sparse_categorical_crossentropy"}


@pytest.mark.parametrize(
    "layers", [(Weighed,), (lambda: Dropout(0.5),), (lambda: Dense(4, activation="tanh"), Weighed)]
)
def test_what_depends_on_the_rows_of_a_batch_is_right_in_the_last(layers, monkeypatch):
    np.testing.assert_allclose(trained(layers, **OPTIONS), trained(layers, monkeypatch, **OPTIONS), rtol=1e-5)


class Counting(NamedTuple):
    count: jax.Array
    seen: jax.Array
    is_even: jax.Array


def counting():
    """SGD that keeps counts, one of them as it was before, and asks for chance."""

    def update(gradients, state, parameters=None):
        noise = jax.random.normal(jax.random.fold_in(jax.random.key(0), state.count[0]), ())
        steps = jax.tree.map(lambda g: -0.1 * g * (1 + 0.01 * noise) * (1 + state.seen), gradients)
        return steps, Counting(state.count + 1, state.count[0] * 0.5, ~state.is_even)

    return optax.GradientTransformation(
        lambda parameters: Counting(jnp.zeros(1), jnp.zeros(()), jnp.bool_(True)), update
    )


def test_an_update_that_is_not_written_here_is_done_by_xla(monkeypatch):
    options = OPTIONS | {"optimizer": counting()}
    np.testing.assert_allclose(trained([], **options), trained([], monkeypatch, **options), rtol=1e-5)


def test_random_numbers_of_a_large_epoch_are_not_drawn_at_once(monkeypatch):
    drawn = []
    monkeypatch.setattr(loop, "drawn_for_all", lambda *given: drawn.append(given))
    monkeypatch.setattr(loop, "DRAWN", 10)
    trained([lambda: Dropout(0.5)], **OPTIONS)
    assert not drawn


def test_all_that_writes_machine_code_counts_for_what_is_kept():
    names = [name for name in sys.modules if name.startswith("chainrule.training.native.")]
    assert {Path(sys.modules[name].__file__) for name in names} <= set(machine.writers())


# -------------------------------------------------------------------------------------- orders


@some
@given(st.integers(1, 9000), st.sampled_from([1, 3, 256, 2**16, 2**32]), st.integers(0, 2**32 - 1))
def test_places_are_those_of_a_stable_sort(count, top, seed):
    numbers = np.random.default_rng(seed).integers(0, top, count, dtype=np.uint64).astype(np.uint32)
    found = jax.jit(sorting.places_of)(numbers)
    np.testing.assert_array_equal(found, np.argsort(numbers, kind="stable"))
    both = jax.jit(jax.vmap(sorting.places_of))(np.stack([numbers, numbers[::-1]]))
    np.testing.assert_array_equal(both[1], np.argsort(numbers[::-1], kind="stable"))
