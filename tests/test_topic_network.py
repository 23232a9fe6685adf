"""Networks beyond their passes: the worksheets' answers, counts, initial weights, proofs, every format."""

import itertools
import math
import os
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.paper.numbers import Number
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from chainrule.rules.networks import counts
from compiling import quickly
from network_oracle import (
    DEAD,
    ONE,
    SHEETS,
    WORKED,
    answers_of,
    as_float,
    chain_of,
    floats,
    matrix,
    reference,
    sheet,
    sheet_of,
    solved,
    starting,
    studied,
    unit,
)

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras


@pytest.mark.parametrize(("sheet", "question"), WORKED)
def test_the_answers_are_those_of_jax(sheet, question):
    with jax.enable_x64(True):
        known = quickly(lambda: reference(question))()
        known |= studied(question, known) if "find" in question else {}
    columns = question.get("convention") == "columns"
    answers = answers_of(sheet)[question["id"]]
    assert answers
    for name, answer in answers.items():
        if name in ("updates", "decay", "W_collapsed", "b_collapsed", "z_collapsed") or name.startswith(
            "slope"
        ):
            continue  # worked below
        right = np.asarray(known[name])
        right = right.T if columns and right.ndim == 2 else right
        given = np.squeeze(np.array(as_float(answer)))
        off = np.abs(np.squeeze(right) - given)
        assert (off <= np.squeeze(np.array(unit(answer))) + 1e-11).all(), (name, right, answer)


# ------------------------------------------------------------------------------- parameters

COUNTED = [q for q in sheet_of("06-networks") if q["id"].startswith("count-")]


@pytest.mark.parametrize("question", COUNTED, ids=lambda q: q["id"])
def test_keras_counts_the_same(question):
    tables = question["given"]["layers"]
    layers = [keras.layers.Dense(t["units"], use_bias=t.get("use_bias", True)) for t in tables]
    model = keras.Sequential([keras.Input((question["given"]["inputs"],)), *layers])
    q = solved["06-networks"][question["id"]]
    assert float(q["params"][()]) == model.count_params()
    for i, layer in enumerate(layers, start=1):
        assert float(q[f"params{i}"][()]) == layer.count_params()
    assert float(q["params"][()]) == float(q["weights"][()]) + float(q["biases"][()])


def test_activation_layers_and_prelu_are_counted_too():
    layers = (
        '[{ layer = "Dense", units = 3 }, { layer = "PReLU" }, { layer = "Activation", activation = "tanh" }]'
    )
    q = solve(sheet(f"inputs = 2\nlayers = {layers}"))["q"]
    assert [str(q[name]) for name in ("params1", "params2", "params")] == ["9", "3", "12"]


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 8), min_size=2, max_size=5))
def test_orders_of_units_are_those_of_itertools(units):
    layers = ", ".join(f'{{ layer = "Dense", units = {k} }}' for k in units)
    q = solve(sheet(f"inputs = 2\nlayers = [{layers}]", ["configurations"]))["q"]
    assert float(q["configurations"][()]) == math.prod(math.factorial(k) for k in units[:-1])


def test_permuted_units_give_the_same_output():
    rng = np.random.default_rng(0)
    W1, W2, x = rng.normal(size=(3, 3)), rng.normal(size=(3, 2)), rng.normal(size=(5, 3))
    outputs = [np.tanh(x @ W1[:, list(p)]) @ W2[list(p)] for p in itertools.permutations(range(3))]
    assert len(outputs) == math.factorial(3)
    for output in outputs:
        np.testing.assert_allclose(output, outputs[0], atol=1e-12)


# ----------------------------------------------------------------------------- initializers


@pytest.mark.parametrize("shape", [(250, 250), (784, 128), (128, 10), (2, 2)])
def test_keras_spreads_its_weights_so(shape):
    n, k = shape
    given = f'inputs = {n}\nlayers = [{{ layer = "Dense", units = {k} }}]'
    q = solve(sheet(given, ["initialization"]))["q"]
    for family, uniform, normal in (
        ("glorot", keras.initializers.GlorotUniform, keras.initializers.GlorotNormal),
        ("he", keras.initializers.HeUniform, keras.initializers.HeNormal),
        ("lecun", keras.initializers.LecunUniform, keras.initializers.LecunNormal),
    ):
        limit, deviation = (float(q[f"{family}_{name}1"][()]) for name in ("limit", "deviation"))
        drawn = np.concatenate([np.ravel(uniform(seed=s)(shape)) for s in range(1, 9)])
        assert drawn.max() <= limit
        if drawn.size > 5000:
            assert drawn.max() == pytest.approx(limit, rel=1e-2)
            spread = np.concatenate([np.ravel(normal(seed=s)(shape)) for s in range(1, 9)])
            assert spread.std() == pytest.approx(deviation, rel=3e-2)


def test_a_named_initializer_is_worked_alone():
    q = solve(
        sheet(
            'inputs = 2\nlayers = [{ layer = "Dense", units = 2, kernel_initializer = "he_normal" }]',
            ["initialization"],
        )
    )["q"]
    assert q.names == ["he_variance1", "he_deviation1", "he_limit1"]


# --------------------------------------------------------------------------------- collapse


@pytest.mark.parametrize("name", ["collapse", "collapse-three"])
def test_numpy_collapses_the_same(name):
    question = next(q for q in sheet_of("06-networks") if q["id"] == name)
    x, W, b = matrix(question["given"]["x"]), None, None
    for table in question["given"]["layers"]:
        layer = starting(table, len(table["W"]), False)
        b = layer.get("b", 0.0) + (0.0 if b is None else b @ layer["W"])
        W = layer["W"] if W is None else W @ layer["W"]
    q = solved["06-networks"][name]
    np.testing.assert_allclose(floats(q["W_collapsed"]), W, atol=1e-12)
    np.testing.assert_allclose(floats(q["b_collapsed"]), b, atol=1e-12)
    np.testing.assert_allclose(floats(q["z_collapsed"]), x @ W + b, atol=1e-12)


def test_both_ways_give_the_same_output():
    text = str(solved["06-networks"])
    assert text.count("both ways give the same output") == 2
    assert "W' = W₂ W₁" in text
    assert "W' = W₁ W₂" in text


def test_sympy_multiplies_the_symbols():
    W1 = sympy.Matrix(2, 2, lambda i, j: sympy.Symbol(f"w{i + 1}{j + 1}", real=True))
    W2 = sympy.Matrix([sympy.symbols("v1 v2", real=True)])
    b1, c = sympy.Matrix(sympy.symbols("b11 b12", real=True)), sympy.Symbol("c", real=True)
    q = solved["06-networks"]["collapse-symbols"]
    for found, right in zip(q["W_collapsed"].flat, W2 * W1, strict=True):
        assert sympy.expand(found.expression - right) == 0
    assert sympy.expand(q["b_collapsed"][0, 0].expression - (W2 * b1)[0] - c) == 0


def test_a_last_activation_stands_behind_the_one_layer_too():
    given = """x = [[1, 2]]
layers = [{ layer = "Dense", units = 2, W = [[1, 1], [1, 2]] },
  { layer = "Dense", units = 1, activation = "sigmoid", W = [[3], [1]] }]"""
    assert "no more than one sigmoid layer with 3" in " ".join(str(solve(sheet(given, ["collapse"]))).split())


def test_rounded_ways_are_said_to_differ_by_the_rounding():
    given = """x = [[0.123]]
layers = [{ layer = "Dense", units = 1, W = [[0.456]] }, { layer = "Dense", units = 1, W = [[0.789]] }]"""
    assert "only by the rounding" in str(solve(sheet(given, ["collapse"], "rounding = 2")))
    irrational = given.replace("0.456", "'√2'").replace("0.789", "'√3'")
    assert "in all the digits that were worked" in str(solve(sheet(irrational, ["collapse"])))
    assert "give the same output" in str(solve(sheet(irrational, ["collapse"], "closed = true")))


# ----------------------------------------------------------------------------- in symbols


def test_sympy_differentiates_the_symbols():
    x1, x2, x, y = sympy.symbols("x1 x2 x y", real=True)
    names = "w11 w12 w21 w22 b11 b12 v1 v2 c"
    w11, w12, w21, w22, b11, b12, v1, v2, c = sympy.symbols(names, real=True)
    loss = (y - v1 * (w11 * x1 + w21 * x2 + b11) - v2 * (w12 * x1 + w22 * x2 + b12) - c) ** 2
    q = solved["07-gradients"]["regression-symbols"]
    by = {"dW1": (w11, w12, w21, w22), "db1": (b11, b12), "dW2": (v1, v2), "db2": (c,)}
    for name, symbols in by.items():
        for found, symbol in zip(q[name].flat, symbols, strict=True):
            assert sympy.expand(found.expression - sympy.diff(loss, symbol)) == 0, name

    w, b, u1, u2, lam, eta = sympy.symbols("w b u1 u2 lambda eta", real=True)
    p = 1 / (1 + sympy.exp(-(w * x + b)))
    entropy = -(y * sympy.log(p) + (1 - y) * sympy.log(1 - p))
    q = solved["07-gradients"]["neuron-symbols"]
    assert sympy.simplify(q["dW1"][0, 0].expression - sympy.diff(entropy, w)) == 0
    assert sympy.simplify(q["db1"][0].expression - sympy.diff(entropy, b)) == 0

    paths = (y - w * x * (u1 * v1 + u2 * v2)) ** 2
    q = solved["07-gradients"]["two-paths"]
    assert sympy.expand(q["dW1"][0, 0].expression - sympy.diff(paths, w)) == 0

    cost = (y - w * x) ** 2 + lam / 2 * w**2
    q = solved["10-gradient-descent"]["weight-decay"]
    assert sympy.expand(q["dW1_penalized"][0, 0].expression - sympy.diff(cost, w)) == 0
    assert sympy.expand(q["W1_new"][0, 0].expression - (w - eta * sympy.diff(cost, w))) == 0


# ------------------------------------------------------------------------- without targets


def test_without_targets_the_gradients_are_those_of_the_output():
    working = solve(chain_of([0.5, 0.5], "sigmoid", 1))["q"]
    text = str(working)
    assert "∂a₂/∂W₁" in text
    assert "∂L" not in text
    assert "η" not in text
    assert "<svg" in working.graph()


OF_STUDIES = {
    "params": 26,
    "params1": 15,
    "weights": 20,
    "orders1": 6,
    "he_variance2": Fraction(2, 3),
    "W_collapsed2": None,
    "b_collapsed": None,
}


@pytest.mark.parametrize("name", OF_STUDIES)
def test_a_quantity_of_a_study_can_be_asked_for(name):
    given = "inputs = 4\nlayers = [" + ", ".join(
        f'{{ layer = "Dense", units = {k}, kernel_initializer = "ones" }}' for k in (3, 2, 1)
    )
    working = solve(sheet(given + "]", [name]))["q"]
    assert list(working) == [name]
    if OF_STUDIES[name]:
        assert Fraction(str(working[name][()])) == OF_STUDIES[name]
    sampled = solve(sheet(given.replace("inputs = 4", "x = [[1, 2, 3, 4]]") + "]", ["z1", name]))["q"]
    assert list(sampled) == ["z1", name]


@pytest.mark.parametrize("name", ["slope1", "factor1", "product", "different1", "top1", "dead1"])
def test_a_quantity_of_a_study_of_samples_can_be_asked_for(name):
    chain = name in ("slope1", "factor1", "product")
    given = (
        DEAD if not chain else "x = [[1]]\ny = [1]\nlayers = [" + ONE.replace("linear", "relu") + ONE + "]"
    )
    assert list(solve(sheet(given, [name]))["q"]) == [name]


def test_several_outputs_can_be_worked_forward():
    given = """x = [[1, 2]]
layers = [{ layer = "Dense", units = 2, activation = "softmax", W = [[1, 0], [0, 1]] }]"""
    q = solve(sheet(given, ["forward"]))["q"]
    np.testing.assert_allclose(floats(q["a1"]), jax.nn.softmax(jnp.array([[1.0, 2.0]])), atol=1e-6)
    with pytest.raises(SheetError, match="find: 'gradients'"):
        solve(sheet(given, ["gradients"]))


def test_a_model_can_be_asked_for_studies():
    import chainrule

    model = chainrule.Sequential(
        [chainrule.Input((2,)), chainrule.layers.Dense(3, "relu"), chainrule.layers.Dense(1)]
    )
    model.compile(loss="mse")
    q = model.work(np.ones((1, 2)), np.ones((1, 1)), find=["parameters", "dead"])
    assert str(q["params"]) == "13"


# ------------------------------------------------------------------------------- in every format


@pytest.mark.slow
@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("ending", ["html", "tex", "md", "ipynb", "json"])
def test_every_format_shows_the_worksheets(name, ending, tmp_path):
    path = tmp_path / f"sheet.{ending}"
    Document([solved[name]]).save(path)
    text = path.read_text(encoding="utf-8")
    assert len(text) > 5000
    assert ending != "html" or "<svg" in text or name in ("06-networks", "08-initialization")


@pytest.mark.parametrize("rule", [counts.dense_parameters, counts.dense_weights])
def test_counts_hold_for_floats_and_exact_numbers(rule):
    assert float(rule(np.float64(4), np.float64(3))) == float(rule(Number(4), Number(3)))
