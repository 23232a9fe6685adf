"""Vanishing gradients, units that are alike, and dead units."""

import math
from fractions import Fraction

import jax
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.paper.numbers import Number, worked_alike
from chainrule.paper.solving import solve
from network_oracle import ACTIVATIONS, DEAD, WIDE, WORKSHEETS, chain_of, floats, sheet, sheet_of, solved

# ---------------------------------------------------------------------------------- factors


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


def test_the_products_are_numpys():
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
