"""Questions about classifiers of three classes: each class in turn, and averages over them."""

from __future__ import annotations

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

CLASSES = (["cat", "dog", "bird"], ["bus", "car", "tram"], ["red", "green", "blue"], ["0", "1", "2"])


def _differ(working: Working) -> bool:
    """Whether rows and columns, and the classes, can be told apart by their numbers."""
    tape = working.tape
    counts = [[value.exact for value in tape[name].value] for name in ("TP", "FP", "FN")]
    return all(len({*each}) > 1 for each in counts) and counts[1] != counts[2]


def _matrix(draw: Draw, high: int) -> list[list[int]]:
    """Counts of three classes, most of them right."""
    wrong = draw.by(3, 4, 5)
    return [[draw.integer(2, high) if i == j else draw.integer(0, wrong) for j in range(3)] for i in range(3)]


def _opening(classes: list[str], rows: str) -> str:
    columns = "predicted" if rows == "true" else "true"
    return (
        f"C is the confusion matrix of the classes {said([*classes])}, with the {rows} classes in rows and "
        f"the {columns} ones in columns."
    )


@kind("easy", "medium", suits=_differ)
def counts_of_classes(draw: Draw) -> Drawn:
    """What is a true or false positive or negative of each class."""
    classes, rows = draw.choice(CLASSES), draw.choice(("true", "predicted"))
    is_easy = draw.difficulty == "easy"
    more = "" if is_easy else ", its true negatives, and its support (how many samples belong to it)"
    return {
        "text": f"{_opening(classes, rows)} Find for each class its true positives, false positives and "
        f"false negatives{more}.",
        "find": ["TP", "FP", "FN", *([] if is_easy else ["TN", "support"])],
        "given": {"matrix": _matrix(draw, draw.by(9, 20, 0)), "rows": rows, "classes": classes},
    }


@kind("easy", "medium", suits=_differ)
def accuracy_of_classes(draw: Draw) -> Drawn:
    """The share of the diagonal, which is micro precision and micro recall too."""
    classes = draw.choice(CLASSES)
    is_easy = draw.difficulty == "easy"
    more = (
        "" if is_easy else ", the false positives and false negatives, and micro precision and micro recall"
    )
    return {
        "text": f"{_opening(classes, 'true')} Find the true positives of each class, the number N of samples "
        f"and accuracy{more}.",
        "find": [
            "TP",
            "N",
            "accuracy",
            *([] if is_easy else ["FP", "FN", "precision_micro", "recall_micro"]),
        ],
        "given": {"matrix": _matrix(draw, draw.by(9, 20, 0)), "classes": classes},
    }


@kind("medium", "hard", suits=_differ)
def rates_of_classes(draw: Draw) -> Drawn:
    """Precision, recall and F1 of each class."""
    classes, rows = draw.choice(CLASSES), draw.choice(("true", "predicted"))
    is_hard = draw.difficulty == "hard"
    also = ", true negatives" if is_hard else ""
    return {
        "text": f"{_opening(classes, rows)} Find for each class true positives, false positives, false "
        f"negatives{also}, precision, recall{', specificity' if is_hard else ''} and F1.",
        "find": [
            *("TP", "FP", "FN"),
            *(("N", "TN") if is_hard else ()),
            *("precision", "recall"),
            *(("specificity",) if is_hard else ()),
            "f1",
        ],
        "given": {"matrix": _matrix(draw, draw.by(0, 9, 20)), "rows": rows, "classes": classes},
    }


@kind("hard", suits=_differ)
def averages_over_classes(draw: Draw) -> Drawn:
    """Macro averages count every class the same, weighted ones by its samples."""
    classes, rows = draw.choice(CLASSES), draw.choice(("true", "predicted"))
    name, word = draw.choice((("precision", "precision"), ("recall", "recall"), ("f1", "F1")))
    per_class = ["precision", "recall", "f1"] if name == "f1" else [name]
    words = "precision, recall and F1" if name == "f1" else word
    return {
        "text": f"{_opening(classes, rows)} Find for each class true positives, false positives, false "
        f"negatives, support (how many samples belong to it) and {words}; and of {word} the macro average "
        "and the average weighted with the support.",
        "find": ["TP", "FP", "FN", "support", *per_class, f"{name}_macro", f"{name}_weighted"],
        "given": {"matrix": _matrix(draw, 9), "rows": rows, "classes": classes},
    }
