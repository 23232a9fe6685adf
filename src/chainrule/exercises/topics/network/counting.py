"""Sizes alone: how many parameters, how many equal networks, how wide the initial weights."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import Layer, several


def _sizes(units: list[int]) -> list[Layer]:
    return [{"layer": "Dense", "units": count} for count in units]


@kind("easy", "medium")
def count_parameters(draw: Draw) -> Drawn:
    """The parameters of a dense network, layer by layer."""
    depth = draw.by(draw.choice([2, 3]), draw.choice([3, 4]), 4)
    inputs = draw.integer(2, draw.by(12, 60, 60))
    units = [draw.integer(2, draw.by(12, 60, 60)) for _ in range(depth - 1)] + [draw.integer(1, 10)]
    layers = _sizes(units)
    bare = draw.chance(0.25)
    if bare:
        layers[-1]["use_bias"] = False
    hidden = " and ".join(filter(None, [", ".join(map(str, units[:-2])), str(units[-2])]))
    said = "a hidden layer" if depth == 2 else "hidden layers"
    biases = "every unit but those of the last layer has a bias" if bare else "every unit has a bias"
    return {
        "text": f"A dense network has {several(inputs, 'input')}, {said} of {hidden} units and "
        f"{several(units[-1], 'output unit')}; {biases}. Count its learnable parameters: P of each layer, "
        "the weights, the biases, and the parameters P in all.",
        "find": [*(f"params{i}" for i in range(1, depth + 1)), "weights", "biases", "params"],
        "given": {"inputs": inputs, "layers": layers},
    }


@kind("medium", "hard")
def count_convolutional(draw: Draw) -> Drawn:
    """The parameters of a small convolutional network."""
    kernel, channels = draw.choice([3, 5]), draw.choice([1, 3])
    maps = [draw.integer(4, 16) for _ in range(draw.by(1, 1, 2))]
    side = {
        3: {1: [14, 18, 22, 26, 30], 2: [18, 22, 26, 30]},
        5: {1: [12, 16, 20, 24, 28], 2: [16, 20, 28, 32]},
    }
    image = draw.choice(side[kernel][len(maps)])
    classes = draw.choice([2, 4, 5, 10])
    layers: list[Layer] = []
    for count in maps:
        layers += [
            {"layer": "Conv2D", "filters": count, "kernel_size": kernel, "activation": "relu"},
            {"layer": "MaxPooling2D", "pool_size": 2},
        ]
    hidden = [draw.integer(20, 99)] if draw.difficulty == "hard" else []
    layers += [{"layer": "Flatten"}, *_sizes([*hidden, classes])]
    counted = [*range(1, 2 * len(maps), 2), *range(2 * len(maps) + 2, len(layers) + 1)]
    stages = " and then again ".join(
        f"a convolution with {count} filters of {kernel} × {kernel} and pooling of 2 × 2" for count in maps
    )
    dense = f"a dense layer of {hidden[0]} units, " if hidden else ""
    return {
        "text": f"A network takes images of {image} × {image} with {several(channels, 'channel')}: "
        f"{stages}, all without padding, the convolutions with stride 1; then flattening, {dense}and a "
        f"dense layer of {classes} units. Every filter and every unit has a bias. Count the parameters P of "
        "each layer that has some (its number counts all layers, also pooling and flattening), the weights "
        "and the biases, and the parameters P in all.",
        "find": [*(f"params{i}" for i in counted), "weights", "biases", "params"],
        "given": {"inputs": [image, image, channels], "layers": layers},
    }


@kind("easy", "medium")
def equal_networks(draw: Draw) -> Drawn:
    """How many settings of the parameters give the same network, by permuting hidden units."""
    units = draw.by([draw.integer(3, 6)], [draw.integer(2, 5), draw.integer(2, 5)], [])
    inputs, outputs = draw.integer(1, 9), draw.integer(1, 5)
    names = [f"orders{i}" for i in range(1, len(units) + 1)]
    said = (
        f"a hidden layer of {units[0]}" if len(units) == 1 else f"hidden layers of {units[0]} and {units[1]}"
    )
    return {
        "text": f"A network has {several(inputs, 'input')}, {said} units and "
        f"{several(outputs, 'output unit')}. The units of a hidden layer may change places without changing "
        "what the network does. In how many orders can the units of each hidden layer stand, and how many "
        "settings N of the parameters give the same network?",
        "find": [*names, "configurations"],
        "given": {"inputs": inputs, "layers": _sizes([*units, outputs])},
    }


_SQUARES = {
    "glorot": (8, 18, 32, 50, 72, 128, 200, 800),
    "he": (8, 18, 32, 50, 98, 128, 200),
    "lecun": (4, 9, 16, 25, 100),
}
_INITIALIZERS = {
    "glorot": ("glorot_normal", "Glorot (Xavier)", "2/(n + k)"),
    "he": ("he_normal", "He", "2/n"),
    "lecun": ("lecun_normal", "LeCun", "1/n"),
}


@kind("easy", "medium")
def initial_spread(draw: Draw) -> Drawn:
    """The variance, standard deviation and uniform limit of initial weights, of one initializer."""
    family = draw.choice(list(_INITIALIZERS))
    initializer, name, _ = _INITIALIZERS[family]
    size = draw.choice(_SQUARES[family])
    out = draw.integer(1, draw.by(20, 99, 99))
    if family == "glorot":
        out = draw.integer(2, size - 2)
        size -= out
    layer = {"layer": "Dense", "units": out, "kernel_initializer": initializer}
    return {
        "text": f"A dense layer of {several(out, 'unit')} takes {several(size, 'input')}. Its weights are "
        f"drawn after {name}, with mean 0. Find their variance and standard deviation σ, and the limit l of "
        "the uniform distribution on [−l, l] with the same variance.",
        "find": [f"{family}_{what}1" for what in ("variance", "deviation", "limit")],
        "given": {"inputs": size, "layers": [layer]},
    }


@kind("medium", "hard")
def initializers_compared(draw: Draw) -> Drawn:
    """Glorot's, He's and LeCun's standard deviations side by side, for one layer or two."""
    units = [draw.integer(10, 250) for _ in range(draw.by(1, 1, 2))]
    inputs = draw.integer(10, 250)
    shown = "-".join(map(str, [inputs, *units]))
    whats = ["variance", "deviation", "limit"]
    return {
        "text": f"In a dense network {shown} the weights of each layer are drawn with mean 0. Find their "
        "variance and standard deviation σ after Glorot (Xavier), He and LeCun, and the limits l of "
        "uniform distributions on [−l, l] with the same variances.",
        "find": [
            f"{family}_{what}{i}"
            for i in range(1, len(units) + 1)
            for family in _INITIALIZERS
            for what in whats
        ],
        "given": {"inputs": inputs, "layers": _sizes(units)},
    }
