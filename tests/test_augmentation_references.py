"""Augmentation against SciPy, and against Keras with the same draws."""

import inspect

import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from augmentation_oracle import (
    LAYERS,
    draws_of,
    images,
    interpolations,
    modes,
    passed,
    plain,
)
from chainrule.layers import (
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)
from chainrule.rules.sampling import FILL_MODES, INTERPOLATIONS, sampled

IN_SCIPY = {"constant": "grid-constant", "nearest": "nearest", "reflect": "reflect", "wrap": "grid-wrap"}
"""SciPy's names; its own "constant" and "wrap" treat the last pixel otherwise than Keras does."""
ORDER = {"nearest": 0, "bilinear": 1}

# ----------------------------------------------------------------------------- against SciPy


@modes
@interpolations
@plain
@given(
    shift=st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    height=st.integers(1, 6),
    width=st.integers(1, 6),
    seed=st.integers(0, 2**16),
)
def test_a_shift_is_that_of_scipy(fill_mode, interpolation, shift, height, width, seed):
    x = images((1, height, width, 1), seed)
    pixels = np.array(shift) * (height, width)
    if interpolation == "nearest" and np.any(np.abs(pixels % 1 - 0.5) < 1e-6):
        pixels = np.round(pixels)  # between two pixels either is the nearest
    down, right = ((s, s) for s in pixels / (height, width))
    layer = RandomTranslation(down, right, fill_mode, interpolation, fill_value=0.25)
    found = passed(layer, x, u=[0.5], v=[0.5])[0, ..., 0]
    expected = ndimage.shift(
        x[0, ..., 0], pixels, order=ORDER[interpolation], mode=IN_SCIPY[fill_mode], cval=0.25
    )
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@modes
@interpolations
@pytest.mark.parametrize("turns", [-0.43, -0.1, 0.02, 0.07, 0.31, 0.77])
def test_a_rotation_is_that_of_scipy(fill_mode, interpolation, turns):
    x = images((1, 6, 9, 2))
    layer = RandomRotation((turns, turns), fill_mode, interpolation, fill_value=0.25)
    expected = ndimage.rotate(
        x[0], 360 * turns, reshape=False, order=ORDER[interpolation], mode=IN_SCIPY[fill_mode], cval=0.25
    )
    np.testing.assert_allclose(passed(layer, x, u=[0.4])[0], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_quarter_turns_are_to_the_left(turns):
    x = images((1, 5, 5, 3))
    layer = RandomRotation((turns / 4, turns / 4))
    np.testing.assert_allclose(passed(layer, x, u=[0.0])[0], np.rot90(x[0], turns), rtol=0, atol=1e-14)


@modes
@interpolations
@pytest.mark.parametrize("factors", [(0.37, 0.37), (-0.45, 0.9), (0.13, -0.83)])
def test_a_zoom_is_that_of_scipy(fill_mode, interpolation, factors):
    x = images((1, 6, 7, 1))
    layer = RandomZoom(*((f, f) for f in factors), fill_mode, interpolation, fill_value=0.25)
    scale, middle = np.array(factors) + 1, np.array([2.5, 3.0])
    expected = ndimage.affine_transform(
        x[0, ..., 0],
        scale,
        offset=middle * (1 - scale),
        order=ORDER[interpolation],
        mode=IN_SCIPY[fill_mode],
        cval=0.25,
    )
    found = passed(layer, x, u=[0.0], v=[0.0])[0, ..., 0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@modes
@interpolations
@plain
@given(seed=st.integers(0, 2**32 - 1), height=st.integers(1, 4), width=st.integers(1, 4))
def test_the_formula_of_sampling_and_what_floats_compute_are_equal(
    fill_mode, interpolation, seed, height, width
):
    random = np.random.default_rng(seed)
    x = random.normal(size=(2, height, width, 2))
    rows, columns = random.uniform(-9, 9, (2, 3, 4)), random.uniform(-9, 9, (2, 3, 4))
    how = {"interpolation": interpolation, "fill_mode": fill_mode, "fill_value": -1.5}
    for places in ((rows, columns), (rows[:, :, :1], columns[:, :1]), (rows.round(), columns.round())):
        np.testing.assert_allclose(
            sampled(x, *places, **how), sampled.function(x, *places, **how), rtol=0, atol=1e-13
        )


# ----------------------------------------------------------------------------- against Keras


@pytest.fixture
def kept_draws(monkeypatch):
    """Gives Keras the numbers that we draw, one array after the other; it scales them as it does its own."""
    waiting = []

    def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        values = np.asarray(waiting.pop(0)).reshape(shape)
        return jnp.asarray(minval + (maxval - minval) * values, jnp.float32)

    def normal(shape, dtype=None, seed=None):
        return jnp.asarray(np.asarray(waiting.pop(0)).reshape(shape), jnp.float32)

    monkeypatch.setattr("keras.src.backend.jax.random.uniform", uniform)
    monkeypatch.setattr("keras.src.backend.jax.random.normal", normal)
    return waiting


def two(u):
    """Draws for the height and for the width, as Keras asks for them: first width, then height."""
    return np.asarray(u)[:, ::-1]


KERAS = {
    "flip": (RandomFlip(), lambda d: [d["u"]]),
    "flip-horizontal": (RandomFlip("horizontal"), lambda d: [d["u"]]),
    "flip-vertical": (RandomFlip("vertical"), lambda d: [d["u"]]),
    **{
        f"rotation-{mode}-{way}": (RandomRotation((-0.3, 0.4), mode, way, None, 0.5), lambda d: [d["u"]])
        for mode in FILL_MODES
        for way in INTERPOLATIONS
    },
    **{
        f"translation-{mode}-{way}": (
            RandomTranslation((-0.7, 0.2), 0.9, mode, way, None, 0.5),
            lambda d: [d["u"], d["v"]],
        )
        for mode in FILL_MODES
        for way in INTERPOLATIONS
    },
    **{
        f"zoom-{mode}": (RandomZoom(0.8, (-0.7, 0.9), mode, fill_value=0.5), lambda d: [d["u"], d["v"]])
        for mode in FILL_MODES
    },
    "zoom-alike": (RandomZoom(0.8), lambda d: [d["u"]]),
    "brightness": (RandomBrightness(0.6, value_range=(0, 1)), lambda d: [d["u"]]),
    "brightness-pair": (RandomBrightness((0.1, 0.4), value_range=(-1, 2)), lambda d: [d["u"]]),
    "contrast": (RandomContrast((0.4, 0.9), value_range=(0, 1)), lambda d: [d["u"]]),
    "erasing": (
        RandomErasing(0.9, value_range=(0, 1)),
        lambda d: [two(d["side"]), d["start"][:, 1], d["start"][:, 0], d["v"], d["u"], d["n"]],
    ),
    "cutout": (
        RandomErasing((0.5, 1), scale=(0.1, 0.8), fill_value=0.5, value_range=(0, 1)),
        lambda d: [two(d["side"]), d["start"][:, 1], d["start"][:, 0], d["v"], d["u"]],
    ),
}


@pytest.mark.parametrize(("layer", "asked"), KERAS.values(), ids=KERAS.keys())
def test_images_are_those_of_keras_with_the_same_draws(layer, asked, kept_draws):
    theirs = getattr(keras.layers, type(layer).__name__)(**layer.get_config())
    x = images((12, 8, 7, 3))
    draws = draws_of(layer, x)
    kept_draws += asked(draws)
    expected = theirs(x.astype(np.float32), training=True)
    assert not kept_draws
    np.testing.assert_allclose(passed(layer, x, **draws), expected, rtol=0, atol=1e-5)


def test_a_crop_is_that_of_keras_with_the_same_draws(kept_draws):
    x = images((1, 9, 8, 2))
    for u, v in [(0.0, 0.0), (0.3, 0.9), (0.99, 0.5)]:
        kept_draws += [u, v]
        expected = keras.layers.RandomCrop(4, 5)(x.astype(np.float32), training=True)
        np.testing.assert_allclose(passed(RandomCrop(4, 5), x, u=[u], v=[v]), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [RandomFlip(), RandomRotation(0.3), RandomErasing(), RandomBrightness(0.2)],
    ids=lambda layer: type(layer).__name__,
)
def test_ranges_and_defaults_are_those_of_keras(layer):
    config = layer.get_config()
    theirs = getattr(keras.layers, type(layer).__name__)(
        **{k: config[k] for k in ("factor",) if k in config}
    ).get_config()
    for name in set(config) - {"seed"}:
        assert np.array_equal(config[name], theirs[name]), name


@pytest.mark.parametrize("kind", sorted({type(layer) for layer in LAYERS.values()}, key=repr))
def test_arguments_and_their_defaults_are_those_of_keras(kind):
    theirs = inspect.signature(getattr(keras.layers, kind.__name__)).parameters
    for name, parameter in inspect.signature(kind).parameters.items():
        if name == "name":  # Keras takes it among the rest
            continue
        if (kind, name) == (RandomErasing, "factor"):
            assert RandomErasing(theirs[name].default).factor == RandomErasing().factor
        else:
            assert parameter.default == theirs[name].default, name
