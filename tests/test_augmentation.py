"""Augmentation: images changed by chance while training, against SciPy, Keras and jax.grad."""

import inspect
import json
import math
import re
from fractions import Fraction
from xml.etree import ElementTree

import jax
import jax.numpy as jnp
import keras
import latex2mathml.converter
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy import ndimage, stats

from chainrule.layers import (
    Dense,
    Flatten,
    GaussianNoise,
    Quantities,
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    Reshape,
    deserialize,
    serialize,
)
from chainrule.layers.augmentation import Augmentation
from chainrule.layers.steps import run
from chainrule.models import Sequential
from chainrule.paper.names import tex_name
from chainrule.paper.numbers import Number
from chainrule.report.augmentation import augmentation_figure, augmented, leading_augmentation
from chainrule.rules.rule import Name
from chainrule.rules.sampling import FILL_MODES, INTERPOLATIONS, sampled
from chainrule.training.draws import drawn

compiled = settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
plain = settings(max_examples=60, deadline=None, derandomize=True)

IN_SCIPY = {"constant": "grid-constant", "nearest": "nearest", "reflect": "reflect", "wrap": "grid-wrap"}
"""SciPy's names; its own "constant" and "wrap" treat the last pixel otherwise than Keras does."""
ORDER = {"nearest": 0, "bilinear": 1}

LAYERS = {
    "flip": RandomFlip(),
    "flip-horizontal": RandomFlip("horizontal"),
    "rotation": RandomRotation(0.4),
    "translation": RandomTranslation(0.3, (0.1, 0.6), fill_mode="constant", fill_value=0.5),
    "zoom": RandomZoom(0.4),
    "zoom-axes": RandomZoom((0.1, 0.3), (-0.4, -0.1), fill_mode="wrap"),
    "crop": RandomCrop(3, 4),
    "brightness": RandomBrightness(0.6, value_range=(0, 1)),
    "contrast": RandomContrast((0.2, 0.9), value_range=(0, 1)),
    "erasing": RandomErasing(value_range=(0, 1)),
    "cutout": RandomErasing((1, 1), scale=(0.2, 0.5), fill_value=0.25, value_range=(0, 1)),
}
layers = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS.keys())
modes = pytest.mark.parametrize("fill_mode", FILL_MODES)
interpolations = pytest.mark.parametrize("interpolation", INTERPOLATIONS)


def images(shape=(5, 6, 7, 2), seed=0):
    return np.random.default_rng(seed).uniform(0.05, 0.95, shape)


def draws_of(layer, x, seed=0):
    random = np.random.default_rng(seed)
    draw = {"uniform": random.random, "normal": lambda shape: random.normal(size=shape)}
    return {k: draw[d.kind]((len(x), *d.shape)) for k, d in layer.draws(x.shape[1:]).items()}


def written(layer, x, training=True):
    """The steps of a pass and of its gradient, with the output's name."""
    q = Quantities("1", (), layer.draws(x.shape[1:]))
    output = (layer.forward if training else layer.inference)(q, Name("x"))
    forward = tuple(q.steps)
    if training:
        q.dx = layer.backward(q, Name("x"), Name("da1"))
    return forward, tuple(q.steps[len(forward) :]), output.text


def passed(layer, x, training=True, **draws):
    steps, _, output = written(layer, x, training)
    return run(steps, {"x": x, **{f"{k}1": np.asarray(v) for k, v in draws.items()}})[output]


def changed(layer, x, seed=0):
    return passed(layer, x, **draws_of(layer, x, seed))


# ---------------------------------------------------------------------------- for all layers


@layers
def test_predictions_see_images_as_they_are(layer):
    x = images()
    seen = passed(layer, x, training=False)
    assert seen.shape[1:] == layer.output_shape(x.shape[1:])
    np.testing.assert_array_equal(seen, x[:, 1:4, 1:5] if isinstance(layer, RandomCrop) else x)


@layers
def test_training_sees_other_images_of_the_same_shape(layer):
    x = images()
    seen = changed(layer, x)
    assert seen.shape == (5, *layer.output_shape(x.shape[1:]))
    assert seen.shape != x.shape or not np.array_equal(seen, x)


@layers
def test_the_same_draws_give_the_same_images_and_others_others(layer):
    x = images()
    np.testing.assert_array_equal(changed(layer, x), changed(layer, x))
    assert not np.array_equal(changed(layer, x), changed(layer, x, seed=8))


@layers
def test_an_image_depends_on_its_own_draws_alone(layer):
    x, draws = images(), draws_of(layer, images())
    alone = passed(layer, x[2:3], **{k: v[2:3] for k, v in draws.items()})
    np.testing.assert_allclose(alone, passed(layer, x, **draws)[2:3], rtol=0, atol=1e-15)


@layers
def test_compiled_images_are_those_of_numpy(layer):
    x, draws = images(), draws_of(layer, images())
    steps, _, output = written(layer, x)
    given = {"x": x, **{f"{k}1": v for k, v in draws.items()}}
    with jax.enable_x64(True):
        found = jax.jit(lambda values: run(steps, values)[output])(given)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, passed(layer, x, **draws), rtol=0, atol=1e-13)


@layers
def test_images_in_float32_stay_so(layer):
    steps, _, output = written(layer, images())
    given = {"x": images(), **{f"{k}1": v for k, v in draws_of(layer, images()).items()}}
    given = {k: jnp.asarray(v, jnp.float32) for k, v in given.items()}
    assert jax.eval_shape(lambda values: run(steps, values)[output], given).dtype == np.float32


NOTHING = {
    "rotation": RandomRotation(0),
    "translation": RandomTranslation(0, 0.0, fill_mode="constant"),
    "zoom": RandomZoom(0),
    "zoom-axes": RandomZoom(0, 0, interpolation="nearest"),
    "brightness": RandomBrightness(0, value_range=(0, 1)),
    "contrast": RandomContrast(0, value_range=(0, 1)),
    "erasing": RandomErasing(0),
    "crop": RandomCrop(6, 7),
}


@pytest.mark.parametrize("layer", NOTHING.values(), ids=NOTHING.keys())
def test_a_factor_of_0_changes_nothing(layer):
    np.testing.assert_allclose(changed(layer, images()), images(), rtol=0, atol=1e-15)


# -------------------------------------------------------------------------------- gradients


def check_gradient(layer, x, seed):
    steps, back, output = written(layer, x)
    draws = {f"{k}1": v for k, v in draws_of(layer, x, seed).items()}
    da = np.random.default_rng(seed).normal(size=(len(x), *layer.output_shape(x.shape[1:])))

    @jax.jit
    def both(given):
        def through(values):
            return (run(steps, {**given, "x": values})[output] * given["da1"]).sum()

        return run(back, run(steps, given))["dx1"], jax.grad(through)(given["x"])

    given = {"x": x, "da1": da, **draws}
    compiled, automatic = both(given)
    for ours in (compiled, run(back, run(steps, given))["dx1"]):
        assert ours.dtype == np.float64
        np.testing.assert_allclose(ours, automatic, rtol=0, atol=1e-11)


shapes = st.tuples(st.integers(1, 3), st.integers(3, 6), st.integers(4, 6), st.integers(1, 3))


@layers
@compiled
@given(shape=shapes, seed=st.integers(0, 2**32 - 1))
def test_the_gradient_is_that_of_jax(layer, shape, seed):
    with jax.enable_x64(True):
        check_gradient(layer, images(shape, seed), seed)


@modes
@interpolations
def test_the_gradient_is_that_of_jax_for_every_way_of_sampling(fill_mode, interpolation):
    how = {"fill_mode": fill_mode, "interpolation": interpolation, "fill_value": 0.3}
    with jax.enable_x64(True):
        check_gradient(RandomRotation(0.5, **how), images((3, 5, 4, 2)), 1)


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


# ------------------------------------------------------------------------------- on paper


def exactly(values):
    return np.vectorize(lambda v: Number(Fraction(v).limit_denominator(1000)), otypes=[object])(values)


@layers
def test_every_layer_works_on_exact_numbers_and_its_gradient_too(layer):
    x = exactly(images((2, 3, 4, 1)))
    draws = {f"{k}1": exactly(v) for k, v in draws_of(layer, x).items()}
    forward, back, output = written(layer, x)
    worked = run(forward, {"x": x, **draws})
    worked |= {"da1": exactly(np.random.default_rng(3).normal(size=worked[output].shape))}
    worked = run(back, worked)
    floats = {k: worked[k].astype(float) for k in ("x", "da1", *draws)}
    expected = run((*forward, *back), floats)
    for name in (output, "dx1"):
        assert worked[name].dtype == object
        assert all(isinstance(v, Number) for v in worked[name].flat)
        np.testing.assert_allclose(worked[name].astype(float), expected[name], rtol=0, atol=1e-12)


def test_whole_pixels_move_without_any_rounding():
    x = np.array([[Number(Fraction(i, 7)) for i in range(k, k + 3)] for k in (0, 3)])[None, ..., None]
    half, third = Number(Fraction(1, 2)), Number(Fraction(1, 3))
    layer = RandomTranslation((half, half), (third, third), fill_mode="wrap")
    moved = passed(layer, x, u=[Number(0)], v=[Number(0)])[0, ..., 0]
    np.testing.assert_array_equal(moved, np.roll(x[0, ..., 0], (1, 1), axis=(0, 1)))
    mirrored = passed(RandomFlip("horizontal"), x, u=[Number(0)])
    np.testing.assert_array_equal(mirrored, x[:, :, ::-1])


def test_brightness_by_hand():
    x = exactly(np.array([0.1, 0.5, 0.9]).reshape(1, 1, 3, 1))
    layer = RandomBrightness(Number("0.2"), value_range=(0, 1))
    found = passed(layer, x, u=[Number("0.75")]).ravel().tolist()
    assert found == [Number("0.2"), Number("0.6"), Number(1)]


def test_contrast_by_hand():
    x = np.array([0.2, 0.4, 0.6]).reshape(1, 1, 3, 1)
    found = passed(RandomContrast(0.5, value_range=(0, 1)), x, u=[1.0])
    np.testing.assert_allclose(found.ravel(), [0.1, 0.4, 0.7], rtol=0, atol=1e-15)


@layers
def test_every_formula_names_its_own_inputs_and_options_and_can_be_set(layer):
    forward, back, _ = written(layer, images())
    for step in (*forward, *back):
        names = re.findall(r"<(\w+)>", step.rule.tex)
        assert set(names) <= {*step.rule.inputs, *step.options}, step.rule.name
        assert re.fullmatch(r"[a-z]|\\text\{[a-z]+\}|\\frac.*", tex_name(step.name).removesuffix("_{1}"))
        assert latex2mathml.converter.convert(step.rule.formula(dict.fromkeys(names, "t_1")))


# ------------------------------------------------------------------------------ by chance


def many(layer, shape, rows=4000):
    with jax.enable_x64(True):
        found = drawn(layer.draws(shape), jax.random.key(0), rows)
    return {k: np.asarray(v, dtype=float) for k, v in found.items()}


def quantities(layer, x, draws):
    steps, _, _ = written(layer, x)
    return run(steps, {"x": x, **{f"{k}1": v for k, v in draws.items()}})


def within(hits, rows, share):
    """Whether so many hits lie in the middle 99.99% of a binomial distribution."""
    low, high = stats.binom.interval(0.9999, rows, share)
    return low <= hits <= high


def test_half_of_the_images_are_mirrored():
    x = np.tile(np.arange(4.0).reshape(1, 2, 2, 1), (4000, 1, 1, 1))
    seen = passed(RandomFlip("horizontal"), x, **many(RandomFlip("horizontal"), (2, 2, 1)))
    hits = (seen == x[:, :, ::-1]).all(axis=(1, 2, 3)).sum()
    assert within(hits, 4000, 0.5)
    assert hits + (seen == x).all(axis=(1, 2, 3)).sum() == 4000


@pytest.mark.parametrize(
    ("layer", "name", "low", "high"),
    [
        (RandomRotation(0.1), "angle1", -0.2 * math.pi, 0.2 * math.pi),
        (RandomRotation((0.1, 0.3)), "angle1", 0.2 * math.pi, 0.6 * math.pi),
        (RandomTranslation((-0.2, 0.3), 0), "vertical1", -0.2, 0.3),
        (RandomTranslation(0, 0.4), "horizontal1", -0.4, 0.4),
        (RandomZoom((-0.2, 0.5)), "tall1", 0.8, 1.5),
        (RandomBrightness(0.3), "share1", -0.3, 0.3),
        (RandomContrast(0.3), "factor1", 0.7, 1.3),
        (RandomErasing(scale=(0.1, 0.2), fill_value=0), "area1", 0.1, 0.2),
    ],
    ids=["turn", "turn-left", "down", "right", "zoom", "brightness", "contrast", "area"],
)
def test_what_is_drawn_lies_evenly_in_its_range(layer, name, low, high):
    values = quantities(layer, np.zeros((4000, 2, 2, 1)), many(layer, (2, 2, 1)))[name].ravel()
    assert stats.kstest(values, "uniform", args=(low, high - low)).pvalue > 1e-4
    assert low <= values.min() <= values.max() <= high


def test_every_place_of_a_crop_is_as_likely():
    layer, x = RandomCrop(3, 2), np.tile(np.arange(16.0).reshape(1, 4, 4, 1), (4000, 1, 1, 1))
    corners = passed(layer, x, **many(layer, (4, 4, 1)))[:, 0, 0, 0]
    found, counts = np.unique(corners, return_counts=True)
    assert found.tolist() == [0, 1, 2, 4, 5, 6]
    assert stats.chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize(("factor", "share"), [((1, 1), 1.0), (1.0, 0.5), ((0.2, 0.4), 0.3), (0, 0.0)])
def test_so_many_images_are_erased(factor, share):
    layer, x = RandomErasing(factor, scale=(0.2, 0.3), fill_value=9), np.zeros((4000, 8, 8, 1))
    hits = passed(layer, x, **many(layer, (8, 8, 1))).any(axis=(1, 2, 3)).sum()
    assert within(hits, 4000, share)


def test_what_is_erased_is_one_rectangle_of_the_area_drawn():
    layer, x = RandomErasing((1, 1), scale=(0.25, 0.25), fill_value=1), np.zeros((50, 8, 8, 1))
    for image in changed(layer, x)[..., 0]:
        rows, columns = image.any(axis=1), image.any(axis=0)
        np.testing.assert_array_equal(image, np.outer(rows, columns))
        assert rows.sum() == columns.sum() == 4


def test_what_is_erased_has_the_colour_given_within_the_range():
    layer = RandomErasing((1, 1), (1, 1), fill_value=[0.1, 0.5, 7], value_range=(0, 1))
    np.testing.assert_array_equal(changed(layer, images((2, 3, 3, 3))), np.full((2, 3, 3, 3), [0.1, 0.5, 1]))


# -------------------------------------------------------------------------------- training


def test_a_model_trains_on_changed_images_and_predicts_from_unchanged_ones():
    x = images((32, 6, 6, 1)).astype(np.float32)
    y = (x.mean(axis=(1, 2, 3)) > 0.5).astype(np.float32)[:, None]
    layers = [RandomFlip(), RandomRotation(0.1), RandomTranslation(0.1, 0.1), RandomZoom(0.1)]
    layers += [RandomBrightness(0.1, (0, 1)), RandomContrast(0.1, (0, 1)), RandomErasing(0.5, fill_value=0)]
    head = [RandomCrop(5, 5), Flatten(), Dense(1)]
    model = Sequential([*layers, *head])
    model.compile("sgd", "mse")
    history = model.fit(x, y, epochs=3, batch_size=8, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    kernel, bias = model.get_weights()
    cropped = x[:, :5, :5].reshape(32, -1)
    np.testing.assert_allclose(model.predict(x, verbose=0), cropped @ kernel + bias, rtol=0, atol=1e-5)


@layers
def test_a_layer_is_made_again_from_its_table(layer):
    table = json.loads(json.dumps(serialize(layer)))
    again = deserialize(table)
    assert serialize(again) == table
    np.testing.assert_array_equal(changed(again, images()), changed(layer, images()))


# -------------------------------------------------------------------------------- the door


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: RandomFlip("diagonal"), ValueError, "unknown mode 'diagonal'"),
        (lambda: RandomRotation(1.5), ValueError, "factor must lie between -1 and 1, got 1.5"),
        (lambda: RandomRotation((-2, 0)), ValueError, "factor must lie between -1 and 1"),
        (lambda: RandomRotation("0.1"), TypeError, "factor must be two numbers"),
        (lambda: RandomRotation(None), TypeError, "factor must be two numbers"),
        (lambda: RandomRotation(True), TypeError, "factor must be a number, got True"),
        (lambda: RandomRotation((0.1, 0.2, 0.3)), TypeError, "factor must be two numbers"),
        (lambda: RandomRotation(math.nan), ValueError, "factor must be finite, got nan"),
        (lambda: RandomRotation((0, math.inf)), ValueError, "factor must be finite, got inf"),
        (lambda: RandomRotation(0.1, fill_mode="mirror"), ValueError, "unknown fill_mode 'mirror'"),
        (lambda: RandomRotation(0.1, interpolation="bicubic"), ValueError, "unknown interpolation"),
        (lambda: RandomRotation(0.1, fill_value="black"), TypeError, "fill_value must be a number"),
        (lambda: RandomTranslation(0.1, 2), ValueError, "width_factor must lie between -1 and 1"),
        (lambda: RandomZoom(-1), ValueError, "height_factor must lie above -1"),
        (lambda: RandomZoom(0.1, (-1, 0)), ValueError, "width_factor must lie above -1"),
        (lambda: RandomCrop(0, 3), ValueError, "height must be at least 1, got 0"),
        (lambda: RandomCrop(3, 2.5), TypeError, "width must be a whole number"),
        (lambda: RandomCrop(9, 3).output_shape((8, 8, 1)), ValueError, "give larger images"),
        (lambda: RandomBrightness(0.1, value_range=1), TypeError, "value_range must be two numbers"),
        (lambda: RandomBrightness(0.1, (1, 1)), ValueError, "two different numbers"),
        (lambda: RandomContrast(-0.1), ValueError, "factor must lie between 0 and 1, got -0.1"),
        (lambda: RandomErasing(1.1), ValueError, "factor must lie between 0 and 1"),
        (lambda: RandomErasing(scale=(0.5, 1.2)), ValueError, "scale must lie between 0 and 1"),
        (lambda: RandomErasing(fill_value=[0, "a"]), TypeError, "fill_value must be a number"),
        (lambda: RandomErasing(fill_value=(0, 1)).output_shape((8, 8, 3)), ValueError, "3 channels"),
        (lambda: RandomFlip().output_shape((64,)), ValueError, "takes images"),
        (lambda: Sequential([RandomFlip(), Dense(1)]).build((None, 4)), ValueError, "layer 1"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(make, error, says):
    with pytest.raises(error) as raised:
        make()
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


# ------------------------------------------------------------------------------ the picture


def test_the_picture_shows_images_before_and_after():
    made = [RandomRotation(0.1), GaussianNoise(0.1)]
    picture = augmentation_figure(images((9, 8, 8, 1)), made, rows=3, seed=1)
    assert picture == augmentation_figure(images((9, 8, 8, 1)), made, rows=3, seed=1)
    assert picture != augmentation_figure(images((9, 8, 8, 1)), made, rows=3, seed=2)
    found = ElementTree.fromstring(picture)
    pictures = [e for e in found.iter() if e.tag.endswith("}image")]
    assert len(pictures) == 3 * (1 + 5)
    assert "RandomRotation, GaussianNoise" in picture


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_the_picture_takes_any_channels_and_images_all_of_one_value(channels):
    flat = np.full((2, 6, 6, channels), 200.0)
    assert augmentation_figure(flat, [RandomCrop(4, 4), RandomBrightness(0.2)]).startswith("<svg")


def test_the_picture_of_rows_that_are_reshaped_is_that_of_images():
    x = images((2, 8, 8, 1))
    flat = augmentation_figure(x.reshape(2, 64), [Reshape((8, 8, 1)), RandomFlip()])
    assert flat == augmentation_figure(x, [RandomFlip()])


def test_each_version_of_an_image_is_drawn_anew():
    x = images((2, 8, 8, 1))
    first, second = (augmented(x, [RandomRotation(0.1), RandomZoom(0.2)], seed) for seed in (0, 1))
    assert first.shape == x.shape
    assert not np.array_equal(first, second)


def test_augmentation_is_what_stands_before_the_first_other_layer():
    first = [Reshape((8, 8, 1)), RandomFlip(), GaussianNoise(0.1), RandomCrop(4, 4)]
    assert leading_augmentation([*first, Flatten(), RandomFlip()]) == tuple(first)
    assert leading_augmentation([Dense(1), RandomFlip()]) == ()
    assert leading_augmentation([Reshape((8, 8, 1)), GaussianNoise(0.1), Dense(1)]) == ()
    assert all(isinstance(layer, Augmentation) for layer in LAYERS.values())
