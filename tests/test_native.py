"""Machine code of convolutions and sums: the values of the rules in float32, whatever the processor has."""

import gc
import os
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chainrule.rules import affine
from chainrule.rules.convolution import feature_maps, gradients
from chainrule.rules.normalization import gradients as normalization_gradients
from chainrule.rules.normalization import scale_and_shift, statistics
from chainrule.rules.windows import output_shape, pairs_of, room_of, spans_of
from chainrule.training.feeds import Memory
from chainrule.training.kernels import KERNELS
from chainrule.training.native import convolution, dense, machine
from chainrule.training.native.elementwise import looped
from chainrule.training.native.loops import loop_of
from chainrule.training.native.rows import LEAST, Outside, stays_outside
from compiling import quickly
from marks import but_slow

ROUNDING = float(np.finfo(np.float32).eps)
PROCESSORS = [machine.Vectors(16, 26), machine.Vectors(8, 12), machine.Vectors(4, 8)]
OWN = [vectors for vectors in PROCESSORS if vectors.lanes == machine.vectors().lanes]
some = settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])


@pytest.fixture(params=but_slow(OWN, PROCESSORS), ids=lambda vectors: f"{vectors.lanes} lanes")
def processor(request):
    """Code as for a processor of these vectors: LLVM puts it into the instructions that there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "vectors", lambda: request.param)
        yield request.param


def lengths_of(draw, axes):
    kernel = tuple(draw(st.integers(1, 5)) for _ in range(axes))
    strides, dilation = (tuple(draw(st.integers(1, 3)) for _ in range(axes)) for _ in range(2))
    lengths = tuple(n + draw(st.integers(0, 30)) for n in spans_of(kernel, dilation))
    pairs = tuple((draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(axes))
    padding = draw(st.sampled_from(["valid", "same", pairs]))
    return kernel, lengths, {"strides": strides, "padding": padding, "dilation": dilation}


@st.composite
def convolutions(draw):
    """Images or sequences, a kernel, and how it goes over them; few channels and many."""
    kernel, lengths, options = lengths_of(draw, draw(st.integers(1, 2)))
    channels, filters = (draw(st.sampled_from([1, 2, 3, 5, 8, 16, 20, 33, 64])) for _ in range(2))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = random.normal(size=(draw(st.integers(1, 19)), *lengths, channels))
    W = random.normal(size=(*kernel, channels, filters))
    pairs = pairs_of(options["padding"], lengths, spans_of(kernel, options["dilation"]), options["strides"])
    maps = output_shape(room_of(lengths, pairs), kernel, options["strides"], options["dilation"])
    return x, W, random.normal(size=(len(x), *maps, filters)), options


def assert_rounded(found, rule, *inputs, **options):
    """That a result is the rule's, but for the rounding of float32 on the way of its sums."""
    inputs = [np.asarray(np.float32(each), np.float64) for each in inputs]
    right = rule(*inputs, **options)
    largest = rule(*(np.abs(each) for each in inputs), **options)
    assert found.shape == right.shape
    assert found.dtype == np.float32
    assert np.all(np.abs(found - right) <= 8 * ROUNDING * np.abs(largest) + 1e-30)


@some
@given(convolutions())
@pytest.mark.usefixtures("processor")
def test_convolutions_are_their_rules(case):
    x, W, dz, options = case
    x32, W32, dz32 = (jnp.asarray(each, jnp.float32) for each in (x, W, dz))
    kernel = W.shape[:-2]
    assert convolution.done_here(x32, 1)

    @quickly
    def in_one_program(x, W, dz):
        return (
            convolution.convolution(x, W, **options),
            convolution.convolution_dW(x, dz, kernel=kernel, **options),
            convolution.convolution_dx(dz, W, x, **options),
        )

    z, dW, dx = in_one_program(x32, W32, dz32)
    assert_rounded(z, feature_maps.convolution_without_bias, x, W, **options)
    assert_rounded(dW, gradients.convolution_dW, x, dz, kernel=kernel, **options)
    assert_rounded(dx, gradients.convolution_dx, dz, W, x, **options)


SUMS = {
    statistics.batch_mean: 1,
    scale_and_shift.scale_dbeta: 1,
    scale_and_shift.scale_dgamma: 2,
    gradients.convolution_db: 1,
}


def in_one_pass(rule, *inputs):
    """What a rule gives by one loop over arrays of the shape of its first input."""
    loop = loop_of(lambda *arrays: [rule(*arrays)], inputs, inputs[0].shape)
    (result,) = jax.jit(lambda *arrays: looped(loop, arrays, {}))(*inputs)
    return result


@some
@given(st.integers(1, 70), st.integers(0, 200), st.integers(0, 2**32 - 1))
@pytest.mark.usefixtures("processor")
def test_sums_are_their_rules(columns, more, seed):
    random = np.random.default_rng(seed)
    shape = (2, 2**15 // columns + more, columns)
    a, b = random.normal(3, size=shape), random.normal(size=shape)
    both32 = [jnp.asarray(each, jnp.float32) for each in (a, b)]
    found = quickly(lambda *both: [in_one_pass(rule, *both[:number]) for rule, number in SUMS.items()])(
        *both32
    )
    for made, (rule, number) in zip(found, SUMS.items(), strict=True):
        assert_rounded(made, rule, *(a, b)[:number])


def test_variance_of_numbers_far_from_zero_is_not_lost(processor):
    x = np.float32(np.random.default_rng(0).normal(1000, 0.01, (4096, 32)))
    mean = in_one_pass(statistics.batch_mean, jnp.asarray(x))
    found = in_one_pass(statistics.population_variance, jnp.asarray(x), mean)
    right = ((x - np.float64(mean)) ** 2).mean(axis=0)
    np.testing.assert_allclose(found, right, rtol=1e-5)


def test_gradients_of_batch_statistics_are_their_rules(processor):
    random = np.random.default_rng(0)
    dxhat, x = (np.float32(random.normal(size=(9, 31, 33, 24))) for _ in range(2))
    mean, deviation = np.float32(random.normal(size=24)), np.float32(random.uniform(0.5, 2, 24))
    for rule, inputs in (
        (normalization_gradients.batch_dvar, (dxhat, x, mean, deviation)),
        (normalization_gradients.batch_dmean, (dxhat, deviation)),
    ):
        found = in_one_pass(rule, *(jnp.asarray(each) for each in inputs))
        right = rule(*(np.float64(each) for each in inputs))
        np.testing.assert_allclose(found, right, rtol=0, atol=2e-6 * np.abs(dxhat).sum((0, 1, 2)).max())


@some
@given(st.integers(2, 70), st.integers(1, 300), st.integers(1, 150), st.integers(0, 2**32 - 1))
@pytest.mark.usefixtures("processor")
def test_products_are_their_rules(rows, inputs, filters, seed):
    random = np.random.default_rng(seed)
    inputs = max(inputs, -(-dense.LEAST // rows // filters))
    x, W, dz = (random.normal(size=size) for size in ((rows, inputs), (inputs, filters), (rows, filters)))
    x32, W32, dz32 = (jnp.asarray(each, jnp.float32) for each in (x, W, dz))
    assert dense.done_here(x32, filters)

    @quickly
    def in_one_program(x, W, dz):
        return KERNELS[affine.linear_map](x, W), KERNELS[affine.affine_dW](x, dz)

    z, dW = in_one_program(x32, W32, dz32)
    assert_rounded(z, affine.linear_map, x, W)
    assert_rounded(dW, affine.affine_dW, x, dz)


@pytest.mark.usefixtures("processor")
@pytest.mark.parametrize("rows", [2**15 - 3, 2**16, 3 * 2**16 + 1])
def test_results_in_large_pages_are_whole(rows):
    x = np.random.default_rng(0).normal(size=(rows, 8)).astype(np.float32)
    order = np.random.default_rng(1).permutation(rows)
    taken = jax.jit(lambda data, order: data.take(order))
    for _ in range(3):
        np.testing.assert_array_equal(taken(Outside(x), order), x[order])


@pytest.mark.parametrize("shape", [(9000, 31), (1400, 13, 15), (700, 8, 8, 6)], ids=str)
def test_rows_of_an_array_that_is_not_copied(shape):
    room = np.empty(4 * int(np.prod(shape)) + 64, np.uint8)
    begin = (4 - room.ctypes.data) % 64  # 4 bytes past a multiple of 64, where JAX would copy
    x = room[begin : begin + 4 * int(np.prod(shape))].view(np.float32).reshape(shape)
    x[:] = np.random.default_rng(0).normal(size=shape)
    assert stays_outside(x)
    order = np.array([[5, 0, len(x) - 1], [7, 7, 1]])
    taken = jax.jit(lambda outside, rows: outside.take(rows))
    np.testing.assert_array_equal(taken(Outside(x), order[0]), x[order[0]])
    together = jax.jit(jax.vmap(lambda outside, rows: outside.take(rows), in_axes=(None, 0)))
    np.testing.assert_array_equal(together(Outside(x), order), x[order])


def test_what_is_left_outside_lives_as_long_as_it_is_trained_on():
    x = np.ones((LEAST // 4, 1), np.float32)
    kept = weakref.ref(x)
    feed = Memory({"x": x})
    del x
    gc.collect()
    assert kept() is not None
    del feed
    gc.collect()
    assert kept() is None


def test_arrays_that_jax_takes_better_are_left_to_it():
    large = np.zeros((LEAST // 4, 1), np.float32)
    assert stays_outside(large)
    assert not stays_outside(large[:-1])
    assert not stays_outside(large.astype(np.int32))
    assert not stays_outside(np.zeros((LEAST // 4, 2), np.float32)[:, :1])


def example(images=16):
    random = np.random.default_rng(0)
    x = jnp.asarray(random.normal(size=(images, 20, 20, 8)), jnp.float32)
    return x, jnp.asarray(random.normal(size=(3, 3, 8, 24)), jnp.float32)


HOW = {"strides": (1, 1), "padding": "same", "dilation": (1, 1)}


def test_networks_side_by_side_are_those_one_by_one():
    x, W = example()
    several = jnp.stack([x, 2 * x, x - 1]), jnp.stack([W, W + 1, -W])
    together = jax.jit(jax.vmap(lambda x, W: convolution.convolution(x, W, **HOW)))(*several)
    for i in range(3):
        alone = convolution.convolution(several[0][i], several[1][i], **HOW)
        np.testing.assert_array_equal(together[i], alone)


def test_examples_in_two_axes_are_those_one_by_one():
    x, W = example(4)
    several = x * jnp.arange(1.0, 7).reshape(2, 3, 1, 1, 1, 1)
    mapped = jax.vmap(jax.vmap(lambda x: convolution.convolution(x, W, **HOW)))
    together = jax.jit(mapped)(several)
    for i, j in np.ndindex(2, 3):
        alone = convolution.convolution(several[i, j], W, **HOW)
        np.testing.assert_array_equal(together[i, j], alone)


def test_many_threads_at_once_get_the_same_digits():
    x, W = example()
    slopes = jax.jit(lambda x, dz: convolution.convolution_dW(x, dz, kernel=(3, 3), **HOW))
    maps = jax.jit(lambda x, W: convolution.convolution(x, W, **HOW))
    z = np.asarray(maps(x, W))
    dW = np.asarray(slopes(x, jnp.asarray(z)))

    def again(_):
        return np.array_equal(maps(x, W), z) and np.array_equal(slopes(x, jnp.asarray(z)), dW)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(again, range(200)))


ALONE = """
import os, sys
os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
sys.path.insert(0, sys.argv[1])
import numpy as np
from test_native import worked
np.savez(sys.argv[2], *worked())
"""


def worked():
    """Gradients of a convolution, and a sum over its maps."""
    x, W = example()
    z = convolution.convolution(x, W, **HOW)
    dW = convolution.convolution_dW(x, z, kernel=(3, 3), **HOW)
    return dW, in_one_pass(scale_and_shift.scale_dgamma, z, z)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be chosen here")
def test_one_core_gives_the_digits_of_all(tmp_path):
    file = tmp_path / "worked.npz"
    subprocess.run([sys.executable, "-c", ALONE, os.path.dirname(__file__), str(file)], check=True)
    alone = np.load(file)
    for name, here in zip(alone, worked(), strict=True):
        np.testing.assert_array_equal(alone[name], here)


def test_other_types_and_groups_take_the_other_way():
    x, _ = example()
    assert not convolution.done_here(x, 2)
    assert not convolution.done_here(x.astype(jnp.bfloat16), 1)
    assert not convolution.done_here(x[..., None], 1)
