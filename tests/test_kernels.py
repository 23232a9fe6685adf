"""The kernels of training: the same values as the rules, over random shapes and settings."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chainrule.rules import affine, depthwise
from chainrule.rules.convolution import feature_maps, gradients
from chainrule.rules.embedding import embedded_dW
from chainrule.rules.pooling import global_pooling, local_pooling
from chainrule.rules.sampling import FILL_MODES, INTERPOLATIONS, sampled
from chainrule.rules.windows import output_shape, pairs_of, room_of, spans_of
from chainrule.training.kernels import KERNELS
from compiling import quickly

few = settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])


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
        made = quickly(by_kernels)([[jnp.asarray(a) for a in inputs] for _, inputs, _ in calls])
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
        (feature_maps.convolution, (x, W, random.normal(size=filters)), options),
        (feature_maps.convolution_without_bias, (x, W), options),
        (gradients.convolution_dW, (x, dY), {**options, "kernel": window}),
        (gradients.convolution_dx, (dY, W, x), options),
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
    dy = random.normal(size=local_pooling.max_pooling(x, **options).shape)
    check(
        (local_pooling.max_pooling, (x,), options),
        (local_pooling.max_pooling_dx, (x, dy), options),
        (local_pooling.average_pooling, (x,), options),
        (local_pooling.average_pooling_dx, (dy, x), options),
    )


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("lengths", [(7,), (4, 5)])
def test_kernels_of_global_pooling_are_their_rules(lengths, keepdims):
    x = np.random.default_rng(1).integers(-3, 3, size=(2, *lengths, 3)).astype(float)
    y = global_pooling.global_max_pooling(x, keepdims=keepdims)
    check(
        (global_pooling.global_max_pooling, (x,), {"keepdims": keepdims}),
        (global_pooling.global_max_pooling_dx, (x, np.random.default_rng(2).normal(size=y.shape)), {}),
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
        feature_maps.convolution,
        feature_maps.convolution_without_bias,
        gradients.convolution_dW,
        gradients.convolution_dx,
        depthwise.depthwise_convolution,
        depthwise.depthwise_without_bias,
        depthwise.depthwise_dW,
        depthwise.depthwise_dx,
        embedded_dW,
        local_pooling.max_pooling,
        local_pooling.max_pooling_dx,
        local_pooling.average_pooling,
        local_pooling.average_pooling_dx,
        global_pooling.global_max_pooling,
        global_pooling.global_max_pooling_dx,
        sampled,
        affine.affine,
        affine.linear_map,
        affine.affine_dW,
        affine.affine_dx,
    }


@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 2, 8), (3, 5, 17), (32, 64, 10)], ids=str)
@pytest.mark.parametrize("places", [(), (3,)], ids=["matrices", "more axes"])
def test_products_of_any_size_are_those_of_the_rules(shape, places):
    m, n, k = shape
    random = np.random.default_rng(2)
    x, dz = random.normal(size=(m, *places, n)), random.normal(size=(m, *places, k))
    W, b = random.normal(size=(n, k)), random.normal(size=k)
    for rule, inputs in (
        (affine.affine, (x, W, b)),
        (affine.linear_map, (x, W)),
        (affine.affine_dW, (x, dz)),
        (affine.affine_dx, (dz, W)),
    ):
        found = KERNELS[rule](*(jnp.asarray(each, np.float32) for each in inputs))
        np.testing.assert_allclose(found, rule(*inputs), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "rule", [gradients.convolution_dW, gradients.convolution_dx], ids=lambda rule: rule.name
)
def test_a_kernel_gives_the_same_bits_each_time(rule):
    random = np.random.default_rng(3)
    x, dY = random.normal(size=(64, 14, 14, 6)), random.normal(size=(64, 10, 10, 16))
    options = {"strides": (1, 1), "padding": "valid", "dilation": (1, 1)}
    inputs = (x, dY) if rule is gradients.convolution_dW else (dY, random.normal(size=(5, 5, 6, 16)), x)
    more = {"kernel": (5, 5)} if rule is gradients.convolution_dW else {}
    arrays = [jnp.asarray(a, jnp.float32) for a in inputs]
    made = [jax.jit(lambda *a: KERNELS[rule](*a, **options, **more))(*arrays) for _ in range(3)]
    assert made[0].dtype == np.float32
    for again in made[1:]:
        np.testing.assert_array_equal(made[0], again)


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (feature_maps.convolution_without_bias, {"strides": (1,), "padding": "same", "dilation": (1,)}),
        (local_pooling.max_pooling, {"pool_size": (2,), "strides": (1,), "padding": "same"}),
        (local_pooling.average_pooling, {"pool_size": (2,), "strides": (1,), "padding": "same"}),
        (global_pooling.global_max_pooling, {}),
    ],
    ids=lambda v: getattr(v, "name", ""),
)
def test_a_number_that_is_not_finite_goes_on_as_with_the_rule(rule, options):
    inputs = [np.ones((2, 1, 1))] if rule is feature_maps.convolution_without_bias else []
    for bad in (np.nan, np.inf, -np.inf):
        x = np.arange(6.0).reshape(1, 6, 1)
        x[0, 3, 0] = bad
        found = KERNELS[rule](*map(jnp.asarray, [x, *inputs]), **options)
        np.testing.assert_array_equal(found, rule(x, *inputs, **options))
