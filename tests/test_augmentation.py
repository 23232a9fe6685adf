"""Augmentation: images changed by chance while training, on paper and compiled, and its gradients."""

import json
import math
import re
from fractions import Fraction

import jax
import jax.numpy as jnp
import latex2mathml.converter
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from augmentation_oracle import (
    changed,
    compiled,
    draws_of,
    images,
    interpolations,
    layers,
    modes,
    passed,
    written,
)
from chainrule.layers import (
    Dense,
    Flatten,
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    deserialize,
    serialize,
)
from chainrule.layers.steps import run
from chainrule.models import Sequential
from chainrule.paper.names import tex_name
from chainrule.paper.numbers import Number
from chainrule.training.draws import drawn
from compiling import quickly

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

    @quickly
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
        (lambda: RandomFlip(seed="one"), TypeError, "seed must be a whole number, got 'one'"),
        (lambda: RandomZoom(0.1, seed=-1), ValueError, "seed must be at least 0, got -1"),
        (lambda: Sequential([RandomFlip(), Dense(1)]).build((None, 4)), ValueError, "layer 1"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(make, error, says):
    with pytest.raises(error) as raised:
        make()
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


@layers
def test_a_seed_of_its_own_sets_a_layers_draws_apart(layer):
    def draws(seed):
        made = deserialize({**(table := serialize(layer)), "config": {**table["config"], "seed": seed}})
        return drawn(made.draws((6, 7, 2)), jax.random.key(0), 4)

    first, again, other, none = draws(1), draws(1), draws(2), draws(None)
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
        assert not np.array_equal(first[name], other[name])
        assert not np.array_equal(first[name], none[name])
