"""Slips in metrics: the answers that students give who make them, worked by hand, and how they are marked."""

import pytest

from chainrule.marking.sheet import check


def marked(given, answers, find=""):
    question = f'[[question]]\nid = "q"\ntopic = "metrics"\n{find}\n[question.given]\n{given}'
    lines = "\n".join(f"{name} = {value}" for name, value in answers.items())
    return {a.name: a for a in check(question, f"[q]\n{lines}").questions[0].answers}


COUNTS = "tp = 40\nfp = 10\nfn = 5\ntn = 45"
"""Accuracy 17/20, precision 4/5, recall 8/9, specificity 9/11, F1 16/19."""
MATRIX = "matrix = [[5, 2, 1], [3, 6, 0], [4, 2, 7]]"
"""Rows are true: TP 5, 6, 7; FN 3, 3, 6; FP 7, 4, 1; TN 15, 17, 16; precision 5/12, 3/5, 7/8."""
SCORES = "actual = [1, 1, 0, 1, 0]\nscores = [0.9, 0.6, 0.6, 0.4, 0.3]"
"""TP 0, 1, 2, 3, 3 and FP 0, 0, 1, 1, 2; the area is 3/4."""
VALUES = "y = [1, 2, 4]\nyhat = [0, 4, 1]"
"""Errors 1, -2, 3; the mean of y is 7/3, its squared distances 42/9."""

CASES = [
    (COUNTS, "accuracy", "0.15", "error_rate"),
    (COUNTS, "accuracy", "0.40", "true_negatives_left_out"),
    (COUNTS, "accuracy", "5.667", "divided_by_the_rest"),
    (COUNTS, "precision", "0.8889", "recall_for_precision"),
    (COUNTS, "precision", "0.20", "complement"),
    (COUNTS, "precision", "0.4706", "wrong_cell"),  # 40/85
    (COUNTS, "recall", "0.667", "wrong_cell"),  # 10/(10 + 5)
    (COUNTS, "recall", "0.80", "precision_for_recall"),
    (COUNTS, "recall", "0.111", "complement"),
    (COUNTS, "recall", "0.818", "specificity_for_recall"),
    (COUNTS, "specificity", "0.8889", "recall_for_specificity"),
    (COUNTS, "specificity", "0.900", "wrong_cell"),  # 45/50
    (COUNTS, "specificity", "0.1818", "complement"),
    (COUNTS, "fpr", "0.8182", "complement"),
    (COUNTS, "fpr", "0.20", "wrong_cell"),  # 10/50
    (COUNTS, "f1", "0.8444", "plain_mean"),
    (COUNTS, "f1", "0.4211", "no_factor_two"),
    (COUNTS, "f1", "1.422", "not_divided"),
    (COUNTS, "balanced_accuracy", "1.7071", "not_halved"),
    (COUNTS, "balanced_accuracy", "0.8500", "accuracy_for_balanced"),
    (COUNTS, "balanced_accuracy", "0.8444", "precision_for_specificity"),
    ("matrix = [[40, 5], [10, 45]]\npositive = 1", "FN", "5", "transposed"),
    ("matrix = [[40, 5], [10, 45]]\npositive = 1", "TP", "40", "other_class"),
    (MATRIX, "TP", "[8, 9, 13]", "whole_row"),
    (MATRIX, "FN", "[7, 4, 1]", "transposed"),
    (MATRIX, "FN", "[8, 9, 13]", "with_diagonal"),
    (MATRIX, "FP", "[3, 3, 6]", "transposed"),
    (MATRIX, "FP", "[12, 10, 8]", "with_diagonal"),
    (MATRIX, "TN", "[13, 12, 11]", "other_diagonal"),
    (MATRIX, "TN", "[20, 23, 23]", "not_subtracted"),
    (MATRIX, "support", "[12, 10, 8]", "predicted_for_true"),
    (MATRIX, "accuracy", "0.40", "error_rate"),
    (MATRIX, "precision_macro", "0.6703", "weighted"),
    (MATRIX, "precision_macro", "1.8917", "sum_for_mean"),
    (MATRIX, "precision_weighted", "0.6306", "plain_mean"),
    (MATRIX, "precision_weighted", "20.108", "sum_for_mean"),
    (MATRIX, "precision_weighted", "6.7028", "divided_by_the_classes"),
    (MATRIX, "precision_micro", "0.6306", "mean_of_shares"),
    (
        'actual = ["a", "a", "b", "c"]\npredicted = ["a", "b", "b", "a"]',
        "C",
        "[[1, 0, 1], [1, 1, 0], [0, 0, 0]]",
        "transposed",
    ),
    (SCORES, "TP", "[0, 0, 1, 2, 3]", "strictly_above"),
    (SCORES, "tpr", "[0, 0.2, 0.4, 0.6, 0.6]", "divided_by_all"),
    (SCORES, "tpr", "[0, 0.5, 1, 1.5, 1.5]", "other_class"),
    (SCORES, "auc", "0.6667", "left_heights"),
    (SCORES, "auc", "0.8333", "right_heights"),
    (SCORES, "auc", "0.25", "axes_exchanged"),
    (SCORES, "auc_pairs", "0.6667", "ties_left_out"),
    (SCORES, "auc_pairs", "0.8333", "ties_won"),
    (SCORES, "auc_pairs", "0.25", "pairs_lost"),
    (VALUES, "e", "[-1, 2, -3]", "opposite_sign"),
    (VALUES, "mse", "14", "sum_for_mean"),
    (VALUES, "mse", "2.333", "halved"),
    (VALUES, "mse", "2", "absolute_for_square"),
    (VALUES, "mse", "7", "one_less"),
    (VALUES, "rmse", "4.667", "no_root"),
    (VALUES, "mae", "0.667", "signs_kept"),
    (VALUES, "mae", "6", "sum_for_mean"),
    (VALUES, "mean", "7", "sum_for_mean"),
    (VALUES, "mean", "3.5", "one_less"),
    (VALUES, "ss_res", "4.667", "mean_for_sum"),
    (VALUES, "ss_res", "6", "absolute_for_square"),
    (VALUES, "ss_tot", "1.556", "mean_for_sum"),
    (VALUES, "ss_tot", "21", "nothing_subtracted"),
    (VALUES, "r2", "3", "not_from_one"),
    (VALUES, "r2", "0.667", "inverted"),
]


@pytest.mark.parametrize(("given", "name", "answer", "slip"), CASES)
def test_a_slip_is_named(given, name, answer, slip):
    found = marked(given, {name: answer})[name]
    assert found.verdict == "wrong"
    assert slip in (found.slip or "").split("|")


def test_what_follows_from_a_slip_follows():
    # 2 · 0.8 · 0.667/(0.8 + 0.667), and (0.667 + 9/11)/2
    found = marked(COUNTS, {"precision": 0.8, "recall": 0.667, "f1": 0.727, "balanced_accuracy": 0.743})
    assert [found[n].verdict for n in ("precision", "recall", "f1", "balanced_accuracy")] == [
        "right",
        "wrong",
        "follows",
        "follows",
    ]
    assert found["recall"].slip == "wrong_cell"


def test_the_rates_follow_from_wrong_counts():
    found = marked(MATRIX, {"FN": "[7, 4, 1]", "recall": "[0.417, 0.6, 0.875]"})
    assert (found["FN"].slip, found["recall"].verdict) == ("transposed", "follows")
