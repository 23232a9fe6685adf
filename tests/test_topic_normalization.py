"""The topic ``normalization`` and its rules, against Keras, NumPy, scikit-learn and JAX."""

import json
import re
import tomllib
from pathlib import Path

import jax
import jax.numpy as jnp
import keras
import nbformat
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from chainrule.cli.main import main
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from chainrule.rules.normalization import gradients, scale_and_shift, standardizing, statistics
from compiling import quickly

SHEETS = Path(__file__).parent.parent / "worksheets"
SHEET = SHEETS / "14-normalization-dropout.toml"
ANSWERS = tomllib.loads((SHEETS / "answers" / SHEET.name).read_text(encoding="utf-8"))
FIVE = {"x": [2, 4, 6, 8, 10], "gamma": 2, "beta": 1, "epsilon": 0}
same_draws = settings(derandomize=True, deadline=None, max_examples=20)


def as_toml(value):
    if isinstance(value, (list, tuple, np.ndarray)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else json.dumps(value)


def sheet(top="", **question):
    lines = "\n".join(f"{key} = {as_toml(value)}" for key, value in question.items())
    return f'[[question]]\nid = "q"\ntopic = "normalization"\n{top}\n[question.given]\n{lines}\n'


def worked(top="", **question):
    return solve(sheet(top, **question))["q"]


def floats(working, name):
    return np.asarray(working.tape[name].value, dtype=float)


def rows(low=2, high=6):
    """Rows of quarters, no feature of which is constant."""
    shapes = st.tuples(st.integers(low, high), st.integers(1, 3))
    drawn = arrays(np.int64, shapes, elements=st.integers(-40, 40)).map(lambda x: x / 4)
    return drawn.filter(lambda x: (np.ptp(x, axis=0) > 0).all())


# ----------------------------------------------------------------------------- published


def test_batch_normalization_of_five_numbers_in_closed_form():
    working = worked("closed = true", **FIVE)
    root = sympy.sqrt(2)
    right = [1 - 2 * root, 1 - root, 1, 1 + root, 1 + 2 * root]
    assert [v.expression for v in working["y"]] == right
    text = str(working)
    assert "y = [1 − 2 √2, 1 − √2, 1, 1 + √2, 1 + 2 √2]" in text


def test_batch_normalization_of_five_numbers_in_decimals():
    values = [round(float(v), 4) for v in worked(**FIVE)["y"]]
    assert values == [-1.8284, -0.4142, 1, 2.4142, 3.8284]


# --------------------------------------------------------------------------------- Keras


@settings(same_draws, max_examples=10)
@given(x=rows())
def test_batch_normalization_in_training_is_that_of_keras(x):
    features = x.shape[1]
    gamma, beta = [0.5, 2.0, -1.5][:features], [1.0, 0.0, -0.25][:features]
    layer = keras.layers.BatchNormalization(momentum=0.75, epsilon=0.25)
    layer.build(x.shape)
    layer.set_weights([np.array(gamma), np.array(beta), np.zeros(features), np.ones(features)])
    theirs = np.asarray(layer(x.astype(np.float32), training=True))
    ours = worked(x=x, gamma=gamma, beta=beta, epsilon=0.25, momentum=0.75, moving_mean=0)
    np.testing.assert_allclose(floats(ours, "y"), theirs, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(floats(ours, "moving_mean_new"), layer.moving_mean.value, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        floats(ours, "moving_var_new"), layer.moving_variance.value, rtol=1e-5, atol=1e-5
    )


def test_after_several_batches_inference_is_that_of_keras():
    batches = [[[1.0, 2.0], [3.0, -1.0], [2.0, 0.5]], [[0.0, 4.0], [1.0, 8.0]], [[5.0, 1.0], [2.5, 2.0]]]
    layer = keras.layers.BatchNormalization(momentum=0.9)
    for batch in batches:
        layer(np.array(batch, np.float32), training=True)
    x = [[1.0, 1.0], [2.0, 3.0]]
    ours = worked(batches=batches, momentum=0.9, x=x)
    np.testing.assert_allclose(floats(ours, "moving_mean.3"), layer.moving_mean.value, rtol=1e-6)
    np.testing.assert_allclose(floats(ours, "moving_var.3"), layer.moving_variance.value, rtol=1e-6)
    theirs = layer(np.array(x, np.float32), training=False)
    np.testing.assert_allclose(floats(ours, "y"), theirs, rtol=1e-5)


def test_what_a_sheet_leaves_out_is_as_in_keras():
    theirs = keras.layers.BatchNormalization()
    working = worked(x=[[1, 5], [2, 7]], moving_mean=0)
    assert float(working.tape["epsilon"].value[()]) == theirs.epsilon
    assert float(working.tape["momentum"].value[()]) == theirs.momentum
    assert floats(working, "gamma").tolist() == [1, 1]
    assert floats(working, "beta").tolist() == [0, 0]
    assert floats(worked(x=[1, 2], training=False), "moving_var") == 1


@settings(same_draws, max_examples=10)
@given(x=rows())
def test_layer_normalization_is_that_of_keras(x):
    layer = keras.layers.LayerNormalization(epsilon=0.25)
    theirs = np.asarray(layer(x.astype(np.float32)))
    ours = worked(kind="layer", x=x, epsilon=0.25)
    np.testing.assert_allclose(floats(ours, "y"), theirs, rtol=1e-4, atol=1e-4)


# ----------------------------------------------------------------------------------- JAX


def _normalized(x, gamma, beta, epsilon):
    others = tuple(range(x.ndim - 1))
    return gamma * (x - x.mean(others)) / jnp.sqrt(x.var(others) + epsilon) + beta


def _by_rules(x, gamma, dy, epsilon):
    """Output and gradients in x, γ and β from the rules, which take any kind of array."""
    mean = statistics.batch_mean(x)
    deviation = standardizing.safe_deviation(statistics.population_variance(x, mean), epsilon=epsilon)
    xhat = standardizing.normalized(x, mean, deviation)
    dxhat = scale_and_shift.scale_dxhat(dy, gamma)
    dvar = gradients.batch_dvar(dxhat, x, mean, deviation)
    dmean = gradients.batch_dmean(dxhat, deviation)
    dx = gradients.batch_dx(dxhat, x, mean, deviation, dvar, dmean)
    return dx, scale_and_shift.scale_dgamma(dy, xhat), scale_and_shift.scale_dbeta(dy)


@pytest.mark.parametrize("shape", [(6, 3), (2, 1), (3, 4, 4, 2), (5, 2, 3)])
def test_the_gradients_are_those_of_jax(shape):
    draw = np.random.default_rng(7)
    x, dy = draw.normal(1, 2, shape), draw.normal(0, 1, shape)
    gamma, beta = draw.normal(0, 1, shape[-1]), draw.normal(0, 1, shape[-1])
    with jax.enable_x64(True):
        _, back = jax.vjp(lambda *inputs: _normalized(*inputs, 1e-3), x, gamma, beta)
        theirs = back(jnp.asarray(dy))
        compiled = jax.jit(_by_rules, static_argnums=3)(x, gamma, dy, 1e-3)
    for ours in (_by_rules(x, gamma, dy, 1e-3), compiled):
        for found, right in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(found, right, rtol=1e-11, atol=1e-11)


@quickly
def _by_jax(x, gamma, beta, dy):
    return jax.vjp(lambda *inputs: _normalized(*inputs, 0.125), x, gamma, beta)[1](dy)


@same_draws
@given(x=rows(low=3), seed=st.integers(0, 99))
def test_the_backward_pass_on_paper_is_that_of_jax(x, seed):
    dy = np.random.default_rng(seed).integers(-8, 8, x.shape) / 4
    gamma = np.array([0.5, 2.0, -1.5])[: x.shape[1]]
    ours = worked('find = ["backward"]', x=x, gamma=gamma, dy=dy, epsilon=0.125)
    with jax.enable_x64(True):
        beta = jnp.zeros(x.shape[1])
        theirs = _by_jax(x, gamma, beta, jnp.asarray(dy))
    for name, right in zip(("dx", "dgamma", "dbeta"), theirs, strict=True):
        np.testing.assert_allclose(floats(ours, name), right, rtol=1e-11, atol=1e-11)


@same_draws
@given(x=rows(low=3))
def test_a_batch_pulled_together_feels_no_pull(x):
    """The output does not change when x is shifted, nor, without ε, when it is stretched."""
    dy = np.cos(np.arange(x.size)).round(2).reshape(x.shape)
    working = worked("closed = true", x=x, dy=dy, epsilon=0)
    dx = floats(working, "dx")
    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose((dx * (x - x.mean(axis=0))).sum(axis=0), 0, atol=1e-9)


# --------------------------------------------------------------------------- scikit-learn


@same_draws
@given(x=rows(), low=st.integers(-3, 0), high=st.integers(1, 4))
def test_scaling_is_that_of_scikit_learn(x, low, high):
    standard = worked(kind="standard", x=x)
    np.testing.assert_allclose(
        floats(standard, "y"), StandardScaler().fit_transform(x), rtol=1e-9, atol=1e-12
    )
    unit = worked(kind="min_max", x=x)
    np.testing.assert_allclose(floats(unit, "y"), MinMaxScaler().fit_transform(x), rtol=1e-12, atol=1e-14)
    ranged = worked(kind="min_max", x=x, range=[low, high])
    right = MinMaxScaler((low, high)).fit_transform(x)
    np.testing.assert_allclose(floats(ranged, "y"), right, rtol=1e-12, atol=1e-12)


@same_draws
@given(x=rows())
def test_the_sample_variance_is_that_of_numpy(x):
    working = worked(kind="standard", x=x, variance="sample")
    np.testing.assert_allclose(floats(working, "var"), x.var(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(floats(working, "deviation"), x.std(axis=0, ddof=1), rtol=1e-12)


# --------------------------------------------------------------------------- the worksheet


def _answer(question, name="y"):
    """What the worksheet's answers say, as floats."""
    said = np.array(ANSWERS[question][name], dtype=object)
    return np.vectorize(_float, otypes=[float])(said)


def _float(said):
    if not isinstance(said, str):
        return said
    return float(
        sympy.sympify(
            re.sub(r"(?<=\d)√", "*√", said)
            .replace("√5", "sqrt(5)")
            .replace("√2", "sqrt(2)")
            .replace("√6", "sqrt(6)")
        )
    )


X = np.array([2.0, 4, 6, 8, 10])
NUMPY = [
    ("batch-norm", "y", 2 * (X - 6) / X.std() + 1),
    ("batch-norm-decimals", "y", 2 * (X - 6) / X.std() + 1),
    ("batch-norm-sample", "y", 2 * (X - 6) / X.std(ddof=1) + 1),
    ("epsilon-outside", "xhat", (X[:4] / 2 - 2.5) / ((X[:4] / 2).std() + 0.1)),
    ("epsilon-inside", "xhat", (X[:4] / 2 - 2.5) / np.sqrt((X[:4] / 2).var() + 0.1)),
    ("undo", "y", X),
    ("layer-norm", "y", [[-np.sqrt(1.5), 0, np.sqrt(1.5)], [-np.sqrt(1.5), np.sqrt(1.5), 0]]),
    ("two-features", "y", np.array([[-1, -1], [1, 1], [3, 3], [-3, -3]]) / np.sqrt(5)),
    ("standard-scaling", "y", StandardScaler().fit_transform([[20], [30], [40], [50]])[:, 0]),
    (
        "min-max",
        "y",
        MinMaxScaler().fit_transform([[20, 30000], [30, 60000], [40, 45000], [60, 90000]]),
    ),
    ("min-max-signed", "y", MinMaxScaler((-1, 1)).fit_transform([[20], [30], [40], [60]])[:, 0]),
]


@pytest.mark.parametrize(("question", "name", "right"), NUMPY, ids=lambda v: v if isinstance(v, str) else "")
def test_the_worksheets_answers_are_those_of_numpy(question, name, right):
    np.testing.assert_allclose(_answer(question, name), right, rtol=1e-4, atol=6e-5)


def test_the_worksheets_gradients_are_those_of_jax():
    with jax.enable_x64(True):
        back = jax.vjp(
            lambda x, g, b: _normalized(x, g, b, 0),
            jnp.asarray(X)[:, None],
            jnp.array([2.0]),
            jnp.array([1.0]),
        )[1]
        dx, dgamma, dbeta = back(jnp.array([1.0, 0, 0, 0, -2])[:, None])
    np.testing.assert_allclose(_answer("batch-norm-backward", "dx"), dx[:, 0], atol=1e-12)
    np.testing.assert_allclose(_answer("batch-norm-backward", "dgamma"), dgamma[0], rtol=1e-12)
    np.testing.assert_allclose(_answer("batch-norm-backward", "dbeta"), dbeta[0], rtol=1e-12)


def test_the_worksheets_moving_averages_are_those_of_keras():
    layer = keras.layers.BatchNormalization(momentum=0.9)
    for batch in ([1.0, 2, 3], [2.0, 6]):
        layer(np.array(batch, np.float32)[:, None], training=True)
    np.testing.assert_allclose(
        _answer("moving-averages", "moving_mean.2"), layer.moving_mean.value[0], rtol=1e-6
    )
    np.testing.assert_allclose(
        _answer("moving-averages", "moving_var.2"), layer.moving_variance.value[0], rtol=1e-6
    )
    np.testing.assert_allclose(_answer("moving-averages"), layer(np.array([[3.0]], np.float32))[0], rtol=1e-5)


# ------------------------------------------------------------------- letters and rounding


def test_letters_give_a_formula():
    working = worked(x=["a", "b"], epsilon=0)
    a, b = sympy.symbols("a b", real=True)
    assert sympy.simplify(working["mean"][()].expression - (a + b) / 2) == 0
    assert sympy.simplify(working["var"][()].expression - (a - b) ** 2 / 4) == 0


def test_rounding_rounds_every_step_before_the_next():
    working = worked("rounding = 2", x=[2, 4, 6, 8, 10], gamma=2, beta=1, epsilon=0)
    assert float(working["deviation"][()]) == 2.83
    assert [float(v) for v in working["xhat"]] == [-1.41, -0.71, 0, 0.71, 1.41]
    assert [float(v) for v in working["y"]] == [-1.82, -0.42, 1, 2.42, 3.82]


# -------------------------------------------------------------------------------- mistakes

MISTAKES = [
    ({}, "x is missing"),
    ({"x": 3}, "given.x: expected a list of numbers, or rows of them"),
    ({"x": [[[1]]]}, "given.x: expected a list"),
    ({"x": []}, "given.x: an empty list"),
    (
        {"x": [3, 3, 3], "epsilon": 0},
        "given.x: cannot be divided by its spread: epsilon is 0 and its variance is 0",
    ),
    ({"x": [[1, 5], [2, 5]], "epsilon": 0}, "given.x: feature 2 cannot be divided"),
    ({"x": [[1, 1], [1, 2]], "epsilon": 0, "kind": "layer"}, "given.x: row 1 cannot be divided"),
    ({"x": [5], "epsilon": 0}, "variance is 0"),
    ({"x": [5], "variance": "sample"}, "given.x: one row has no sample variance"),
    ({"x": [[5, 6]], "variance": "sample"}, "given.x: one row has no sample variance"),
    ({"batches": [[1, 2], [3]], "variance": "sample"}, "given.batches[2]: one row has no sample variance"),
    ({"x": [1, 2], "epsilon": -1}, "given.epsilon: expected a number of at least 0; got -1"),
    ({"x": [1, 2], "momentum": 1}, "given.momentum: expected a number from 0"),
    ({"x": [1, 2], "gamma": [1, 2]}, "given.gamma: expected one number, for one feature; got 2"),
    ({"x": [[1, 2], [3, 4]], "beta": [1, 2, 3]}, "given.beta: expected one number, or 2; got 3"),
    ({"x": [1, 2], "moving_variance": -1}, "given.moving_variance: -1 is less than 0"),
    ({"x": [1, 2], "training": False, "moving_variance": 0, "epsilon": 0}, "given.moving_variance: "),
    ({"x": [1, 2], "dy": [1]}, "given.dy: shape 1, and x has 2"),
    (
        {"x": [1, 2], "dy": [1, 2], "training": False},
        "dy is given; the backward pass is that of one batch in training",
    ),
    ({"x": [1, 2], "dy": [1, 2], "variance": "sample"}, "with the population's variance"),
    ({"x": [1, 2], "dy": [1, 2], "epsilon_at": "outside"}, "epsilon inside the root"),
    ({"x": [1, 2], "kind": "min_max", "gamma": 1}, "gamma is given and kind is 'min_max'"),
    ({"x": [1, 2], "kind": "layer", "moving_mean": 1}, "moving_mean is given and kind is 'layer'"),
    ({"x": [1, 2], "range": [0, 1]}, "range is given and kind is 'batch'; it belongs to min_max"),
    ({"x": [1, 2], "dy": [1, 2], "batches": [[1, 2]]}, "one batch in training"),
    ({"x": [1, 2], "kind": "layer", "variance": "sample"}, "it belongs to batch and standard"),
    ({"x": [1, 2], "kind": "standard", "epsilon": 0.1}, "it belongs to batch and layer"),
    ({"batches": [[1, 2]], "dy": [1, 2]}, "x is missing"),
    ({"x": [1, 2], "kind": "min_max", "range": [0, 1, 2]}, "given.range: 3 numbers; expected two"),
    ({"x": [1, 2], "kind": "min_max", "range": [1, 1]}, "the second number must be larger"),
    ({"x": [4, 4], "kind": "min_max"}, "its smallest and largest value are the same"),
    ({"x": [4, 4], "kind": "standard"}, "its standard deviation is 0"),
    ({"x": [1, 2], "kind": "spectral"}, "given.kind: "),
    ({"x": [1] * 1001}, "at most 1000 are worked by hand"),
    ({"batches": [[1, 2]] * 21}, "given.batches: "),
    ({"x": [1, 2], "batches": [[[1, 2]]]}, "given.batches[1]: rows of 2, and x has a plain list"),
    ({"batches": [[[1, 2]], [[1, 2, 3]]]}, "given.batches[2]: rows of 3, and batches[1] has rows of 2"),
    ({"x": [1, 2], "gama": 2}, "did you mean 'gamma'"),
    ({"x": [1, 2], "training": False, "momentum": 0.5}, "momentum is given and training is false"),
    ({"x": [1, 2], "training": False, "variance": "sample"}, "variance is given and training is false"),
    ({"batches": [[1, 2]], "gamma": 2}, "gamma is given without x"),
    ({"x": [1, 2], "moving_variance": "-√2"}, "given.moving_variance: -1.41421"),
    ({"x": [1, 2], "epsilon": "√2 - √2"}, "given.epsilon: expected a number of at least 0; cannot tell"),
    ({"x": [1, 2], "kind": "min_max", "range": ["√2", "√2"]}, "given.range: cannot tell"),
    (
        {"x": [1, 2], "training": False, "moving_variance": 0, "epsilon": 0},
        "expected a variance or epsilon greater than 0",
    ),
]


@pytest.mark.parametrize(("question", "says"), MISTAKES, ids=lambda v: v if isinstance(v, str) else "")
def test_a_mistake_is_named_with_its_place_in_one_line(question, says):
    with pytest.raises(SheetError) as error:
        worked(**question)
    assert says in str(error.value)
    assert str(error.value).startswith("question 'q'")
    assert "\n" not in str(error.value)


def test_a_mistake_at_the_command_line_is_status_two(tmp_path, capsys):
    file = tmp_path / "bad.toml"
    file.write_text(sheet(x=[3, 3], epsilon=0), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["solve", str(file)])
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_momentum_alone_asks_for_the_moving_averages():
    x, momentum = np.array([2.0, 4.0, 9.0]), 0.75
    working = worked(x=list(x), momentum=momentum)
    assert floats(working, "moving_mean_new") == pytest.approx((1 - momentum) * x.mean())
    assert floats(working, "moving_var_new") == pytest.approx(momentum + (1 - momentum) * x.var())
    assert "momentum" not in worked(x=list(x), training=False).tape.quantities


def test_one_row_is_normalized_by_batches_with_the_sample_variance():
    batches = [[1, 2, 6], [3, 5, 4]]
    working = worked(x=[1], batches=batches, variance="sample", momentum=0, epsilon=0)
    last = np.array(batches[-1])
    assert floats(working, "y") == pytest.approx((1 - last.mean()) / last.std(ddof=1))


def test_what_no_float_holds_is_worked_without_a_picture():
    working = worked(x=["1e900", "2e900"], kind="min_max")
    assert floats(working, "y").tolist() == [0, 1]
    assert [part.id for part in working.parts] == ["statistics", "scaled"]


def test_a_momentum_of_two_letters_stands_in_brackets():
    assert "(1 − a)·μ_mov⁽⁰⁾ + (1 − (1 − a))·μ⁽¹⁾" in str(worked(batches=[[1, 2]], momentum="1 - a"))


# --------------------------------------------------------------------------------- formats


@pytest.mark.slow
def test_the_worksheet_is_written_in_every_format(tmp_path):
    document = Document([solve(SHEET)])
    for ending in ("html", "md", "tex", "ipynb", "json"):
        document.save(tmp_path / f"sheet.{ending}")
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 15
    assert "merror" not in page
    nbformat.validate(nbformat.read(tmp_path / "sheet.ipynb", as_version=4))
    assert "$" not in str(document)
