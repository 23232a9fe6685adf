"""Questions about losses: of given targets and predictions, sample by sample, and the gradient."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import combinations_with_replacement
from math import isqrt
from typing import Any

from chainrule.exercises.draws import Draw, said, short
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

CLASSES = (("cat", "dog", "bird"), ("yes", "no", "maybe"), ("red", "green", "blue"), ("0", "1", "2"))
FOUR_CLASSES = (("north", "east", "south", "west"), ("spring", "summer", "autumn", "winter"))
PREDICTED = (
    "A network predicts ŷ for the targets y.",
    "For the weights y of some packages (in kg) a network says ŷ.",
    "Some students reached y points in a test, and a network predicted ŷ.",
    "The temperatures of some days were y, and those of a forecast ŷ.",
)
OF_ALL = "The loss of all is the mean over the samples."
NATURAL = "All logarithms are natural."


def _differ(working: Working) -> bool:
    """Whether no prediction is exactly right, and not every sample costs the same."""
    losses = working.tape["sample_loss"].value
    return bool((working.tape["y"].value != working.tape["y_pred"].value).all() and len({*losses}) > 1)


def _asked(draw: Draw, samples: int = 2) -> list[str]:
    """What is to be found; the gradient is left out of easy questions."""
    of_each = ["sample_loss"] if samples > 1 else []
    return [*of_each, "loss"] if draw.difficulty == "easy" else [*of_each, "loss", "dy_pred"]


def _gradient(draw: Draw) -> str:
    return "" if draw.difficulty == "easy" else " Find the gradient of that in ŷ too."


# ------------------------------------------------------------------------------ regression


@kind("easy", "medium", "hard", suits=_differ)
def mean_squared_error(draw: Draw) -> Drawn:
    """Squares of differences, and their mean."""
    count, step = draw.by(4, 4, 5), draw.by("1", "0.5", "0.1")
    return {
        "text": f"{draw.choice(PREDICTED)} Find the squared error of each sample and the mean squared error."
        + _gradient(draw),
        "find": _asked(draw),
        "given": {"loss": "mse", **_predictions(draw, count, step)},
    }


@kind("easy", "medium", suits=_differ)
def mean_absolute_error(draw: Draw) -> Drawn:
    """Differences without their signs, and their mean."""
    count, step = draw.by(4, 5, 5), draw.by("1", "0.1", "0.1")
    return {
        "text": f"{draw.choice(PREDICTED)} Find the absolute error of each sample and the mean absolute "
        "error." + _gradient(draw),
        "find": _asked(draw),
        "given": {"loss": "mae", **_predictions(draw, count, step)},
    }


@kind("easy", "medium", suits=_differ)
def gradient_of_squares(draw: Draw) -> Drawn:
    """The slope of the mean squared error in every prediction."""
    count, step = draw.by(4, 5, 5), draw.by("1", "0.1", "0.1")
    return {
        "text": f"{draw.choice(PREDICTED)} Find the gradient of the mean squared error in the predictions.",
        "find": ["dy_pred"],
        "given": {"loss": "mse", **_predictions(draw, count, step)},
    }


@kind("easy", "medium", "hard", suits=_differ)
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


@kind("medium", "hard", suits=_differ)
def huber(draw: Draw) -> Drawn:
    """Small errors by their square, large ones by their size; none is exactly δ."""
    delta: Any = draw.choice(draw.by([1], [1, 2], [Decimal("0.5"), 1, Decimal("1.5"), 2]))
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


@kind("medium", "hard", suits=_differ)
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


@kind("medium", "hard", suits=_differ)
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


# ---------------------------------------------------------------------------- probabilities


@kind("easy", "medium", "hard", suits=_differ)
def binary_crossentropy(draw: Draw) -> Drawn:
    """What is likely costs little: -ln of the probability of what happened."""
    count, step = draw.by(2, 4, 5), draw.by("0.01", "0.1", "0.01")
    said_of = draw.choice(
        (
            "Of some mails, y is 1 where a mail is spam and 0 where it is not. A filter gives spam the "
            "probabilities ŷ.",
            "Some students were placed (y = 1) or not (y = 0). A network gave a place the probabilities ŷ.",
            "Some patients are ill (y = 1) or not (y = 0). A test gives the probabilities ŷ of being ill.",
        )
    )
    return {
        "text": f"{said_of} Find the binary cross-entropy of each sample, and the mean of all."
        f"{_gradient(draw)} {NATURAL}",
        "find": _asked(draw),
        "given": {
            "loss": "binary_crossentropy",
            "y": _both_labels(draw, count, 0),
            "y_pred": draw.different(count, 0.1, 0.9, step),
        },
    }


@kind("medium", "hard", suits=_differ)
def binary_crossentropy_of_scores(draw: Draw) -> Drawn:
    """The sigmoid, the loss behind it, and the simple gradient in the scores."""
    count = draw.by(3, 4, 5)
    return {
        "text": "The last layer of a network gives the scores z, of which the sigmoid makes the "
        "probabilities ŷ; the targets are y. Find ŷ, the binary cross-entropy of each sample, the mean of "
        f"all, and its gradient in the scores. {NATURAL}",
        "find": ["p", "sample_loss", "loss", "dy_pred"],
        "given": {
            "loss": {"name": "binary_crossentropy", "from_logits": True},
            "y": _both_labels(draw, count, 0),
            "y_pred": draw.different(count, -2, 2, draw.by("0.5", "0.1", "0.1")),
        },
    }


@kind("easy", "medium", "hard")
def categorical_crossentropy(draw: Draw) -> Drawn:
    """One-hot rows: of each, -ln of the probability of the right class."""
    names, labels, rows = _classified(draw)
    return {
        "text": f"{_of_classes(draw, names)} The targets y are one-hot rows: of the classes "
        f"{said([names[label] for label in labels])}. {_find_cross_entropy(draw, len(labels))}",
        "find": _asked(draw, len(labels)),
        "given": {
            "loss": "categorical_crossentropy",
            "y": _one_hot(labels, len(names)),
            "y_pred": rows,
        },
    }


@kind("easy", "medium", "hard")
def sparse_categorical_crossentropy(draw: Draw) -> Drawn:
    """The same from the classes' numbers."""
    names, labels, rows = _classified(draw)
    return {
        "text": f"{_of_classes(draw, names)} The targets y are the numbers of the classes, counted from 0. "
        f"{_find_cross_entropy(draw, len(labels))}",
        "find": _asked(draw, len(labels)),
        "given": {"loss": "sparse_categorical_crossentropy", "y": labels, "y_pred": rows},
    }


@kind("medium", "hard")
def categorical_crossentropy_of_scores(draw: Draw) -> Drawn:
    """Softmax, the loss behind it, and the simple gradient in the scores."""
    names = draw.choice(CLASSES)
    labels = draw.sample(range(3), draw.by(1, 1, 2))
    scores = [draw.different(3, -1, 3, draw.by("1", "0.5", "0.1")) for _ in labels]
    several = len(labels) > 1
    return {
        "text": f"The last layer of a network gives the scores z of the classes {said([*names])}"
        f"{', a row for each sample' if several else ''}; softmax makes the probabilities ŷ of them. "
        f"{'The right classes are' if several else 'The right class is'} "
        f"{said([names[label] for label in labels])}, as the one-hot y says. Find ŷ, the cross-entropy"
        f"{' of each sample, the mean of all' if several else ''}, and its gradient in the scores. {NATURAL}",
        "find": ["p", *(["sample_loss"] if several else []), "loss", "dy_pred"],
        "given": {
            "loss": {"name": "categorical_crossentropy", "from_logits": True},
            "y": _one_hot(labels, 3),
            "y_pred": scores,
        },
    }


def _is_other(working: Working) -> bool:
    return bool((working.tape["y"].value != working.tape["y_pred"].value).any(axis=1).all())


@kind("easy", "medium", "hard", suits=_is_other)
def kl_divergence(draw: Draw) -> Drawn:
    """Soft targets: the divergence of a predicted distribution from the right one."""
    rows, of = draw.by(1, 1, 2), draw.by(10, 20, 100)
    return {
        "text": f"A network should give three classes the probabilities y, and gives them ŷ"
        f"{', a row for each sample' if rows > 1 else ''}. Its loss is the Kullback-Leibler divergence of ŷ "
        f"from y, Σ y ln(y/ŷ) over the classes. Find it"
        f"{' for each sample, and the mean of all' if rows > 1 else ''}.{_gradient(draw)}",
        "find": _asked(draw, rows),
        "given": {
            "loss": "kl_divergence",
            "y": [draw.probabilities(3, of) for _ in range(rows)],
            "y_pred": [draw.probabilities(3, of) for _ in range(rows)],
        },
    }


def _both_labels(draw: Draw, count: int, other: int) -> list[int]:
    """So many labels, 1 and the other, each at least once."""
    ones = draw.integer(1, count - 1)
    return draw.shuffled([1] * ones + [other] * (count - ones))


def _classified(draw: Draw) -> tuple[tuple[str, ...], list[int], list[list[int | Decimal]]]:
    """Names of classes, the right class of each sample, and its predicted probabilities."""
    names = draw.choice(draw.by(CLASSES, CLASSES, FOUR_CLASSES))
    labels = draw.sample(range(len(names)), draw.by(1, 2, 3))
    return names, labels, [draw.probabilities(len(names), draw.by(100, 10, 100)) for _ in labels]


def _of_classes(draw: Draw, names: tuple[str, ...]) -> str:
    rows = "" if draw.difficulty == "easy" else ", a row for each sample"
    return f"A network gives the classes {said([*names])} the probabilities ŷ{rows}."


def _one_hot(labels: list[int], classes: int) -> list[list[int]]:
    return [[int(k == label) for k in range(classes)] for label in labels]


def _find_cross_entropy(draw: Draw, samples: int) -> str:
    if samples == 1:
        return f"Find the cross-entropy.{_gradient(draw)} {NATURAL}"
    return f"Find the cross-entropy of each sample, and the mean of all.{_gradient(draw)} {NATURAL}"


# ---------------------------------------------------------------------------------- margins


def _has_both_sides(working: Working) -> bool:
    """Whether some samples cost nothing and others do, and none is at the corner."""
    margins = working.tape["y"].value * working.tape["y_pred"].value
    corner = 1 if working.tape["loss"].step.rule.name == "hinge" else 0
    costs = {bool(margin < corner) for margin in margins.flat}
    return len(costs) == 2 and corner not in [margin.exact for margin in margins.flat]


@kind("easy", "medium", "hard", suits=_has_both_sides)
def hinge(draw: Draw) -> Drawn:
    """Samples on the right side of the margin cost nothing."""
    return {
        "text": f"{_of_sides(draw)} The hinge loss of a sample is max(0, 1 − yŷ). {OF_ALL} Find the loss of "
        f"each sample, and of all.{_gradient(draw)}",
        "find": _asked(draw),
        "given": {"loss": "hinge", **_margins(draw)},
    }


@kind("easy", "medium", "hard", suits=_has_both_sides)
def perceptron(draw: Draw) -> Drawn:
    """Only samples on the wrong side cost something."""
    return {
        "text": f"{_of_sides(draw)} The perceptron loss of a sample is max(0, −yŷ). {OF_ALL} Find the loss "
        f"of each sample, and of all.{_gradient(draw)}",
        "find": _asked(draw),
        "given": {"loss": "perceptron", **_margins(draw)},
    }


def _of_sides(draw: Draw) -> str:
    return draw.choice(
        (
            "A classifier gives the scores ŷ to samples of the classes y, 1 and −1.",
            "Mails are spam (y = 1) or not (y = −1), and a filter gives them the scores ŷ.",
            "Points lie on two sides of a line, y = 1 and y = −1, and a classifier gives them the scores ŷ.",
        )
    )


def _margins(draw: Draw) -> dict[str, Any]:
    count = draw.by(4, 5, 6)
    return {
        "y": _both_labels(draw, count, -1),
        "y_pred": draw.decimals(count, -3, 3, draw.by("0.5", "0.1", "0.01"), zero=False),
    }
