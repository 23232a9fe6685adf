"""The ROC curve and the area under it.

Source: Fawcett, "An introduction to ROC analysis" (2006).
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, namespace, total, where
from chainrule.rules.rule import Slip, rule, size


@rule(
    tex=r"\sum_i \left[ (<scores>)_{i} \ge (<thresholds>)_{k} \right]",
    slips=(
        Slip(
            "strictly_above",
            "a score equal to the threshold is not called positive",
            lambda scores, thresholds: _reaching(scores, thresholds, strictly=True),
            r"\sum_i \left[ (<scores>)_{i} > (<thresholds>)_{k} \right]",
        ),
    ),
)
def called_positive(scores: Array, thresholds: Array) -> Array:
    """How many scores reach each threshold, before them one that none reaches; (thresholds + 1,)."""
    return _reaching(scores, thresholds)


def _reaching(scores: Array, thresholds: Array, strictly: bool = False) -> Array:
    xp = namespace(scores)
    each = scores[None, :] + 0 * thresholds[:, None]
    reached = each > thresholds[:, None] if strictly else each >= thresholds[:, None]
    counts = total(where(reached, constant(1, each), constant(0, each)), axis=1)
    return xp.concatenate([constant(0, counts[:1]), counts])


@rule(
    tex=r"\frac{<counts>}{<all>}",
    slips=(
        Slip(
            "divided_by_all",
            "the counts are divided by all samples, not by those of their class",
            lambda counts, all, positives, negatives: counts / (positives + negatives),  # noqa: A006
            r"\frac{<counts>}{P + N}",
            also=("positives", "negatives"),
        ),
        Slip(
            "other_class",
            "the counts are divided by the samples of the other class",
            lambda counts, all, positives, negatives: counts / (positives + negatives - all),  # noqa: A006
            r"\frac{<counts>}{P + N - <all>}",
            also=("positives", "negatives"),
        ),
    ),
)
def rate(counts: Array, all: Array) -> Array:  # noqa: A002 - how many there are in all
    """Counts as shares of all."""
    return counts / all


@rule(
    tex=r"\sum_{k} \left( (<x>)_{k} - (<x>)_{k-1} \right) \cdot \frac{(<y>)_{k} + (<y>)_{k-1}}{2}",
    multiplications=lambda x, y: size(x),
    slips=(
        Slip(
            "left_heights",
            "rectangles are added, each as high as the curve at its left",
            lambda x, y: total((x[1:] - x[:-1]) * y[:-1]),
            r"\sum_{k} \left( (<x>)_{k} - (<x>)_{k-1} \right) \cdot (<y>)_{k-1}",
        ),
        Slip(
            "right_heights",
            "rectangles are added, each as high as the curve at its right",
            lambda x, y: total((x[1:] - x[:-1]) * y[1:]),
            r"\sum_{k} \left( (<x>)_{k} - (<x>)_{k-1} \right) \cdot (<y>)_{k}",
        ),
        Slip(
            "axes_exchanged",
            "the two axes are exchanged, so that the area beside the curve is taken",
            lambda x, y: _trapezoids(y, x),
            r"\sum_{k} \left( (<y>)_{k} - (<y>)_{k-1} \right) \cdot \frac{(<x>)_{k} + (<x>)_{k-1}}{2}",
        ),
    ),
)
def trapezoids(x: Array, y: Array) -> Array:
    """The area under a curve of straight pieces."""
    return _trapezoids(x, y)


def _trapezoids(x: Array, y: Array) -> Array:
    return total((x[1:] - x[:-1]) * ((y[1:] + y[:-1]) / 2))


@rule(
    tex=r"\frac{1}{P \cdot N} \sum_{i,j} \left( \left[ (<positive>)_{i} > (<negative>)_{j} \right]"
    r" + \frac{1}{2} \left[ (<positive>)_{i} = (<negative>)_{j} \right] \right)",
    slips=(
        Slip(
            "ties_left_out",
            "pairs with equal scores count nothing, not half",
            lambda positive, negative: _pairs(positive, negative, 0),
            r"\frac{1}{P \cdot N} \sum_{i,j} \left[ (<positive>)_{i} > (<negative>)_{j} \right]",
        ),
        Slip(
            "ties_won",
            "pairs with equal scores count whole, not half",
            lambda positive, negative: _pairs(positive, negative, 2),
            r"\frac{1}{P \cdot N} \sum_{i,j} \left[ (<positive>)_{i} \ge (<negative>)_{j} \right]",
        ),
        Slip(
            "pairs_lost",
            "the pairs are counted in which the negative has the higher score",
            lambda positive, negative: _pairs(negative, positive, 1),
            r"\frac{1}{P \cdot N} \sum_{i,j} \left[ (<positive>)_{i} < (<negative>)_{j} \right]",
        ),
    ),
)
def pairs_won(positive: Array, negative: Array) -> Array:
    """The share of pairs in which the positive has the higher score, ties counting half."""
    return _pairs(positive, negative, 1)


def _pairs(positive: Array, negative: Array, tie: int) -> Array:
    """The share of pairs that are won, a tie counting so many halves."""
    a, b = positive[:, None] + 0 * negative[None, :], 0 * positive[:, None] + negative[None, :]
    one, nothing = constant(1, a), constant(0, a)
    won = where(a > b, one, where(a == b, tie * one / 2, nothing))
    return total(won) / size(won.shape)
