"""Exercises of the topic perceptron: what their numbers are like, and that the texts say what is worked."""

import re
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.special import expit
from sklearn.metrics import log_loss

from exercises_oracle import Topic, answers, asks_for_quantities_in_plain_text, slope

PERCEPTRON = Topic("perceptron")
EACH, questions, each = PERCEPTRON.levels, PERCEPTRON.questions, PERCEPTRON.each


def found_in(text, pattern):
    return float(re.search(pattern, text.replace("−", "-")).group(1))


def threshold_in(text):
    """The step's place as the text says it."""
    if "θ =" in text:
        return found_in(text, r"θ = (-?[\d.]*\d)")
    assert "z = w·x + b ≥ 0" in text
    return 0.0


@pytest.mark.parametrize(("name", "difficulty"), EACH)
def test_every_kind_asks_for_quantities_and_says_so_in_plain_text(name, difficulty):
    for table, working in questions(name, difficulty, 3):
        assert asks_for_quantities_in_plain_text(table, working)


@pytest.mark.parametrize("difficulty", ["easy", "medium", "hard"])
def test_each_difficulty_has_kinds_with_ten_thousand_questions(difficulty):
    assert PERCEPTRON.wide(difficulty) >= 3


def test_outputs_of_the_step_that_the_text_tells():
    at_the_step = 0
    for table, working in each("output_of_step", 15):
        given, numbers = table["given"], answers(working)
        x, w = np.array(given["x"], float), np.array(given["w"], float)
        z = x @ w + float(given["b"])
        assert np.allclose(numbers["z"], z)
        assert ((z >= threshold_in(table["text"])) == numbers["yhat"]).all()
        at_the_step += bool((z == threshold_in(table["text"])).any())
    assert at_the_step >= 5


def test_outputs_of_a_sigmoid():
    for table, working in each("output_of_sigmoid"):
        given, numbers = table["given"], answers(working)
        z = np.array(given["x"], float) @ np.array(given["w"], float) + float(given["b"])
        assert np.allclose(numbers["yhat"], expit(z))
        assert (abs(z) <= 4).all()


GATES = {
    "AND": lambda a, b: a and b,
    "OR": lambda a, b: a or b,
    "NAND": lambda a, b: not (a and b),
    "NOR": lambda a, b: not (a or b),
    "XOR": lambda a, b: a != b,
}


def test_gates_and_their_lines():
    for table, working in each("gate_and_line"):
        given, numbers, text = table["given"], answers(working), table["text"]
        gate = GATES[re.search(r"the gate (\w+) of", text).group(1)]
        (v, w), b, step = map(float, given["w"]), float(given["b"]), threshold_in(text)
        rows = [(0, 0), (0, 1), (1, 0), (1, 1)]
        wrong = sum((v * p + w * q + b >= step) != gate(p, q) for p, q in rows)
        assert numbers["mistakes"] == wrong
        for across in (-1.0, 2.0):
            up = numbers["slope"] * across + numbers["intercept"]
            assert np.isclose(v * across + w * up + b, step)


@pytest.mark.parametrize("name", ["classes_and_line", "upright_line"])
def test_points_and_lines(name):
    for table, working in each(name):
        given, numbers = table["given"], answers(working)
        step, w = threshold_in(table["text"]), np.array(given["w"], float)
        z = np.array(given["x"], float) @ w + float(given["b"])
        assert numbers["mistakes"] == ((z >= step) != np.array(given["y"])).sum()
        on = [0.0, numbers.get("intercept")] if w[1] else [numbers["position"], 7.0]
        assert np.isclose(np.dot(w, np.array(on, float)) + float(given["b"]), step)


def test_whether_a_line_separates_the_points_of_the_text():
    told = set()
    for table, working in each("linearly_separable", 15):
        text = table["text"]
        points = np.array(re.findall(r"[A-F]\((\d+), (\d+)\)", text), float)
        classes = re.search(r"classes ([01, and]+), in this order", text).group(1)
        sides = np.array([1 if each == "1" else -1 for each in re.findall(r"[01]", classes)])
        lifted = -sides[:, None] * np.column_stack([points, np.ones(len(points))])
        found = linprog(np.zeros(3), A_ub=lifted, b_ub=-np.ones(len(points)), bounds=[(None, None)] * 3)
        assert answers(working)["separable"] == found.success
        assert len(np.unique(points, axis=0)) == len(points)
        told.add(found.success)
    assert told == {True, False}


@pytest.mark.parametrize("name", ["first_corrections", "epoch_of_training", "two_epochs_of_training"])
def test_training_by_the_rule_of_the_text(name):
    bits = [[0, 0], [0, 1], [1, 0], [1, 1]]
    for table, working in each(name):
        given, numbers, text = table["given"], answers(working), table["text"]
        assert "w ← w + η(y − ŷ)x and b ← b + η(y − ŷ)" in text
        rate = Fraction(re.search(r"η = ([\d.]*\d)", text).group(1))
        step = Fraction(str(given.get("threshold", 0)))
        assert float(step) == threshold_in(text)
        x, y = given.get("x", bits), given.get("y")
        if y is None:
            gate = GATES[re.search(r"the gate (\w+) by", text).group(1)]
            y = [int(gate(*row)) for row in bits]
        low = -1 if "else −1" in text else 0
        w, b = [Fraction(v) for v in given["w"]], Fraction(given["b"])
        corrections = 0
        for k in range(1, given["epochs"] * len(x) + 1):
            row, target = x[(k - 1) % len(x)], y[(k - 1) % len(x)]
            z = sum(v * c for v, c in zip(w, row, strict=True)) + b
            error = target - (1 if z >= step else low)
            corrections += error != 0
            w, b = [v + rate * error * c for v, c in zip(w, row, strict=True)], b + rate * error
            assert np.isclose(numbers[f"z.{k}"].item(), float(z))
            assert numbers[f"error.{k}"].item() == error
            assert np.allclose(numbers[f"w.{k}"], [float(v) for v in w])
            assert np.isclose(numbers[f"b.{k}"].item(), float(b))
        assert corrections >= 1
        if "corrections" in table["find"]:
            assert numbers["corrections"] == corrections
            assert np.allclose(numbers["w_new"], [float(v) for v in w])


LOSSES = {
    "max(0, −y·f)": lambda y, f: np.maximum(0, -y * f),
    "max(0, 1 − y·f)": lambda y, f: np.maximum(0, 1 - y * f),
}
PENALTIES = {
    "R = Σ |w|": lambda w, _: abs(w).sum(),
    "R = Σ w²": lambda w, _: (w**2).sum(),
    "R = ½ Σ w²": lambda w, _: (w**2).sum() / 2,
    "R = ρ Σ |w| + ½(1 − ρ) Σ w²": lambda w, rho: rho * abs(w).sum() + (1 - rho) / 2 * (w**2).sum(),
}


@pytest.mark.parametrize("name", ["loss_of_each_row", "step_down_loss", "loss_with_penalty"])
def test_losses_of_signs(name):
    for table, working in each(name):
        given, numbers, text = table["given"], answers(working), table["text"]
        x, y = np.array(given["x"], float), np.array(given["y"], float)
        at = np.array([*given["w"], given["b"]], float)
        loss = next(LOSSES[words] for words in LOSSES if words in text)

        def rows(at, x=x, y=y, loss=loss):
            return loss(y, x @ at[:2] + at[2])

        agreement = y * (x @ at[:2] + at[2])
        assert agreement.all()
        assert (agreement != 1).all()
        if name == "loss_of_each_row":
            assert np.allclose(numbers["terms"], rows(at))
            continue

        def penalty(at):
            return 0.0

        if name == "loss_with_penalty":
            rule = next(
                PENALTIES[words] for words in sorted(PENALTIES, key=len, reverse=True) if words in text
            )
            alpha = found_in(text, r"with α = ([\d.]*\d)")
            rho = found_in(text, r"ρ = ([\d.]*\d)") if "ρ =" in text else 0.0

            def penalty(at, rule=rule, alpha=alpha, rho=rho):
                return alpha * rule(at[:2], rho)

            assert np.isclose(rows(at).mean() + penalty(at), numbers["cost"])
        assert np.isclose(rows(at).mean(), numbers["loss"])
        down = slope(lambda at, rows=rows, penalty=penalty: rows(at).mean() + penalty(at), at)
        after = at - found_in(text, r"with η = ([\d.]*\d)") * down
        assert np.allclose([*numbers["w_new"], numbers["b_new"].item()], after, atol=1e-6)


def test_logistic_loss():
    for table, working in each("logistic_loss"):
        given, numbers = table["given"], answers(working)
        x, y = np.array(given["x"], float), given["y"]
        at = np.array([*given["w"], given["b"]], float)

        def loss(at, x=x, y=y):
            return log_loss(y, expit(x @ at[:2] + at[2]), labels=[0, 1])

        assert np.isclose(loss(at), numbers["loss"])
        after = at - found_in(table["text"], r"with η = ([\d.]*\d)") * slope(loss, at)
        assert np.allclose([*numbers["w_new"], numbers["b_new"].item()], after, atol=1e-6)
