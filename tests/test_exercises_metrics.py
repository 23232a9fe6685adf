"""Questions drawn about metrics: their answers against scikit-learn, as a reader of the text works them."""

import re
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
import sklearn.metrics as sk

from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make

KINDS = [each.name for each in kinds("metrics")]
OF_TWO = ("rates_of_counts", "rates_of_a_matrix", "matrix_of_samples")
OF_SEVERAL = ("counts_of_classes", "accuracy_of_classes", "rates_of_classes", "averages_over_classes")
OF_SCORES = ("roc_curve", "area_of_pairs")
OF_REGRESSION = ("errors_of_a_regression", "determination", "all_measures")


@cache
def drawn():
    """Questions of every kind and difficulty."""
    return [each for level in ("easy", "medium", "hard") for each in make("metrics", level, 200, 9).exercises]


def of(kind):
    found = [each for each in drawn() if each.kind == kind]
    assert len(found) >= 10
    return found


def test_every_kind_is_tested_here():
    assert {*OF_TWO, *OF_SEVERAL, *OF_SCORES, *OF_REGRESSION} == {*KINDS}


def check(exercise, right):
    """Whether every answer that is asked for is the right one."""
    assert {*exercise.table["find"]} <= {*exercise.working}
    for name in exercise.working:
        np.testing.assert_allclose(
            exercise.working[name].astype(float), right[name], rtol=1e-12, err_msg=name
        )


def labels_of(counts):
    """True and predicted labels of which there are so many TP, FP, FN and TN."""
    pairs = [(1, 1), (0, 1), (1, 0), (0, 0)]
    return zip(*(pair for pair, count in zip(pairs, counts, strict=True) for _ in range(count)), strict=True)


def numbers(text):
    return [float(each) for each in re.findall(r"\d+(?:\.\d+)?", text)]


def counts_in(exercise):
    """TP, FP, FN and TN, as the text has them."""
    text = exercise.table["text"]
    if exercise.kind == "rates_of_counts":
        tp, fp, fn, tn = (int(each) for each in numbers(text)[:4])
        return tp, fp, fn, tn
    if exercise.kind == "matrix_of_samples":
        actual, predicted = (numbers(each) for each in re.findall("(?:classes|says) ([01][^;.]*)", text))
        pairs = [*zip(actual, predicted, strict=True)]
        assert len(pairs) == numbers(text)[0]
        return tuple(pairs.count(pair) for pair in ((1, 1), (0, 1), (1, 0), (0, 0)))
    matrix = np.array(exercise.table["given"]["matrix"])
    if "predicted classes in rows" in text:
        matrix = matrix.T
    first, positive = re.search("in the order (.*?), ", text)[1], re.search("“(.*)”", text)[1]
    if first != positive:
        matrix = matrix[::-1, ::-1]
    (tp, fn), (fp, tn) = matrix.tolist()
    return tp, fp, fn, tn


@pytest.mark.parametrize("kind", OF_TWO)
def test_two_classes_against_scikit_learn(kind):
    for exercise in of(kind):
        counts = counts_in(exercise)
        true, said = labels_of(counts)
        matrix = sk.confusion_matrix(true, said, labels=[1, 0])
        is_turned = "predicted classes in rows" in exercise.table["text"]
        specificity = sk.recall_score(true, said, pos_label=0)
        check(
            exercise,
            {
                **dict(zip(("TP", "FP", "FN", "TN"), counts, strict=True)),
                "C": matrix.T if is_turned else matrix,
                "accuracy": sk.accuracy_score(true, said),
                "precision": sk.precision_score(true, said),
                "recall": sk.recall_score(true, said),
                "specificity": specificity,
                "fpr": 1 - specificity,
                "f1": sk.f1_score(true, said),
                "balanced_accuracy": sk.balanced_accuracy_score(true, said),
            },
        )


@pytest.mark.parametrize("kind", OF_SEVERAL)
def test_several_classes_against_scikit_learn(kind):
    for exercise in of(kind):
        matrix = np.array(exercise.table["given"]["matrix"])
        if "predicted classes in rows" in exercise.table["text"]:
            matrix = matrix.T
        true, said = (np.repeat(places.ravel(), matrix.ravel()) for places in np.indices(matrix.shape))
        (tn, fp), (fn, tp) = sk.multilabel_confusion_matrix(true, said).transpose(1, 2, 0)
        precision, recall, f1, support = sk.precision_recall_fscore_support(true, said)
        averages = {
            f"{name}_{kind}": value
            for kind in ("macro", "weighted", "micro")
            for name, value in zip(
                ("precision", "recall", "f1"),
                sk.precision_recall_fscore_support(true, said, average=kind)[:3],
                strict=True,
            )
        }
        check(
            exercise,
            {
                "TP": tp,
                "FP": fp,
                "FN": fn,
                "TN": tn,
                "support": support,
                "N": len(true),
                "precision": precision,
                "recall": recall,
                "f1": f1,
                "specificity": tn / (tn + fp),
                "accuracy": sk.accuracy_score(true, said),
                **averages,
            },
        )


@pytest.mark.parametrize("kind", OF_SCORES)
def test_roc_curves_against_scikit_learn(kind):
    for exercise in of(kind):
        actual, scores = re.search(r"classes ([^(]*) \(.*scores (.*?\d)\. ", exercise.table["text"]).groups()
        actual, scores = numbers(actual), numbers(scores)
        fpr, tpr, thresholds = sk.roc_curve(actual, scores, drop_intermediate=False)
        area = sk.roc_auc_score(actual, scores)
        above = [np.array(scores) >= each for each in thresholds]
        positive = np.array(actual) == 1
        right = {
            "TP": [(each & positive).sum() for each in above],
            "FP": [(each & ~positive).sum() for each in above],
        }
        check(exercise, {**right, "tpr": tpr, "fpr": fpr, "auc": area, "auc_pairs": area})
        assert 0.5 < area < 1


def test_hard_roc_curves_have_a_tie_and_others_none():
    for exercise in of("roc_curve"):
        scores = exercise.table["given"]["scores"]
        ties = len(scores) - len({*scores})
        assert ties == len(scores) - 7 if len(scores) == 8 else ties == 0
        assert ("tie" in exercise.table["text"]) == bool(ties)


@pytest.mark.parametrize("kind", OF_REGRESSION)
def test_regressions_against_scikit_learn(kind):
    for exercise in of(kind):
        y, yhat = (np.array(exercise.table["given"][key], dtype=float) for key in ("y", "yhat"))
        mse = sk.mean_squared_error(y, yhat)
        right = {"e": y - yhat, "mse": mse, "rmse": mse**0.5, "mae": sk.mean_absolute_error(y, yhat)}
        right |= {"mean": y.mean(), "ss_res": mse * len(y), "ss_tot": y.var() * len(y)}
        check(exercise, {**right, "r2": sk.r2_score(y, yhat)})
        assert (y - yhat).min() < 0 < (y - yhat).max()


def test_the_mean_of_the_targets_comes_out():
    for exercise in of("determination"):
        step = Fraction(1, 10)
        assert (Fraction(str(exercise.working["mean"].item().exact)) / step).denominator == 1


@pytest.mark.parametrize("kind", OF_TWO)
def test_the_four_counts_are_different_so_that_the_rates_are(kind):
    for exercise in of(kind):
        assert len({*counts_in(exercise)}) == 4
