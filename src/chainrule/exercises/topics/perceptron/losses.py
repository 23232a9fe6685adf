"""Losses of a neuron over several rows: value, gradient, penalty, a step down."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import FOUR_DECIMALS
from chainrule.exercises.topics._suiting import is_live, is_moderate, values
from chainrule.paper.workings import Working

_LOSSES = {"perceptron": "max(0, −y·f)", "hinge": "max(0, 1 − y·f)"}


def _loss_suits(working: Working) -> bool:
    """Whether no row is at a corner of its loss, some are right and some are not."""
    agreement, terms = values(working, "agreement"), values(working, "terms")
    few = len(terms) < 3
    return bool(agreement.all() and (agreement != 1).all() and terms.any() and (few or not terms.all()))


def _rows_of_signs(draw: Draw, rows: int, step: str) -> dict[str, Any]:
    return {
        "x": draw.matrix(rows, 2, -2, 3, step, zero=False),
        "y": [1, -1, *(draw.choice([-1, 1]) for _ in range(rows - 2))],
        "w": draw.decimals(2, -2, 2, step, zero=False),
        "b": draw.decimal(-1, 1, step),
    }


@kind("easy", "medium", suits=_loss_suits)
def loss_of_each_row(draw: Draw) -> Drawn:
    """The perceptron loss or the hinge loss, row by row."""
    name = draw.choice(list(_LOSSES))
    return {
        "text": f"For targets y of −1 and 1 the {name} loss of a row is {_LOSSES[name]}, where f = w·x + b. "
        "Find f and the loss ℓ of each row.",
        "find": ["f", "terms"],
        "given": {"loss": name, **_rows_of_signs(draw, draw.by(4, 5, 5), draw.by("1", "0.5", "0.5"))},
    }


@kind("easy", "medium", "hard", suits=lambda working: _loss_suits(working) and is_live(working, "dw"))
def step_down_loss(draw: Draw) -> Drawn:
    """The mean perceptron or hinge loss, its gradient, and a step down."""
    name = draw.choice(list(_LOSSES))
    rate, rows = draw.choice([Decimal("0.1"), Decimal("0.5"), 1]), draw.by(2, 4, 5)
    return {
        "text": f"A neuron f = w·x + b learns with the {name} loss, the mean of {_LOSSES[name]} over the "
        f"{rows} rows. Find f, the loss, its gradients in f, w and b, and the weights and the bias after "
        f"one step of gradient descent with η = {rate}.",
        "find": ["f", "loss", "df", "dw", "db", "w_new", "b_new"],
        "given": {
            "loss": name,
            **_rows_of_signs(draw, rows, draw.by("1", "0.5", "0.1")),
            "learning_rate": rate,
        },
    }


_PENALTIES = {
    "l1": "R = Σ |w|",
    "l2": "R = Σ w²",
    "half_l2": "R = ½ Σ w²",
    "elastic": "R = ρ Σ |w| + ½(1 − ρ) Σ w²",
}


@kind("medium", "hard", suits=lambda working: _loss_suits(working) and is_live(working, "dw"))
def loss_with_penalty(draw: Draw) -> Drawn:
    """The hinge loss with a penalty on the weights: cost, gradient and a step down."""
    rows = draw.by(2, 3, 5)
    rate, alpha = (
        draw.choice([Decimal("0.1"), Decimal("0.5")]),
        draw.choice([Decimal("0.1"), Decimal("0.2"), 1]),
    )
    name = draw.by("elastic", draw.choice(list(_PENALTIES)), "elastic")
    share = draw.choice([Decimal("0.5"), Decimal("0.2"), Decimal("0.6")])
    extra = {"l1_ratio": share} if name == "elastic" else {}
    words = f" with ρ = {share}" if extra else ""
    return {
        "text": "A neuron f = w·x + b learns with the hinge loss L, the mean of max(0, 1 − y·f) over the "
        f"{rows} rows, and the penalty {_PENALTIES[name]}{words}: the cost is C = L + αR with α = {alpha}. "
        "Find f, L and its gradients in f, w and b; R, C, the gradients of R and of C in w; and w and b "
        f"after one step along the gradient of C with η = {rate}.",
        "find": [
            *("f", "loss", "df", "dw", "db"),
            *("penalty", "cost", "penalty_slope", "dw_cost", "w_new", "b_new"),
        ],
        "given": {
            "loss": "hinge",
            **_rows_of_signs(draw, rows, "0.5"),
            "penalty": name,
            "alpha": alpha,
            **extra,
            "learning_rate": rate,
        },
    }


@kind("medium", "hard", suits=lambda working: is_moderate(working, "f", most=3) and is_live(working, "dw"))
def logistic_loss(draw: Draw) -> Drawn:
    """The binary cross-entropy of a sigmoid neuron over several rows, and a step down."""
    rows = draw.by(2, 3, 4)
    rate = draw.choice([Decimal("0.1"), Decimal("0.5"), 1])
    return {
        "text": "A neuron gives the probability ŷ = σ(f) with f = w·x + b. The loss is the binary "
        f"cross-entropy, the mean of −y ln ŷ − (1 − y) ln(1 − ŷ) over the {rows} rows. Find f, ŷ, the loss, "
        "its gradients in f (sigmoid and loss together), w and b, and w and b after one step of gradient "
        f"descent with η = {rate}. {FOUR_DECIMALS}",
        "find": ["f", "a", "loss", "df", "dw", "db", "w_new", "b_new"],
        "given": {
            "loss": "binary_crossentropy",
            "x": draw.matrix(rows, 2, -2, 2, "0.5", zero=False),
            "y": [1, 0, *draw.integers(rows - 2, 0, 1)],
            "w": draw.decimals(2, -1, 1, draw.by("0.5", "0.5", "0.1"), zero=False),
            "b": draw.decimal(-1, 1, "0.5"),
            "learning_rate": rate,
        },
    }
