"""Batch and layer normalization: forward, back, and when a network predicts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import Layer, sgd
from chainrule.exercises.topics._suiting import is_live

TENTH = Decimal("0.1")

_PATTERNS = (
    (-1, -1, 1, 1),
    (-5, 1, 1, 3),
    (-3, -1, -1, 5),
    (-7, -1, 1, 7),
)
"""Numbers with the mean 0, whose mean square is the square of a whole number."""


def _spread(draw: Draw, patterns: Any = _PATTERNS) -> list[int]:
    """Whole numbers whose standard deviation, with 1/n, is a whole number too."""
    middle = draw.integer(-4, 9)
    pattern = draw.choice(patterns)
    scale = draw.integer(1, 4) if max(pattern) == 1 else 1
    return [middle + scale * each for each in draw.shuffled(pattern)]


def _columns(draw: Draw, features: int, patterns: Any = _PATTERNS) -> list[list[int]]:
    columns = [_spread(draw, patterns) for _ in range(features)]
    return [list(row) for row in zip(*columns, strict=True)]


def _normalizer(draw: Draw, features: int, kind_of: str = "BatchNormalization") -> Layer:
    return {
        "layer": kind_of,
        "epsilon": 0,
        "gamma": draw.decimals(features, -2, 3, "0.5", zero=False),
        "beta": draw.decimals(features, -2, 2, "0.5"),
    }


_STATISTICS = "The variance is the mean of the squared deviations (1/n), and ε = 0."


@kind("easy", "medium")
def batch_normalized(draw: Draw) -> Drawn:
    """A batch through batch normalization while training."""
    features = draw.by(1, 2, 2)
    of = "of one feature" if features == 1 else "of two features"
    return {
        "text": f"A batch of four samples {of} goes through batch normalization while it trains, so that "
        f"the moving averages are of no use. {_STATISTICS} Find mean, variance and standard deviation of "
        f"{'the' if features == 1 else 'each'} feature, the normalized values x̂₁, and the output a₁ = γx̂₁ "
        "+ β.",
        "find": ["mean1", "var1", "deviation1", "xhat1", "a1"],
        "given": {"x": _columns(draw, features), "training": True, "layers": [_normalizer(draw, features)]},
    }


@kind("easy", "medium")
def batch_norm_predicting(draw: Draw) -> Drawn:
    """Batch normalization when it predicts, with its moving averages."""
    features, rows = draw.by(1, 2, 2), draw.by(2, 3, 3)
    deviations = [
        draw.choice([2, 4, 5] if draw.difficulty == "easy" else [2, 4, 5, 10]) for _ in range(features)
    ]
    layer = {
        **_normalizer(draw, features),
        "moving_mean": draw.integers(features, -3, 6),
        "moving_var": [d * d for d in deviations],
    }
    return {
        "text": "A batch normalization layer predicts with the moving averages of mean μ̄ and variance σ̄² "
        "that it kept from training, ε = 0. Find the standard deviation, the normalized values x̂₁ and the "
        "output a₁ = γx̂₁ + β.",
        "find": ["deviation1", "xhat1", "a1"],
        "given": {"x": draw.matrix(rows, features, -9, 9), "training": False, "layers": [layer]},
    }


@kind("medium", "hard", suits=lambda working: is_live(working, "dgamma1", "dx", "dvar1", "dmean1"))
def batch_norm_step(draw: Draw) -> Drawn:
    """Batch normalization forward and back, the update, and its moving averages."""
    features = draw.by(1, 1, 2)
    layer = {
        **_normalizer(draw, features),
        "momentum": Decimal("0.9"),
        "moving_mean": draw.integers(features, 0, 4),
        "moving_var": draw.integers(features, 1, 9),
    }
    x = _columns(draw, features, draw.by(_PATTERNS[:1], _PATTERNS[:1], _PATTERNS))
    y = draw.matrix(4, features, -3, 4)
    count = 4 * features
    return {
        "text": f"A batch of four samples goes through batch normalization, a₁ = γx̂₁ + β. {_STATISTICS} "
        f"The loss is the mean of (y − ŷ)² over the {count} numbers of a₁ = ŷ. Work forward, then the "
        "gradients in a₁, γ, β and x̂₁, through variance and mean back to x; one update of γ and β with "
        "the learning rate 0.1; and the new moving averages, each 0.9 of the old one and 0.1 of what the "
        "batch has.",
        "find": [
            *("mean1", "var1", "deviation1", "xhat1", "a1", "loss", "da1", "dgamma1", "dbeta1", "dxhat1"),
            *("dvar1", "dmean1", "dx", "gamma1_new", "beta1_new", "moving_mean1_new", "moving_var1_new"),
        ],
        "given": {"x": x, "y": y, "optimizer": sgd(TENTH), "layers": [layer]},
    }


@kind("medium", "hard", suits=lambda working: "dx" not in working.names or is_live(working, "dx", "dvar1"))
def layer_normalized(draw: Draw) -> Drawn:
    """Layer normalization, over the features of each sample; when hard, with the way back."""
    rows = 2
    x = [_spread(draw) for _ in range(rows)]
    back = draw.difficulty == "hard"
    more = (
        " The loss is the mean of (y − ŷ)² over the eight numbers of a₁ = ŷ. Work it, and its gradients in "
        "a₁, γ, β and x̂₁, through variance and mean back to x."
        if back
        else ""
    )
    gradients = ["loss", "da1", "dgamma1", "dbeta1", "dxhat1", "dvar1", "dmean1", "dx"] if back else []
    given: dict[str, Any] = {"x": x, "layers": [_normalizer(draw, 4, "LayerNormalization")]}
    if back:
        given["y"] = draw.matrix(rows, 4, -2, 3)
    return {
        "text": f"Two samples of four features go through layer normalization. {_STATISTICS} Find mean, "
        "variance and standard deviation of each sample, x̂₁, and a₁ = γx̂₁ + β, with a γ and a β for each "
        f"feature.{more}",
        "find": ["mean1", "var1", "deviation1", "xhat1", "a1", *gradients],
        "given": given,
    }
