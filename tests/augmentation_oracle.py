"""What the tests of augmentation share: the layers, images, and their passes with given draws."""

import numpy as np
import pytest
from hypothesis import Phase, settings

from chainrule.layers import (
    Quantities,
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)
from chainrule.layers.steps import run
from chainrule.rules.rule import Name
from chainrule.rules.sampling import FILL_MODES, INTERPOLATIONS

compiled = settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
plain = settings(max_examples=60, deadline=None, derandomize=True)

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
