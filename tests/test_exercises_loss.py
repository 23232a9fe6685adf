"""Questions drawn about losses: their answers against NumPy and SciPy, as a reader of the text works them."""

import re
from functools import cache

import numpy as np
import pytest
from scipy.special import expit, rel_entr, softmax

from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make

KINDS = [each.name for each in kinds("loss")]


@cache
def drawn():
    """Questions of every kind and difficulty."""
    return [each for level in ("easy", "medium", "hard") for each in make("loss", level, 200, 7).exercises]


def of(kind):
    found = [each for each in drawn() if each.kind == kind]
    assert len(found) >= 10
    return found


def given(exercise):
    values = exercise.table["given"]
    y, p = (np.array(values[key], dtype=float) for key in ("y", "y_pred"))
    return y, p


def number(text, name):
    """The number that a text gives a letter: δ = 0.5."""
    return float(re.search(rf"{name} = ([\d.]+)", text)[1])


def squares(y, p, text):
    return (y - p) ** 2, 2 * (p - y)


def sizes(y, p, text):
    return abs(y - p), np.sign(p - y)


def huber(y, p, text):
    d, e = number(text, "δ"), p - y
    return np.where(abs(e) <= d, e**2 / 2, d * abs(e) - d**2 / 2), np.clip(e, -d, d)


def halved(y, p, text):
    return (y - p) ** 2 / 2, p - y


def two_outputs(y, p, text):
    return ((y - p) ** 2).mean(axis=1), p - y


def binary(y, p, text):
    return -np.log(np.where(y == 1, p, 1 - p)), np.where(y == 1, -1 / p, 1 / (1 - p))


def binary_of_scores(y, z, text):
    p = expit(z)
    return binary(y, p, text)[0], p - y


def categorical(y, p, text):
    return -np.log(p[y == 1]), -y / p


def sparse(y, p, text):
    return categorical(np.eye(p.shape[1])[y.astype(int)], p, text)


def categorical_of_scores(y, z, text):
    p = softmax(z, axis=1)
    return categorical(y, p, text)[0], p - y


def divergence(y, p, text):
    return rel_entr(y, p).sum(axis=1), -y / p


def hinge(y, p, text):
    return np.maximum(0, 1 - y * p), np.where(y * p < 1, -y, 0)


def perceptron(y, p, text):
    return np.maximum(0, -y * p), np.where(y * p < 0, -y, 0)


OF_A_SAMPLE = {
    "mean_squared_error": squares,
    "gradient_of_squares": squares,
    "root_mean_squared_error": squares,
    "mean_absolute_error": sizes,
    "huber": huber,
    "half_of_the_mean_square": halved,
    "two_outputs": two_outputs,
    "binary_crossentropy": binary,
    "binary_crossentropy_of_one": binary,
    "binary_crossentropy_of_scores": binary_of_scores,
    "categorical_crossentropy": categorical,
    "sparse_categorical_crossentropy": sparse,
    "categorical_crossentropy_of_scores": categorical_of_scores,
    "kl_divergence": divergence,
    "hinge": hinge,
    "perceptron": perceptron,
}
"""By kind: the loss of each sample and the slope of its loss in the prediction, by the definitions."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_answers_are_those_of_the_text(kind):
    for exercise in of(kind):
        y, p = given(exercise)
        each, slope = OF_A_SAMPLE[kind](y, p, exercise.table["text"])
        right = {"sample_loss": each, "loss": each.mean(), "dy_pred": slope / len(each)}
        if kind == "root_mean_squared_error":
            right |= {"rmse": each.mean() ** 0.5, "dloss": slope / len(each)}
            right["dy_pred"] = right["dloss"] / 2 / right["rmse"]
        for name in exercise.table["find"]:
            if name != "p":
                worked = exercise.working[name].astype(float)
                np.testing.assert_allclose(worked.reshape(np.shape(right[name])), right[name], atol=1e-12)


@pytest.mark.parametrize("kind", [each for each in KINDS if each.endswith("_of_scores")])
def test_the_probabilities_of_scores_are_those_of_scipy(kind):
    for exercise in of(kind):
        _, z = given(exercise)
        right = expit(z) if kind.startswith("binary") else softmax(z, axis=1)
        worked = exercise.working["p"].astype(float).reshape(z.shape)
        np.testing.assert_allclose(worked, right, atol=1e-12)


def test_roots_of_mean_squares_are_rational():
    assert all(each.working["rmse"].item().exact is not None for each in of("root_mean_squared_error"))


def test_hubers_loss_has_errors_on_both_sides_of_delta():
    for exercise in of("huber"):
        y, p = given(exercise)
        d = number(exercise.table["text"], "δ")
        assert {*np.sign(np.round(abs(y - p) - d, 9))} == {-1, 1}


@pytest.mark.parametrize(("kind", "corner"), [("hinge", 1), ("perceptron", 0)])
def test_margins_lie_on_both_sides_of_the_corner(kind, corner):
    for exercise in of(kind):
        y, p = given(exercise)
        assert {*np.sign(y * p - corner)} == {-1, 1}


OF_PROBABILITIES = [
    each for each in KINDS if "entropy" in each or "divergence" in each if not each.endswith("_of_scores")
]


@pytest.mark.parametrize("kind", OF_PROBABILITIES)
def test_probabilities_are_inside_0_and_1_and_sum_to_1(kind):
    for exercise in of(kind):
        _, p = given(exercise)
        assert 0 < p.min() <= p.max() < 1
        if not kind.startswith("binary"):
            np.testing.assert_allclose(p.sum(axis=1), 1)


def test_the_gradient_is_asked_for_from_medium_on():
    for exercise in make("loss", "easy", 100, 3).exercises:
        asks = exercise.kind == "gradient_of_squares"
        assert ("dy_pred" in exercise.table["find"]) == asks == ("gradient" in exercise.table["text"])


def test_the_text_names_the_right_classes():
    for exercise in of("categorical_crossentropy"):
        text = exercise.table["text"]
        names = re.search("gives the classes (.*) the probabilities", text)[1]
        right = re.search(r"The target.* (?:classes|is) (.*?)\. Find", text)[1]
        names, right = (re.split(", | and ", each) for each in (names, right))
        y, _ = given(exercise)
        assert [names[k] for k in y.argmax(axis=1)] == right
