"""Depth and its troubles: gradients that vanish or explode, factor by factor."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import (
    FOUR_DECIMALS,
    ROWS,
    SQUARED,
    dense,
    described,
    drawn_layers,
    forward,
    number,
    sgd,
    without_bias,
)
from chainrule.exercises.topics._suiting import is_moderate, values
from chainrule.paper.workings import Working


@kind("easy", "medium")
def equal_factors(draw: Draw) -> Drawn:
    """A gradient that passes layers with the same factor each, and what is left of it."""
    depth = draw.by(draw.integer(2, 4), draw.integer(3, 5), 5)
    factor = draw.choice(
        draw.by(
            [Decimal("0.1"), Decimal("0.2"), Decimal("0.5"), 2, 3, "1/4", "1/2"],
            [Decimal("0.1"), Decimal("0.2"), Decimal("0.5"), Decimal("1.5"), 3, 4, "1/4", "2/3"],
            [],
        )
    )
    weight, rate = draw.decimal(-3, 3, "0.5", zero=False), draw.choice([Decimal("0.1"), 1])
    return {
        "text": f"On its way back through {number(depth)} layers a gradient that is 1 at the output is "
        f"multiplied by {said(factor)} in each. Find the gradient Φ that reaches the first layer's weight w "
        f"= {said(weight)}, and w after one step of gradient descent with the learning rate {rate}.",
        "find": ["gradient", "w_new"],
        "given": {
            "chain": {"factor": factor, "depth": depth, "parameter": weight},
            "optimizer": sgd(rate),
        },
    }


@kind("easy", "medium")
def slopes_and_weights(draw: Draw) -> Drawn:
    """The product of slopes and weights on the way back."""
    depth = draw.by(3, 4, 5)
    slopes: list[Decimal] = [
        draw.choice([Decimal("0.25"), Decimal("0.2"), Decimal("0.1"), Decimal("0.5"), Decimal("0.4")])
        for _ in range(depth)
    ]
    weights = draw.decimals(depth, -4, 4, draw.by("1", "0.5", "0.5"), zero=False)
    return {
        "text": f"A gradient that is 1 at the output goes back through {number(depth)} layers of one unit "
        "each. From the output back, their activations have the slopes f′, and their weights are w. Find "
        "the factor φ = f′·w of each layer, the product Π after each layer, and what reaches the first "
        "layer, Φ.",
        "find": ["factors", "products", "gradient"],
        "given": {"chain": {"slopes": slopes, "weights": weights}},
    }


def _chain_suits(working: Working) -> bool:
    z = [name for name in working.names if name.startswith("z")]
    return is_moderate(working, *z, least=0.1, most=2) and abs(values(working, "product").item()) >= 0.005


@kind("medium", "hard", suits=_chain_suits)
def vanishing_gradient(draw: Draw) -> Drawn:
    """Sigmoid or tanh units in a row: the derivative of the output, factor by factor."""
    name, depth = draw.choice(["sigmoid", "tanh"]), draw.by(2, 3, 4)
    step = draw.by("0.5", "0.5", "0.1")
    layers = [dense([[draw.decimal(-2, 2, step, zero=False)]], None, name) for _ in range(depth)]
    order = range(depth, 0, -1)
    return {
        "text": f"{number(depth).capitalize()} {name} units stand in a row, without biases. Work z and a of "
        "each, and then from the last unit back the slope f′(z) of each unit and the factor φₖ = Wₖ₊₁ "
        "f′(zₖ) with which the gradient passes from zₖ₊₁ to zₖ. What is the product Φ of all factors? Give "
        "four decimals, or four digits.",
        "find": [
            *forward(layers),
            *(f"{what}{i}" for i in order for what in ("slope", "factor") if (what, i) != ("factor", depth)),
            "product",
        ],
        "given": {"x": [[draw.decimal(-2, 2, "0.5", zero=False)]], "layers": layers},
    }


@kind("easy", "medium")
def exploding_gradient(draw: Draw) -> Drawn:
    """ReLU units in a row, all of them active: every factor is a weight."""
    depth = draw.by(3, 4, 4)
    step = draw.by("1", "0.5", "0.5")
    layers = [dense([[draw.decimal(0.5, 4, step, zero=False)]], None, "relu") for _ in range(depth)]
    order = range(depth, 0, -1)
    return {
        "text": f"{number(depth).capitalize()} ReLU units stand in a row, without biases. Work z of each, "
        "and then from the last unit back the slope f′(z) of each unit and the factor φₖ = Wₖ₊₁ f′(zₖ) "
        "with which the gradient passes from zₖ₊₁ to zₖ. What is the product Φ of all factors?",
        "find": [
            *(f"z{i}" for i in range(1, depth + 1)),
            *(f"{what}{i}" for i in order for what in ("slope", "factor") if (what, i) != ("factor", depth)),
            "product",
        ],
        "given": {"x": [[draw.integer(1, 5)]], "layers": layers},
    }


def _lengths_suit(working: Working) -> bool:
    norms = [values(working, name) for name in working.names if "norm" in name]
    return all(length > 0.05 for length in norms)


@kind("hard", suits=_lengths_suit)
def lengths_of_gradients(draw: Draw) -> Drawn:
    """Wider layers: by how much the length of the gradient shrinks or grows from layer to layer."""
    name = draw.choice(["sigmoid", "tanh"])
    layers = drawn_layers(draw, (2, 2, 2, 1), [name, name, ""], -2, 2, "0.5", bias=False)
    return {
        "text": f"A network has {described(2, layers)}. The loss is {SQUARED}. {without_bias(ROWS, layers)} "
        "Work forward, and back to z₁ and W₁. Then find the lengths ‖∂L/∂zₖ‖ (roots of sums of squares), "
        "the factors φₖ = ‖∂L/∂zₖ‖ / ‖∂L/∂zₖ₊₁‖ with which the gradient shrinks or grows, the lengths "
        f"‖∂L/∂Wₖ‖, and the product Φ of the factors. The output unit is linear: a₃ = z₃. {FOUR_DECIMALS}",
        "find": [
            *forward(layers),
            *("da3", "dW3", "da2", "dz2", "dW2", "da1", "dz1", "dW1"),
            *(
                "norm3",
                "weight_norm3",
                "norm2",
                "factor2",
                "weight_norm2",
                "norm1",
                "factor1",
                "weight_norm1",
            ),
            "product",
        ],
        "given": {
            "x": [draw.decimals(2, -1, 1, "0.5", zero=False)],
            "y": [[draw.integer(-5, 5)]],
            "layers": layers,
        },
    }
