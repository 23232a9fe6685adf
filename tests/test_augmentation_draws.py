"""What augmentation draws: how often and how far images are changed, and the picture of it."""

import math
from xml.etree import ElementTree

import jax
import numpy as np
import pytest
from scipy import stats

from augmentation_oracle import LAYERS, changed, images, passed, written
from chainrule.layers import (
    Dense,
    Flatten,
    GaussianNoise,
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    Reshape,
)
from chainrule.layers.augmentation import Augmentation
from chainrule.layers.steps import run
from chainrule.report.augmentation import augmentation_figure, augmented, leading_augmentation
from chainrule.training.draws import drawn

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
