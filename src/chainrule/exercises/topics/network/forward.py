"""Passes forward: one neuron, hidden layers, class probabilities, and layers that collapse into one."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import (
    COLUMNS,
    FOUR_DECIMALS,
    ROWS,
    Rows,
    activation_of,
    described,
    drawn_layers,
    forward,
    in_columns,
    several,
    without_bias,
)
from chainrule.exercises.topics._relu import is_cut, is_passed, is_small, relu_layers
from chainrule.exercises.topics._suiting import is_moderate, is_spread
from chainrule.paper.workings import Working


def _neuron_suits(working: Working) -> bool:
    return is_moderate(working, "z1", most=4)


@kind("easy", "medium", suits=_neuron_suits)
def one_neuron(draw: Draw) -> Drawn:
    """One neuron with an activation: z and a."""
    n, rows, step = draw.by(2, 3, 3), draw.by(1, 2, 2), draw.by("0.5", "0.1", "0.1")
    leaky = {"name": "leaky_relu", "negative_slope": Decimal("0.1")}
    layers = drawn_layers(draw, (n, 1), [draw.choice(["sigmoid", "tanh", leaky])], -2, 2, step)
    name = activation_of(layers[0])
    slope = " with the slope 0.1 for z < 0" if name == "leaky ReLU" else ""
    decimals = "" if name == "leaky ReLU" else f" {FOUR_DECIMALS}"
    return {
        "text": f"A single neuron has {several(n, 'input')}, a bias and the activation {name}{slope}. Find "
        f"z₁ = xW₁ + b₁ and its output a₁ for {'the sample' if rows == 1 else 'each of the samples'}."
        f"{decimals}",
        "find": forward(layers),
        "given": {"x": draw.matrix(rows, n, -3, 3, draw.by("1", "0.5", "0.5"), zero=False), "layers": layers},
    }


@kind("easy", "medium", "hard")
def relu_forward(draw: Draw) -> Drawn:
    """The output of a network with ReLU, samples in rows or in columns."""
    sizes = draw.by((2, 2, 1), (2, 3, 1), (3, 3, 2, 1))
    step, bias = draw.by("1", "0.5", "0.1"), draw.chance(0.75)

    def samples() -> Rows:
        return draw.matrix(draw.by(1, 2, 2), sizes[0], -3, 3, draw.by("1", "1", "0.5"), zero=False)

    x, hidden = relu_layers(draw, samples, sizes[:-1], is_cut, step, bias)
    layers = [*hidden, *drawn_layers(draw, sizes[-2:], [""], -2, 2, step, bias)]
    columns = draw.chance(0.4)
    made = {
        "text": f"A network has {described(sizes[0], layers)}. "
        f"{without_bias(COLUMNS if columns else ROWS, layers)} Work the pass forward: z and a of every "
        "hidden layer, and the output.",
        "find": forward(layers),
        "given": {"x": x, "layers": layers},
    }
    return in_columns(made) if columns else made


def _classes_suit(working: Working) -> bool:
    return is_spread(working, "z2", 5)


@kind("medium", "hard", suits=_classes_suit)
def class_probabilities(draw: Draw) -> Drawn:
    """A network with softmax: its scores and class probabilities."""
    sizes = draw.by((2, 2, 3), (2, 2, 3), (2, 3, 3))
    thing = draw.choice(["an iris", "a handwritten digit", "a piece of fruit", "a spoken word"])
    rows, bias = draw.by(1, 1, 2), draw.chance()

    def samples() -> Rows:
        return draw.matrix(rows, sizes[0], -2, 3, "0.5", zero=False)

    x, hidden = relu_layers(draw, samples, sizes[:2], lambda z: is_passed(z) and is_small(z), "0.5", bias)
    layers = [*hidden, *drawn_layers(draw, sizes[1:], ["softmax"], -1, 1, "0.5", bias)]
    return {
        "text": f"From {several(sizes[0], 'measurement')} of {thing} a network tells which of three classes "
        f"it is: {described(sizes[0], layers)}. {without_bias(ROWS, layers)} Find the scores z₂ and the "
        f"class probabilities a₂{' of both samples' if rows == 2 else ''}. {FOUR_DECIMALS}",
        "find": forward(layers),
        "given": {"x": x, "layers": layers},
    }


def _all_moderate(working: Working) -> bool:
    return is_moderate(working, *(name for name in working.names if name.startswith("z")))


@kind("medium", "hard", suits=_all_moderate)
def sigmoid_forward(draw: Draw) -> Drawn:
    """Layers of sigmoid or tanh, one after the other."""
    sizes = draw.by((2, 2, 1), (2, 2, 1), (4, 3, 2, 1))
    name = draw.choice(["sigmoid", "tanh"])
    layers = drawn_layers(draw, sizes, [*[name] * (len(sizes) - 2), "sigmoid"], -1, 1, "0.1")
    marks = "its marks" if sizes[0] == 4 else "two marks"
    return {
        "text": f"A network predicts from {marks}, divided by ten, whether a student passes. It has "
        f"{described(sizes[0], layers)}. {ROWS} Work z and a of every layer. {FOUR_DECIMALS}",
        "find": forward(layers),
        "given": {"x": [draw.decimals(sizes[0], 0.1, 1, "0.1")], "layers": layers},
    }


@kind("easy", "medium", "hard")
def collapse(draw: Draw) -> Drawn:
    """Layers without activation are one layer: its weights and bias, and the output both ways."""
    sizes = draw.by((2, 2, 1), (2, 2, 1), (2, 2, 2, 1))
    layers = drawn_layers(draw, sizes, [""] * (len(sizes) - 1), -3, 3, draw.by("1", "0.5", "0.1"))
    depth, joined = len(layers), "W′ and b′"
    middle = ["W_collapsed2", "b_collapsed2"] if depth == 3 else []
    if middle:
        joined = "first W′₂ and b′₂ of the first two layers joined, then W′ and b′ of all three"
    return {
        "text": f"A network has {described(sizes[0], layers)}: no layer has an activation. {ROWS} Show that "
        f"it is one linear layer: find {joined}, the output z′ = xW′ + b′, and for comparison the output "
        f"z{'₂₃'[depth - 2]} worked layer by layer.",
        "find": [*middle, "W_collapsed", "b_collapsed", "z_collapsed", f"z{depth}"],
        "given": {
            "x": draw.matrix(draw.by(1, 2, 2), 2, -3, 3, zero=False),
            "layers": layers,
        },
    }
