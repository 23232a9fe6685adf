"""Losses of given predictions, against scikit-learn, SciPy, Keras and ``jax.grad``."""

import os
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
import sklearn.metrics
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cli.main import run
from chainrule.marking.sheet import check
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from compiling import quickly

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras

WORKSHEETS = Path(__file__).parent.parent / "worksheets"
QUESTIONS = tomllib.loads((WORKSHEETS / "09-losses.toml").read_text(encoding="utf-8"))["question"]
ANSWERS = tomllib.loads(
    (WORKSHEETS / "answers" / "09-losses.toml").read_text(encoding="utf-8"), parse_float=Decimal
)


BY_OTHERS = {
    "mse": sklearn.metrics.mean_squared_error,
    "mae": sklearn.metrics.mean_absolute_error,
    "rmse": lambda y, p: sklearn.metrics.mean_squared_error(y, p) ** 0.5,
    "huber": lambda y, p: scipy.special.huber(1, y - p).mean(),
    "binary_crossentropy": lambda y, p: sklearn.metrics.log_loss(y, p, labels=[0, 1]),
    "categorical_crossentropy": lambda y, p: -np.log((y * p).sum(axis=1)).mean(),
    "sparse_categorical_crossentropy": lambda y, p: sklearn.metrics.log_loss(y, p, labels=range(p.shape[1])),
    "hinge": sklearn.metrics.hinge_loss,
    "perceptron": lambda y, p: np.maximum(0, -y * p).mean(),
    "kl_divergence": lambda y, p: scipy.special.rel_entr(y, p).sum(axis=1).mean(),
}


def name_of(loss):
    return loss if isinstance(loss, str) else loss["name"]


def numbers(question):
    return all(not isinstance(v, str) for v in np.asarray(question["given"]["y"], dtype=object).flat)


NUMERIC = [pytest.param(q, id=q["id"]) for q in QUESTIONS if numbers(q)]


@pytest.mark.parametrize("question", NUMERIC)
def test_the_answers_are_those_of_scikit_learn_and_scipy(question):
    data = question["given"]
    y, p = np.array(data["y"], dtype=float), np.array(data["y_pred"], dtype=float)
    if isinstance(data["loss"], dict) and data["loss"].get("from_logits"):
        p = scipy.special.softmax(p, axis=1)
    right = BY_OTHERS[name_of(data["loss"])](y, p)
    key = "rmse" if data["loss"] == "rmse" else "loss"
    answer = ANSWERS[question["id"]][key]
    unit = 10.0 ** answer.as_tuple().exponent if isinstance(answer, Decimal) else 0
    assert abs(right - float(Fraction(answer))) <= unit / 2 + 1e-12


def terms(name):
    """The loss of one sample, as the definitions say."""
    return {
        "mse": lambda y, p: jnp.mean((y - p) ** 2, axis=1),
        "mae": lambda y, p: jnp.mean(jnp.abs(y - p), axis=1),
        "huber": lambda y, p: jnp.mean(
            jnp.where(jnp.abs(y - p) <= 1, (y - p) ** 2 / 2, jnp.abs(y - p) - 0.5), axis=1
        ),
        "binary_crossentropy": lambda y, p: -jnp.mean(y * jnp.log(p) + (1 - y) * jnp.log(1 - p), axis=1),
        "categorical_crossentropy": lambda y, p: -jnp.sum(jnp.where(y > 0, y * jnp.log(p), 0.0), axis=1),
        "hinge": lambda y, p: jnp.mean(jnp.maximum(0.0, 1 - y * p), axis=1),
        "kl_divergence": lambda y, p: jnp.sum(y * jnp.log(y / p), axis=1),
    }[name]


@pytest.mark.parametrize(
    "question",
    [
        q
        for q in NUMERIC
        if name_of(q.values[0]["given"]["loss"])
        not in ("rmse", "perceptron", "sparse_categorical_crossentropy")
    ],
)
def test_samples_and_gradients_are_those_of_jax(question):
    data = question["given"]
    q = solve(WORKSHEETS / "09-losses.toml")[question["id"]]
    term = terms(name_of(data["loss"]))
    with jax.enable_x64(True):
        y = jnp.array(data["y"], dtype=float).reshape(q["y_pred"].shape)
        p = jnp.array(data["y_pred"], dtype=float).reshape(y.shape)
        logits = isinstance(data["loss"], dict) and data["loss"].get("from_logits")
        function = (lambda y, z: term(y, jax.nn.softmax(z, axis=1))) if logits else term
        each, slope = quickly(lambda p: (function(y, p), jax.grad(lambda p: function(y, p).mean())(p)))(p)
    np.testing.assert_allclose(q["sample_loss"].astype(float), each, atol=1e-11)
    np.testing.assert_allclose(q["dy_pred"].astype(float), slope, atol=1e-11)


def test_keras_has_the_same_losses():
    y, p = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.5, 4.0], [2.0, 4.0]])
    for name in ("mse", "mae", "huber"):
        q = solve(sheet(name, y.tolist(), p.tolist()))["q"]
        assert float(q["loss"][()]) == pytest.approx(float(keras.losses.get(name)(y, p).mean()), abs=1e-6)


def sheet(loss, y, y_pred, more=""):
    shown = f'"{loss}"' if isinstance(loss, str) and not loss.startswith("{") else loss
    return f"""
[[question]]
id = "q"
topic = "loss"
{more}
[question.given]
loss = {shown}
y = {y}
y_pred = {y_pred}
"""


@quickly
@jax.grad
def _of_root(p, y):
    return jnp.sqrt(jnp.mean((y - p) ** 2))


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.tuples(*[st.integers(-40, 40).map(lambda n: n / 8)] * 2), min_size=1, max_size=6))
def test_the_root_and_its_gradient_are_those_of_jax(pairs):
    y, p = ([pair[i] for pair in pairs] for i in (0, 1))
    q = solve(sheet("rmse", y, p))["q"]
    right = sklearn.metrics.mean_squared_error(y, p) ** 0.5
    assert float(q["rmse"][()]) == pytest.approx(right, abs=1e-11)
    if right:
        with jax.enable_x64(True):
            slope = _of_root(jnp.array(p), jnp.array(y))
        np.testing.assert_allclose(q["dy_pred"].astype(float).reshape(-1), slope, atol=1e-11)
    else:
        assert "dy_pred" not in q.names


@pytest.mark.parametrize(("factor", "rows", "expected"), [("1/2", 2, 1), ("1/2m", 2, Fraction(1, 2))])
def test_a_factor_counts_for_each_sample_too(factor, rows, expected):
    q = solve(sheet(f'{{ name = "mse", factor = "{factor}" }}', [1, 2], [2, 3]))["q"]
    assert [str(v) for v in q["sample_loss"]] == ["1/2", "1/2"]
    assert Fraction(str(q["loss"][()])) == expected


def test_the_gradient_of_log_loss_in_symbols_is_sympys():
    y, p = sympy.symbols("y p", real=True)
    slope = sympy.diff(-(y * sympy.log(p) + (1 - y) * sympy.log(1 - p)), p)
    found = solve(WORKSHEETS / "09-losses.toml")["log-loss-symbols"]["dy_pred"][0, 0]
    assert sympy.simplify(found.expression - slope) == 0


def test_predictions_that_are_no_probabilities_are_pointed_out():
    assert "add up to 11/10, not to 1" in str(solve(WORKSHEETS / "09-losses.toml"))
    assert "no probabilities" not in str(solve(sheet("categorical_crossentropy", [[1, 0]], [[0.5, 0.5]])))


@pytest.mark.parametrize(
    ("loss", "y", "y_pred", "value"),
    [("bce", [1, 0], [1, 0], 0), ("categorical_crossentropy", [[0, 1]], [[0, 1]], 0)],
)
def test_a_certain_prediction_that_is_right_has_a_loss_but_no_gradient(loss, y, y_pred, value):
    solution = solve(sheet(loss, y, y_pred))
    assert float(solution["q"]["loss"][()]) == value
    assert "has none" in str(solution)
    assert "dy_pred" not in list(solution["q"])


def test_what_has_no_gradient_in_symbols_has_a_loss():
    working = solve(sheet("mae", '["y"]', '["p"]', 'find = ["cost"]'))["q"]
    y, p = sympy.symbols("y p", real=True)
    assert sympy.simplify(working["loss"][()].expression - sympy.Abs(y - p)) == 0
    assert "corner" in str(solve(sheet("rmse", '["√2"]', '["√2"]', "closed = true")))


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "kl_divergence"])
def test_a_list_of_probabilities_is_one_sample(loss):
    one, rows = solve(sheet(loss, [0.5, 0.5], [0.25, 0.75])), solve(sheet(loss, [[0.5, 0.5]], [[0.25, 0.75]]))
    assert one.to_json() == rows.to_json()
    labelled = solve(sheet("sparse_categorical_crossentropy", [1], [0.25, 0.75]))["q"]
    assert abs(float(labelled["loss"][()]) + np.log(0.75)) < 1e-12


def test_the_root_may_be_a_table_and_labels_are_said_to_be_signs():
    table, name = solve(sheet('{ name = "rmse" }', [1, 2], [1, 3])), solve(sheet("rmse", [1, 2], [1, 3]))
    assert table.to_json() == name.to_json()
    assert "The labels 0 and 1 stand for −1 and 1." in str(solve(sheet("hinge", [0, 1], [1, 1])))
    assert "stand for" not in str(solve(sheet("hinge", [-1, 1], [1, 1])))


def test_a_number_beyond_all_pictures_has_none():
    assert solve(sheet("mse", '["10^90"]', [1]))["q"].pictures
    solution = solve(sheet("mse", "[1e400]", [1]))
    assert not solution["q"].pictures
    assert solution._repr_html_()


def test_columns_are_samples_where_the_convention_says_so():
    rows = solve(sheet("mse", [[1, 2], [3, 5]], [[1, 4], [2, 4]]))["q"]
    columns = solve(sheet("mse", [[1, 3], [2, 5]], [[1, 2], [4, 4]], 'convention = "columns"'))["q"]
    assert str(rows["loss"]) == str(columns["loss"]) == "3/2"
    assert columns["dy_pred"].shape == (2, 2)
    assert (columns["dy_pred"] == rows["dy_pred"].T).all()


MISTAKES = {
    "no loss": ('topic = "loss"\n[question.given]\ny = [1]\ny_pred = [1]', ["given.loss", "is missing"]),
    "an unknown loss": (sheet("mes", [1], [1]), ["given.loss", "'mes'", "did you mean"]),
    "an unknown option": (sheet('{ name = "huber", delt = 1 }', [1], [1]), ["given.loss", "delt"]),
    "a delta of 0": (sheet('{ name = "huber", delta = 0 }', [1], [1]), ["given.loss", "greater than 0"]),
    "one target too many": (sheet("mse", [1, 2], [1]), ["given.y_pred", "a prediction per target, 2"]),
    "a root with a factor": (
        sheet('{ name = "rmse", factor = "1/2m" }', [1], [0]),
        ["given.loss.factor", "rmse takes no arguments"],
    ),
    "a target beyond 1": (sheet("bce", [2], [0.5]), ["given.y", "from 0 to 1"]),
    "rows that add up to 2": (
        sheet("categorical_crossentropy", [[1, 1]], [[0.5, 0.5]]),
        ["given.y", "sum to 1"],
    ),
    "a label beyond the classes": (
        sheet("sparse_categorical_crossentropy", [2], [[0.5, 0.5]]),
        ["given.y", "from 0 to 1"],
    ),
    "a certain mistake": (sheet("bce", [1], [0]), ["'q'", "logarithm"]),
    "a prediction beyond 1": (sheet("bce", [0], [1.5]), ["given.y_pred", "3/2", "from_logits"]),
    "a key too many": (sheet("mse", [1], [1]) + "x = 1", ["given.x", "unknown key"]),
    "too many values": (sheet("mse", [0] * 10_001, [0] * 10_001), ["given.y_pred", "10,000"]),
    "text": (sheet("mse", '["2 +"]', "[1]"), ["given.y", "2 +"]),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named_with_their_place(text, expected):
    if "[[question]]" not in text:
        text = f'[[question]]\nid = "q"\n{text}\n'
    with pytest.raises(SheetError) as error:
        solve(text + "\n")
    message = str(error.value)
    assert "\n" not in message
    assert all(part in message for part in expected), message


def test_the_command_line_says_it_too(tmp_path, capsys):
    path = tmp_path / "bad.toml"
    path.write_text(sheet("mes", [1], [1]))
    assert run(["solve", str(path)]) == 2
    said = capsys.readouterr().err
    assert "given.loss" in said
    assert said.count("\n") == 1


FACTORS = {"1/m": 1, "1/2m": 1, "1/2": 2}
"""By the factor of ``mse``: how much larger the cost is for two samples with the loss of one each."""


@pytest.mark.parametrize("factor", FACTORS)
def test_the_cost_is_that_of_the_network_and_of_the_samples(factor):
    loss, y, y_pred = f'{{ name = "mse", factor = "{factor}" }}', [[1, 2], [3, 5]], [[2, 4], [7, 3]]
    alone = solve(sheet(loss, y, y_pred, 'find = ["loss"]'))["q"]["loss"].item()
    working = solve(sheet(loss, y, y_pred))["q"]
    assert working["loss"].item() == alone
    assert sum(working["sample_loss"]) * FACTORS[factor] / 2 == alone


@pytest.mark.parametrize("loss", ["mse", "mae", "hinge"])
def test_the_cost_follows_from_a_students_own_losses(loss):
    text = sheet(loss, [1, -1, 1, 1], [3, -2, -4, -1])
    each = [float(value) for value in solve(text)["q"]["sample_loss"]]
    each[2] += 2
    (marked,) = check(text, f"[q]\nsample_loss = {each}\nloss = {sum(each) / 4}\n").questions
    verdicts = {answer.name: answer.verdict for answer in marked.answers}
    assert (verdicts["sample_loss"], verdicts["loss"]) == ("wrong", "follows")


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["html", "tex", "md", "ipynb", "json"])
def test_every_format_shows_the_losses(ending, tmp_path):
    document = Document([solve(WORKSHEETS / "09-losses.toml")])
    path = tmp_path / f"losses.{ending}"
    document.save(path)
    text = path.read_text(encoding="utf-8")
    assert ("Loss of each sample" if ending != "json" else "sample_loss") in text
    assert ending != "html" or "<svg" in text
