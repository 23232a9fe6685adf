"""The confusion matrix, and accuracy, precision, recall and the like from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.paper.numbers import numbers
from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.metrics.averages import work_averages
from chainrule.paper.topics.metrics.classes import classes_of, positive_of
from chainrule.paper.topics.metrics.given import Given
from chainrule.paper.topics.metrics.undefined import undefined
from chainrule.rules.metrics import confusion, shares
from chainrule.rules.rule import Rule

MOST_IN_TABLE = 40
COUNTS = ("TP", "FP", "FN", "TN")


def work_classification(page: Page, given: Given) -> None:
    """The matrix, the counts, and the metrics: of two classes those of the positive one, else of each."""
    if given.kind == "counts":
        values = [given.tp, given.fp, given.fn, given.tn]
        if not any(values):
            raise SheetError("given.tp: all four counts are 0; expected at least one sample")
        for name, value in zip(COUNTS, values, strict=True):
            page.give(name, value, symbol=rf"\text{{{name}}}")
        _metrics(page)
        return
    classes = classes_of(given)
    if given.positive is not None and len(classes) > 2:
        raise SheetError(f"given.positive: is for two classes; there are {len(classes)}")
    positive = positive_of(given, classes) if len(classes) == 2 else None
    page.part("matrix", "Confusion matrix")
    _matrix(page, given, classes, positive)
    if positive is None:
        work_averages(page, classes, by_rows=given.rows == "true")
        return
    _counts(page, given, positive)
    page.remark(f"The positive class is {as_prose(str(classes[positive]))}.")
    _metrics(page)


def _matrix(page: Page, given: Given, classes: list[Any], positive: int | None) -> None:
    """The matrix as given, or counted from the labels; and as a table with the names."""
    if given.matrix is not None:
        if not any(map(any, given.matrix)):
            raise SheetError("given.matrix: every count is 0; expected at least one sample")
        page.give("C", numbers(given.matrix))
    else:
        actual, predicted = (
            np.array([classes.index(v) for v in labels])
            for labels in (given.actual or (), given.predicted or ())
        )
        page.give("actual", actual, hidden=True)
        page.give("predicted", predicted, symbol=r"\text{predicted}", hidden=True)
        if len(actual) <= MOST_IN_TABLE:
            _samples(page, classes, actual, predicted, positive)
        order = ("actual", "predicted") if given.rows == "true" else ("predicted", "actual")
        page.work("C", confusion.confusion_matrix, *order, classes=len(classes))
    other = "predicted" if given.rows == "true" else "true"
    names = [as_prose(str(c)) for c in classes]
    cells = [(name, *(page.write(v) for v in row)) for name, row in zip(names, page["C"], strict=True)]
    page.table("", (f"rows {given.rows}, columns {other}", *names), cells)


def _samples(
    page: Page, classes: list[Any], actual: np.ndarray, predicted: np.ndarray, positive: int | None
) -> None:
    """Sample by sample, what it counts as."""
    rows = []
    for i, (true, said) in enumerate(zip(actual, predicted, strict=True), start=1):
        names = (as_prose(str(classes[true])), as_prose(str(classes[said])))
        if positive is None:
            counts_as = "right" if true == said else "wrong"
        else:
            counts_as = ("T" if true == said else "F") + ("P" if said == positive else "N")
        rows.append((str(i), *names, counts_as))
    page.table("", ("sample", "true", "predicted", "counts as"), rows)


def _counts(page: Page, given: Given, positive: int) -> None:
    """TP, FP, FN and TN as cells of the matrix."""
    in_row, in_column = ("FN", "FP") if given.rows == "true" else ("FP", "FN")
    cells = {
        "TP": confusion.TRUE_POSITIVES,
        in_row: confusion.POSITIVE_ROW,
        in_column: confusion.POSITIVE_COLUMN,
        "TN": confusion.TRUE_NEGATIVES,
    }
    for name in COUNTS:
        page.work(name, cells[name], "C", symbol=rf"\text{{{name}}}", p=positive + 1, n=2 - positive)


def _metrics(page: Page) -> None:
    """What is made of TP, FP, FN and TN."""
    page.part("metrics", "Metrics")
    page.work("accuracy", shares.accuracy, "TP", "TN", "FP", "FN")
    ratios: Sequence[tuple[str, str, Rule, tuple[str, str], str]] = (
        (
            "precision",
            "precision",
            shares.precision,
            ("TP", "FP"),
            "nothing was called positive, so it is 0/0",
        ),
        ("recall", "recall", shares.recall, ("TP", "FN"), "no sample is positive, so it is 0/0"),
        (
            "specificity",
            "specificity",
            shares.specificity,
            ("TN", "FP"),
            "no sample is negative, so it is 0/0",
        ),
        ("fpr", "FPR", shares.false_positive_rate, ("FP", "TN"), "no sample is negative, so it is 0/0"),
    )
    defined = {
        name: _ratio(page, name, title, rule, inputs, why) for name, title, rule, inputs, why in ratios
    }
    _f1(page, defined)
    if defined["recall"] and defined["specificity"]:
        page.work(
            "balanced_accuracy",
            shares.balanced_accuracy,
            "recall",
            "specificity",
            symbol=r"\text{balanced accuracy}",
        )
    else:
        undefined(page, "balanced_accuracy", "Balanced accuracy", "one of the classes has no sample")


def _ratio(page: Page, name: str, title: str, rule: Rule, inputs: tuple[str, str], why: str) -> bool:
    """Work a ratio a/(a + b) where it is defined; whether it is."""
    below = page[inputs[0]][()] + page[inputs[1]][()]
    if below == 0:
        undefined(page, name, title[0].upper() + title[1:], why)
        return False
    page.work(name, rule, *inputs, symbol=rf"\text{{{title}}}")
    return True


def _f1(page: Page, defined: dict[str, bool]) -> None:
    TP, FP, FN = (page[name][()] for name in ("TP", "FP", "FN"))
    if defined["precision"] and defined["recall"] and TP > 0:
        page.work("f1", shares.f1, "precision", "recall", symbol="F_{1}")
    elif FP + FN > 0:
        page.remark("TP is 0; from the counts, $F_{1}$ is 0.")
        page.work("f1", shares.f1_of_counts, "TP", "FP", "FN", symbol="F_{1}")
    else:
        undefined(page, "f1", "$F_{1}$", "no sample is positive, and none was called so, so it is 0/0")
