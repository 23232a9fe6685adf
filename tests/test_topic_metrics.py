"""The topic ``metrics``, against scikit-learn."""

import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from chainrule.cli.main import run
from chainrule.paper.numbers import numbers
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from chainrule.rules.metrics import roc, shares

SHEETS = Path(__file__).parent.parent / "worksheets"
NAME = "11-evaluation.toml"
QUESTIONS = {q["id"]: q["given"] for q in tomllib.loads((SHEETS / NAME).read_text("utf-8"))["question"]}
ANSWERS = tomllib.loads((SHEETS / "answers" / NAME).read_text("utf-8"))
same_draws = settings(derandomize=True, deadline=None, max_examples=60)


def as_toml(value):
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, Fraction):
        return f'"{value}"'
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower() if isinstance(value, bool) else repr(value)


def sheet(head="", **question):
    lines = [f"{key} = {as_toml(value)}" for key, value in question.items()]
    return f'[[question]]\nid = "q"\ntopic = "metrics"\n{head}\n[question.given]\n' + "\n".join(lines)


def worked(head="", **question):
    return solve(sheet(head, **question))["q"]


def floats(working, name):
    value = working.tape[name].value
    return [float(v) for v in value.flat] if value.ndim else float(value[()])


def said(working):
    return " ".join(str(working).split())


def labels(actual_counts):
    """Labels, true and predicted, that a confusion matrix with true rows counts."""
    pairs = [(i, j) for (i, j), n in np.ndenumerate(np.array(actual_counts)) for _ in range(n)]
    return [i for i, _ in pairs], [j for _, j in pairs]


# ----------------------------------------------------------------------- classification

two_classes = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30)


@given(two_classes, st.sampled_from(["true", "predicted"]), st.sampled_from([[0, 1], [1, 0]]))
@same_draws
def test_two_classes_are_scikit_learns(pairs, rows, classes):
    actual, predicted = [a for a, _ in pairs], [p for _, p in pairs]
    found = worked(actual=actual, predicted=predicted, rows=rows, classes=classes)
    matrix = sk.confusion_matrix(actual, predicted, labels=classes)
    expected = matrix if rows == "true" else matrix.T
    assert found["C"].astype(float).tolist() == expected.tolist()
    tn, fp, fn, tp = (int(v) for v in sk.confusion_matrix(actual, predicted, labels=[0, 1]).ravel())
    assert [floats(found, name) for name in ("TP", "FP", "FN", "TN")] == [tp, fp, fn, tn]
    assert floats(found, "accuracy") == pytest.approx(sk.accuracy_score(actual, predicted))
    defined = {
        "precision": (tp + fp, lambda: sk.precision_score(actual, predicted)),
        "recall": (tp + fn, lambda: sk.recall_score(actual, predicted)),
        "specificity": (tn + fp, lambda: sk.recall_score(actual, predicted, pos_label=0)),
        "fpr": (tn + fp, lambda: 1 - sk.recall_score(actual, predicted, pos_label=0)),
        "f1": (tp + fp + fn, lambda: sk.f1_score(actual, predicted, zero_division=0)),
        "balanced_accuracy": (
            (tp + fn) * (tn + fp),
            lambda: sk.balanced_accuracy_score(actual, predicted),
        ),
    }
    for name, (below, value) in defined.items():
        if below:
            assert floats(found, name) == pytest.approx(value()), name
        else:
            assert name not in found.tape.quantities
            assert "undefined" in said(found)


@given(st.integers(3, 5).flatmap(lambda k: st.lists(
    st.lists(st.integers(0, 6), min_size=k, max_size=k), min_size=k, max_size=k)))  # fmt: skip
@same_draws
def test_several_classes_are_scikit_learns(matrix):
    counts = np.array(matrix)
    assume(counts.sum() > 0)
    assume((counts.sum(axis=0) > 0).all())
    assume((counts.sum(axis=1) > 0).all())
    found = worked(matrix=matrix)
    turned = worked(matrix=counts.T.tolist(), rows="predicted")
    actual, predicted = labels(matrix)
    for working in (found, turned):
        each = sk.precision_recall_fscore_support(actual, predicted, zero_division=0)
        for name, values in zip(("precision", "recall", "f1", "support"), each, strict=True):
            assert floats(working, name) == pytest.approx(values.tolist())
        for average in ("macro", "weighted"):
            values = sk.precision_recall_fscore_support(actual, predicted, average=average, zero_division=0)
            for name, value in zip(("precision", "recall", "f1"), values[:3], strict=True):
                assert floats(working, f"{name}_{average}") == pytest.approx(value)
        micro = sk.precision_recall_fscore_support(actual, predicted, average="micro")
        assert floats(working, "precision_micro") == pytest.approx(micro[0])
        assert floats(working, "recall_micro") == pytest.approx(micro[1])
        assert floats(working, "accuracy") == pytest.approx(sk.accuracy_score(actual, predicted))


def test_labels_may_be_words():
    found = worked(actual=["cat", "dog", "cat", "owl"], predicted=["cat", "cat", "owl", "owl"])
    expected = sk.confusion_matrix(["cat", "dog", "cat", "owl"], ["cat", "cat", "owl", "owl"])
    assert found["C"].astype(float).tolist() == expected.tolist()


def test_what_is_undefined_for_one_class_is_said_and_not_averaged():
    found = worked(matrix=[[5, 2, 0], [1, 6, 0], [3, 2, 0]])
    assert floats(found, "precision1") == pytest.approx(5 / 9)
    assert floats(found, "precision2") == pytest.approx(6 / 10)
    assert "precision_macro" not in found.tape.quantities
    assert "Precision of 2 is undefined: nothing was called 2, so it is 0/0." in said(found)
    assert "macro average of precision is undefined" in said(found)


def test_counts_are_enough():
    found = worked(tp=30, fp=5, fn=20, tn=145)
    actual, predicted = labels([[145, 5], [20, 30]])
    assert floats(found, "f1") == pytest.approx(sk.f1_score(actual, predicted))


def test_a_harmful_name_is_only_a_name(tmp_path):
    name = "<b>$x_1$ & {\\bad"
    found = worked(matrix=[[1, 2, 0], [3, 4, 0], [1, 1, 0]], classes=[name, "b", "c"])
    for ending in (".html", ".tex", ".md", ".ipynb"):
        found.save(tmp_path / f"page{ending}")
    assert "<b>" not in (tmp_path / "page.html").read_text("utf-8").split("</style>")[-1]


# -------------------------------------------------------------------------------- the ROC


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=2, max_size=25))
@same_draws
def test_the_roc_curve_is_scikit_learns(pairs):
    actual = [label for label, _ in pairs]
    scores = [Fraction(score, 7) for _, score in pairs]
    assume(len(set(actual)) == 2)
    found = worked(actual=actual, scores=scores)
    fpr, tpr, _ = sk.roc_curve(actual, [float(s) for s in scores], drop_intermediate=False)
    assert floats(found, "fpr") == pytest.approx(fpr.tolist())
    assert floats(found, "tpr") == pytest.approx(tpr.tolist())
    area = sk.roc_auc_score(actual, [float(s) for s in scores])
    assert floats(found, "auc") == pytest.approx(area)
    assert found["auc"][()] == found["auc_pairs"][()]  # exactly: the trapezoids count the pairs


def test_the_positive_class_of_a_curve_may_be_named():
    found = worked(actual=["ham", "spam", "spam"], scores=[0.9, 0.2, 0.1], positive="ham")
    assert floats(found, "auc") == 1


def test_the_curve_is_drawn():
    found = worked(actual=[0, 1], scores=[0.2, 0.7])
    assert found.pictures[0].draw().startswith("<svg")


# ----------------------------------------------------------------------------- regression

values = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=12)


@given(values)
@same_draws
def test_regressions_are_scikit_learns(pairs):
    y, yhat = [a / 4 for a, _ in pairs], [b / 4 for _, b in pairs]
    found = worked(y=y, yhat=yhat)
    assert floats(found, "mse") == pytest.approx(sk.mean_squared_error(y, yhat))
    assert floats(found, "rmse") == pytest.approx(sk.root_mean_squared_error(y, yhat))
    assert floats(found, "mae") == pytest.approx(sk.mean_absolute_error(y, yhat))
    if len(set(y)) > 1:
        assert floats(found, "r2") == pytest.approx(sk.r2_score(y, yhat))
    else:
        assert "all targets are the same" in said(found)


def test_one_sample_has_no_r2():
    found = worked(y=[6.3], yhat=[6.1])
    assert floats(found, "mse") == pytest.approx(0.04)
    assert "$" not in said(found)
    assert "R² is undefined: one sample has no variation" in said(found)


def test_predictions_with_names_in_them():
    found = worked(y=[1, 2, 4], yhat=["w", "2*w", "4*w"])
    assert "w" in str(found["mse"][()])
    assert not found.pictures


def test_rules_work_on_floats_too():
    assert shares.f1(0.5, 0.25) == pytest.approx(1 / 3)
    reached = roc.called_positive(np.array([0.9, 0.4]), np.array([0.9, 0.5, 0.1]))
    assert reached.tolist() == [0, 1, 1, 2]
    assert roc.pairs_won(numbers([2, 1]), numbers([1])) == numbers(0.75)


# --------------------------------------------------------------------------------- misuse


@pytest.mark.parametrize(
    ("question", "head", "line"),
    [
        ({}, "", "nothing is given"),
        ({"actual": [], "predicted": []}, "", "given.actual: expected at least one; got an empty list"),
        (
            {"actual": [0, 1], "predicted": [1]},
            "",
            "predicted: expected 2 values, as many as actual has; got 1",
        ),
        ({"actual": [0, 1]}, "", "predicted is missing"),
        ({"actual": [0, 1.5], "predicted": [0, 1]}, "", "given.actual[2]: expected the name of a class"),
        ({"actual": [0, 1.5], "predicted": [0, 1]}, "", "text or a whole number; got 1.5"),
        ({"actual": [0, "1"], "predicted": [0, 1]}, "", "1 is a class as a number and as text"),
        ({"actual": [0, True], "predicted": [0, 1]}, "", "given.actual[2]: expected the name of a class"),
        (
            {"actual": ["a", "b"], "predicted": ["a", "c"], "classes": ["a", "b"], "positive": "a"},
            "",
            "given.predicted[2]: expected one of a, b; got 'c'",
        ),
        ({"actual": ["a", "b"], "predicted": ["a", "b"]}, "", "given.positive: is missing; say which class"),
        ({"actual": [0, 1], "predicted": [0, 1], "positive": 2}, "", "given.positive: expected one of 0, 1"),
        ({"actual": [1, 1], "predicted": [1, 1]}, "", "given.actual: every label is 1; say in classes"),
        (
            {"actual": [0, 1], "predicted": [0, 1], "classes": [0, 0]},
            "",
            "given.classes: a class is there twice",
        ),
        ({"matrix": [[1, 2], [3]]}, "", "matrix: row 2 has 1 counts; expected 2, one per class"),
        ({"matrix": [[1, -2], [3, 4]]}, "", "given.matrix[1][2]: "),
        ({"matrix": [[1, 0.5], [3, 4]]}, "", "given.matrix[1][2]: expected a whole number"),
        ({"matrix": [[0, 0], [0, 0]]}, "", "given.matrix: every count is 0; expected at least one sample"),
        ({"matrix": [[1, 2], [3, 4]], "classes": ["a"]}, "", "given.classes: "),
        (
            {"matrix": [[1, 2], [3, 4]], "classes": ["a", "b", "c"]},
            "",
            "given.classes: expected 2, one per row",
        ),
        ({"matrix": [[1]]}, "", "given.matrix: "),
        (
            {"matrix": [[1, 2, 3], [3, 4, 5], [1, 1, 1]], "positive": 1},
            "",
            "given.positive: is for two classes; there are 3",
        ),
        ({"matrix": [[1, 2], [3, 4]], "rows": "columns"}, "", "given.rows: expected one of predicted, true"),
        ({"tp": 1, "fp": 2, "fn": 3}, "", "tn is missing"),
        ({"tp": 1, "fp": 2, "fn": 3, "tn": -1}, "", "given.tn: "),
        ({"tp": 0, "fp": 0, "fn": 0, "tn": 0}, "", "given.tp: all four counts are 0; expected at least one"),
        ({"tp": 1, "fp": 2, "fn": 3, "tn": 1, "y": [1]}, "", "'y' does not belong here"),
        (
            {"actual": [1, 1], "scores": [0.1, 0.2]},
            "",
            "given.actual: the ROC curve needs both classes; got 1",
        ),
        ({"actual": [0, 1], "scores": [0.1]}, "", "scores: expected 2 values, as many as actual has; got 1"),
        ({"actual": [0, 1], "scores": [0.1, "√2"]}, "", "given.scores: expected fractions or decimals"),
        ({"scores": [0.1, 0.2]}, "", "actual is missing"),
        (
            {"actual": [0, 1] * 51, "scores": [0.1] * 102},
            "",
            "given.scores: 102 of them; a curve is worked from",
        ),
        ({"y": [1, 2], "yhat": [1]}, "", "yhat: expected 2 values, as many as y has; got 1"),
        ({"y": [1, 2]}, "", "yhat is missing"),
        (
            {"y": [6.3], "yhat": [6.1]},
            'find = ["r2"]',
            "find: r2 is undefined here: one sample has no variation",
        ),
        (
            {"y": [2, 2], "yhat": [1, 3]},
            'find = ["r2"]',
            "find: r2 is undefined here: all targets are the same",
        ),
        (
            {"tp": 0, "fp": 0, "fn": 3, "tn": 1},
            'find = ["precision"]',
            "find: precision is undefined here: nothing was called positive, so it is 0/0",
        ),
        (
            {"matrix": [[5, 2, 0], [1, 6, 0], [3, 2, 0]]},
            'find = ["precision"]',
            "find: precision is undefined here: nothing was called 2, so it is 0/0; of single",
        ),
        (
            {"matrix": [[5, 2, 0], [1, 6, 0], [3, 2, 0]]},
            'find = ["precision_macro"]',
            "find: precision_macro is",
        ),
    ],
)
def test_a_mistake_is_named_in_one_line(question, head, line, tmp_path, capfd):
    path = tmp_path / "sheet.toml"
    path.write_text(sheet(head, **question), encoding="utf-8")
    assert run(["solve", str(path)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "question 'q'" in err
    assert line in err


# ----------------------------------------------------------------------------- worksheets


def value(answer):
    return [value(a) for a in answer] if isinstance(answer, list) else float(Fraction(str(answer)))


def test_the_answers():
    """Every answer of the worksheet, by scikit-learn from its numbers alone."""
    for name in ("five-samples", "spam-filter", "counts"):
        question, answer = QUESTIONS[name], ANSWERS[name]
        if "actual" in question:
            actual, predicted = question["actual"], question["predicted"]
        else:
            (tp, fp), (fn, tn) = question.get("matrix") or [
                [question["tp"], question["fp"]],
                [question["fn"], question["tn"]],
            ]
            actual, predicted = labels([[tn, fp], [fn, tp]])
        expected = {
            "accuracy": sk.accuracy_score(actual, predicted),
            "precision": sk.precision_score(actual, predicted),
            "recall": sk.recall_score(actual, predicted),
            "specificity": sk.recall_score(actual, predicted, pos_label=0),
            "fpr": 1 - sk.recall_score(actual, predicted, pos_label=0),
            "f1": sk.f1_score(actual, predicted),
            "balanced_accuracy": sk.balanced_accuracy_score(actual, predicted),
        }
        for key, right in answer.items():
            if key == "C":
                assert value(right) == sk.confusion_matrix(predicted, actual, labels=[1, 0]).tolist()
            else:
                assert value(right) == pytest.approx(expected[key], rel=1e-12)
    answer = ANSWERS["three-classes"]
    actual, predicted = labels(QUESTIONS["three-classes"]["matrix"])
    each = sk.precision_recall_fscore_support(actual, predicted)
    for key, right in zip(("precision", "recall", "f1", "support"), each, strict=True):
        assert value(answer[key]) == pytest.approx(right.tolist(), rel=1e-12)
    for average in ("macro", "weighted", "micro"):
        rights = sk.precision_recall_fscore_support(actual, predicted, average=average)[:3]
        for key, right in zip(("precision", "recall", "f1"), rights, strict=True):
            if f"{key}_{average}" in answer:
                assert value(answer[f"{key}_{average}"]) == pytest.approx(right, rel=1e-12)
    for name in ("roc-curve", "roc-perfect", "roc-guessing"):
        question, answer = QUESTIONS[name], ANSWERS[name]
        assert value(answer["auc"]) == pytest.approx(sk.roc_auc_score(question["actual"], question["scores"]))
    fpr, tpr, _ = sk.roc_curve(*QUESTIONS["roc-curve"].values(), drop_intermediate=False)
    assert value(ANSWERS["roc-curve"]["fpr"]) == pytest.approx(fpr.tolist())
    assert value(ANSWERS["roc-curve"]["tpr"]) == pytest.approx(tpr.tolist())
    y, yhat = QUESTIONS["packages"].values()
    answer = ANSWERS["packages"]
    assert value(answer["mse"]) == pytest.approx(sk.mean_squared_error(y, yhat))
    assert value(answer["rmse"]) == pytest.approx(sk.root_mean_squared_error(y, yhat), abs=5e-7)
    assert value(answer["mae"]) == pytest.approx(sk.mean_absolute_error(y, yhat))
    assert value(answer["r2"]) == pytest.approx(sk.r2_score(y, yhat))


@pytest.mark.slow
def test_every_format_renders(tmp_path):
    document = Document([solve(SHEETS / NAME)])
    for ending in (".html", ".md", ".tex", ".ipynb", ".json"):
        document.save(tmp_path / f"page{ending}")
        assert (tmp_path / f"page{ending}").stat().st_size > 4000
    assert "Area under the curve" in str(document)


def test_the_documents_example_solves():
    text = (SHEETS.parent / "docs" / "topics" / "metrics.md").read_text("utf-8")
    assert solve(text.split("```toml\n")[1].split("```")[0]).workings
