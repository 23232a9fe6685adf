"""Questions about losses of probabilities: cross-entropies, of scores too, and the divergence."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics.loss._common import asked, both_labels, differ, gradient
from chainrule.paper.workings import Working

CLASSES = (("cat", "dog", "bird"), ("yes", "no", "maybe"), ("red", "green", "blue"), ("0", "1", "2"))
FOUR_CLASSES = (("north", "east", "south", "west"), ("spring", "summer", "autumn", "winter"))
NATURAL = "All logarithms are natural."


@kind("easy")
def binary_crossentropy_of_one(draw: Draw) -> Drawn:
    """A single sample: -ln of the probability of what happened."""
    label, probability = draw.integer(0, 1), draw.decimal(0.05, 0.95, "0.01")
    happened = "was placed (y = 1)" if label else "was not placed (y = 0)"
    return {
        "text": f"A student {happened}, and a network had given a place the probability ŷ = {probability}. "
        "Find the binary cross-entropy, with the natural logarithm.",
        "find": ["loss"],
        "given": {"loss": "binary_crossentropy", "y": [label], "y_pred": [probability]},
    }


@kind("easy", "medium", "hard", suits=differ)
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
        f"{gradient(draw)} {NATURAL}",
        "find": asked(draw),
        "given": {
            "loss": "binary_crossentropy",
            "y": both_labels(draw, count, 0),
            "y_pred": draw.different(count, 0.1, 0.9, step),
        },
    }


@kind("medium", "hard", suits=differ)
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
            "y": both_labels(draw, count, 0),
            "y_pred": draw.different(count, -2, 2, draw.by("0.5", "0.1", "0.1")),
        },
    }


def _costs_something(working: Working) -> bool:
    """Whether no sample was predicted so well that its loss has few digits."""
    return min(float(value) for value in working.tape["sample_loss"].value) > 0.05


@kind("easy", "medium", "hard", suits=_costs_something)
def categorical_crossentropy(draw: Draw) -> Drawn:
    """One-hot rows: of each, -ln of the probability of the right class."""
    names, labels, rows = _classified(draw)
    right = said([names[label] for label in labels])
    several = len(labels) > 1
    targets = (
        f"targets y are one-hot rows of the classes {right}" if several else f"target y, one-hot, is {right}"
    )
    return {
        "text": f"{_of_classes(draw, names)} The {targets}. {_find_cross_entropy(draw, len(labels))}",
        "find": asked(draw, len(labels)),
        "given": {
            "loss": "categorical_crossentropy",
            "y": _one_hot(labels, len(names)),
            "y_pred": rows,
        },
    }


@kind("easy", "medium", "hard", suits=_costs_something)
def sparse_categorical_crossentropy(draw: Draw) -> Drawn:
    """The same from the classes' numbers."""
    names, labels, rows = _classified(draw)
    several = len(labels) > 1
    targets = "targets y are the numbers of the classes" if several else "target y is the number of the class"
    return {
        "text": f"{_of_classes(draw, names)} The {targets}, counted from 0. "
        f"{_find_cross_entropy(draw, len(labels))}",
        "find": asked(draw, len(labels)),
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
        f"{' for each sample, and the mean of all' if rows > 1 else ''}.{gradient(draw)}",
        "find": asked(draw, rows),
        "given": {
            "loss": "kl_divergence",
            "y": [draw.probabilities(3, of) for _ in range(rows)],
            "y_pred": [draw.probabilities(3, of) for _ in range(rows)],
        },
    }


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
        return f"Find the cross-entropy.{gradient(draw)} {NATURAL}"
    return f"Find the cross-entropy of each sample, and the mean of all.{gradient(draw)} {NATURAL}"
