"""Questions about moving averages: followed while training, and taken after it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._spreads import batch
from chainrule.exercises.topics.normalization.batches import BY_M

_HOW = "new average = momentum ρ · old average + (1 − ρ) · value of the batch"


@kind("easy")
def one_moving_average(draw: Draw) -> Drawn:
    """The moving averages after one batch."""
    return {
        "text": "A layer with batch normalization is trained with the batch x. Work the batch's mean μ and "
        f"variance σ², and the new moving averages of both: {_HOW}. {BY_M}",
        "find": ["mean", "var", "moving_mean_new", "moving_var_new"],
        "given": {
            "x": batch(draw, draw.integer(4, 5), low=2),
            "moving_mean": draw.integer(-10, 20),
            "moving_variance": draw.integer(1, 20),
            "momentum": draw.choice([Decimal("0.9"), Decimal("0.8"), Decimal("0.5")]),
        },
    }


@kind("easy", "medium")
def normalized_at_rest(draw: Draw) -> Drawn:
    """Batch normalization after training, by the moving averages."""
    count, step = draw.by(2, 3, 3), draw.by("1", "0.1", "0.1")
    mean, root = draw.integer(-5, 10), draw.integer(2, 8)
    epsilon: Any = draw.by(0, draw.choice([Decimal("0.01"), Decimal("0.1"), 1]), 0)
    values = [mean + d for d in draw.different(count, -12, 12, draw.by("1", "0.5", "0.5"))]
    return {
        "text": "After training, a layer with batch normalization takes its moving averages as they are. "
        "What does it make of the values x? Work the deviation s = √(moving variance + ε), the normalized "
        "values x̂, and y = γ·x̂ + β.",
        "find": ["deviation", "xhat", "y"],
        "given": {
            "x": values,
            "training": False,
            "moving_mean": mean,
            "moving_variance": root * root - epsilon,
            "gamma": draw.decimal(-3, 3, step, zero=False),
            "beta": draw.decimal(-3, 3, step, zero=False),
            "epsilon": epsilon,
        },
    }


@kind("medium", "hard")
def followed_averages(draw: Draw) -> Drawn:
    """Moving averages over several batches; then a value normalized by them."""
    count = draw.by(2, 2, 3)
    numbers = range(1, count + 1)
    given: dict[str, Any] = {
        "batches": [batch(draw, draw.integer(4, 5), draw.by("1", "1", "0.5"), low=-4) for _ in numbers],
        "momentum": draw.choice([Decimal("0.9"), Decimal("0.8"), Decimal("0.5")]),
    }
    words = ("mean", "var", "moving_mean", "moving_var")
    find, then = [f"{word}.{number}" for number in numbers for word in words], ""
    if draw.difficulty == "hard":
        given |= {"x": [draw.integer(-9, 20)], "epsilon": Decimal("0.001")}
        then = (
            " Then the value in x comes when the layer is tested: work s = √(moving variance + ε), the "
            "normalized value x̂, and y = γ·x̂ + β."
        )
        find += ["deviation", "xhat", "y"]
    return {
        "text": f"{count} batches go one after the other through a layer with batch normalization, whose "
        "moving mean is 0 and moving variance 1 at the start. Work the mean and the variance of each batch, "
        f"and the moving averages behind it: {_HOW}. {BY_M}{then}",
        "find": find,
        "given": given,
    }
