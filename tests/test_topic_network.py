"""Networks beyond their passes: counts, proofs, vanishing gradients, symmetries, penalties.

The worksheets are worked again by JAX in float64, with activations, losses and updates written out
here from their definitions and gradients from ``jax.grad``; nothing of chainrule is used for that.
"""

import itertools
import math
import os
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cli.main import run
from chainrule.paper.numbers import Number, worked_alike
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from chainrule.rules import networks, penalties

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras

WORKSHEETS = Path(__file__).parent.parent / "worksheets"
SHEETS = ("06-networks", "07-gradients", "08-initialization", "10-gradient-descent")


# ------------------------------------------------------------------------------- the oracle

ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + jnp.exp(-z)),
    "tanh": lambda z: (jnp.exp(z) - jnp.exp(-z)) / (jnp.exp(z) + jnp.exp(-z)),
    "relu": lambda z: jnp.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: jnp.where(z > 0, z, 0.01 * z),
    "softmax": lambda z: jnp.exp(z) / jnp.exp(z).sum(axis=1, keepdims=True),
}
LOSSES = {
    "mse": lambda y, a: ((y - a) ** 2).mean(),
    "1/2m": lambda y, a: ((y - a) ** 2).sum() / (2 * len(y)),
    "1/2": lambda y, a: ((y - a) ** 2).sum() / 2,
    "binary_crossentropy": lambda y, a: -(y * jnp.log(a) + (1 - y) * jnp.log(1 - a)).mean(),
}


def matrix(values, columns=False):
    array = np.array(values, dtype=float)
    return array.T if columns else array


def starting(table, inputs, columns):
    """The first weights of a layer, in rows."""
    units = table["units"]
    zeros = table.get("kernel_initializer") == "zeros"
    layer = {"W": np.zeros((inputs, units)) if zeros else matrix(table["W"], columns)}
    if table.get("use_bias", True):
        layer["b"] = matrix(table.get("b", [0.0] * units), columns).reshape(-1)
    return layer


def layer_activation(table):
    found = table.get("activation", "linear")
    return ACTIVATIONS[found["name"] if isinstance(found, dict) else found]


def passed(parameters, tables, x, shifts=None):
    """z and a of every layer; ``shifts`` are added to the z, to take gradients in them."""
    known = {}
    a = x
    for i, (table, layer) in enumerate(zip(tables, parameters, strict=True), start=1):
        z = a @ layer["W"] + layer.get("b", 0.0) + (0.0 if shifts is None else shifts[i - 1])
        a = layer_activation(table)(z)
        known |= {f"z{i}": z, f"a{i}": a}
    return known, a


def penalty_of(table, parameters, rows):
    by = {"1": 1, "1/2": 2, "1/m": rows, "1/2m": 2 * rows}[table.get("factor", "1")]
    absolute = lambda W: jnp.where(W > 0, W, jnp.where(W < 0, -W, 0.0))  # noqa: E731 - slope 0 at 0
    size = (lambda W: (W**2).sum()) if table["name"] == "l2" else (lambda W: absolute(W).sum())
    return table["lambda"] / by * sum(size(layer["W"]) for layer in parameters)


def reference(question):
    """Every quantity of a network question with numbers, by its name."""
    data = question["given"]
    tables = data["layers"]
    columns = question.get("convention") == "columns"
    x = matrix(data["x"], columns)
    x = x.reshape(1, -1) if x.ndim == 1 else x
    parameters, inputs = [], x.shape[1]
    for table in tables:
        parameters.append(starting(table, inputs, columns))
        inputs = table["units"]
    known, output = passed(parameters, tables, x)
    for i, layer in enumerate(parameters, start=1):
        known |= {f"{key}{i}": value for key, value in layer.items()}
    shifts = [jnp.zeros((len(x), table["units"])) for table in tables]
    if "y" not in data:
        if output.shape[1] == 1:
            total = lambda parameters, shifts: passed(parameters, tables, x, shifts)[1].sum()  # noqa: E731
            gradients(known, total, parameters, shifts, "")
        return known
    y = matrix(data["y"], columns).reshape(output.shape)
    name = data.get("loss", "mse")
    loss = LOSSES[name if isinstance(name, str) else name["factor"]]
    rate = data.get("optimizer", {}).get("learning_rate", 0.01)
    size, penalty = data.get("batch_size", len(x)), data.get("penalty")
    batches = [slice(i, i + size) for i in range(0, len(x), size)] * data.get("epochs", 1)
    known["loss_before"] = loss(y, output)
    for t, rows in enumerate(batches, start=1):
        ending = f".{t}" if len(batches) > 1 else ""
        here = [jnp.zeros((len(x[rows]), table["units"])) for table in tables]
        known |= {name + ending: value for name, value in passed(parameters, tables, x[rows])[0].items()}

        def cost(parameters, shifts, rows=rows):
            return loss(y[rows], passed(parameters, tables, x[rows], shifts)[1])

        known["loss" + ending] = cost(parameters, here)
        slopes = gradients(known, cost, parameters, here, ending)
        if penalty:
            charged = lambda parameters: penalty_of(penalty, parameters, len(x))  # noqa: E731
            known["penalty" + ending] = charged(parameters)
            known["cost" + ending] = known["loss" + ending] + known["penalty" + ending]
            slopes = jax.tree.map(jnp.add, slopes, jax.grad(charged)(parameters))
            for i, layer in enumerate(slopes, start=1):
                known[f"dW{i}_penalized{ending}"] = layer["W"]
        parameters = jax.tree.map(lambda value, slope: value - rate * slope, parameters, slopes)
        for i, layer in enumerate(parameters, start=1):
            known |= {f"{key}{i}{ending or '_new'}": value for key, value in layer.items()}
    known["loss_after"] = loss(y, passed(parameters, tables, x)[1])
    return known


def gradients(known, total, parameters, shifts, ending):
    """Put down the gradients in the parameters and in every z; returns the first."""
    slopes, inner = jax.grad(total, argnums=(0, 1))(parameters, shifts)
    for i, (layer, dz) in enumerate(zip(slopes, inner, strict=True), start=1):
        known |= {f"d{key}{i}{ending}": value for key, value in layer.items()}
        known[f"dz{i}{ending}"] = dz
    return slopes


def studied(question, known):
    """What the studies of a question find, from the quantities of the reference."""
    tables, found = question["given"]["layers"], {}
    depth = len(tables)
    if "factors" in question["find"]:
        norms = [float(jnp.linalg.norm(known[f"dz{i}"])) for i in range(1, depth + 1)]
        for i in range(1, depth):
            found[f"factor{i}"] = norms[i - 1] / norms[i]
        found["product"] = norms[0] / norms[-1]
        found |= {f"norm{i}": norm for i, norm in enumerate(norms, start=1)}
    if "symmetry" in question["find"]:
        last = max(
            (name for name in known if name.startswith("W1") and name != "W1"),
            key=lambda n: int(n.partition(".")[2] or 0),
        )
        units = np.vstack([known[last], known[last.replace("W1", "b1")], known[last.replace("W1", "W2")].T])
        found["different1"] = len(np.unique(np.round(units, 12), axis=1).T)
    if "dead" in question["find"]:
        found["top1"] = known["z1"].max(axis=0)
        found["dead1"] = int((found["top1"] <= 0).sum())
    return found


def sheet_of(name):
    return tomllib.loads((WORKSHEETS / f"{name}.toml").read_text(encoding="utf-8"))["question"]


def answers_of(name):
    text = (WORKSHEETS / "answers" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def has_numbers_only(question):
    data = question["given"]
    if question["topic"] != "network" or "x" not in data:
        return False
    return not any(isinstance(v, str) for v in np.asarray(data["x"], dtype=object).flat)


WORKED = [
    pytest.param(sheet, question, id=f"{sheet}-{question['id']}")
    for sheet in SHEETS
    for question in sheet_of(sheet)
    if has_numbers_only(question)
]


def as_float(answer):
    if isinstance(answer, list):
        return [as_float(part) for part in answer]
    return float(Fraction(answer)) if isinstance(answer, str) else float(answer)


def unit(answer):
    """Half of the last digit of each number of an answer."""
    if isinstance(answer, list):
        return [unit(part) for part in answer]
    return 0.5 * 10.0 ** answer.as_tuple().exponent if isinstance(answer, Decimal) else 0.0


@pytest.mark.parametrize(("sheet", "question"), WORKED)
def test_the_answers_are_those_of_jax(sheet, question):
    with jax.enable_x64(True):
        known = reference(question)
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


@pytest.fixture(scope="module")
def solved():
    return {sheet: solve(WORKSHEETS / f"{sheet}.toml") for sheet in SHEETS}


def sheet(given, find=None, more=""):
    """A question of the topic, from what is given."""
    asked = f"find = {find}" if find else ""
    return f"""
[[question]]
id = "q"
topic = "network"
{asked}
{more}
[question.given]
{given}
"""


def floats(values):
    return np.asarray(values, dtype=object).astype(float)


# ------------------------------------------------------------------------------- parameters

COUNTED = [q for q in sheet_of("06-networks") if q["id"].startswith("count-")]


@pytest.mark.parametrize("question", COUNTED, ids=lambda q: q["id"])
def test_keras_counts_the_same(question, solved):
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
def test_numpy_collapses_the_same(name, solved):
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


def test_both_ways_give_the_same_output(solved):
    text = str(solved["06-networks"])
    assert text.count("both ways give the same output") == 2
    assert "W' = W₂ W₁" in text
    assert "W' = W₁ W₂" in text


def test_sympy_multiplies_the_symbols(solved):
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


def test_sympy_differentiates_the_symbols(solved):
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


# ---------------------------------------------------------------------------------- factors


def chain_of(weights, activation, x):
    layers = ", ".join(
        f'{{ layer = "Dense", units = 1, use_bias = false, activation = "{activation}", W = [[{w}]] }}'
        for w in weights
    )
    return sheet(f"x = [[{x}]]\nlayers = [{layers}]", ["factors", "gradients"])


eighths = st.integers(-16, 16).filter(bool).map(lambda n: n / 8)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(eighths, min_size=2, max_size=6), st.sampled_from(["sigmoid", "tanh"]), eighths)
def test_each_gradient_is_the_one_behind_times_the_factor(weights, activation, x):
    q = solve(chain_of(weights, activation, x))["q"]

    def output(weights):
        a = x
        for w in weights:
            a = ACTIVATIONS[activation](a * w)
        return a

    with jax.enable_x64(True):
        slopes = jax.grad(output)([float(w) for w in weights])
    for i, slope in enumerate(slopes, start=1):
        assert float(q[f"dW{i}"][0, 0]) == pytest.approx(float(slope), abs=1e-11)
    for i in range(1, len(weights)):
        product = float(q[f"dz{i + 1}"][0, 0]) * float(q[f"factor{i}"][0, 0])
        assert float(q[f"dz{i}"][0, 0]) == pytest.approx(product, abs=1e-14)
    whole = float(q[f"dz{len(weights)}"][0, 0]) * float(q["product"][0, 0])
    assert float(q["dz1"][0, 0]) == pytest.approx(whole, abs=1e-14)


@pytest.mark.parametrize(
    ("weights", "activation", "said"),
    [
        ([0.5] * 4, "sigmoid", "vanishes"),
        ([5] * 4, "relu", "explodes"),
        ([1] * 4, "relu", "keeps its size"),
        ([1, -1, 1], "relu", "stops the gradient"),
    ],
)
def test_what_becomes_of_the_gradient_is_said(weights, activation, said):
    assert said in str(solve(chain_of(weights, activation, 2)))


def test_factors_may_be_symbols():
    q = solve(chain_of(['"u"', '"v"', '"w"'], "linear", '"x"'))["q"]
    v, w = sympy.symbols("v w", real=True)
    assert q["product"][0, 0].expression == v * w
    assert sympy.simplify(q["dW1"][0, 0].expression - v * w * sympy.Symbol("x", real=True)) == 0


def test_a_middle_layer_without_gradient_ends_the_factors():
    given = """x = [[1, 2]]
y = [1]
layers = [{ layer = "Dense", units = 2, activation = "tanh", W = [[1, 0], [0, 0]] },
  { layer = "Dense", units = 2, activation = "relu", W = [[0, 0], [0, 0]] },
  { layer = "Dense", units = 1, W = [[3], [1]] }]"""
    solution = solve(sheet(given, ["factors"]))
    assert float(solution["q"]["product"][()]) == 0
    assert "A factor of 0 stops the gradient" in str(solution)


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        ("factor = 1e300, depth = 100", "1·10^30000 times as large, in 100 steps back, 1·10^300 times"),
        ("factor = 0.1, depth = 5", "0.00001 times as large, in 5 steps back, 0.1 times in each"),
        ("factor = 10, depth = 4", "10000 times as large, in 4 steps back, 10 times in each"),
    ],
)
def test_sizes_in_a_sentence_are_numbers_as_elsewhere(chain, said):
    solution = solve(sheet(f"chain = {{ {chain} }}"))
    assert said in " ".join(str(solution).split())
    assert solution._repr_html_()


def test_a_product_that_was_rounded_away_is_not_laid_to_a_factor():
    solution = solve(sheet("chain = { factor = 0.3, depth = 5 }", more="rounding = 2"))
    assert "Rounded like this" in str(solution)
    assert "3/10" not in str(solution)


def test_a_chain_and_its_learning_rate_may_be_names():
    given = """chain = { factors = [0.5], parameter = 1 }
optimizer = { name = "SGD", learning_rate = "eta" }"""
    working = solve(sheet(given))["q"]
    eta = sympy.Symbol("eta", real=True)
    assert sympy.expand(working["w_new"][()].expression - (1 - eta / 2)) == 0


def test_the_products_are_numpys(solved):
    question = next(q for q in sheet_of("07-gradients") if q["id"] == "slopes-and-weights")
    chain = question["given"]["chain"]
    right = np.cumprod(np.array(chain["slopes"]) * np.array(chain["weights"]))
    q = solved["07-gradients"]["slopes-and-weights"]
    np.testing.assert_allclose(floats(q["products"]), right, atol=1e-15)
    assert float(q["gradient"][()]) == pytest.approx(right[-1])


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.lists(eighths, min_size=1, max_size=12))
def test_listed_factors_multiply(factors):
    q = solve(sheet(f"chain = {{ factors = {factors} }}"))["q"]
    assert Fraction(str(q["gradient"][()])) == math.prod(map(Fraction, factors))


# ------------------------------------------------------------------------ alike, and dead


@settings(derandomize=True, deadline=None, max_examples=15)
@given(
    st.sampled_from(["sigmoid", "tanh", "relu"]),
    st.integers(0, 8).map(lambda n: n / 8),
    st.integers(2, 4),
    st.integers(1, 4),
)
def test_units_that_start_alike_stay_alike(activation, start, units, epochs):
    W1, W2 = [[start] * units] * 2, [[start]] * units
    given = f"""x = [[1, 2], [2, -1]]
y = [1, 0]
loss = "binary_crossentropy"
epochs = {epochs}
layers = [{{ layer = "Dense", units = {units}, activation = "{activation}", W = {W1} }},
  {{ layer = "Dense", units = 1, activation = "sigmoid", W = {W2} }}]"""
    q = solve(sheet(given, ["symmetry", "update"]))["q"]
    assert str(q["different1"]) == "1"
    last = floats(q["W1_new" if epochs == 1 else f"W1.{epochs}"])
    np.testing.assert_array_equal(last, last[:, :1] * np.ones(units))


def test_units_that_differ_only_in_their_outgoing_weights_part():
    given = """x = [[1, 2]]
y = [[1]]
epochs = 2
layers = [{ layer = "Dense", units = 2, activation = "tanh", W = [[0.1, 0.1], [0.2, 0.2]] },
  { layer = "Dense", units = 1, W = [[0.5], [0.6]] }]"""
    working = solve(sheet(given, ["symmetry", "update"]))["q"]
    assert str(working["different1"]) == "2"
    last = floats(working["W1.2"])
    assert abs(last[:, 0] - last[:, 1]).min() > 1e-6


def test_what_has_not_moved_is_named():
    solution = str(solve(WORKSHEETS / "08-initialization.toml"))
    assert "No update has changed W₁, b₁, W₂: their gradients are 0; only b₂ changed." in solution


ALIKE = """x = [[1, 2]]
y = [1]
layers = [{ layer = "Dense", units = 3, activation = "tanh", W = [[0.1, 0.2, 0.1], [0.3, 0.4, 0.3]] },
  { layer = "Dense", units = 1, W = [[1], [2], [1]] }]"""


def test_a_layer_in_which_some_units_are_alike_is_not_said_to_be_one_unit():
    text = str(solve(sheet(ALIKE, ["symmetry"])))
    assert "alike: 1 and 3" in text
    assert "no more than one unit" not in text
    assert "number of different units in layer 1" in text


def test_a_gradient_that_rounding_hides_is_not_said_to_be_0():
    text = str(solve(sheet(ALIKE, ["symmetry"], "rounding = 1")))
    assert "No update has changed b₁, W₂, b₂; only W₁ changed." in text


DEAD = """x = [[1, 2], [2, 1]]
y = [1, 2]
penalty = { name = "l2", lambda = 0.5 }
layers = [{ layer = "Dense", units = 2, activation = "relu", W = [[1, 1], [1, 1]], b = [-10, 0] },
  { layer = "Dense", units = 1, W = [[1], [1]] }]"""


def test_a_given_root_is_not_said_to_be_its_decimals(tmp_path):
    solution = solve(
        sheet(
            """x = [["√2", 1]]
layers = [{ layer = "Dense", units = 1, W = [[1], [2]] }]""",
            ["z1"],
        )
    )
    assert "x ≈ [[1.41421, 1]]" in str(solution)
    assert "W₁ = [[1], [2]]" in str(solution)
    for ending in ("md", "tex"):
        solution.save(tmp_path / f"q.{ending}")
        assert r"x \approx" in (tmp_path / f"q.{ending}").read_text(encoding="utf-8")


def test_the_orders_of_many_units_are_a_product_with_dots():
    text = str(solve(sheet("inputs = 2\nlayers = [" + WIDE.replace("200", "100") + WIDE + "]", ["orders1"])))
    assert "orders₁ = 1·2·3·…·99·100 ≈ 9.33262e157" in text


def test_a_penalty_still_moves_a_dead_unit():
    text = str(solve(sheet(DEAD, ["dead"])))
    assert "only the penalty" in text
    assert "for ever" not in text
    without = DEAD.replace('penalty = { name = "l2", lambda = 0.5 }\n', "")
    assert "for ever" in str(solve(sheet(without, ["dead"])))


def test_balls_worked_alike_are_equal_and_others_are_told_apart():
    def worked(start):
        a = Number(start).exp()
        return ((a + 1).log() * a.tanh()) ** 3 / (1 + a**2).sqrt()

    same, other, exact, twin = worked_alike([worked("1/3"), worked("1/2"), Number("2/4"), Number("1/2")])
    again = worked_alike([worked("1/3"), worked("1/3")])
    assert again[0] == again[1]
    assert len({same, other, exact}) == 3
    assert exact == twin
    one, two = worked_alike([worked("1/3") ** 2, worked("1/3") ** 3])
    assert one != two


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.tuples(*[st.integers(-6, 6)] * 3), min_size=2, max_size=4), st.booleans())
def test_dead_units_are_those_that_numpy_finds(columns, stochastic):
    W, b = [[c[0] for c in columns], [c[1] for c in columns]], [c[2] for c in columns]
    x, y = np.array([[1, 2], [-1, 1], [3, -2]]), [1, 0, 2]
    units = len(columns)
    given = f"""x = {x.tolist()}
y = {y}
{"batch_size = 1" if stochastic else ""}
optimizer = {{ name = "SGD", learning_rate = 0.125 }}
layers = [{{ layer = "Dense", units = {units}, activation = "relu", W = {W}, b = {b} }},
  {{ layer = "Dense", units = 1, W = {[[1]] * units} }}]"""
    q = solve(sheet(given, ["dead"]))["q"]
    z = x @ np.array(W) + np.array(b)
    assert int(float(q["dead1"][()])) == int((z <= 0).all(axis=0).sum())
    np.testing.assert_array_equal(floats(q["top1"]), z.max(axis=0))
    last = q.tape["W1.3" if stochastic else "W1_new"].value
    for j in np.flatnonzero((z <= 0).all(axis=0)):
        assert [str(v) for v in last[:, j]] == [str(W[0][j]), str(W[1][j])]


# --------------------------------------------------------------------------------- penalties


@pytest.mark.parametrize("factor", penalties.FACTORS)
@pytest.mark.parametrize("kind", penalties.KINDS)
def test_the_gradient_of_a_penalty_is_that_of_jax(kind, factor):
    rng = np.random.default_rng(1)
    W1, W2 = rng.normal(size=(3, 2)), rng.normal(size=(2, 1))
    scaling = (0.3, 5.0)[: len(penalties.strength_inputs(factor))]
    with jax.enable_x64(True):
        penalty = penalties.penalty_rule(kind, factor, 2)
        slope = jax.grad(lambda W: penalty(*scaling, W, jnp.array(W2)))(jnp.array(W1))
        found = penalties.penalized_gradient_rule(kind, factor)(jnp.zeros((3, 2)), jnp.array(W1), *scaling)
    np.testing.assert_allclose(found, slope, atol=1e-11)


def test_keras_penalizes_the_same():
    W = np.array([[0.5, -2.0], [3.0, 0.0]], np.float32)
    for kind, regularizer in (("l1", keras.regularizers.L1(0.3)), ("l2", keras.regularizers.L2(0.3))):
        found = penalties.penalty_rule(kind, "1", 1)(np.float32(0.3), W)
        assert float(found) == pytest.approx(float(regularizer(W)), rel=1e-6)


PENALIZED = """x = [[1, 2], [2, 1], [0, 1]]
y = [[5], [4], [1]]
epochs = 2
batch_size = 2
penalty = {{ name = "{kind}", lambda = 0.1, factor = "{factor}" }}
optimizer = {{ name = "SGD", learning_rate = 0.125{more} }}
layers = [{{ layer = "Dense", units = 2, activation = "tanh", W = [[0.25, -0.5], [0.5, 0.75]] }},
  {{ layer = "Dense", units = 1, W = [[0.5], [-0.75]] }}]"""


@pytest.mark.parametrize("kind", penalties.KINDS)
@pytest.mark.parametrize("factor", penalties.FACTORS)
@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_updates_with_a_penalty_are_those_of_keras(kind, factor, momentum):
    more = f", momentum = {momentum}" if momentum else ""
    given = PENALIZED.format(kind=kind, factor=factor, more=more)
    q = solve(sheet(given, ["update"]))["q"]
    strength = 0.1 / {"1": 1, "1/2": 2, "1/m": 3, "1/2m": 6}[factor]
    regularizer = keras.regularizers.L1(strength) if kind == "l1" else keras.regularizers.L2(strength)
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(2, activation="tanh", kernel_regularizer=regularizer),
            keras.layers.Dense(1, kernel_regularizer=regularizer),
        ]
    )
    model.set_weights([np.array(v) for v in ([[0.25, -0.5], [0.5, 0.75]], [0, 0], [[0.5], [-0.75]], [0])])
    model.compile(keras.optimizers.SGD(0.125, momentum=momentum), "mse")
    x, y = np.array([[1, 2], [2, 1], [0, 1]], np.float32), np.array([[5], [4], [1]], np.float32)
    model.fit(x, y, batch_size=2, epochs=2, shuffle=False, verbose=0)
    for name, right in zip(("W1.4", "b1.4", "W2.4", "b2.4"), model.weights, strict=True):
        np.testing.assert_allclose(floats(q.tape[name].value), np.asarray(right.value), atol=2e-5)


def test_weight_decay_is_gradient_descent_on_the_cost(solved):
    q = solved["10-gradient-descent"]["l2"]
    for name in ("W1", "W2"):
        slope, rate = q[f"d{name}_penalized"], Number("0.01")
        start = q.tape[name].value
        for new, old, d in zip(q[f"{name}_new"].flat, start.flat, slope.flat, strict=True):
            assert new == old - rate * d
    assert str(q["cost"]) == str(q["loss"][()] + q["penalty"][()])
    assert "penalty" in {part.id for part in q.parts}


def test_the_graph_shows_the_loss_alone(solved):
    for name in ("l2", "l1"):
        svg = solved["10-gradient-descent"][name].graph()
        assert "MSE" in svg
        assert "penalty" not in svg


def test_samples_in_columns_are_penalized_the_same():
    rows = """x = [[1, 2]]
y = [[5]]
penalty = { name = "l2", lambda = 0.1 }
layers = [{ layer = "Dense", units = 1, W = [[0.5], [0.25]] }]"""
    columns = rows.replace("[[1, 2]]", "[[1], [2]]").replace("[[0.5], [0.25]]", "[[0.5, 0.25]]")
    one = solve(sheet(rows))["q"]
    two = solve(sheet(columns, more='convention = "columns"'))["q"]
    assert str(one["cost"]) == str(two["cost"])
    assert (one["W1_new"] == two["W1_new"].T).all()


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


ONE = '{ layer = "Dense", units = 1, activation = "linear", W = [[2]] },'


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


# --------------------------------------------------------------------------------- mistakes

TWO = (
    'layers = [{ layer = "Dense", units = 2, W = [[1, 2]] }, { layer = "Dense", units = 1, W = [[1], [2]] }]'
)
RELU = TWO.replace("units = 2,", 'units = 2, activation = "relu",')
WIDE = "{ layer = 'Dense', units = 200, kernel_initializer = 'ones' },"
PLACES = "x = [[1]]\ny = [[1]]\n"
MISTAKES = {
    "nothing": (sheet(""), ["given.layers", "is missing"]),
    "layers alone": (sheet(TWO), ["given.x", "is missing", "how many inputs"]),
    "no y": (sheet("x = [[1]]\n" + TWO), ["given.y", "is missing", "say in find"]),
    "an update without y": (sheet("x = [[1]]\n" + TWO, ["update"]), ["find: 'update'"]),
    "a penalty without y": (
        sheet("x = [[1]]\npenalty = { name = 'l2', lambda = 1 }\n" + TWO, ["forward"]),
        ["given.penalty", "without y"],
    ),
    "inputs and x": (sheet("inputs = 1\n" + PLACES + TWO), ["given.inputs", "leave it out"]),
    "sizes and y": (sheet("inputs = 1\ny = [[1]]\n" + TWO), ["given.y", "without x"]),
    "forward of sizes": (
        sheet("inputs = 1\n" + TWO, ["forward"]),
        ["find: 'forward'", "needs x", "parameters"],
    ),
    "inputs of 0": (sheet("inputs = 0\n" + TWO), ["given.inputs"]),
    "inputs that do not fit": (sheet("inputs = 3\n" + TWO, ["collapse"]), ["given.layers[1].W", "3 × 2"]),
    "collapse of ReLU": (sheet(PLACES + RELU, ["collapse"]), ["find: collapse", "relu", "layer 1"]),
    "collapse of one layer": (
        sheet(PLACES + 'layers = [{ layer = "Dense", units = 1, W = [[1]] }]', ["collapse"]),
        ["find: collapse", "two Dense layers"],
    ),
    "collapse of a layer that is not dense": (
        sheet(
            PLACES + 'layers = [{ layer = "Dense", units = 1, W = [[1]] }, { layer = "ELU" }]', ["collapse"]
        ),
        ["find: collapse", "layer 2 is ELU"],
    ),
    "factors of one layer": (
        sheet(PLACES + 'layers = [{ layer = "Dense", units = 1, W = [[1]] }]', ["factors"]),
        ["find: factors", "two Dense layers"],
    ),
    "factors through softmax": (
        sheet(PLACES + TWO.replace("units = 2,", 'units = 2, activation = "softmax",'), ["factors"]),
        ["find: factors", "softmax", "layer 1"],
    ),
    "factors of no gradient": (
        sheet("x = [[1]]\ny = [[5]]\n" + TWO, ["factors"]),
        ["find: factors", "gradient in layer 2 is 0"],
    ),
    "dead without ReLU": (sheet(PLACES + TWO, ["dead"]), ["find: dead", "relu"]),
    "symmetry without updates": (sheet("x = [[1]]\n" + TWO, ["symmetry"]), ["find: symmetry needs y"]),
    "symmetry of single units": (
        sheet(
            PLACES
            + TWO.replace("units = 2, W = [[1, 2]]", "units = 1, W = [[1]]").replace("[[1], [2]]", "[[1]]"),
            ["symmetry"],
        ),
        ["find: symmetry", "two units or more"],
    ),
    "configurations without hidden layer": (
        sheet('inputs = 2\nlayers = [{ layer = "Dense", units = 1 }]', ["configurations"]),
        ["find: configurations", "hidden layer"],
    ),
    "configurations of many units": (
        sheet(
            'inputs = 2\nlayers = [{ layer = "Dense", units = 101 }, { layer = "Dense", units = 1 }]',
            ["configurations"],
        ),
        ["find: configurations", "at most 100", "101"],
    ),
    "a part that is not there": (sheet(PLACES + TWO, ["foward"]), ["find: 'foward'", "symmetry"]),
    "a penalty by its name": (
        sheet(PLACES + 'penalty = "l2"\n' + TWO),
        ["given.penalty", "expected a table"],
    ),
    "an unknown penalty": (
        sheet(PLACES + "penalty = { name = 'l3', lambda = 1 }\n" + TWO),
        ["given.penalty.name", "l1, l2", "'l3'"],
    ),
    "an unknown factor": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = 1, factor = '1/3' }\n" + TWO),
        ["given.penalty.factor", "1/2m", "'1/3'"],
    ),
    "a factor that is a number": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = 1, factor = 0.25 }\n" + TWO),
        ["given.penalty.factor", "1/2m"],
    ),
    "a penalty without lambda": (
        sheet(PLACES + "penalty = { name = 'l2' }\n" + TWO),
        ["given.penalty.lambda", "is missing"],
    ),
    "a negative lambda": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = -1 }\n" + TWO),
        ["given.penalty.lambda", "not below 0"],
    ),
    "several lambdas": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = [1, 2] }\n" + TWO),
        ["given.penalty.lambda", "expected one number"],
    ),
    "a key of the penalty": (
        sheet(PLACES + "penalty = { name = 'l2', lamda = 1 }\n" + TWO),
        ["given.penalty.lamda", "did you mean 'lambda'?"],
    ),
    "a penalty on no weights": (
        sheet(PLACES + "penalty = { name = 'l2', lambda = 1 }\nlayers = [{ layer = 'PReLU' }]"),
        ["given.penalty", "no weights"],
    ),
    "a chain and layers": (sheet("chain = { factor = 1, depth = 2 }\n" + PLACES + TWO), ["given.chain"]),
    "a chain and y": (sheet("y = [1]\nchain = { factor = 1, depth = 2 }"), ["given.y", "without layers"]),
    "a factor without depth": (sheet("chain = { factor = 1 }"), ["given.chain", "depth and factor"]),
    "a chain of nothing": (sheet("chain = {}"), ["given.chain", "none of them"]),
    "a chain beside layers": (
        sheet("chain = { factor = 1, depth = 2 }\nlayers = [{ layer = 'Dense', units = 1 }]"),
        ["given.chain", "layers"],
    ),
    "a collapse that takes minutes": (
        sheet("inputs = 200\nlayers = [" + WIDE + WIDE + "]", ["collapse"]),
        ["find: collapse", "8,000,000", "200,000"],
    ),
    "a network that takes minutes": (
        sheet("x = [[1, 2]]\nlayers = [" + WIDE * 15 + "]", ["forward"]),
        ["given.layers", "products and results", "500,000"],
    ),
    "a thousand updates in full": (
        sheet("x = [[1]]\ny = [2]\nepochs = 1000\nlayers = [" + ONE + "]"),
        ["find", "2,000", "loss_after"],
    ),
    "a penalty that is not there": (
        sheet("x = [[1]]\ny = [2]\nlayers = [" + ONE + "]", ["penalty"]),
        ["find", "parts are updates, forward, loss, gradients"],
    ),
    "gradients of two outputs": (
        sheet("x = [[1]]\nlayers = [{ layer = 'Dense', units = 2, W = [[1, 1]] }]", ["gradients"]),
        ["find", "there is no y"],
    ),
    "units with a point": (
        sheet("inputs = 2\nlayers = [{ layer = 'Dense', units = 2.0 }]"),
        ["given.layers[1]", "got 2.0"],
    ),
    "two kinds of chain": (
        sheet("chain = { factor = 1, depth = 2, factors = [1] }"),
        ["given.chain", "depth and factor, or factors"],
    ),
    "too deep a chain": (sheet("chain = { factor = 2, depth = 101 }"), ["given.chain.depth", "100"]),
    "too long a chain": (sheet(f"chain = {{ factors = {[2] * 101} }}"), ["given.chain", "100"]),
    "fewer weights than slopes": (
        sheet("chain = { slopes = [1, 2], weights = [1] }"),
        ["given.chain.weights", "a weight per slope"],
    ),
    "a key of the chain": (sheet("chain = { factr = 1, depth = 2 }"), ["given.chain.factr", "factor"]),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named_with_their_place(text, expected):
    with pytest.raises(SheetError) as error:
        solve(text + "\n")
    message = str(error.value)
    assert "\n" not in message
    assert all(part in message for part in expected), message


def test_the_command_line_says_it_too(tmp_path, capsys):
    path = tmp_path / "bad.toml"
    path.write_text(sheet(PLACES + RELU, ["collapse"]))
    assert run(["solve", str(path)]) == 2
    said = capsys.readouterr().err
    assert "find: collapse" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("ending", ["html", "tex", "md", "ipynb", "json"])
def test_every_format_shows_the_worksheets(name, ending, tmp_path, solved):
    path = tmp_path / f"sheet.{ending}"
    Document([solved[name]]).save(path)
    text = path.read_text(encoding="utf-8")
    assert len(text) > 5000
    assert ending != "html" or "<svg" in text or name in ("06-networks", "08-initialization")


@pytest.mark.parametrize("rule", [networks.dense_parameters, networks.dense_weights])
def test_counts_hold_for_floats_and_exact_numbers(rule):
    assert float(rule(np.float64(4), np.float64(3))) == float(rule(Number(4), Number(3)))
