"""One step of learning with sigmoid, tanh or softmax: the loss, and its gradients from the output back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import (
    FOUR_DECIMALS,
    LOGISTIC,
    MEAN_LOGISTIC,
    ROWS,
    SQUARED,
    Layer,
    Rows,
    backward,
    described,
    drawn_layers,
    forward,
    sgd,
    updated,
)
from chainrule.exercises.topics._relu import is_alive, is_small, relu_layers
from chainrule.exercises.topics._suiting import is_moderate, is_spread
from chainrule.exercises.topics.network.learning import BACK, learns
from chainrule.paper.workings import Working


def _all_moderate(working: Working) -> bool:
    z = [name for name in working.names if name.startswith("z")]
    return is_moderate(working, *z, most=3) and learns(working)


@kind("easy", "medium", suits=_all_moderate)
def sigmoid_neuron_squared(draw: Draw) -> Drawn:
    """The gradient of a sigmoid or tanh neuron's squared error by the chain rule."""
    name = draw.choice(["sigmoid", "tanh"])
    n = draw.by(1, 2, 2)
    layers = drawn_layers(draw, (n, 1), [name], -2, 2, draw.by("0.5", "0.1", "0.1"))
    low = 0 if name == "sigmoid" else -1
    return {
        "text": f"A neuron with the activation {name} learns with {SQUARED}. Work z₁ = xW₁ + b₁, the output "
        f"a₁ = ŷ, the loss, and the gradients in a₁, z₁, W₁ and b₁ by the chain rule. {FOUR_DECIMALS}",
        "find": [*forward(layers), "loss", *backward(layers)],
        "given": {
            "x": [draw.decimals(n, -2, 2, draw.by("1", "0.5", "0.5"), zero=False)],
            "y": [[draw.choice([low, 1])]],
            "layers": layers,
        },
    }


@kind("easy", "medium", "hard", suits=_all_moderate)
def logistic_neuron(draw: Draw) -> Drawn:
    """Logistic regression: a sigmoid neuron with binary cross-entropy, one step."""
    n, rows = draw.by(1, 2, 3), draw.by(1, 3, 4)
    size = draw.by(2, 1, 1)
    layers = drawn_layers(draw, (n, 1), ["sigmoid"], -size, size, draw.by("0.5", "0.1", "0.1"))
    rate = draw.choice([Decimal("0.5"), Decimal("0.1"), 1])
    told = draw.choice(
        [
            "whether a message is spam (1) or not (0)",
            "whether a student is placed (1) or not (0)",
            "whether a loan is paid back (1) or not (0)",
        ]
    )
    loss = LOGISTIC if rows == 1 else MEAN_LOGISTIC
    y = [[0], [1], *([draw.integer(0, 1)] for _ in range(2))][:rows] if rows > 1 else [[draw.integer(0, 1)]]
    return {
        "text": f"One sigmoid neuron tells {told}. The loss is {loss}. Work z₁ = xW₁ + b₁, the "
        f"{'probability' if rows == 1 else 'probabilities'} a₁ = ŷ, the loss, its gradients in z₁ (sigmoid "
        f"and loss together), in W₁ and in b₁, and one update with the learning rate {rate}. {FOUR_DECIMALS}",
        "find": [*forward(layers), "loss", *backward(layers, joined=True), *updated(layers)],
        "given": {
            "x": draw.matrix(rows, n, -2, 2, draw.by("1", "0.5", "0.1"), zero=False),
            "y": y,
            "loss": "binary_crossentropy",
            "optimizer": sgd(rate),
            "layers": layers,
        },
    }


@kind("medium", "hard", suits=_all_moderate)
def sigmoid_network_gradients(draw: Draw) -> Drawn:
    """All gradients of a network with a hidden layer of sigmoid or tanh units and binary cross-entropy."""
    name, rows = draw.choice(["sigmoid", "tanh"]), draw.by(1, 1, 2)
    layers = drawn_layers(draw, (2, 2, 1), [name, "sigmoid"], -1, 1, draw.by("0.5", "0.5", "0.1"))
    rate = draw.choice([Decimal("0.5"), 1])
    step = "" if rows == 1 else f" and one update with the learning rate {rate}"
    given: dict[str, Any] = {
        "x": draw.matrix(rows, 2, -2, 2, "0.5", zero=False),
        "y": [[v] for v in draw.integers(rows, 0, 1)],
        "loss": "binary_crossentropy",
        "layers": layers,
    }
    return {
        "text": f"A network has {described(2, layers)}. The loss is "
        f"{LOGISTIC if rows == 1 else MEAN_LOGISTIC}. {ROWS} {BACK} to the first layer{step}. Take the "
        f"last sigmoid and the loss together. {FOUR_DECIMALS}",
        "find": [
            *forward(layers),
            "loss",
            *backward(layers, joined=True),
            *(updated(layers) if rows > 1 else []),
        ],
        "given": given if rows == 1 else {**given, "optimizer": sgd(rate)},
    }


def _classes_learn(working: Working) -> bool:
    return is_spread(working, "z2" if "z2" in working.names else "z1", 4) and learns(working)


@kind("medium", "hard", suits=_classes_learn)
def softmax_step(draw: Draw) -> Drawn:
    """Softmax and categorical cross-entropy: gradients and one update."""
    rows = draw.by(1, 1, 2)

    def samples() -> Rows:
        return draw.matrix(rows, 2, -2, 2, "0.5", zero=False)

    x, hidden = samples(), list[Layer]()
    if draw.difficulty == "hard":
        x, hidden = relu_layers(draw, samples, (2, 2), lambda z: is_alive(z) and is_small(z), "0.5")
    layers = [*hidden, *drawn_layers(draw, (2, 3), ["softmax"], -1, 1, "0.5")]
    rate = draw.choice([Decimal("0.5"), Decimal("0.1"), 1])
    classes = [draw.below(3) for _ in range(rows)]
    thing = draw.choice(["three kinds of iris", "the digits 0, 1 and 2", "cat, dog and bird"])
    last = len(layers)
    mean = "" if rows == 1 else ", averaged over the samples"
    return {
        "text": f"A network tells apart {thing}: it has {described(2, layers)}. The targets are one-hot, "
        f"the loss is the cross-entropy L = −Σ y ln ŷ{mean}. {ROWS} {BACK}, and one update with the "
        f"learning rate {rate}. Take softmax and loss together, as the gradient in z{'₀₁₂'[last]}. "
        f"{FOUR_DECIMALS}",
        "find": [*forward(layers), "loss", *backward(layers, joined=True), *updated(layers)],
        "given": {
            "x": x,
            "y": [[int(i == label) for i in range(3)] for label in classes],
            "loss": "categorical_crossentropy",
            "optimizer": sgd(rate),
            "layers": layers,
        },
    }
