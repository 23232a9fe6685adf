"""Questions about whole networks: shapes, parameters and multiplications by layer; memory; branches."""

from __future__ import annotations

from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._shapes import times
from chainrule.exercises.topics.cost.words import (
    BIASES,
    FLATTEN,
    MULTIPLICATIONS,
    NORMALIZATION,
    RELU,
    Layer,
    convolution,
    dense,
    each,
    numbered,
    pooling,
    small_image,
    words,
)

_SHAPED = ("Conv2D", "MaxPooling2D", "AveragePooling2D", "Flatten")
_COUNTED = ("Conv2D", "Dense")


def _shapes_and_parameters(layers: list[Layer]) -> list[str]:
    return [*each("shape", layers, *_SHAPED), *each("parameters", layers, *_COUNTED), "parameters"]


@kind("medium")
def small_classifier(draw: Draw) -> Drawn:
    """A convolution, a pooling and a fully connected layer."""
    layers = [
        convolution(draw.integer(2, 16), draw.choice([3, 5]), padding=draw.choice(["same", "valid"])),
        pooling(2),
        FLATTEN,
        dense(draw.integer(2, 10)),
    ]
    shape = small_image(draw)
    return {
        "text": f"An image of {times(shape)} goes through four layers: {numbered(layers)}. {BIASES} What is "
        "the shape behind each layer but the last, how many parameters (P) have the convolution and the "
        "fully connected layer, and how many are there in all?",
        "find": _shapes_and_parameters(layers),
        "given": {"input": shape, "layers": layers},
    }


@kind("medium", "hard")
def normalized_network(draw: Draw) -> Drawn:
    """What batch normalization keeps, and how many of the parameters are trained."""
    shape = small_image(draw)
    maps = [convolution(draw.integer(4, 32), 3, padding="same", use_bias=False), NORMALIZATION, RELU]
    if draw.difficulty == "hard":
        maps += [convolution(draw.integer(4, 64), 3, 2, "same", use_bias=False), NORMALIZATION, RELU]
    layers = [*maps, {"layer": "GlobalAveragePooling2D"}, dense(draw.integer(2, 10))]
    kept = each("parameters", layers, *_COUNTED, "BatchNormalization")
    return {
        "text": f"An image of {times(shape)} goes through these layers: {numbered(layers)}. The last one has "
        "biases. A batch normalization keeps γ, β, a moving mean and a moving variance for each channel; the "
        "last two are not trained. How many parameters (P) has each layer that has some, how many of a "
        "normalization's are moving averages, how many parameters has the network, how many of all are "
        "moving averages, and how many are trained?",
        "find": [
            *kept,
            *each("moving", layers, "BatchNormalization"),
            *("parameters", "moving", "trainable"),
        ],
        "given": {"input": shape, "layers": layers},
    }


@kind("medium", "hard")
def memory(draw: Draw) -> Drawn:
    """The memory of parameters and activations, of a batch where it is hard."""
    shape, rows = small_image(draw), draw.choice([8, 16, 32, 64])
    layers = [
        convolution(draw.integer(4, 16), 3, draw.integer(1, 2), "same"),
        pooling(2),
        FLATTEN,
        dense(draw.integer(2, 10)),
    ]
    size = draw.choice([2, 4, 8])
    given: dict[str, Any] = {"input": shape, "layers": layers, "bytes_per_number": size}
    find, of_a_batch = ["parameters", "multiplications", "values"], ""
    if draw.difficulty == "hard":
        given["batch_size"] = rows
        find += ["batch_multiplications", "batch_values"]
        of_a_batch = f" How many multiplications and how many values are that for a batch of {rows}?"
    return {
        "text": f"An image of {times(shape)} goes through four layers: {numbered(layers)}. {BIASES} How many "
        "parameters (P) has the network, how many multiplications (M) does it take, and how many values (A) "
        f"are kept, those of the input and of every layer's output?{of_a_batch} How many bytes do parameters "
        f"and values{' of the batch' if of_a_batch else ''} take, with {size} for each number? "
        f"{MULTIPLICATIONS}",
        "find": [*find, "parameter_bytes", "activation_bytes"],
        "given": given,
    }


@kind("hard")
def deep_network(draw: Draw) -> Drawn:
    """A network after LeNet-5: two convolutions, two poolings, and fully connected layers."""
    side, f = draw.choice([28, 32, 36, 40]), draw.choice([3, 5])
    how = draw.choice(["Max", "Average"])
    layers = [
        convolution(draw.integer(4, 12), f),
        pooling(2, kind=how),
        convolution(draw.integer(12, 32), f),
        pooling(2, kind=how),
        FLATTEN,
        dense(draw.integer(40, 120)),
        dense(draw.integer(2, 10)),
    ]
    shape = [side, side, draw.choice([1, 3])]
    return {
        "text": f"An image of {times(shape)} goes through seven layers: {numbered(layers)}. {BIASES} What is "
        "the shape behind each of the first five, how many parameters (P) and multiplications (M) have the "
        "convolutions and the fully connected layers, and how many are there of both in all? "
        f"{MULTIPLICATIONS}",
        "find": [
            *_shapes_and_parameters(layers),
            *each("multiplications", layers, *_COUNTED),
            "multiplications",
        ],
        "given": {"input": shape, "layers": layers},
    }


@kind("hard")
def residual_block(draw: Draw) -> Drawn:
    """Two convolutions beside a 1 × 1 convolution, and their sum."""
    side, channels = 2 * draw.integer(4, 28), 2 ** draw.integer(3, 6)
    filters = channels * draw.choice([1, 2])
    bare: Layer = {"use_bias": False}
    main = [convolution(filters, 3, 2, "same", **bare), convolution(filters, 3, 1, "same", **bare)]
    shortcut = [convolution(filters, 1, 2, **bare)]
    counted = ("1_1_1", "1_1_2", "1_2_1")
    return {
        "text": f"A residual block takes feature maps of {times([side, side, channels])}. Its first branch "
        f"has two layers: (1.1.1) {words(main[0])}; (1.1.2) {words(main[1])}. Its second has one: (1.2.1) "
        f"{words(shortcut[0])}. The outputs of both branches are added (layer 1). What is the shape behind "
        "each convolution and behind the sum, how many parameters (P) and multiplications (M) has each "
        f"convolution, and how many are there in all? {MULTIPLICATIONS}",
        "find": [
            *(f"{word}{number}" for number in counted for word in ("shape", "parameters", "multiplications")),
            *("shape1", "parameters", "multiplications"),
        ],
        "given": {
            "input": [side, side, channels],
            "layers": [{"join": "add", "branches": [main, shortcut]}],
        },
    }
