"""Questions about batch normalization in training: mean, variance, normalized values, scale and shift."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw, short
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._spreads import batch

STATISTICS = ["mean", "var", "deviation"]
BY_M = "The variance divides by the number m of values."


def columns(*values: Sequence[Any]) -> list[list[Any]]:
    """Rows, one for each sample, of features given one by one."""
    return [list(row) for row in zip(*values, strict=True)]


@kind("easy")
def normalized_batch(draw: Draw) -> Drawn:
    """Mean, variance, standard deviation, and the normalized values."""
    what = draw.choice(["activations of a neuron", "outputs of a layer's neuron", "values of a feature"])
    return {
        "text": f"A batch x holds {what}, one for each sample. Work its mean μ, its variance σ², the "
        f"deviation s = √σ² (ε is 0), and the normalized values x̂. {BY_M}",
        "find": [*STATISTICS, "xhat"],
        "given": {"x": batch(draw, draw.integer(4, 5)), "epsilon": 0},
    }


@kind("easy", "medium")
def scaled_batch(draw: Draw) -> Drawn:
    """The same, scaled by γ and shifted by β."""
    step = draw.by("1", "0.5", "0.5")
    return {
        "text": "Batch normalization of the batch x, in training: work the mean μ, the variance σ², the "
        f"deviation s = √σ² (ε is 0), the normalized values x̂, and the output y = γ·x̂ + β. {BY_M}",
        "find": [*STATISTICS, "xhat", "y"],
        "given": {
            "x": batch(draw, draw.integer(4, 5), step),
            "gamma": draw.decimal(-3, 3, step, zero=False),
            "beta": draw.decimal(-3, 3, step, zero=False),
            "epsilon": 0,
        },
    }


@kind("medium")
def sample_variance(draw: Draw) -> Drawn:
    """The variance divided by m - 1, as that of a sample."""
    count = draw.integer(4, 5)
    return {
        "text": "Normalize the batch x with the variance of a sample, which divides by m − 1, and not with "
        "that of batch normalization; ε is 0. Work the mean μ, the variance σ², the deviation s = √σ², the "
        "normalized values x̂, and y = γ·x̂ + β.",
        "find": [*STATISTICS, "xhat", "y"],
        "given": {
            "x": batch(draw, count, "0.5", divisor=count - 1),
            "gamma": draw.decimal(0.5, 3, "0.5"),
            "beta": draw.decimal(-3, 3, "0.5", zero=False),
            "epsilon": 0,
            "variance": "sample",
        },
    }


@kind("medium")
def with_epsilon(draw: Draw) -> Drawn:
    """ε in the root of the variance."""
    step, epsilon = draw.choice([("0.1", "0.01"), ("0.5", "0.25"), ("1", "1")])
    return {
        "text": "Batch normalization of the batch x, in training, with ε in the root, s = √(σ² + ε), as in "
        "the paper and in Keras: work the mean μ, the variance σ², s, the normalized values x̂, and y = γ·x̂ "
        f"+ β. {BY_M}",
        "find": [*STATISTICS, "xhat", "y"],
        "given": {
            "x": batch(draw, draw.integer(4, 5), step, added=1),
            "gamma": draw.decimal(0.5, 3, "0.5"),
            "beta": draw.decimal(-2, 2, "0.1", zero=False),
            "epsilon": short(Decimal(epsilon)),
        },
    }


@kind("medium")
def with_epsilon_outside(draw: Draw) -> Drawn:
    """ε added to the standard deviation."""
    step = draw.choice(["0.1", "0.5"])
    return {
        "text": "Normalize the batch x by x̂ = (x − μ)/(σ + ε), with ε outside the root: work the mean μ, "
        f"the variance σ², the deviation s = σ + ε, the normalized values x̂, and y = γ·x̂ + β. {BY_M}",
        "find": [*STATISTICS, "xhat", "y"],
        "given": {
            "x": batch(draw, draw.integer(4, 5), step),
            "gamma": draw.decimal(0.5, 3, "0.5"),
            "beta": draw.decimal(-2, 2, "0.1", zero=False),
            "epsilon": draw.choice([Decimal(step), Decimal("0.1")]),
            "epsilon_at": "outside",
        },
    }


@kind("medium", "hard")
def two_features(draw: Draw) -> Drawn:
    """Two features on different scales, each normalized by itself."""
    count = draw.by(4, 4, 5)
    marks, scores = batch(draw, count, "0.5", 12, 20), batch(draw, count, "10", 12, 24)
    trained: dict[str, Any] = {}
    then = "Work mean μ, variance σ² and deviation s = √σ² of both, and the normalized values x̂."
    if draw.difficulty == "hard":
        trained = {
            "gamma": draw.decimals(2, 0.5, 3, "0.5"),
            "beta": draw.decimals(2, -2, 2, "0.1", zero=False),
        }
        then = then[:-1] + ", and with a γ and a β for each feature y = γ·x̂ + β."
    return {
        "text": f"The rows of x are {count} students, its columns a grade and the points of a test. "
        f"Normalize the batch, each feature by itself, with ε = 0. {then} {BY_M}",
        "find": [*STATISTICS, "xhat", *draw.by([], [], ["y"])],
        "given": {"x": columns(marks, scores), **trained, "epsilon": 0},
    }
