"""Questions about batch normalization backward: the gradients in γ, β, and what is normalized."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._spreads import batch
from chainrule.exercises.topics.normalization.batches import BY_M, STATISTICS, columns
from chainrule.paper.workings import Working

_SMALL = (2, 3, 4, 5)
_BACKWARD = ["dgamma", "dbeta", "dxhat", "dvar", "dmean", "dx"]
_WAYS = (
    "the gradients of L in γ, β, x̂, in the variance σ² and in the mean μ, and from these the gradient in x, "
    "through all three ways that x takes"
)


def _moves(working: Working) -> bool:
    """Whether no gradient is 0 in all features, and that of the variance in none."""
    tape = working.tape
    ends = [tape[name].value for name in ("dgamma", "dbeta") if name in working.names]
    ways = [tape[name].value for name in ("dvar", "dmean") if name in working.names]
    return all(value != 0 for gradient in [*ends, *ways] for value in gradient.flat)


@kind("medium", suits=_moves)
def gradients_of_scale(draw: Draw) -> Drawn:
    """The gradients in γ and β."""
    count = draw.integer(4, 5)
    return {
        "text": "Batch normalization of the batch x, in training, with ε = 0, gives y = γ·x̂ + β; the "
        "gradient of the loss L in y is given. Work the mean μ, the variance σ², the deviation s = √σ², the "
        f"normalized values x̂, and the gradients of L in γ, in β and in x̂. {BY_M}",
        "find": [*STATISTICS, "xhat", "dgamma", "dbeta", "dxhat"],
        "given": {
            "x": batch(draw, count, "0.5"),
            "gamma": draw.decimal(-3, 3, "0.5", zero=False),
            "beta": draw.decimal(-3, 3, "0.5"),
            "epsilon": 0,
            "dy": draw.decimals(count, -2, 2, "0.5"),
        },
    }


@kind("hard", suits=_moves)
def backward(draw: Draw) -> Drawn:
    """Forward and backward, to the gradient in x."""
    count, step = draw.integer(4, 5), draw.choice(["0.5", "1"])
    return {
        "text": "Batch normalization of the batch x, in training, with ε = 0; the gradient of the loss L in "
        "the output y is given. Work the mean μ, the variance σ², the deviation s = √σ², the normalized "
        f"values x̂, and y; then {_WAYS}. {BY_M}",
        "find": [*STATISTICS, "xhat", "y", *_BACKWARD],
        "given": {
            "x": batch(draw, count, step, roots=_SMALL),
            "gamma": draw.decimal(-3, 3, "0.5", zero=False),
            "beta": draw.decimal(-3, 3, "0.5", zero=False),
            "epsilon": 0,
            "dy": draw.integers(count, -3, 3),
        },
    }


@kind("hard", suits=_moves)
def backward_of_features(draw: Draw) -> Drawn:
    """The gradients of two features, each by itself."""
    features = [batch(draw, 4, roots=_SMALL) for _ in range(2)]
    return {
        "text": "Batch normalization of four samples, the rows of x, with two features, in training, with ε "
        "= 0; the gradient of the loss L in the output y is given. Work for each feature the mean μ, the "
        f"variance σ², the deviation s = √σ² and the normalized values x̂; then {_WAYS}. {BY_M}",
        "find": [*STATISTICS, "xhat", *_BACKWARD],
        "given": {
            "x": columns(*features),
            "gamma": draw.decimals(2, 0.5, 3, "0.5"),
            "beta": draw.integers(2, -2, 2),
            "epsilon": 0,
            "dy": draw.matrix(4, 2, -2, 2),
        },
    }
