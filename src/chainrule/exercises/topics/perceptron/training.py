"""The perceptron's training rule, presentation by presentation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._suiting import values
from chainrule.exercises.topics.perceptron.lines import GATES
from chainrule.exercises.topics.perceptron.output import FIRES, fires
from chainrule.paper.workings import Working

_RULE = "w ← w + η(y − ŷ)x and b ← b + η(y − ŷ)"


def _presented(count: int) -> list[str]:
    return [f"{name}.{k}" for k in range(1, count + 1) for name in ("z", "yhat", "error", "w", "b")]


def _any_error(working: Working) -> bool:
    return any(values(working, name).any() for name in working.names if name.startswith("error."))


@kind("easy", suits=_any_error)
def first_corrections(draw: Draw) -> Drawn:
    """Two presentations of the perceptron's training rule."""
    rate = draw.choice([Decimal("0.5"), Decimal("0.1"), 1])
    y = draw.shuffled([0, 1])
    return {
        "text": f"A perceptron is trained with the rows of the table, in their order, by the rule {_RULE} "
        f"with η = {rate}. {FIRES} Work one epoch: for each presentation z, ŷ, the error y − ŷ, and the "
        "weights and the bias after it.",
        "find": _presented(2),
        "given": {
            "x": draw.matrix(2, 2, -2, 3, zero=False),
            "y": y,
            "w": draw.integers(2, -2, 2),
            "b": draw.integer(-2, 2),
            "learning_rate": rate,
            "epochs": 1,
        },
    }


@kind("medium", suits=_any_error)
def epoch_of_training(draw: Draw) -> Drawn:
    """An epoch of training a gate, with a threshold or with targets -1 and 1."""
    gate = draw.choice(GATES)
    rate = draw.choice([Decimal("0.5"), Decimal("0.1"), Decimal("0.2"), 1])
    given: dict[str, Any] = {
        "gate": gate,
        "w": draw.decimals(2, -2, 2, "0.2"),
        "b": draw.decimal(-1, 1, "0.2"),
        "threshold": draw.choice([Decimal("0.5"), 1]),
        "learning_rate": rate,
        "epochs": 1,
    }
    said_to_fire = fires(given["threshold"])
    if draw.chance(0.4):
        bits = [[-1, -1], [-1, 1], [1, -1], [1, 1]]
        ones = {"and": (3,), "or": (1, 2, 3), "nand": (0, 1, 2), "nor": (0,)}[gate]
        del given["gate"], given["threshold"]
        given = {"x": bits, "y": [1 if i in ones else -1 for i in range(4)], **given}
        said_to_fire = "Inputs and targets are −1 and 1: the output is ŷ = 1 where z = w·x + b ≥ 0, else −1."
    return {
        "text": f"A perceptron is trained to be the gate {gate.upper()} by the rule {_RULE} with η = "
        f"{rate}, its four rows in the order (false, false), (false, true), (true, false), (true, true). "
        f"{said_to_fire} Work the first epoch: for each presentation z, ŷ, the error y − ŷ, and the weights "
        "and the bias after it.",
        "find": _presented(4),
        "given": given,
    }


def _drawn_table(draw: Draw) -> dict[str, Any]:
    return {
        "x": draw.matrix(4, 2, -2, 3),
        "y": draw.shuffled([0, 0, 1, 1]),
        "w": draw.decimals(2, -1, 1, "0.1"),
        "b": draw.decimal(-1, 1, "0.1"),
    }


def _moves(table: dict[str, Any], rate: Decimal) -> bool:
    """Whether the first epoch leaves other weights than the first ones; else the training ends there."""
    first = w, b = table["w"], table["b"]
    for x, y in zip(table["x"], table["y"], strict=True):
        error = y - (w[0] * x[0] + w[1] * x[1] + b >= 0)
        w, b = [weight + rate * error * value for weight, value in zip(w, x, strict=True)], b + rate * error
    return (w, b) != first


@kind("hard")
def two_epochs_of_training(draw: Draw) -> Drawn:
    """Two epochs of training with points of two classes, and what is right in the end."""
    rate = draw.choice([Decimal("0.5"), Decimal("0.1"), Decimal("0.2")])
    table = _drawn_table(draw)
    while not _moves(table, rate):
        table = _drawn_table(draw)
    return {
        "text": f"A perceptron is trained with the rows of the table, in their order, by the rule {_RULE} "
        f"with η = {rate}. {FIRES} Work two epochs: for each presentation z, ŷ, the error y − ŷ, and the "
        "weights and the bias after it. How many corrections were made? Then find z and ŷ of all rows with "
        "the new weights, and how many of them are wrong.",
        "find": [*_presented(8), "corrections", "w_new", "b_new", "z_new", "yhat_new", "mistakes_new"],
        "given": {**table, "learning_rate": rate, "epochs": 2},
    }
