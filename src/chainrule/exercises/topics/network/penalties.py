"""Penalties on weights: L2 as weight decay, L1, a bound on the length."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import (
    MEAN_SQUARED,
    ROWS,
    SQUARED,
    backward,
    dense,
    described,
    drawn_layers,
    forward,
    sgd,
)
from chainrule.exercises.topics._relu import is_alive, relu_layers
from chainrule.exercises.topics._suiting import is_live, values
from chainrule.exercises.topics.network.descent import TENTH, goes_on
from chainrule.paper.workings import Working

_L2 = {"1": "λ Σ w²", "1/2": "λ/2 Σ w²", "1/m": "λ/m Σ w²", "1/2m": "λ/2m Σ w²"}

_L1 = {"1": "λ Σ |w|", "1/m": "λ/m Σ |w|", "1/2m": "λ/2m Σ |w|"}


@kind("easy", "medium", suits=goes_on)
def weight_decay(draw: Draw) -> Drawn:
    """An L2 penalty: the cost, its gradient, and the update as weight decay."""
    n, rows = draw.by(1, 2, 2), draw.by(1, 2, 2)
    factor = draw.choice(["1", "1/2"] if rows == 1 else ["1/m", "1/2m"])
    strength = draw.choice([1, 2] if rows == 1 else [2, 4])
    weights = draw.matrix(n, 1, -3, 3, draw.by("1", "0.5", "0.5"), zero=False)
    loss = SQUARED if rows == 1 else MEAN_SQUARED
    return {
        "text": f"A linear neuron ŷ = xW₁ learns with {loss}, and the penalty R = {_L2[factor]}"
        f"{', m the number of samples,' if rows > 1 else ''} with λ = {strength}. Work the output z₁ = a₁ = "
        "ŷ, the loss L, the penalty R and the cost C = L + R; the gradients of L and of C in W₁; and one "
        "update with the learning rate η = 0.1 as weight decay, W₁ new = c·W₁ − η ∂L/∂W₁ with the factor c.",
        "find": ["z1", "loss", "penalty", "cost", "da1", "dW1", "dW1_penalized", "decay", "W1_new"],
        "given": {
            "x": draw.matrix(rows, n, -3, 3, zero=False),
            "y": [[v] for v in draw.integers(rows, -5, 5)],
            "penalty": {"name": "l2", "lambda": strength, "factor": factor},
            "optimizer": sgd(TENTH),
            "layers": [dense(weights)],
        },
    }


@kind("easy", "medium", suits=goes_on)
def l1_pull(draw: Draw) -> Drawn:
    """An L1 penalty: the same pull on every weight, whatever its size."""
    n, rows = draw.by(2, 3, 3), draw.by(1, 2, 2)
    factor = "1" if rows == 1 else draw.choice(["1/m", "1/2m"])
    strength = draw.choice([1, 2] if rows == 1 else [2, 4, 8])
    weights = draw.matrix(n, 1, -3, 3, draw.by("1", "0.5", "0.5"), zero=False)
    loss = SQUARED if rows == 1 else MEAN_SQUARED
    return {
        "text": f"A linear neuron ŷ = xW₁ learns with {loss}, and the penalty R = {_L1[factor]}"
        f"{', m the number of samples,' if rows > 1 else ''} with λ = {strength}. Work the output z₁ = a₁ = "
        "ŷ, the loss L, the penalty R and the cost C = L + R; the gradients of L and of C in W₁; and one "
        "update along the gradient of C with the learning rate 0.1.",
        "find": ["z1", "loss", "penalty", "cost", "da1", "dW1", "dW1_penalized", "W1_new"],
        "given": {
            "x": draw.matrix(rows, n, -3, 3, zero=False),
            "y": [[v] for v in draw.integers(rows, -5, 5)],
            "penalty": {"name": "l1", "lambda": strength, "factor": factor},
            "optimizer": sgd(TENTH),
            "layers": [dense(weights)],
        },
    }


@kind("hard", suits=lambda working: is_live(working, "dW1", "dW2"))
def penalized_network(draw: Draw) -> Drawn:
    """One step of a network with ReLU and an L2 penalty on all its weights."""
    x, hidden = relu_layers(draw, lambda: draw.matrix(2, 2, -2, 3, zero=False), (2, 2), is_alive, "0.5")
    layers = [*hidden, *drawn_layers(draw, (2, 1), [""], -2, 2, "0.5")]
    strength, factor = draw.choice([Decimal("0.1"), Decimal("0.2"), 1]), draw.choice(["1/2", "1/m", "1/2m"])
    return {
        "text": f"A network has {described(2, layers)}. It learns with {MEAN_SQUARED}, and the penalty R = "
        f"{_L2[factor]} over all weights of both layers, but no bias, with λ = {strength}"
        f"{' and m = 2 samples' if 'm' in factor else ''}. {ROWS} Work the loss L, the penalty and the cost "
        "C = L + R, the gradients of L and those of C in the weights, and one update with the learning "
        "rate η = 0.1 as weight decay, W new = c·W − η ∂L/∂W with the factor c. The output unit is linear: "
        "a₂ = z₂.",
        "find": [
            *forward(layers),
            *("loss", "penalty", "cost"),
            *backward(layers),
            *("dW1_penalized", "dW2_penalized", "decay"),
            *("W1_new", "b1_new", "W2_new", "b2_new"),
        ],
        "given": {
            "x": x,
            "y": [[v] for v in draw.integers(2, -3, 5)],
            "penalty": {"name": "l2", "lambda": strength, "factor": factor},
            "optimizer": sgd(TENTH),
            "layers": layers,
        },
    }


def _bound_is_met(working: Working) -> bool:
    length = float((values(working, "W1_free") ** 2).sum()) ** 0.5
    return length > 1.05 and goes_on(working)


@kind("hard", suits=_bound_is_met)
def penalty_and_bound(draw: Draw) -> Drawn:
    """A kernel with a penalty of its own and a bound on its length: one update of Adam or plain descent."""
    rate, strength = (
        draw.choice([TENTH, Decimal("0.2"), Decimal("0.5")]),
        draw.choice([Decimal("0.5"), 1]),
    )
    adam = draw.chance()
    optimizer = {"name": "Adam", "learning_rate": rate, "beta_1": Decimal("0.9"), "beta_2": Decimal("0.99")}
    words = (
        "Adam, β₁ = 0.9, β₂ = 0.99, ε = 0.01: m ← 0.9 m + 0.1 g and v ← 0.99 v + 0.01 g² from 0, α = η√(1 "
        "− 0.99ᵗ)/(1 − 0.9ᵗ) with t = 1, and W free = W − αm/(√v + ε)"
    )
    return {
        "text": f"A linear neuron ŷ = xW₁ learns with {SQUARED} (the data loss) plus the penalty {strength} "
        "Σ w². The gradient g of the sum goes into one update with "
        f"{words if adam else 'plain descent, W free = W − ηg'}; η = {rate}. Where W free is longer than 1, "
        "W new is W free divided by its length. Work all quantities asked for; the output is z₁ = a₁ = ŷ. "
        "Give four decimals.",
        "find": [
            *("z1", "data_loss", "penaltyW1", "loss", "da1", "dW1", "dW1_penalized"),
            *(["alpha", "mW1_new", "vW1_new", "stepW1"] if adam else []),
            *("W1_free", "W1_new"),
        ],
        "given": {
            "x": [draw.integers(2, -3, 3, zero=False)],
            "y": [[draw.integer(-5, 5)]],
            "optimizer": {**optimizer, "epsilon": Decimal("0.01")} if adam else sgd(rate),
            "layers": [
                {
                    **dense(draw.matrix(2, 1, -3, 3, zero=False)),
                    "kernel_regularizer": {"name": "L2", "l2": strength},
                    "kernel_constraint": {"name": "MaxNorm", "max_value": 1},
                }
            ],
        },
    }
