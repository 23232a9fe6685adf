"""Questions about the ROC curve: its points, threshold by threshold, and the area under it."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw, said, short
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working


def _is_usual(working: Working) -> bool:
    """Whether the area is neither that of a perfect classifier nor that of a guess, nor below it."""
    return 0.5 < float(working.tape["auc"].value[()]) < 1


@kind("medium", "hard", suits=_is_usual)
def roc_curve(draw: Draw) -> Drawn:
    """The rates at every threshold, and the area by trapezoids."""
    count, ties = draw.by(5, 6, 8), draw.by(0, 0, 1)
    scores = [Decimal(each) / 10 for each in draw.sample(range(1, 10), count - ties)]
    scores = sorted([*scores, *draw.sample(scores, ties)], reverse=True)
    actual = _labels(draw, count)
    tie = ", a tie counting half" if ties else ""
    return {
        "text": f"{count} samples of the classes {said(actual)} (1 is positive) get the scores "
        f"{said(scores)}. A sample is called positive where its score is at least the threshold. The "
        "thresholds are one above all scores, and then every score that there is, from the highest down. "
        "Find TP, FP, the true positive rate and the false positive rate at each threshold, and the area "
        "under the ROC curve: by trapezoids, and as the share of the pairs of a positive and a negative "
        f"sample in which the positive one has the higher score{tie}.",
        "find": ["TP", "FP", "tpr", "fpr", "auc"],
        "given": {"actual": actual, "scores": [short(each) for each in scores]},
    }


@kind("easy", suits=_is_usual)
def area_of_pairs(draw: Draw) -> Drawn:
    """The area under the ROC curve as the share of pairs in the right order."""
    count = draw.choice((5, 6, 7))
    scores = [short(Decimal(draw.integer(1, 9)) / 10) for _ in range(count)]
    actual = _labels(draw, count)
    return {
        "text": f"Samples of the classes {said(actual)} (1 is positive) get the scores {said(scores)}. The "
        "area under the ROC curve is the share of the pairs of a positive and a negative sample in which "
        "the positive one has the higher score; a tie counts half. Find it.",
        "find": ["auc_pairs"],
        "given": {"actual": actual, "scores": scores},
    }


def _labels(draw: Draw, count: int) -> list[int]:
    """Labels 1 and 0, at least two of each, the ones rather at the front."""
    positives = draw.integer(2, count - 2)
    front = draw.sample(range(min(positives + 2, count)), positives)
    return [int(place in front) for place in range(count)]
