"""Well-known networks: their published numbers of parameters, Keras' own, and that they train."""

import json
import re

import keras
import numpy as np
import pytest

from chainrule.applications import (
    VGG16,
    InceptionBlock,
    LeNet5,
    ResNet20,
    VGGSmall,
    lenet5_layers,
    resnet20_layers,
    vgg16_layers,
    vgg_small_layers,
)
from chainrule.layers import (
    Conv2D,
    Dense,
    Flatten,
    Input,
    deserialize,
    serialize,
)
from chainrule.layers.steps import run
from chainrule.model import Sequential
from chainrule.network import Network
from chainrule.rules.rule import size
from layers_oracle import program_of, single, values_of


def count(network):
    """The trained parameters, and what is carried beside them."""
    trained = sum(size(p.shape) for p in network.parameters.values())
    return trained, sum(size(p.shape) for p in network.weights.values()) - trained


# ------------------------------------------------------------------------------ published


@pytest.mark.parametrize(
    ("layers", "shape", "published"),
    [
        (lenet5_layers(), (32, 32, 1), (61_706, 0)),
        (lenet5_layers((28, 28, 1)), (28, 28, 1), (61_706, 0)),
        (lenet5_layers((8, 8, 1)), (8, 8, 1), (61_706, 0)),
        ([InceptionBlock()], (28, 28, 192), (163_328 + 368, 0)),
        (resnet20_layers(), (32, 32, 3), (269_722, 1_376)),
        (resnet20_layers(shortcut="projection"), (32, 32, 3), (272_474, 1_568)),
        (vgg16_layers(), (224, 224, 3), (138_357_544, 0)),
        (vgg_small_layers(), (32, 32, 3), (550_570, 0)),
    ],
    ids=["lenet", "lenet-28", "lenet-8", "inception-3a", "resnet-A", "resnet-B", "vgg16", "vgg-small"],
)
def test_the_parameters_are_as_many_as_published(layers, shape, published):
    """From shapes alone: not one weight is drawn."""
    assert count(Network(layers, shape)) == published


@pytest.mark.parametrize(
    ("channels", "filters", "weights"),
    [  # "params" of blocks 3a and 3b in the paper's table 1, in units of 1024
        (192, (64, (96, 128), (16, 32), 32), 159),
        (256, (128, (128, 192), (32, 96), 64), 380),
    ],
)
def test_googlenets_first_blocks_have_the_weights_of_the_papers_table(channels, filters, weights):
    network = Network([InceptionBlock(*filters)], (14, 14, channels))
    kernels = sum(size(p.shape) for name, p in network.parameters.items() if name.startswith("W"))
    assert kernels / 1024 == pytest.approx(weights, abs=1)
    assert network.output_shape[-1] == filters[0] + filters[1][1] + filters[2][1] + filters[3]


# --------------------------------------------------------------------------------- Keras


def keras_lenet(side):
    return keras.Sequential(
        [
            keras.Input((side, side, 1)),
            keras.layers.Conv2D(6, 5, padding="same" if side == 28 else "valid", activation="tanh"),
            keras.layers.AveragePooling2D(2),
            keras.layers.Conv2D(16, 5, activation="tanh"),
            keras.layers.AveragePooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(120, activation="tanh"),
            keras.layers.Dense(84, activation="tanh"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def keras_inception():
    def conv(x, filters, size):
        return keras.layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    x = keras.Input((6, 6, 5))
    pool = keras.layers.MaxPooling2D(3, strides=1, padding="same")(x)
    branches = [conv(x, 2, 1), conv(conv(x, 3, 1), 4, 3), conv(conv(x, 1, 1), 2, 5), conv(pool, 3, 1)]
    return keras.Model(x, keras.layers.Concatenate()(branches))


def keras_resnet(projection):
    layers = keras.layers

    def normalized(x, filters, size, strides=1):
        x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    inputs = keras.Input((8, 8, 3))
    x = layers.Activation("relu")(normalized(inputs, 16, 3))
    channels = 16
    for filters in (16, 32, 64):
        for _ in range(3):
            strides = 1 if channels == filters else 2
            main = layers.Activation("relu")(normalized(x, filters, 3, strides))
            main = normalized(main, filters, 3)
            short = x
            if channels != filters and projection:
                short = normalized(x, filters, 1, 2)
            elif channels != filters:
                zeros = (filters - channels) // 2
                short = keras.ops.pad(x[:, ::2, ::2], ((0, 0), (0, 0), (0, 0), (zeros, zeros)))
            x = layers.Activation("relu")(layers.Add()([main, short]))
            channels = filters
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def made(layer):
    """When Keras made a layer, among those of its kind: the number in its name."""
    number = re.search(r"_(\d+)$", layer.name)
    return int(number[1]) if number else -1


def check_like_keras(network, theirs):
    """With the same weights both give the same; each kind of layer was made in the same order."""
    values = single(values_of(network, program_of(network), rows=3, seed=1))
    for kind in ("Conv2D", "BatchNormalization", "Dense"):
        places = [place for place in network.places if type(place.layer).__name__ == kind]
        layers = sorted((layer for layer in theirs.layers if type(layer).__name__ == kind), key=made)
        for place, layer in zip(places, layers, strict=True):
            layer.set_weights([values[name] for name in place.weights])
    steps, output = network.forward()
    expected = np.asarray(theirs(values["x"]))
    np.testing.assert_allclose(run(steps, values)[output], expected, rtol=1e-3, atol=1e-4)
    assert theirs.count_params() == sum(count(network))


@pytest.mark.parametrize("side", [28, 32])
def test_lenet_gives_what_keras_gives_with_the_same_weights(side):
    check_like_keras(Network(lenet5_layers((side, side, 1)), (side, side, 1)), keras_lenet(side))


def test_the_inception_block_gives_what_keras_gives_with_the_same_weights():
    check_like_keras(Network([InceptionBlock(2, (3, 4), (1, 2), 3)], (6, 6, 5)), keras_inception())


@pytest.mark.slow
@pytest.mark.parametrize("shortcut", ["zeros", "projection"])
def test_resnet_gives_what_keras_gives_with_the_same_weights(shortcut):
    network = Network(resnet20_layers(shortcut=shortcut), (8, 8, 3))
    check_like_keras(network, keras_resnet(shortcut == "projection"))


@pytest.mark.slow
def test_vgg16_has_the_shapes_of_keras_vgg16():
    """Up to the dense layers, whose 123 million weights would all be drawn."""
    theirs = keras.applications.VGG16(weights=None, input_shape=(32, 32, 3), include_top=False)
    network = Network(vgg16_layers(10), (32, 32, 3))
    assert [p.shape for p in network.weights.values()][:26] == [tuple(w.shape) for w in theirs.weights]
    ours = [place.output_shape for place in network.places][:18]
    assert ours == [tuple(layer.output.shape[1:]) for layer in theirs.layers[1:]]


# -------------------------------------------------------------------------------- models


def short_resnet():
    """ResNet-20 with one of its nine blocks, which halves the image."""
    layers = resnet20_layers(classes=3)
    return Sequential([Input((8, 8, 3)), *layers[:3], layers[6], *layers[-2:]])


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda: LeNet5((8, 8, 1), classes=3), id="lenet"),
        pytest.param(short_resnet, id="resnet", marks=pytest.mark.slow),
    ],
)
def test_a_model_trains(build):
    model = build()
    random, y = np.random.default_rng(0), np.arange(12) % 3
    x = random.normal(size=(12, *model.input_shape[1:])) + y.reshape(-1, 1, 1, 1)
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = model.weights
    losses = model.fit(x, y, epochs=4, batch_size=6, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    for name, weight in model.weights.items():
        assert np.isfinite(weight).all()
        assert not np.array_equal(weight, before[name]), name


def test_the_models_have_the_layers_shapes():
    assert [build().output_shape for build in (LeNet5, ResNet20, VGGSmall)] == [(None, 10)] * 3
    assert ResNet20((8, 8, 1), classes=2, shortcut="projection").output_shape == (None, 2)


@pytest.mark.parametrize("layers", [lenet5_layers(), [InceptionBlock()], resnet20_layers()[:7]], ids=len)
def test_every_layer_comes_back_from_its_table(layers):
    for layer in layers:
        table = json.loads(json.dumps(serialize(layer)))
        assert serialize(deserialize(table)) == serialize(layer)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: LeNet5((33, 33, 1)), "LeNet-5 takes images of 32 × 32 pixels, or smaller by an even number"),
        (lambda: LeNet5((27, 28, 1)), "or smaller by an even number; got 27 × 28"),
        (lambda: LeNet5((28, 28)), r"images \(height, width, channels\).*got \(28, 28\)"),
        (lambda: LeNet5(pooling="mean"), '"average" or "max", got \'mean\''),
        (lambda: LeNet5(classes=0), "units must be a whole number ≥ 1, got 0"),
        (lambda: ResNet20(shortcut="identity"), '"zeros" or "projection", got \'identity\''),
        (lambda: ResNet20((4, 4, 3)), r"ResNet-20 takes images .* of at least 8 × 8 pixels; got \(4, 4, 3\)"),
        (lambda: VGG16((16, 16, 3)), "VGG-16 takes images .* of at least 32 × 32"),
        (lambda: VGGSmall((4, 8, 3)), "VGGSmall takes images .* of at least 8 × 8"),
        (lambda: VGGSmall(rate=1.5), "rate must be at least 0 and less than 1, got 1.5"),
    ],
    ids=range(10),
)
def test_an_argument_that_cannot_be_is_refused(build, says):
    with pytest.raises(ValueError, match=says):
        build()


def test_a_model_may_be_cut_and_given_another_head():
    body = lenet5_layers((8, 8, 1))[:-1]
    network = Network([*body, Dense(2)], (8, 8, 1))
    assert network.output_shape == (2,)
    assert isinstance(body[0], Conv2D)
    assert isinstance(body[4], Flatten)
