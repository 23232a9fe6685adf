"""Loops of machine code made of jaxprs, and the updates of optimizers by them: the numbers of the rules."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import chainrule
from chainrule import Input, Sequential, optimizers
from chainrule.layers import Dense
from chainrule.training import loop as training_loop
from chainrule.training import whole
from chainrule.training.native import elementwise, handler
from chainrule.training.native.elementwise import looped
from chainrule.training.native.loops import loop_of
from marks import but_slow

FUNCTIONS = {
    "sums": lambda a, b, s: [a + 2 * b - s, -a],
    "quotients": lambda a, b, s: [a / (jnp.abs(b) + 1), jnp.sqrt(jnp.abs(a)) * s],
    "powers": lambda a, b, s: [a**2, b**3 - s],
    "largest": lambda a, b, s: [jnp.maximum(a, b), jnp.minimum(a, s)],
    "choices": lambda a, b, s: [jnp.where(a > b, a, s * b), jnp.where(a == a, 1.0, b)],
}


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=5, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.integers(1, 5), st.integers(1, 700), st.integers(0, 2**32 - 1))
def test_loops_are_their_functions(name, rows, columns, seed):
    function, random = FUNCTIONS[name], np.random.default_rng(seed)
    a, b = (jnp.asarray(random.normal(size=(rows, columns)), jnp.float32) for _ in range(2))
    single = jnp.float32(random.normal())
    loop = loop_of(function, [a, b, single], a.shape)
    both = jax.jit(lambda *inputs: (looped(loop, inputs, {}), function(*inputs)))
    for one, right in zip(*both(a, b, single), strict=True):
        np.testing.assert_allclose(one, right, rtol=1e-6, atol=1e-6)


def standardized(a, b, columns):
    """A whole result, one of a sum, and one that only columns are needed for."""
    scaled = (a - columns) / (columns**2 + 1)
    return [scaled * b, (scaled * b).sum((0, 1)) / (2 * columns**2 + 1), b.sum((0, 1)), 3 * columns]


@settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.integers(1, 5), st.integers(2, 70), st.integers(1, 150), st.integers(0, 2**32 - 1))
def test_loops_of_columns_and_sums_are_their_functions(images, rows, columns, seed):
    random = np.random.default_rng(seed)
    shape = (images, rows, columns)
    a, b = (jnp.asarray(random.normal(size=shape), jnp.float32) for _ in range(2))
    each = jnp.asarray(random.normal(size=columns), jnp.float32)
    loop = loop_of(standardized, [a, b, each], shape)
    found = jax.jit(lambda *inputs: looped(loop, inputs, {}))(a, b, each)
    for one, right in zip(found, standardized(a, b, each), strict=True):
        np.testing.assert_allclose(one, right, rtol=1e-4, atol=1e-4)


def test_loops_side_by_side_are_those_one_by_one():
    random = np.random.default_rng(0)
    a, b = (jnp.asarray(random.normal(size=(3, 4, 5, 24)), jnp.float32) for _ in range(2))
    each = jnp.asarray(random.normal(size=24), jnp.float32)
    loop = loop_of(standardized, [a[0], b[0], each], a.shape[1:])
    together = jax.vmap(lambda a, b: looped(loop, [a, b, each], {}))(a, b)
    for i in range(3):
        for several, one in zip(together, looped(loop, [a[i], b[i], each], {}), strict=True):
            np.testing.assert_allclose(several[i], one, rtol=1e-6)


def test_a_sum_that_the_same_pass_would_need_is_no_loop():
    a = jnp.ones((8, 8))
    assert loop_of(lambda a: [a - a.mean(axis=0)], [a], a.shape) is None


def test_columns_are_those_of_the_last_axis():
    a = jnp.ones((8, 8))
    assert loop_of(lambda a, b: [a + b], [a, a[0]], a.shape) is not None
    assert loop_of(lambda a, b: [a + b[:, None]], [a, a[0]], a.shape) is None


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b: [a.sum() * b],
        lambda a, b: [a.sum(axis=1)],
        lambda a, b: [a @ b],
        lambda a, b: [a.T],
        lambda a, b: [jnp.sin(a)],
        lambda a, b: [a[:, ::-1]],
        lambda a, b: [a.astype(jnp.bfloat16).astype(jnp.float32)],
        lambda a, b: [a + jnp.arange(8.0)],
    ],
)
def test_what_is_not_done_number_by_number_is_no_loop(function):
    a = jnp.ones((8, 8))
    assert loop_of(function, [a, a], a.shape) is None


def test_a_result_may_take_the_place_of_an_input():
    a = jnp.arange(10_000.0)
    loop = loop_of(lambda a: [2 * a], [a], a.shape)

    def doubled(a):
        return jax.lax.fori_loop(0, 3, lambda _, a: looped(loop, [a], {0: 0})[0], a), a

    found, same = jax.jit(doubled)(a)
    np.testing.assert_array_equal(found, 8 * np.arange(10_000.0))
    np.testing.assert_array_equal(same, np.arange(10_000.0))


OPTIMIZERS = {
    "SGD": {},
    "momentum": {"momentum": 0.9},
    "nesterov": {"momentum": 0.9, "nesterov": True},
    "RMSprop": {},
    "Adagrad": {},
    "Adam": {},
    "AMSGrad": {"amsgrad": True},
    "clipped": {"clipnorm": 0.1},
    "clipped by value": {"clipvalue": 1e-3},
    "decay": {"weight_decay": 0.01},
}
CLASSES = {"momentum": "SGD", "nesterov": "SGD", "AMSGrad": "Adam", "decay": "Adam"}


@pytest.mark.parametrize("name", but_slow(["nesterov", "AMSGrad", "clipped"], OPTIMIZERS))
def test_updates_by_loops_are_those_of_the_rules(name, monkeypatch):
    kind = getattr(optimizers, CLASSES.get(name, "SGD" if name.startswith("clipped") else name))
    random = np.random.default_rng(0)
    x, y = random.normal(size=(256, 70)).astype(np.float32), random.integers(0, 9, 256)
    ran = set()
    monkeypatch.setattr(whole, "planned", lambda *given: None)

    def trained():
        chainrule.utils.set_random_seed(1)
        layers = [Input((70,)), Dense(90, activation="tanh"), Dense(9, activation="softmax")]
        model = Sequential(layers)
        model.compile(kind(**OPTIMIZERS[name]), "sparse_categorical_crossentropy")
        model.fit(x, y, batch_size=64, epochs=2, shuffle=False, verbose=0)
        return model.get_weights()

    all_done = handler.all_done
    monkeypatch.setattr(
        elementwise, "all_done", lambda work, *rest: ran.add(work.name.split("_")[0]) or all_done(work, *rest)
    )
    fast = trained()
    assert ran == {"loop"}
    ran.clear()
    monkeypatch.setattr(training_loop, "LEAST", 10**9)
    plain = trained()
    assert not ran
    for one, other in zip(fast, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=2e-6)
