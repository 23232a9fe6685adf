"""What a perceptron gives: z, and the output of a step or a sigmoid."""

from __future__ import annotations

from typing import Any

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import FOUR_DECIMALS, number
from chainrule.exercises.topics._suiting import is_moderate

FIRES = "The output is ŷ = 1 where z = w·x + b ≥ 0, else 0."


def fires(threshold: Any) -> str:
    """When a perceptron with this threshold gives 1, in words."""
    return f"The output is ŷ = 1 where z = w·x + b ≥ θ = {said(threshold)}, else 0."


@kind("easy", "medium")
def output_of_step(draw: Draw) -> Drawn:
    """z and the output of a step, for several rows, one of them sometimes exactly at the step."""
    n, step = draw.by(2, 3, 3), draw.by("1", "0.5", "0.5")
    w = draw.decimals(n, -4, 4, step, zero=False)
    x = draw.matrix(draw.by(3, 4, 4), n, -2, 3)
    b: Any = draw.decimal(-3, 3, step)
    threshold = draw.integer(-2, 2, zero=False) if draw.chance() else 0
    if draw.chance(0.4):
        b = threshold - sum(value * weight for value, weight in zip(x[0], w, strict=True))
    given: dict[str, Any] = {"x": x, "w": w, "b": b}
    return {
        "text": f"A perceptron gets the rows x. {fires(threshold) if threshold else FIRES} Find z and ŷ "
        "of each row.",
        "find": ["z", "yhat"],
        "given": {**given, "threshold": threshold} if threshold else given,
    }


@kind("easy", "medium", suits=lambda working: is_moderate(working, "z", most=4))
def output_of_sigmoid(draw: Draw) -> Drawn:
    """z and the output of a sigmoid."""
    n = draw.by(2, 3, 3)
    event = draw.choice(["that it rains", "that a student is placed", "that a message is spam"])
    rows = draw.by(1, 2, 2)
    x = draw.matrix(rows, n, -2, 3, draw.by("1", "0.5", "0.5"), zero=False)
    each = "it predicts" if rows == 1 else "it predicts for each row"
    return {
        "text": f"A neuron with a sigmoid gives the probability {event}, from {number(n)} scaled "
        f"measurements x. Find z = w·x + b and the probability ŷ that {each}. {FOUR_DECIMALS}",
        "find": ["z", "yhat"],
        "given": {
            "x": x[0] if rows == 1 else x,
            "w": draw.decimals(n, -2, 2, draw.by("0.5", "0.1", "0.1"), zero=False),
            "b": draw.decimal(-2, 2, "0.5"),
            "activation": "sigmoid",
        },
    }
