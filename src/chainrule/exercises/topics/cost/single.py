"""Questions about one layer or two: its shape, its parameters, its multiplications."""

from __future__ import annotations

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._shapes import times
from chainrule.exercises.topics.cost.words import (
    FILTER_BIASES,
    FLATTEN,
    FOR_ONE_SAMPLE,
    MULTIPLICATIONS,
    convolution,
    dense,
    numbered,
    pooling,
    small_image,
    words,
)


@kind("easy", "medium")
def perceptron(draw: Draw) -> Drawn:
    """The parameters of a multilayer perceptron, layer by layer."""
    count, largest = draw.by(2, draw.integer(3, 4), 3), draw.by(24, 64, 64)
    inputs, *units = draw.integers(count + 1, 2, largest)
    biases = draw.chance(0.75)
    layers = [dense(n, **({} if biases else {"use_bias": False})) for n in units]
    return {
        "text": f"A multilayer perceptron has {inputs} inputs and layers of {said(units)} neurons, "
        f"{'with biases in all of them' if biases else 'without biases'}. How many parameters (P) has each "
        "layer, and how many has the network?",
        "find": [*(f"parameters{i}" for i in range(1, count + 1)), "parameters"],
        "given": {"input": [inputs], "layers": layers},
    }


@kind("easy")
def multiplications_of_dense(draw: Draw) -> Drawn:
    """Parameters and multiplications of a fully connected layer."""
    inputs, units = draw.integer(3, 64), draw.integer(2, 32)
    return {
        "text": f"A fully connected layer of {units} neurons, with biases, has {inputs} inputs. How many "
        f"parameters (P₁) has it, and how many multiplications (M₁) does it take? {FOR_ONE_SAMPLE}",
        "find": ["parameters1", "multiplications1"],
        "given": {"input": [inputs], "layers": [dense(units)]},
    }


@kind("easy", "medium")
def one_convolution(draw: Draw) -> Drawn:
    """Shape, parameters and multiplications of a convolution."""
    shape, f = small_image(draw), draw.by(3, draw.integer(2, 5), 3)
    biases = draw.by(True, draw.chance(0.7), True)
    layer = convolution(
        draw.integer(2, draw.by(6, 32, 6)),
        f,
        draw.by(1, draw.integer(1, 3), 1),
        draw.choice(["valid", "same"]),
        **({} if biases else {"use_bias": False}),
    )
    return {
        "text": f"An image of {times(shape)} goes through "
        f"{words(layer)}.{f' {FILTER_BIASES}' if biases else ''} What is the shape of the output (height, "
        "width, channels), how many parameters (P₁) are learned, and how many multiplications (M₁) does it "
        f"take? {MULTIPLICATIONS}",
        "find": ["shape1", "parameters1", "multiplications1"],
        "given": {"input": shape, "layers": [layer]},
    }


@kind("easy", "medium")
def pooled_and_flattened(draw: Draw) -> Drawn:
    """The shapes behind a pooling and a flattening."""
    sides, f = draw.integers(2, 8, 64), draw.integer(2, draw.by(3, 4, 3))
    shape = [*draw.by([sides[0]] * 2, sides, sides), draw.integer(2, draw.by(16, 64, 16))]
    layers = [pooling(f, draw.choice([0, 2]), padding=draw.by("valid", "same", "same")), FLATTEN]
    same = draw.by("", " Padding same gives ⌈n/s⌉ outputs along an axis.", "")
    return {
        "text": f"Feature maps of {times(shape)} go through two layers: {numbered(layers)}.{same} What is "
        "the shape behind each of them?",
        "find": ["shape1", "shape2"],
        "given": {"input": shape, "layers": layers},
    }


@kind("easy", "medium")
def flattened_image(draw: Draw) -> Drawn:
    """An image that is flattened, and a fully connected layer."""
    shape, units = small_image(draw), draw.integer(2, draw.by(10, 32, 10))
    layers = [FLATTEN, dense(units)]
    return {
        "text": f"An image of {times(shape)} goes through two layers: {numbered(layers)}, with biases. How "
        "many numbers are there behind the flattening, how many parameters (P₂) has the second layer, and "
        f"how many multiplications (M₂) does it take? {FOR_ONE_SAMPLE}",
        "find": ["shape1", "parameters2", "multiplications2"],
        "given": {"input": shape, "layers": layers},
    }


@kind("medium")
def in_groups(draw: Draw) -> Drawn:
    """A convolution whose filters see a group of the channels alone."""
    groups, side = draw.choice([2, 4]), draw.integer(8, 32)
    channels, filters = groups * draw.integer(1, 8), groups * draw.integer(1, 8)
    biases = draw.chance(0.7)
    layer = convolution(filters, 3, padding="same", groups=groups, **({} if biases else {"use_bias": False}))
    return {
        "text": f"Feature maps of {times([side, side, channels])} go through {words(layer)}. Every filter "
        f"sees the channels of its group alone{', and has a bias' if biases else ''}. How many parameters "
        f"(P₁) has the layer, and how many multiplications (M₁) does it take? {MULTIPLICATIONS}",
        "find": ["parameters1", "multiplications1"],
        "given": {"input": [side, side, channels], "layers": [layer]},
    }


@kind("medium")
def depthwise(draw: Draw) -> Drawn:
    """A depthwise convolution, or a separable one."""
    side, channels, f = draw.integer(8, 32), draw.integer(2, 32), draw.choice([3, 5])
    made = {"kernel_size": f, "strides": draw.integer(1, 2), "padding": draw.choice(["valid", "same"])}
    flat = {"layer": "DepthwiseConv2D", **made, "depth_multiplier": draw.integer(1, 3)}
    separable = {"layer": "SeparableConv2D", **made, "filters": draw.integer(4, 64)}
    layer, biases = draw.choice([(flat, "every channel that comes out"), (separable, "every 1 × 1 filter")])
    return {
        "text": f"Feature maps of {times([side, side, channels])} go through {words(layer)}; {biases} has a "
        "bias. What is the shape of the output, how many parameters (P₁) has the layer, and how many "
        f"multiplications (M₁) does it take? {MULTIPLICATIONS}",
        "find": ["shape1", "parameters1", "multiplications1"],
        "given": {"input": [side, side, channels], "layers": [layer]},
    }


@kind("medium", "hard")
def padded_same(draw: Draw) -> Drawn:
    """The zeros of padding same, and the shape behind, with a stride or with holes."""
    shape, f = [*draw.integers(2, 8, 64), draw.choice([1, 3])], draw.integer(3, 6)
    holes = draw.difficulty == "hard" and draw.chance()
    more = {"dilation_rate": draw.integer(2, 3)} if holes else {}
    strides = 1 if holes else draw.integer(2, 3)
    layer = convolution(draw.integer(2, 32), f, strides, "same", **more)
    spans = "How many rows and columns does a filter span? " if holes else ""
    return {
        "text": f"An image of {times(shape)} goes through {words(layer)} (as in Keras: ⌈n/s⌉ outputs along "
        f"an axis, an odd zero goes to the end), each filter with a bias. {spans}For each axis, how many "
        "zeros are needed in all, and how many come before and after? What is the shape of the output, how "
        "many parameters (P₁) are learned, and how many multiplications (M₁) does it take? "
        f"{MULTIPLICATIONS}",
        "find": [
            *(["effective1"] if holes else []),
            *("zeros1", "before1", "after1", "shape1", "parameters1", "multiplications1"),
        ],
        "given": {"input": shape, "layers": [layer]},
    }
