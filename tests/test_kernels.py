"""The kernels of training: the same values as the rules, over random shapes and settings."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chainrule.rules import convolution, depthwise, pooling
from chainrule.rules.embedding import embedded_dW
from chainrule.rules.sampling import FILL_MODES, INTERPOLATIONS, sampled
from chainrule.rules.windows import output_shape, pairs_of, room_of, spans_of
from chainrule.training.kernels import KERNELS

few = settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate])


@st.composite
def windows(draw, axes):
    """A window, its strides, padding and dilation, and lengths of an input that it fits into."""
    window = tuple(draw(st.integers(1, 3)) for _ in range(axes))
    strides = tuple(draw(st.integers(1, 3)) for _ in range(axes))
    dilation = tuple(draw(st.integers(1, 2)) for _ in range(axes))
    pairs = tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(axes))
    padding = draw(st.sampled_from(["valid", "same", pairs]))
    lengths = tuple(n + draw(st.integers(0, 4)) for n in spans_of(window, dilation))
    return window, {"strides": strides, "padding": padding, "dilation": dilation}, lengths


@st.composite
def convolutions(draw):
    window, options, lengths = draw(windows(draw(st.integers(1, 3))))
    groups, channels, filters = (draw(st.integers(1, 3)) for _ in range(3))
    more = {**options, "groups": groups, "flip": draw(st.booleans())}
    return window, more, lengths, channels * groups, filters * groups, draw(st.integers(0, 2**32 - 1))


def maps_of(window, options, lengths):
    pairs = pairs_of(options["padding"], lengths, spans_of(window, options["dilation"]), options["strides"])
    return output_shape(room_of(lengths, pairs), window, options["strides"], options["dilation"])


def check(*calls):
    """Compile the kernels of all calls, each a rule with its inputs and options, as one program."""

    def by_kernels(inputs):
        return [
            KERNELS[rule](*arrays, **options)
            for arrays, (rule, _, options) in zip(inputs, calls, strict=True)
        ]

    with jax.enable_x64(True):
        made = jax.jit(by_kernels)([[jnp.asarray(a) for a in inputs] for _, inputs, _ in calls])
    for found, (rule, inputs, options) in zip(made, calls, strict=True):
        right = rule(*inputs, **options)
        assert found.dtype == np.float64
        assert found.shape == right.shape
        np.testing.assert_allclose(found, right, rtol=0, atol=1e-11, err_msg=rule.name)


@few
@given(convolutions())
def test_kernels_of_convolution_are_their_rules(case):
    window, options, lengths, channels, filters, seed = case
    random = np.random.default_rng(seed)
    x = random.normal(size=(2, *lengths, channels))
    W = random.normal(size=(*window, channels // options["groups"], filters))
    dY = random.normal(size=(2, *maps_of(window, options, lengths), filters))
    check(
        (convolution.convolution, (x, W, random.normal(size=filters)), options),
        (convolution.convolution_without_bias, (x, W), options),
        (convolution.convolution_dW, (x, dY), {**options, "kernel": window}),
        (convolution.convolution_dx, (dY, W, x), options),
    )


@few
@given(windows(2), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_kernels_of_depthwise_convolution_are_their_rules(case, channels, multiplier, seed):
    window, options, lengths = case
    random = np.random.default_rng(seed)
    x, W = random.normal(size=(2, *lengths, channels)), random.normal(size=(*window, channels, multiplier))
    dz = random.normal(size=(2, *maps_of(window, options, lengths), channels * multiplier))
    check(
        (depthwise.depthwise_convolution, (x, W, random.normal(size=channels * multiplier)), options),
        (depthwise.depthwise_without_bias, (x, W), options),
        (depthwise.depthwise_dW, (x, dz), {**options, "kernel": window}),
        (depthwise.depthwise_dx, (dz, W, x), options),
    )


@st.composite
def poolings(draw):
    axes = draw(st.integers(1, 3))
    window = tuple(draw(st.integers(1, 3)) for _ in range(axes))
    pairs = tuple((draw(st.integers(0, f - 1)), draw(st.integers(0, f - 1))) for f in window)
    options = {
        "pool_size": window,
        "strides": tuple(draw(st.integers(1, 3)) for _ in range(axes)),
        "padding": draw(st.sampled_from(["valid", "same", pairs])),
    }
    return options, tuple(f + draw(st.integers(0, 4)) for f in window), draw(st.integers(0, 2**32 - 1))


@few
@given(poolings())
def test_kernels_of_pooling_are_their_rules(case):
    """With whole numbers, so that windows have their largest number more than once."""
    options, lengths, seed = case
    random = np.random.default_rng(seed)
    x = random.integers(-3, 3, size=(2, *lengths, 3)).astype(float)
    dy = random.normal(size=pooling.max_pooling(x, **options).shape)
    check(
        (pooling.max_pooling, (x,), options),
        (pooling.max_pooling_dx, (x, dy), options),
        (pooling.average_pooling, (x,), options),
        (pooling.average_pooling_dx, (dy, x), options),
    )


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("lengths", [(7,), (4, 5)])
def test_kernels_of_global_pooling_are_their_rules(lengths, keepdims):
    x = np.random.default_rng(1).integers(-3, 3, size=(2, *lengths, 3)).astype(float)
    y = pooling.global_max_pooling(x, keepdims=keepdims)
    check(
        (pooling.global_max_pooling, (x,), {"keepdims": keepdims}),
        (pooling.global_max_pooling_dx, (x, np.random.default_rng(2).normal(size=y.shape)), {}),
    )


@pytest.mark.parametrize("shape", [(), (4,), (3, 2)], ids=str)
def test_the_kernel_of_an_embeddings_gradient_is_its_rule(shape):
    random = np.random.default_rng(2)
    ids = random.integers(0, 5, (6, *shape)).astype(float)
    check((embedded_dW, (ids, random.normal(size=(*ids.shape, 3)), np.zeros((7, 3))), {}))


def test_the_gradient_of_many_embeddings_takes_no_more_memory_than_they_do():
    ids, da = np.zeros((100, 50), np.float32), np.ones((100, 50, 8), np.float32)
    compiled = jax.jit(KERNELS[embedded_dW]).lower(ids, da, np.zeros((10_000, 8), np.float32)).compile()
    assert compiled.memory_analysis().temp_size_in_bytes < 2**20


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_the_kernel_of_sampling_is_its_rule(fill_mode, interpolation):
    random = np.random.default_rng(1)
    rows, columns = random.uniform(-9, 9, (3, 4, 5)), random.uniform(-9, 9, (3, 4, 5))
    how = {"fill_mode": fill_mode, "interpolation": interpolation, "fill_value": 0.5}
    check((sampled, (random.normal(size=(3, 4, 6, 2)), rows, columns), how))


def test_every_kernel_is_held_against_its_rule():
    assert set(KERNELS) == {
        convolution.convolution,
        convolution.convolution_without_bias,
        convolution.convolution_dW,
        convolution.convolution_dx,
        depthwise.depthwise_convolution,
        depthwise.depthwise_without_bias,
        depthwise.depthwise_dW,
        depthwise.depthwise_dx,
        embedded_dW,
        pooling.max_pooling,
        pooling.max_pooling_dx,
        pooling.average_pooling,
        pooling.average_pooling_dx,
        pooling.global_max_pooling,
        pooling.global_max_pooling_dx,
        sampled,
    }


@pytest.mark.parametrize(
    "rule", [convolution.convolution_dW, convolution.convolution_dx], ids=lambda rule: rule.name
)
def test_a_kernel_gives_the_same_bits_each_time(rule):
    random = np.random.default_rng(3)
    x, dY = random.normal(size=(64, 14, 14, 6)), random.normal(size=(64, 10, 10, 16))
    options = {"strides": (1, 1), "padding": "valid", "dilation": (1, 1)}
    inputs = (x, dY) if rule is convolution.convolution_dW else (dY, random.normal(size=(5, 5, 6, 16)), x)
    more = {"kernel": (5, 5)} if rule is convolution.convolution_dW else {}
    arrays = [jnp.asarray(a, jnp.float32) for a in inputs]
    made = [jax.jit(lambda *a: KERNELS[rule](*a, **options, **more))(*arrays) for _ in range(3)]
    assert made[0].dtype == np.float32
    for again in made[1:]:
        np.testing.assert_array_equal(made[0], again)


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (convolution.convolution_without_bias, {"strides": (1,), "padding": "same", "dilation": (1,)}),
        (pooling.max_pooling, {"pool_size": (2,), "strides": (1,), "padding": "same"}),
        (pooling.average_pooling, {"pool_size": (2,), "strides": (1,), "padding": "same"}),
        (pooling.global_max_pooling, {}),
    ],
    ids=lambda v: getattr(v, "name", ""),
)
def test_a_number_that_is_not_finite_goes_on_as_with_the_rule(rule, options):
    inputs = [np.ones((2, 1, 1))] if rule is convolution.convolution_without_bias else []
    for bad in (np.nan, np.inf, -np.inf):
        x = np.arange(6.0).reshape(1, 6, 1)
        x[0, 3, 0] = bad
        found = KERNELS[rule](*map(jnp.asarray, [x, *inputs]), **options)
        np.testing.assert_array_equal(found, rule(x, *inputs, **options))
