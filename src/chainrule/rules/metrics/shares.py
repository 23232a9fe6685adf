"""What is made of the counts of a confusion matrix: accuracy, precision, recall, F1.

Source: scikit-learn, "Metrics and scoring".
"""

from __future__ import annotations

from collections.abc import Callable

from chainrule.rules.arrays import Array, total
from chainrule.rules.rule import Slip, rule

_ERROR_RATE = "error_rate", "the share that is wrong is taken, not the share that is right"


@rule(
    tex=r"\frac{<TP> + <TN>}{<TP> + <TN> + <FP> + <FN>}",
    slips=(
        Slip(
            *_ERROR_RATE,
            lambda TP, TN, FP, FN: (FP + FN) / (TP + TN + FP + FN),
            r"\frac{<FP> + <FN>}{<TP> + <TN> + <FP> + <FN>}",
        ),
        Slip(
            "true_negatives_left_out",
            "only the true positives are counted as right",
            lambda TP, TN, FP, FN: TP / (TP + TN + FP + FN),
            r"\frac{<TP>}{<TP> + <TN> + <FP> + <FN>}",
        ),
        Slip(
            "divided_by_the_rest",
            "what is right is divided by what is wrong, not by all",
            lambda TP, TN, FP, FN: (TP + TN) / (FP + FN),
            r"\frac{<TP> + <TN>}{<FP> + <FN>}",
        ),
    ),
)
def accuracy(TP: Array, TN: Array, FP: Array, FN: Array) -> Array:
    """The share of samples that were put where they belong.

    >>> accuracy(40, 45, 10, 5)
    0.85
    """
    return (TP + TN) / (TP + TN + FP + FN)


@rule(
    tex=r"\frac{\sum_k (<right>)_{k}}{<N>}",
    slips=(
        Slip(
            *_ERROR_RATE,
            lambda right, N: (N - total(right)) / N,
            r"\frac{<N> - \sum_k (<right>)_{k}}{<N>}",
        ),
    ),
)
def share_right(right: Array, N: Array) -> Array:
    """Accuracy over several classes."""
    return total(right) / N


def _complement(function: Callable[..., Array], tex: str) -> Slip:
    return Slip("complement", "the share of the others is taken, which is 1 less it", function, tex)


@rule(
    tex=r"\frac{<TP>}{<TP> + <FP>}",
    slips=(
        Slip(
            "recall_for_precision",
            "the false negatives are taken for the false positives, which gives recall",
            lambda TP, FP, FN: TP / (TP + FN),
            r"\frac{<TP>}{<TP> + \text{FN}}",
            also=("FN",),
        ),
        _complement(lambda TP, FP: FP / (TP + FP), r"\frac{<FP>}{<TP> + <FP>}"),
        Slip(
            "wrong_cell",
            "the true negatives are taken for the false positives",
            lambda TP, FP, TN: TP / (TP + TN),
            r"\frac{<TP>}{<TP> + \text{TN}}",
            also=("TN",),
        ),
    ),
)
def precision(TP: Array, FP: Array) -> Array:
    """Of what was called positive, the share that is."""
    return TP / (TP + FP)


@rule(
    tex=r"\frac{<TP>}{<TP> + <FN>}",
    slips=(
        Slip(
            "precision_for_recall",
            "the false positives are taken for the false negatives, which gives precision",
            lambda TP, FN, FP: TP / (TP + FP),
            r"\frac{<TP>}{<TP> + \text{FP}}",
            also=("FP",),
        ),
        Slip(
            "wrong_cell",
            "the false positives are taken for the true ones",
            lambda TP, FN, FP: FP / (FP + FN),
            r"\frac{\text{FP}}{\text{FP} + <FN>}",
            also=("FP",),
        ),
        _complement(lambda TP, FN: FN / (TP + FN), r"\frac{<FN>}{<TP> + <FN>}"),
        Slip(
            "specificity_for_recall",
            "the negative class is taken for the positive one, which gives specificity",
            lambda TP, FN, TN, FP: TN / (TN + FP),
            r"\frac{\text{TN}}{\text{TN} + \text{FP}}",
            also=("TN", "FP"),
        ),
    ),
)
def recall(TP: Array, FN: Array) -> Array:
    """Of what is positive, the share that was found: the true positive rate."""
    return TP / (TP + FN)


@rule(
    tex=r"\frac{<TN>}{<TN> + <FP>}",
    slips=(
        Slip(
            "recall_for_specificity",
            "the positive class is taken for the negative one, which gives recall",
            lambda TN, FP, TP, FN: TP / (TP + FN),
            r"\frac{\text{TP}}{\text{TP} + \text{FN}}",
            also=("TP", "FN"),
        ),
        Slip(
            "wrong_cell",
            "the false negatives are taken for the false positives",
            lambda TN, FP, FN: TN / (TN + FN),
            r"\frac{<TN>}{<TN> + \text{FN}}",
            also=("FN",),
        ),
        _complement(lambda TN, FP: FP / (TN + FP), r"\frac{<FP>}{<TN> + <FP>}"),
    ),
)
def specificity(TN: Array, FP: Array) -> Array:
    """Of what is negative, the share that was called so."""
    return TN / (TN + FP)


@rule(
    tex=r"\frac{<FP>}{<FP> + <TN>}",
    slips=(
        _complement(lambda FP, TN: TN / (FP + TN), r"\frac{<TN>}{<FP> + <TN>}"),
        Slip(
            "wrong_cell",
            "the true positives are taken for the true negatives",
            lambda FP, TN, TP: FP / (FP + TP),
            r"\frac{<FP>}{<FP> + \text{TP}}",
            also=("TP",),
        ),
    ),
)
def false_positive_rate(FP: Array, TN: Array) -> Array:
    """Of what is negative, the share that was called positive."""
    return FP / (FP + TN)


@rule(
    tex=r"\frac{2 \cdot <precision> \cdot <recall>}{<precision> + <recall>}",
    slips=(
        Slip(
            "plain_mean",
            "the plain mean is taken, not the harmonic one",
            lambda precision, recall: (precision + recall) / 2,
            r"\frac{<precision> + <recall>}{2}",
        ),
        Slip(
            "no_factor_two",
            "the factor 2 is left out",
            lambda precision, recall: precision * recall / (precision + recall),
            r"\frac{<precision> \cdot <recall>}{<precision> + <recall>}",
        ),
        Slip(
            "not_divided",
            "nothing is divided by the sum",
            lambda precision, recall: 2 * precision * recall,
            r"2 \cdot <precision> \cdot <recall>",
        ),
    ),
)
def f1(precision: Array, recall: Array) -> Array:
    """The harmonic mean of precision and recall; one of them is not 0."""
    return 2 * precision * recall / (precision + recall)


@rule(
    tex=r"\frac{2 \cdot <TP>}{2 \cdot <TP> + <FP> + <FN>}",
    slips=(
        Slip(
            "no_factor_two",
            "the factor 2 is left out",
            lambda TP, FP, FN: TP / (TP + FP + FN),
            r"\frac{<TP>}{<TP> + <FP> + <FN>}",
        ),
    ),
)
def f1_of_counts(TP: Array, FP: Array, FN: Array) -> Array:
    """F1 from the counts, which is defined where precision and recall are both 0 too."""
    return 2 * TP / (2 * TP + FP + FN)


@rule(
    tex=r"\frac{<recall> + <specificity>}{2}",
    slips=(
        Slip(
            "not_halved",
            "the sum is not halved",
            lambda recall, specificity: recall + specificity,
            "<recall> + <specificity>",
        ),
        Slip(
            "accuracy_for_balanced",
            "the plain accuracy is taken",
            lambda recall, specificity, accuracy: accuracy,
            r"\text{accuracy}",
            also=("accuracy",),
        ),
        Slip(
            "precision_for_specificity",
            "precision is taken for specificity",
            lambda recall, specificity, precision: (recall + precision) / 2,
            r"\frac{<recall> + \text{precision}}{2}",
            also=("precision",),
        ),
    ),
)
def balanced_accuracy(recall: Array, specificity: Array) -> Array:
    """The mean of the two classes' recalls."""
    return (recall + specificity) / 2
