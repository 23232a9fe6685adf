"""Averages over the classes: macro, weighted and micro.

Source: scikit-learn, "Metrics and scoring".
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, total
from chainrule.rules.rule import Slip, rule, size
from chainrule.rules.slipping import SUM_FOR_MEAN


@rule(
    tex=r"\frac{1}{K} \sum_k (<values>)_{k}",
    slips=(
        Slip(
            "weighted",
            "every class counts with its samples, as in the weighted average",
            lambda values, support: _weighted_average(support, values),
            r"\frac{\sum_k n_{k} (<values>)_{k}}{\sum_k n_{k}}",
            also=("support",),
        ),
        Slip(*SUM_FOR_MEAN, lambda values: total(values), r"\sum_k (<values>)_{k}"),
    ),
)
def macro_average(values: Array) -> Array:
    """The mean over the classes, every class counting the same."""
    return total(values) / size(values.shape)


@rule(
    tex=r"\frac{\sum_k (<support>)_{k} (<values>)_{k}}{\sum_k (<support>)_{k}}",
    slips=(
        Slip(
            "plain_mean",
            "every class counts the same, as in the macro average",
            lambda support, values: total(values) / size(values.shape),
            r"\frac{1}{K} \sum_k (<values>)_{k}",
        ),
        Slip(
            *SUM_FOR_MEAN,
            lambda support, values: total(support * values),
            r"\sum_k (<support>)_{k} (<values>)_{k}",
        ),
        Slip(
            "divided_by_the_classes",
            "the sum is divided by the number of classes, not by that of the samples",
            lambda support, values: total(support * values) / size(values.shape),
            r"\frac{1}{K} \sum_k (<support>)_{k} (<values>)_{k}",
        ),
    ),
)
def weighted_average(support: Array, values: Array) -> Array:
    """The mean over the classes, every class counting with its samples."""
    return _weighted_average(support, values)


def _weighted_average(support: Array, values: Array) -> Array:
    return total(support * values) / total(support)


@rule(
    tex=r"\frac{\sum_k (<TP>)_{k}}{\sum_k (<TP>)_{k} + \sum_k (<wrong>)_{k}}",
    slips=(
        Slip(
            "mean_of_shares",
            "the mean of the classes' own shares is taken, as in the macro average",
            lambda TP, wrong: total(TP / (TP + wrong)) / size(TP.shape),
            r"\frac{1}{K} \sum_k \frac{(<TP>)_{k}}{(<TP>)_{k} + (<wrong>)_{k}}",
        ),
    ),
)
def micro_average(TP: Array, wrong: Array) -> Array:
    """The share from the counts of all classes together."""
    return total(TP) / (total(TP) + total(wrong))
