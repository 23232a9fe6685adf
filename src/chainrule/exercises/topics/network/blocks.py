"""Layers that look up, activate, add or stand side by side: embeddings, shortcuts, branches."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import ROWS, Layer, Rows, drawn_layers, number, sgd
from chainrule.exercises.topics._relu import is_alive, relu_layers
from chainrule.exercises.topics._suiting import is_live, values
from chainrule.paper.workings import Working

TENTH = Decimal("0.1")


@kind("easy", "medium", "hard", suits=lambda working: is_live(working, "dW1"))
def embedding(draw: Draw) -> Drawn:
    """Words become vectors, and which rows of the table get a gradient."""
    words, length = draw.by((3, 2), (4, 3), (5, 4))
    ids = draw.sample(range(words), 2)
    if length > 2:
        ids = draw.shuffled([*ids, ids[0], *[draw.below(words) for _ in range(length - 3)]])
    step = draw.by("1", "0.5", "0.1")
    rate = draw.choice([1, Decimal("0.5"), TENTH])
    update = draw.difficulty != "easy"
    more = (
        f", and the table after one update of gradient descent with the learning rate {rate}"
        if update
        else ""
    )
    given: dict[str, Any] = {
        "x": [ids],
        "y": [draw.matrix(length, 2, -3, 3)],
        "layers": [
            {
                "layer": "Embedding",
                "input_dim": words,
                "output_dim": 2,
                "W": draw.matrix(words, 2, -3, 3, step),
            }
        ],
    }
    return {
        "text": f"An embedding gives each of {number(words)} words a vector, a row of W₁; words are counted "
        f"from 0. A sentence of {number(length)} words x goes through it. The loss is the mean of (y − ŷ)² "
        f"over the {2 * length} numbers of a₁ = ŷ. Find the vectors a₁, the loss, its gradients in a₁ and "
        f"in W₁{more}.",
        "find": ["a1", "loss", "da1", "dW1", *(["W1_new"] if update else [])],
        "given": {**given, "optimizer": sgd(rate)} if update else given,
    }


def _block_suits(working: Working) -> bool:
    outer = values(working, "z1")
    weights = [name for name in working.names if name.startswith("dW")]
    return bool(outer.all() and (outer > 0).any(axis=-1).all()) and is_live(working, *weights)


@kind("easy", "medium", "hard", suits=_block_suits)
def residual_block(draw: Draw) -> Drawn:
    """A residual block: what its layers give is added to the input, and the gradient goes both ways."""
    depth, rows = draw.by(1, 1, 2), draw.by(1, 1, 2)
    step = draw.by("1", "0.5", "0.5")

    def samples() -> Rows:
        return draw.matrix(rows, 2, -2, 3, zero=False)

    x, hidden = samples(), list[Layer]()
    if depth == 2:
        x, hidden = relu_layers(draw, samples, (2, 2), is_alive, step)
    layers = [*hidden, *drawn_layers(draw, (2, 2), [""], -2, 2, step)]
    inside = ["z1_1"] if depth == 1 else ["z1_1", "a1_1", "z1_2"]
    back = (
        draw.by(["dW1_1"], ["dW1_1", "db1_1"], [])
        if depth == 1
        else ["dW1_2", "db1_2", "da1_1", "dz1_1", "dW1_1", "db1_1"]
    )
    what = draw.by("weights", "weights and biases", "weights and biases")
    ways = draw.by([], ["dx_by_1", "dx_by_1_1", "dx"], ["dx_by_1", "dx_by_1_1", "dx"])
    said = {
        1: "a dense layer (1_1) without activation",
        2: "a dense layer with ReLU (1_1) and a dense one without activation (1_2)",
    }[depth]
    end = f"z₁ = x + z₁,{depth}"
    both = (
        " The gradient in x is the sum of the one that comes by the shortcut (by 1) and the one that comes "
        "by the layers (by 1_1): find all three."
        if ways
        else ""
    )
    return {
        "text": "A residual block adds its input x to what its inside gives, and takes ReLU of the sum: "
        f"{end} and a₁ = relu(z₁). Inside is {said}. The loss is the mean of (y − ŷ)² over the {2 * rows} "
        f"numbers of a₁ = ŷ. {ROWS} Work forward, and the gradients in a₁ and z₁ and in all {what}.{both}",
        "find": [*inside, "z1", "a1", "loss", "da1", "dz1", *back, *ways],
        "given": {
            "x": x,
            "y": draw.matrix(rows, 2, -3, 5),
            "layers": [{"layer": "Residual", "activation": "relu", "layers": layers}],
        },
    }


@kind("medium", "hard", suits=lambda working: is_live(working, "dW1_1", "dW1_2", "dW1_3"))
def branches(draw: Draw) -> Drawn:
    """Two branches and the input itself side by side: the output, and the gradients in each branch."""
    step = draw.by("1", "0.5", "0.5")
    rows = draw.by(1, 1, 2)
    (one,) = drawn_layers(draw, (2, 1), [""], -2, 2, step)
    two = drawn_layers(draw, (2, 2, 1), ["", ""], -2, 2, step)
    return {
        "text": "A block gives side by side what its three branches give of the input: a linear unit "
        "(1_1); a dense layer of two linear units (1_2) with a linear unit behind it (1_3); and the input "
        f"itself. The loss is the mean of (y − ŷ)² over the {4 * rows} numbers of a₁ = ŷ. {ROWS} Find z of "
        "each layer (a = z), the output a₁, the loss, its gradients in a₁ and in all weights and biases.",
        "find": [
            *("z1_1", "z1_2", "z1_3", "a1", "loss", "da1"),
            *("dW1_1", "db1_1", "dW1_3", "db1_3", "dW1_2", "db1_2"),
        ],
        "given": {
            "x": draw.matrix(rows, 2, -3, 3, zero=False),
            "y": draw.matrix(rows, 4, -4, 5),
            "layers": [{"layer": "Branches", "branches": [[one], two, []]}],
        },
    }


def _sides_differ(working: Working) -> bool:
    x = values(working, "x")
    return bool((x < 0).any() and (x > 0).any()) and is_live(working, "dalpha2", "dx")


@kind("medium", "hard", suits=_sides_differ)
def activation_layers(draw: Draw) -> Drawn:
    """Layers that are nothing but an activation: leaky ReLU, PReLU with its trained slopes, ELU."""
    n, rows = draw.by(2, 2, 3), draw.by(1, 1, 2)
    slope = draw.choice([Decimal("0.5"), Decimal("0.2"), Decimal("0.1")])
    rate = draw.choice([1, Decimal("0.5"), TENTH])
    return {
        "text": "Three layers follow each other that are nothing but an activation: leaky ReLU with the "
        f"slope {slope} for negative inputs; PReLU, max(0, x) + α·min(0, x), with a slope α for each "
        "feature that is trained; and ELU, x for x > 0 and eˣ − 1 for x < 0. The loss is the mean of (y − "
        f"ŷ)² over the {n * rows} numbers of a₃ = ŷ. Find a₁, a₂, a₃, the loss, its gradients back to x, "
        f"the one in α, and α after one update with the learning rate {rate}. Give four decimals.",
        "find": ["a1", "a2", "a3", "loss", "da3", "da2", "dalpha2", "da1", "dx", "alpha2_new"],
        "given": {
            "x": draw.matrix(rows, n, -5, 4, "0.5", zero=False),
            "y": draw.matrix(rows, n, -2, 3),
            "optimizer": sgd(rate),
            "layers": [
                {"layer": "LeakyReLU", "negative_slope": slope},
                {"layer": "PReLU", "alpha": draw.decimals(n, 0.2, 0.8, "0.1")},
                {"layer": "ELU"},
            ],
        },
    }
