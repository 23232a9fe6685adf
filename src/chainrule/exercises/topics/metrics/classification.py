"""Questions about classifiers: the confusion matrix, and the rates that are made of it."""

from __future__ import annotations

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

RATES = ["accuracy", "precision", "recall"]
MORE_RATES = [*RATES, "specificity", "f1"]
ALL_RATES = [*RATES, "specificity", "fpr", "f1", "balanced_accuracy"]
WORDS = {
    "fpr": "the false positive rate",
    "f1": "F1",
    "balanced_accuracy": "balanced accuracy (the mean of recall and specificity)",
}
COUNTS = ["TP", "FP", "FN", "TN"]
PAIRS = ((1, 1), (0, 1), (1, 0), (0, 0))
"""True and predicted class of what counts as TP, FP, FN and TN."""
TWO_CLASSES = (
    ("A filter sorts mails", "spam", "no spam"),
    ("A test tells patients apart", "ill", "healthy"),
    ("A camera looks for faults in parts", "faulty", "sound"),
    ("A network says which students will pass", "pass", "fail"),
)


def _differ(working: Working) -> bool:
    """Whether precision, recall and the rest can be told apart by their numbers."""
    counts = [working.tape[name].value.item().exact for name in COUNTS]
    return len({*counts}) == len(counts)


def _rates(draw: Draw) -> tuple[list[str], str]:
    """The rates that are asked for, by their names here and in words."""
    names = draw.by(RATES, MORE_RATES, ALL_RATES)
    return names, said([WORDS.get(name, name) for name in names])


@kind("easy", "medium", "hard", suits=_differ)
def rates_of_counts(draw: Draw) -> Drawn:
    """From the four counts."""
    opening, positive, _ = draw.choice(TWO_CLASSES)
    names, words = _rates(draw)
    high = draw.by(9, 45, 190)
    tp, fp, fn, tn = draw.sample(range(1, high), 4)
    return {
        "text": f"{opening}, with the positive class “{positive}”. It has {tp} true and {fp} false "
        f"positives, {fn} false and {tn} true negatives. Find {words}.",
        "find": names,
        "given": {"tp": tp, "fp": fp, "fn": fn, "tn": tn},
    }


@kind("easy", "medium", "hard", suits=_differ)
def rates_of_a_matrix(draw: Draw) -> Drawn:
    """From a confusion matrix, in either arrangement."""
    opening, *classes = draw.choice(TWO_CLASSES)
    positive = draw.choice(classes)
    names, words = _rates(draw)
    rows, columns = draw.choice((("true", "predicted"), ("predicted", "true")))
    a, b, c, d = draw.sample(range(1, draw.by(9, 45, 190)), 4)
    return {
        "text": f"{opening}: C is its confusion matrix, with the {rows} classes in rows and the {columns} "
        f"ones in columns, each in the order {classes[0]}, {classes[1]}. The positive class is "
        f"“{positive}”. Find TP, FP, FN and TN, and of them {words}.",
        "find": [*COUNTS, *names],
        "given": {"matrix": [[a, b], [c, d]], "rows": rows, "classes": classes, "positive": positive},
    }


@kind("easy", "medium")
def matrix_of_samples(draw: Draw) -> Drawn:
    """From the true and the predicted class of each sample."""
    counts = draw.shuffled(
        draw.choice(draw.by(((1, 2, 3, 4),), ((1, 2, 4, 7), (1, 3, 4, 6), (2, 3, 4, 5)), ()))
    )
    pairs = [pair for pair, count in zip(PAIRS, counts, strict=True) for _ in range(count)]
    actual, predicted = ([*labels] for labels in zip(*draw.shuffled(pairs), strict=True))
    rows, columns = draw.choice((("true", "predicted"), ("predicted", "true")))
    names, words = _rates(draw)
    return {
        "text": f"{len(actual)} samples have the classes {said(actual)}; a classifier says "
        f"{said(predicted)}. Count them in the confusion matrix C with the {rows} classes in rows and the "
        f"{columns} ones in columns, 1 before 0. With 1 as the positive class, find TP, FP, FN and TN, and "
        f"of them {words}.",
        "find": ["C", *COUNTS, *names],
        "given": {"actual": actual, "predicted": predicted, "rows": rows, "classes": [1, 0]},
    }
