"""Questions about losses of a regression: squared and absolute errors, and Huber's between them."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import combinations_with_replacement
from math import isqrt
from typing import Any

from chainrule.exercises.draws import Draw, short
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics.loss._common import OF_ALL, asked, differ, gradient

PREDICTED = (
    "A network predicts ŷ for the targets y.",
    "For the weights y of some packages (in kg) a network says ŷ.",
    "Some students reached y points in a test, and a network predicted ŷ.",
    "The temperatures of some days were y, and those of a forecast ŷ.",
)


@kind("easy", "medium", "hard", suits=differ)
def mean_squared_error(draw: Draw) -> Drawn:
    """Squares of differences, and their mean."""
    count, step = draw.by(4, 4, 5), draw.by("1", "0.5", "0.1")
    return {
        "text": f"{draw.choice(PREDICTED)} Find the squared error of each sample and the mean squared error."
        + gradient(draw),
        "find": asked(draw),
        "given": {"loss": "mse", **_predictions(draw, count, step)},
    }


@kind("easy", "medium", suits=differ)
def mean_absolute_error(draw: Draw) -> Drawn:
    """Differences without their signs, and their mean."""
    count, step = draw.by(4, 5, 5), draw.by("1", "0.1", "0.1")
    return {
        "text": f"{draw.choice(PREDICTED)} Find the absolute error of each sample and the mean absolute "
        "error." + gradient(draw),
        "find": asked(draw),
        "given": {"loss": "mae", **_predictions(draw, count, step)},
    }


@kind("easy", "medium", suits=differ)
def gradient_of_squares(draw: Draw) -> Drawn:
    """The slope of the mean squared error in every prediction."""
    count, step = draw.by(4, 5, 5), draw.by("1", "0.1", "0.1")
    return {
        "text": f"{draw.choice(PREDICTED)} Find the gradient of the mean squared error in the predictions.",
        "find": ["dy_pred"],
        "given": {"loss": "mse", **_predictions(draw, count, step)},
    }


@kind("easy", "medium", "hard", suits=differ)
def root_mean_squared_error(draw: Draw) -> Drawn:
    """Errors whose mean square is the square of a whole number."""
    unit = draw.by(Decimal(1), Decimal("0.5"), Decimal("0.1"))
    errors = draw.shuffled(draw.choice(_errors_with_root(draw.by(4, 4, 5))))
    y = draw.integers(len(errors), 10, draw.by(19, 19, 90))
    is_easy = draw.difficulty == "easy"
    more = "" if is_easy else ", the gradient of the mean squared error in ŷ, and that of its root"
    return {
        "text": f"{draw.choice(PREDICTED)} Find the mean squared error and its root{more}.",
        "find": ["loss", "rmse", *([] if is_easy else ["dloss", "dy_pred"])],
        "given": {
            "loss": "rmse",
            "y": [short(unit * target) for target in y],
            "y_pred": [
                short(unit * (target + draw.choice((-1, 1)) * error))
                for target, error in zip(y, errors, strict=True)
            ],
        },
    }


@kind("medium", "hard", suits=differ)
def huber(draw: Draw) -> Drawn:
    """Small errors by their square, large ones by their size; none is exactly δ."""
    deltas: tuple[Any, ...] = draw.by((), (1, 2), (Decimal("0.5"), 1, Decimal("1.5"), 2))
    delta = draw.choice(deltas)
    count = draw.by(3, 4, 5)
    small = [delta * draw.choice((1, 2, 3)) / 4 for _ in range(2)]
    large = [delta + draw.decimal(0.5, 4, "0.5") for _ in range(count - 2)]
    errors = [draw.choice((-1, 1)) * error for error in draw.shuffled(small + large)]
    y = draw.decimals(count, 6, 9, "0.5")
    return {
        "text": f"{draw.choice(PREDICTED)} Huber's loss with δ = {delta} counts an error e = y − ŷ as e²/2 "
        f"where |e| is at most δ, and as δ|e| − δ²/2 where it is larger. {OF_ALL} Find the loss of each "
        f"sample, that of all, and its gradient in ŷ.",
        "find": ["sample_loss", "loss", "dy_pred"],
        "given": {
            "loss": {"name": "huber", "delta": delta},
            "y": y,
            "y_pred": [short(Decimal(t) - Decimal(e)) for t, e in zip(y, errors, strict=True)],
        },
    }


@kind("medium", "hard", suits=differ)
def half_of_the_mean_square(draw: Draw) -> Drawn:
    """The mean squared error with the factor 1/2 that its slope takes away."""
    count, step = draw.by(4, 4, 6), draw.by("1", "0.5", "0.1")
    return {
        "text": f"{draw.choice(PREDICTED)} The cost is L = 1/(2m) · Σ (y − ŷ)², where m is the number of "
        "samples; that of a single sample is (y − ŷ)²/2. Find the cost of each sample, that of all, and its "
        "gradient in ŷ.",
        "find": ["sample_loss", "loss", "dy_pred"],
        "given": {"loss": {"name": "mse", "factor": "1/2m"}, **_predictions(draw, count, step)},
    }


@kind("medium", "hard", suits=differ)
def two_outputs(draw: Draw) -> Drawn:
    """The mean squared error of rows: over the outputs, then over the samples."""
    rows, columns = draw.by((2, 2), (2, 2), (3, 2))
    step = draw.by("1", "1", "0.5")
    return {
        "text": f"A network with {columns} outputs predicts ŷ for the targets y of {rows} samples, a row for "
        "each. The squared error of a sample is the mean over its outputs. Find it for each sample, the mean "
        "over all of them, and the gradient of that in ŷ.",
        "find": ["sample_loss", "loss", "dy_pred"],
        "given": {
            "loss": "mse",
            "y": draw.matrix(rows, columns, -4, 6, step),
            "y_pred": draw.matrix(rows, columns, -4, 6, step),
        },
    }


def _predictions(draw: Draw, count: int, step: str) -> dict[str, Any]:
    return {"y": draw.decimals(count, 0, 9, step), "y_pred": draw.decimals(count, 0, 9, step)}


@cache
def _errors_with_root(count: int) -> list[tuple[int, ...]]:
    """Whole errors, not all alike, whose mean square is the square of 2 or more."""
    return [
        errors
        for errors in combinations_with_replacement(range(1, 10), count)
        if len({*errors}) > 1 and (total := sum(e * e for e in errors)) % count == 0
        if isqrt(total // count) ** 2 == total // count > 1
    ]
