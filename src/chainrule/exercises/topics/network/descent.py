"""Several updates: stochastic and in batches, with momentum and with other optimizers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import (
    MEAN_SQUARED,
    SQUARED,
    backward,
    dense,
    drawn_layers,
    forward,
    number,
    sgd,
)
from chainrule.exercises.topics._suiting import is_live, values
from chainrule.paper.workings import Working

TENTH = Decimal("0.1")


def goes_on(working: Working) -> bool:
    """Whether no update is without a gradient."""
    return is_live(working, *(name for name in working.names if name.startswith("d") and name != "decay"))


def _steps(names: list[str], updates: int) -> list[str]:
    return [f"{name}.{k}" for k in range(1, updates + 1) for name in names]


@kind("easy", "medium", suits=goes_on)
def sample_by_sample(draw: Draw) -> Drawn:
    """Stochastic descent: an update after each sample."""
    rows = draw.by(2, 3, 3)
    halved = draw.chance()
    rate = draw.choice([TENTH, Decimal("0.5")] if halved else [TENTH])
    x, y = draw.different(rows, 1, 4), draw.integers(rows, -5, 9)
    points = [f"({said(a)}, {said(b)})" for a, b in zip(x, y, strict=True)]
    loss = {"name": "mse", "factor": "1/2"} if halved else "mse"
    words = "½(y − ŷ)²" if halved else "(y − ŷ)²"
    return {
        "text": f"ŷ = wx is fitted by stochastic descent with the loss {words} and the learning rate "
        f"{rate}: one update after each of the points {', '.join(points[:-1])} and {points[-1]}, in this "
        "order. Find for each update k the output z₁ = a₁ = ŷ, the gradients in the output and in w (= "
        "W₁), and the new weight.",
        "find": _steps(["z1", "da1", "dW1", "W1"], rows),
        "given": {
            "x": [[v] for v in x],
            "y": [[v] for v in y],
            "batch_size": 1,
            "loss": loss,
            "optimizer": sgd(rate),
            "layers": [dense([[draw.integer(-3, 3)]])],
        },
    }


@kind("medium", "hard", suits=goes_on)
def mini_batches(draw: Draw) -> Drawn:
    """An epoch in batches: the updates, and the loss over all samples before, and when hard after it."""
    rows, size, after = draw.by((4, 2, False), (4, 2, False), (5, 2, True))
    x, y = draw.different(rows, -3, 5), draw.integers(rows, -5, 9)
    points = [f"({said(a)}, {said(b)})" for a, b in zip(x, y, strict=True)]
    count = -(-rows // size)
    rest = "; the last batch is smaller" if rows % size else ""
    when = "before the first update and after the last" if after else "before the first update"
    return {
        "text": f"ŷ = wx + b is fitted to the points {', '.join(points[:-1])} and {points[-1]} by gradient "
        f"descent in batches of {number(size)}, in this order{rest}. The loss of a batch of m points is 1/m "
        "Σ (y − ŷ)², the learning rate is 0.1. How many updates are there in one epoch? Find the gradients "
        f"and the new parameters of each, and the outputs (z₁ = a₁ = ŷ) and the loss over all points {when}.",
        "find": [
            *("updates", "loss_before"),
            *_steps(["da1", "dW1", "db1", "W1", "b1"], count),
            *(["loss_after"] if after else []),
        ],
        "given": {
            "x": [[v] for v in x],
            "y": [[v] for v in y],
            "batch_size": size,
            "optimizer": sgd(TENTH),
            "layers": drawn_layers(draw, (1, 1), [""], -2, 2),
        },
    }


@kind("medium", "hard", suits=goes_on)
def two_epochs(draw: Draw) -> Drawn:
    """Two updates of batch descent, each with the gradient of all samples."""
    rows = draw.by(2, 2, 3)
    layers = drawn_layers(draw, (draw.by(1, 1, 2), 1), [""], -2, 2, draw.by("1", "1", "0.5"))
    names = [*forward(layers), "loss", *backward(layers), "W1", "b1"]
    return {
        "text": f"A linear neuron ŷ = xW₁ + b₁ learns from the {number(rows)} samples by batch descent with "
        f"{MEAN_SQUARED}, and the learning rate 0.1. Work two updates: in each the outputs z₁ = a₁ = ŷ, the "
        "loss, the gradients, and the new weights and bias.",
        "find": _steps(names, 2),
        "given": {
            "x": draw.matrix(rows, draw.by(1, 1, 2), -2, 3, zero=False),
            "y": [[v] for v in draw.integers(rows, -5, 9)],
            "epochs": 2,
            "optimizer": sgd(TENTH),
            "layers": layers,
        },
    }


@kind("medium", "hard", suits=goes_on)
def with_momentum(draw: Draw) -> Drawn:
    """Two or three updates with momentum."""
    updates = draw.by(2, 2, 3)
    beta = draw.choice([Decimal("0.9"), Decimal("0.5"), Decimal("0.8")])
    sizes, rate = draw.choice(
        [
            ((1, 1), TENTH),
            ((2, 2), TENTH),
            *(((m, n), Decimal("0.05")) for m, n in ((1, 1), (1, 2), (2, 1), (2, 3), (3, 2))),
        ]
    )
    layers = [dense(draw.matrix(2, 1, -3, 3, draw.by("1", "1", "0.5"), zero=False))]
    return {
        "text": f"A linear neuron ŷ = xW₁ learns from one sample with {SQUARED}, by gradient descent with "
        f"momentum: v ← {beta} v − η ∂L/∂W and W ← W + v, with v = 0 at first and η = {rate}. Work "
        f"{number(updates)} updates: in each the output z₁ = a₁ = ŷ, the gradients, v and W₁.",
        "find": _steps(["z1", "da1", "dW1", "vW1", "W1"], updates),
        "given": {
            "x": [[draw.choice([-1, 1]) * each for each in sizes]],
            "y": [[draw.integer(-5, 5)]],
            "epochs": updates,
            "optimizer": {"name": "SGD", "learning_rate": rate, "momentum": beta},
            "layers": layers,
        },
    }


def _gradient_is_large(working: Working) -> bool:
    gradients = [abs(values(working, name)) for name in working.names if name.startswith("dW")]
    return all(g.min() >= 1 for g in gradients)


@kind("medium", "hard", suits=_gradient_is_large)
def adaptive_step(draw: Draw) -> Drawn:
    """One update with Adagrad, RMSprop or Adam."""
    name = draw.choice(["RMSprop", "Adagrad"]) if draw.difficulty == "medium" else "Adam"
    rate, epsilon = draw.choice([TENTH, Decimal("0.2"), Decimal("0.5")]), Decimal("0.1")
    rule: dict[str, tuple[dict[str, Any], str, list[str]]] = {
        "Adagrad": (
            {"initial_accumulator_value": 0},
            "r ← r + g², step = ηg/√(r + ε)",
            ["rW1_new"],
        ),
        "RMSprop": ({"rho": Decimal("0.9")}, "r ← 0.9 r + 0.1 g², step = ηg/√(r + ε)", ["rW1_new"]),
        "Adam": (
            {"beta_1": Decimal("0.9"), "beta_2": Decimal("0.99")},
            "m ← 0.9 m + 0.1 g and v ← 0.99 v + 0.01 g², α = η√(1 − 0.99ᵗ)/(1 − 0.9ᵗ), step = αm/(√v + ε), "
            "with t = 1 in the first update",
            ["alpha", "mW1_new", "vW1_new"],
        ),
    }
    options, words, middle = rule[name]
    rows = draw.by(1, 1, 2)
    loss = SQUARED if rows == 1 else MEAN_SQUARED
    return {
        "text": f"A linear neuron ŷ = xW₁ learns with {loss}, by {name}: {words}; then W ← W − step. Here g "
        f"is the gradient ∂L/∂W, and at first the averages are 0; η = {rate}, ε = {epsilon}. Work one "
        "update: the output z₁ = a₁ = ŷ, the gradients, and each of these quantities. Give four decimals.",
        "find": ["z1", "da1", "dW1", *middle, "stepW1", "W1_new"],
        "given": {
            "x": draw.matrix(rows, 2, -2, 3, zero=False),
            "y": [[v] for v in draw.integers(rows, -5, 5)],
            "optimizer": {"name": name, "learning_rate": rate, "epsilon": epsilon, **options},
            "layers": [dense(draw.matrix(2, 1, -2, 2, "0.5", zero=False))],
        },
    }
