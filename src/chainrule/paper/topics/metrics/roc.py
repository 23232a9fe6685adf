"""The ROC curve: true against false positive rate, threshold by threshold, and the area under it."""

from __future__ import annotations

from functools import partial

import numpy as np

from chainrule.paper.notation import is_rounded
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.metrics.classes import classes_of, positive_of
from chainrule.paper.topics.metrics.given import Given
from chainrule.rules.metrics import roc as rules

MOST_SCORES = 100
"""Each of them meets each threshold, and each of the other class."""


def work_roc(page: Page, given: Given) -> None:
    """The points of the curve, the area under it, and the same area from counting pairs."""
    actual, scores = given.actual or [], given.scores
    assert scores is not None
    if len(set(actual)) != 2:
        raise SheetError(f"given.actual: the ROC curve needs both classes; got {len(set(actual))} of them")
    if len(scores) > MOST_SCORES:
        raise SheetError(f"given.scores: {len(scores)} of them; a curve is worked from at most {MOST_SCORES}")
    classes = classes_of(given)
    positive = classes[positive_of(given, classes)]
    if any(not isinstance(s, Number) or s.exact is None for s in scores):
        raise SheetError("given.scores: expected fractions or decimals, as 0.9")
    is_positive = np.array([label == positive for label in actual])
    page.part("points", "Points of the curve")
    page.give("scores", scores)
    page.remark(
        f"A sample is called {as_prose(str(positive))} where its score is at least the threshold $t$. "
        "The thresholds are above all scores, and then every score that there is, from above."
    )
    thresholds = np.array(sorted(set(scores), reverse=True), dtype=object)
    page.give("t", thresholds, hidden=True)
    page.give("positive_scores", scores[is_positive], symbol="s^{+}")
    page.give("negative_scores", scores[~is_positive], symbol="s^{-}")
    page.give("positives", int(is_positive.sum()), symbol="P")
    page.give("negatives", int((~is_positive).sum()), symbol="N")
    page.work("TP", rules.called_positive, "positive_scores", "t", symbol=r"\text{TP}")
    page.work("FP", rules.called_positive, "negative_scores", "t", symbol=r"\text{FP}")
    page.work("tpr", rules.rate, "TP", "positives", symbol=r"\text{TPR}")
    page.work("fpr", rules.rate, "FP", "negatives", symbol=r"\text{FPR}")
    names = ["above all", *(_threshold(page, t) for t in thresholds)]
    columns = [[page.write(v) for v in page[q]] for q in ("TP", "FP", "tpr", "fpr")]
    head = (r"threshold", "TP", "FP", "TPR", "FPR")
    page.table("", head, zip(names, *columns, strict=True))
    page.part("auc", "Area under the curve")
    page.work("auc", rules.trapezoids, "fpr", "tpr", symbol=r"\text{AUC}")
    page.remark(
        "The same area is the share of pairs of a positive and a negative sample in which the positive one "
        "has the higher score, ties counting half:"
    )
    page.work("auc_pairs", rules.pairs_won, "positive_scores", "negative_scores", symbol=r"\text{AUC}")
    points = np.array([[float(v) for v in page[q]] for q in ("fpr", "tpr")])
    page.picture("ROC curve", partial(_draw, points, float(page["auc"][()])))


def _threshold(page: Page, value: Number) -> str:
    return page.write(value) if is_rounded(value, page.question.digits) else page.decimal(value)


def _draw(points: np.ndarray, area: float) -> str:
    """The curve, and the diagonal on which a classifier that guesses lies."""
    from chainrule.paper.pictures import BLUE, SOFT, drawing

    with drawing("ROC curve", width=4.2, height=4.0) as picture:
        axes = picture.axes
        axes.fill_between(*points, color=BLUE, alpha=0.1)
        axes.plot(*points, "o-", color=BLUE, markersize=4, label=f"ROC curve, AUC ≈ {area:.3f}")
        axes.plot([0, 1], [0, 1], "--", color=SOFT, label="guessing, AUC = 0.5")
        axes.set(xlabel="false positive rate", ylabel="true positive rate", aspect="equal")
        axes.legend(frameon=False, fontsize=8, loc="lower right")
    return picture.svg
