"""Derivations: every line true, every false claim refuted, every mistake named."""

import json
import subprocess
import sys
import time
import tomllib
from itertools import pairwise
from pathlib import Path

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import mpmath
import nbformat
import numpy as np
import pytest
import sympy
from hypothesis import given, settings

from chainrule.cli.main import main
from chainrule.paper.formulas import Formula
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.topics.identity import IDENTITIES
from chainrule.paper.topics.identity.calculus import differentiate
from chainrule.paper.topics.identity.equality import compare
from chainrule.paper.topics.identity.expressions import by_rule, named, parsed, symbol
from chainrule.paper.topics.identity.normal_form import NormalForm
from chainrule.paper.topics.identity.proofs import Derivation, ProofError
from chainrule.paper.topics.identity.quotients import Care, TooLargeError
from chainrule.paper.workings import Chain, Document
from chainrule.rules.activations import ACTIVATIONS
from chainrule.rules.calculus import through_slope
from chainrule.rules.residuals import mean_square, weighted_sum

SHEETS = Path(__file__).parent.parent / "worksheets"
Z, X, Y, P, Q = sympy.symbols("z x y p q", real=True)
SIGMOID = 1 / (1 + sympy.exp(-Z))


def worked(**given):
    """The working of one question."""
    convention = given.pop("convention", "rows")
    find = given.pop("find", None)
    lines = [f"{key} = {toml(value)}" for key, value in given.items()]
    found = f"find = {toml(find)}\n" if find else ""
    head = (
        f'[[question]]\nid = "q"\ntopic = "identity"\nconvention = "{convention}"\n{found}[question.given]\n'
    )
    return solve(head + "\n".join(lines))["q"]


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def chains(working):
    return [item for part in working.parts for item in part.items if isinstance(item, Chain)]


def formula(value):
    return Formula(np.asarray(value, dtype=object).item()).expression


def same(left, right):
    """SymPy's own simplification, which the topic does not use."""
    return sympy.simplify(left - right) == 0


# ------------------------------------------------------------------- equal, or not, or unknown

EQUAL = [
    (sympy.diff(SIGMOID, Z), SIGMOID * (1 - SIGMOID)),
    (sympy.log(SIGMOID / (1 - SIGMOID)), Z),
    (sympy.tanh(sympy.log((1 + Z) / (1 - Z)) / 2), Z),
    (sympy.log((1 + sympy.tanh(Z)) / (1 - sympy.tanh(Z))) / 2, Z),
    (sympy.log(1 + sympy.exp(Z)) - Z, sympy.log(1 + sympy.exp(-Z))),
    (sympy.sin(X + Y), sympy.sin(X) * sympy.cos(Y) + sympy.cos(X) * sympy.sin(Y)),
    (sympy.cos(3 * X), 4 * sympy.cos(X) ** 3 - 3 * sympy.cos(X)),
    (sympy.sqrt(X**4 + 2 * X**2 + 1), X**2 + 1),
    (sympy.sqrt(6 + 2 * X), sympy.sqrt(2) * sympy.sqrt(3 + X)),
    (sympy.sqrt(12), 2 * sympy.sqrt(3)),
    (sympy.log(12), 2 * sympy.log(2) + sympy.log(3)),
    (2**Z, sympy.exp(Z * sympy.log(2))),
    ((sympy.exp(Z) - 1) / (sympy.exp(Z / 3) - 1), sympy.exp(2 * Z / 3) + sympy.exp(Z / 3) + 1),
    (sympy.erf(-Z), -sympy.erf(Z)),
    ((X - 1) ** 2 / sympy.Abs(X - 1), sympy.Abs(X - 1)),
    (sympy.Abs(X * Y), sympy.Abs(X) * sympy.Abs(Y)),
]
DIFFERENT = [
    (sympy.exp(Z), 1 + Z + Z**2 / 2),
    (sympy.sqrt(Z**2), Z),
    (sympy.sin(X) ** 2, 1 - sympy.cos(X) ** 2 + sympy.Rational(1, 10**40)),
    (sympy.log(X**2), 2 * sympy.log(sympy.Abs(X)) + sympy.Rational(1, 10**9)),
    (sympy.tanh(Z), sympy.sin(Z)),
    (sympy.Integer(1), sympy.Integer(2)),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_formulas_are_proven_equal(left, right):
    assert compare(left, right).equal is True
    assert compare(left, right + sympy.Rational(1, 10**30)).equal is False


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different_formulas_are_refuted_by_a_point(left, right):
    found = compare(left, right)
    assert found.equal is False
    at = {name: sympy.Rational(v.numerator, v.denominator) for name, v in found.point.items()}
    difference = (left - right).subs(at)
    assert abs(difference.evalf(80)) > 1e-60


def test_what_cannot_be_settled_is_left_open():
    """√2 + √3 against its square's root: equal, but the roots' variables know no relation."""
    left, right = sympy.sqrt(2) + sympy.sqrt(3), sympy.sqrt(5 + 2 * sympy.sqrt(6))
    assert compare(left, right).equal is None
    working = worked(left="√2 + √3", right="√(5 + 2√6)")
    assert str(working["holds"].item()) == "undecided"
    assert "no proof" in str(working)


def test_large_formulas_are_not_multiplied_out():
    many = sympy.symbols("c0:12", real=True)
    start = time.perf_counter()
    with pytest.raises(TooLargeError):
        NormalForm().of((1 + sum(many)) ** 60 - sum(n**2 for n in many) ** 40)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("care", Care)
@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_no_care_takes_different_formulas_for_equal(care, left, right):
    assert not NormalForm(care).is_zero(left - right)


def expressions():
    leaves = st.sampled_from([Z, X, sympy.Integer(1), sympy.Integer(-2), sympy.Rational(1, 3)])

    def grown(inner):
        functions = st.sampled_from(
            [sympy.exp, sympy.tanh, sympy.sin, sympy.cos, lambda e: sympy.log(1 + e**2)]
        )
        return st.one_of(
            st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
            st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
            st.tuples(inner, inner).map(lambda p: p[0] / (1 + p[1] ** 2)),
            st.tuples(functions, inner).map(lambda p: p[0](p[1])),
        )

    return st.recursive(leaves, grown, max_leaves=5)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(expressions(), expressions())
def test_what_is_proven_equal_has_the_same_values(left, right):
    """The verdict against mpmath: a proof is never wrong, and neither is a refutation."""
    found = compare(left, right)
    at = {Z: sympy.Rational(3, 7), X: sympy.Rational(-5, 11)}
    with mpmath.workdps(60):
        gap = abs(mpmath.mpmathify((left - right).subs(at).evalf(60)))
    if found.equal:
        assert gap < mpmath.mpf(10) ** -40
    if gap > mpmath.mpf(10) ** -20:
        assert found.equal is not True


@settings(derandomize=True, deadline=None, max_examples=60)
@given(expressions(), expressions())
def test_rearranged_formulas_are_recognized(left, right):
    assert compare((left + right) ** 2, left**2 + 2 * left * right + right**2).equal is not False
    assert compare(sympy.exp(left + right), sympy.exp(left) * sympy.exp(right)).equal is not False


# ----------------------------------------------------------------------------- derivations


def test_a_line_that_does_not_follow_is_never_kept():
    z = symbol("z")
    proof = Derivation(z**2 - 1)
    proof.line((z - 1) * (z + 1), "difference of squares")
    with pytest.raises(ProofError, match="does not follow"):
        proof.line((z - 1) ** 2, "a slip")
    assert len(proof.lines) == 1


@pytest.mark.parametrize(
    "text",
    [
        "1/(1+exp(-z))",
        "z/(1+exp(-z))",
        "(1-z^2)^3*sin(2z)",
        "sqrt(1+z^2)*ln(2+z^2)",
        "log2(3+z^2)/(z^2+1)",
        "tanh(z^2)*erf(z)",
        "cos(exp(z))/2 - 3z + z^-2",
        "(z^2+1)/(z^4+2)",
        "-(z*exp(z))",
    ],
)
def test_every_line_of_a_derivative_is_the_derivative(text):
    """Against mpmath's numerical differentiation of the text's own value."""
    e, z = parsed(text), symbol("z")
    value = sympy.lambdify(Z, e.formula().expression, "mpmath")
    slope = mpmath.diff(value, mpmath.mpf("0.7"))
    lines = list(differentiate(e, z))
    assert lines
    for line, reason in lines:
        assert reason
        assert abs(complex(line.formula().expression.subs(Z, 0.7).evalf()) - complex(slope)) < 1e-9
    assert "\\frac{d}" not in lines[-1][0].tex


def test_what_has_no_rule_is_refused():
    with pytest.raises(ArithmeticError, match="no rule"):
        list(differentiate(abs(symbol("z")), symbol("z")))


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("1/(1+exp(-z))", r"\frac{1}{1 + e^{-z}}"),
        ("-(-z)", "-(-z)"),
        ("(a+b)*(a-b)", "(a + b) (a - b)"),
        ("2*3*z", r"2 \cdot 3 z"),
        ("(a/b)^2", r"\left( \frac{a}{b} \right)^{2}"),
        ("a-(b-c)", "a - (b - c)"),
        ("a*(-b)", "a (-b)"),
        ("ln(a/b)", r"\ln\left( \frac{a}{b} \right)"),
        ("√2*x", r"\sqrt{2} x"),
        ("0.5*w1", r"\frac{1}{2} w_{1}"),
    ],
)
def test_expressions_are_written_as_they_were_given(text, tex):
    assert parsed(text).tex == tex


def test_the_formula_that_is_proven_is_the_one_that_trains():
    z = symbol("z")
    for name in ("sigmoid", "tanh"):
        entry = ACTIVATIONS[name]
        body = by_rule(entry.forward, z)
        trains = by_rule(entry.derivative, z, named("a", body))
        assert compare(sympy.diff(body.formula().expression, Z), trains.formula().expression).equal
        at = np.array([0.3])
        assert float(entry.derivative(at, entry.forward(at))[0]) == pytest.approx(
            float(jax.grad(lambda v, e=entry: e.forward(v))(0.3)), abs=1e-6
        )


NAMED = {
    "softmax_derivative": [{"classes": 2}, {"classes": 4}],
    "softmax_shift": [{}, {"classes": 5}],
    "softmax_crossentropy": [{"classes": 2}, {"classes": 4}],
    "activation_derivative": [
        {"activation": n} for n in ("sigmoid", "tanh", "relu", "elu", "selu", "linear", "prelu")
    ],
    "backpropagation": [
        {"sizes": [2, 3, 1], "activations": "sigmoid"},
        {"sizes": [2, 2, 2], "convention": "columns"},
        {"sizes": [1, 1], "activations": "tanh", "loss": "mse"},
        {"sizes": [2, 3], "activations": "softmax", "loss": "categorical_crossentropy"},
        {"sizes": [2, 2, 1], "activations": ["relu", "sigmoid"], "loss": "bce"},
        {"sizes": [2, 2, 2], "activations": ["tanh", "sigmoid"], "loss": "bce"},
        {"sizes": [3, 3, 3, 3], "activations": "sigmoid", "convention": "columns"},
    ],
    "linear_layers": [{"sizes": [2, 3, 1]}, {"sizes": [1, 2, 2, 1], "convention": "columns"}],
    "weight_decay": [{}, {"penalty": "lambda"}, {"penalty": "lambda/2n"}],
    "uniform": [{}, {"a": 2, "b": "7/2"}],
    "batch_normalization": [{}, {"epsilon": "added"}, {"epsilon": "none"}],
}


@pytest.mark.parametrize(
    ("identity", "more"), [(name, more) for name in IDENTITIES for more in NAMED.get(name, [{}])]
)
def test_every_identity_is_derived_soon(identity, more):
    start = time.process_time()
    working = worked(identity=identity, **more)
    assert time.process_time() - start < 10
    assert chains(working) or identity == "linear_layers"
    assert all(len(chain.links) > 1 and all(link.reason for link in chain.links) for chain in chains(working))
    assert working.names


@pytest.mark.parametrize("name", sorted(n for n, e in ACTIVATIONS.items() if e.derivative))
def test_every_activation_has_a_slope_or_a_reason(name):
    """Also those that are yet to come: derived, or refused in a line that says why."""
    try:
        shown = bool(chains(worked(identity="activation_derivative", activation=name)))
    except SheetError as error:
        shown = "meet elsewhere" in str(error)
    assert shown


def test_elu_has_a_corner_unless_alpha_is_1():
    working = worked(identity="activation_derivative", activation="elu")
    assert str(working["differentiable"].item()) == "only for alpha = 1"
    for alpha, word in ((1, "yes"), (0.3, "no")):
        working = worked(identity="activation_derivative", activation={"name": "elu", "alpha": alpha})
        assert str(working["differentiable"].item()) == word
    step = worked(identity="activation_derivative", activation="step")
    assert str(step["differentiable"].item()) == "no"


# ---------------------------------------------------------------------------- backpropagation


def jax_gradients(sizes, activation, output, loss, values):
    """∂J/∂W and ∂J/∂b by JAX, for numbers in the place of the letters."""

    def whole(parameters):
        a = values["x"]
        for i, (W, b) in enumerate(parameters):
            a = (output if i == len(parameters) - 1 else activation)(a @ W + b)
        return loss(values["y"], a)

    return jax.grad(whole)(values["parameters"])


CASES = {
    "sigmoid-half": (
        [2, 3, 2],
        {"activations": "sigmoid"},
        jax.nn.sigmoid,
        jax.nn.sigmoid,
        lambda y, a: jnp.sum((a - y) ** 2) / 2,
    ),
    "tanh-linear-mse": (
        [2, 2, 2],
        {"activations": ["tanh", "linear"], "loss": "mse"},
        jnp.tanh,
        lambda z: z,
        lambda y, a: jnp.mean((a - y) ** 2),
    ),
    "sigmoid-bce": (
        [2, 2, 1],
        {"activations": "sigmoid", "loss": "bce"},
        jax.nn.sigmoid,
        jax.nn.sigmoid,
        lambda y, a: -jnp.mean(y * jnp.log(a) + (1 - y) * jnp.log(1 - a)),
    ),
    "softmax-cce": (
        [2, 2, 3],
        {"activations": ["tanh", "softmax"], "loss": "categorical_crossentropy"},
        jnp.tanh,
        jax.nn.softmax,
        lambda y, a: -jnp.sum(y * jnp.log(a)),
    ),
}


@pytest.mark.parametrize("convention", ["rows", "columns"])
@pytest.mark.parametrize("case", CASES)
def test_the_gradients_of_a_network_are_those_of_jax(case, convention):
    """The formulas with random numbers put in, against jax.grad in float64."""
    sizes, more, activation, output, loss = CASES[case]
    working = worked(identity="backpropagation", sizes=sizes, convention=convention, **more)
    rng = np.random.default_rng(5)
    with jax.enable_x64(True):
        parameters = [(rng.normal(size=(n, k)), rng.normal(size=k)) for n, k in pairwise(sizes)]
        x, y = rng.normal(size=(1, sizes[0])), rng.random((1, sizes[-1]))
        y = y / y.sum() if case == "softmax-cce" else y
        expected = jax_gradients(sizes, activation, output, loss, {"x": x, "y": y, "parameters": parameters})
        numbers = letters(sizes, x, y, parameters, activation, output, convention)
    for layer, (dW, db) in enumerate(expected, start=1):
        for name, right in ((f"dW{layer}", dW), (f"db{layer}", db)):
            found = working.tape[name].value
            got = np.vectorize(lambda f: float(f.expression.subs(numbers)), otypes=[float])(found)
            np.testing.assert_allclose(got.reshape(right.shape), np.asarray(right), atol=1e-11)


def letters(sizes, x, y, parameters, activation, output, convention):
    """What each letter of the network stands for."""
    named_values = {f"x_{i + 1}": v for i, v in enumerate(x[0])} | {
        f"y_{i + 1}": v for i, v in enumerate(y[0])
    }
    a = x
    for layer, (W, b) in enumerate(parameters, start=1):
        z = a @ W + b
        a = np.asarray((output if layer == len(parameters) else activation)(z))
        for k in range(W.shape[1]):
            named_values |= {
                f"z_{layer}{k + 1}": z[0, k],
                f"a_{layer}{k + 1}": a[0, k],
                f"b_{layer}{k + 1}": b[k],
            }
            for j in range(W.shape[0]):
                place = (j, k) if convention == "rows" else (k, j)
                named_values[f"w_{layer}_{place[0] + 1}{place[1] + 1}"] = W[j, k]
    return {sympy.Symbol(name, real=True): float(value) for name, value in named_values.items()}


def test_the_weights_index_follows_the_convention():
    rows = worked(identity="backpropagation", sizes=[2, 1])
    columns = worked(identity="backpropagation", sizes=[2, 1], convention="columns")
    assert rows["dW1"].shape == (2, 1)
    assert columns["dW1"].shape == (1, 2)
    weights = [next(c for c in chains(w) if r"\partial w" in c.left).left for w in (rows, columns)]
    assert ["w_{kj}" in weights[0], "w_{jk}" in weights[1]] == [True, True]


def test_a_wrong_rule_is_caught(monkeypatch):
    """The whole network's gradients are compared with SymPy's: a rule with a slip is no derivation."""
    from chainrule.paper.topics.identity import gradients

    real = gradients.affine_dx
    wrong = type(real)("affine_dx", lambda dz, W: -real.function(dz, W), real.tex)
    monkeypatch.setattr(gradients, "affine_dx", wrong)
    with pytest.raises(ValueError, match="not the derivative of the loss"):
        worked(identity="backpropagation", sizes=[2, 2, 1], activations="sigmoid")
    assert through_slope(2, 3) == 6


# ------------------------------------------------------------------------------------- claims


@pytest.mark.parametrize(
    ("left", "right", "more", "word"),
    [
        ("1/(1+exp(-z))", "s*(1-s)", {"derivative": 1, "define": {"s": "1/(1+exp(-z))"}}, "yes"),
        ("1/(1+exp(z))", "s*(1-s)", {"derivative": 1, "define": {"s": "1/(1+exp(z))"}}, "no"),
        ("(a+b)^2", "a^2+2a*b+b^2", {}, "yes"),
        ("(a+b)^2", "a^2+b^2", {}, "no"),
        ("w*x^3", "6*w*x", {"derivative": 2, "variable": "x"}, "yes"),
        ("ln(a*b)", "ln a + ln b", {}, "yes"),
        (2, "1 + 1", {}, "yes"),
        ("sin(2z)", "2 sin(z) cos(z)", {}, "yes"),
    ],
)
def test_claims(left, right, more, word):
    assert str(worked(left=left, right=right, **more)["holds"].item()) == word


def test_a_refutation_is_worked_at_a_point():
    working = worked(left="exp(z)", right="1 + z")
    left, right = (float(working[side].item()) for side in ("left", "right"))
    assert left == pytest.approx(float(np.e), abs=1e-15)
    assert right == 2


def test_a_point_where_a_false_claim_agrees_does_not_hide_it():
    working = worked(left="exp(z)", right="1 + z", at={"z": 0})
    assert working["left"].item() == working["right"].item() == 1
    assert working["left_elsewhere"].item() != working["right_elsewhere"].item()
    assert str(working["holds"].item()) == "no"


def test_a_claim_that_is_off_by_a_sign_says_so():
    text = str(worked(left="cos(z)", derivative=1, right="sin(z)"))
    assert "left = −right" in text


# ------------------------------------------------------------------------------------ physics


def test_the_residual_is_that_of_sympy():
    working = worked(
        equation="u_t + u*u_x = nu*u_xx",
        trial="(x^2 + 1)/(t + 1)",
        parameters={"nu": "1/5"},
        points=[[0.5, 1], [2, 0]],
        boundary={"u(0, t)": "1/(t+1)"},
        boundary_points=[0, 3],
        weights={"physics": 2, "boundary": "1/2"},
    )
    x, t = sympy.symbols("x t")
    u = (x**2 + 1) / (t + 1)
    residual = sympy.diff(u, t) + u * sympy.diff(u, x) - sympy.Rational(1, 5) * sympy.diff(u, x, 2)
    right = [residual.subs({x: a, t: b}) for a, b in ((sympy.Rational(1, 2), 1), (2, 0))]
    assert [str(v) for v in working["residual"]] == [str(r) for r in right]
    mean = sum(r**2 for r in right) / 2
    assert str(working["loss_physics"].item()) == str(mean)
    assert str(working["loss_boundary"].item()) == "0"
    assert str(working["loss"].item()) == str(2 * mean)


def test_a_solution_has_the_residual_0():
    working = worked(
        equation="y'' + w^2*y = 0", trial="c*cos(w*x)", boundary={"0": "c", "y'(0)": 0}, points=[0, "1/2"]
    )
    assert [formula(v) for v in working["residual"]] == [0, 0]
    assert formula(working["loss"]) == 0


def test_primes_and_subscripts_are_the_same_equation():
    first = worked(equation="y'' + y' + y = x", boundary={"0": 1, "1": 2})
    second = worked(equation="y_xx + y_x + y = x", boundary={"0": 1, "1": 2})
    assert formula(first["F"]) == formula(second["F"])
    assert r"\hat{y}''" in str(first.parts)
    assert r"\hat{y}_{xx}" in str(second.parts)


def test_too_few_conditions_are_noticed():
    assert "needs 2 conditions, and 1 is given" in " ".join(
        str(worked(equation="y'' + y = 0", boundary={"0": 1})).split()
    )


def test_the_loss_in_numbers():
    assert float(mean_square("r", "s")(np.array([1.0, 3.0]), np.array([2.0]))) == pytest.approx(14 / 3)
    assert weighted_sum(("wa", "a"), ("wb", "b"))(1.0, 2.0, 3.0, 4.0) == 14.0
    grad = jax.grad(lambda r: mean_square("r")(r))(jnp.array([1.0, 2.0]))
    np.testing.assert_allclose(np.asarray(grad), [1.0, 2.0])


# ---------------------------------------------------------------------------------- mistakes

MISTAKES = [
    ({"identity": "sigmoid"}, "unknown identity 'sigmoid'"),
    ({}, "expected one of identity, left (a claim) and equation"),
    ({"identity": "variance", "left": "z", "right": "z"}, "got identity and left"),
    ({"identity": "variance", "classes": 3}, "classes does not belong to identity 'variance'"),
    ({"identity": "softmax_shift", "classes": 1}, "classes"),
    ({"identity": "softmax_shift", "classes": 99}, "classes"),
    ({"identity": "activation_derivative"}, "needs activation"),
    ({"identity": "activation_derivative", "activation": "sigmod"}, "did you mean 'sigmoid'?"),
    ({"identity": "activation_derivative", "activation": "softmax"}, "depends on all inputs"),
    ({"identity": "activation_derivative", "activation": {"name": "elu", "beta": 1}}, "does not take 'beta'"),
    ({"identity": "backpropagation"}, "needs sizes"),
    ({"identity": "backpropagation", "sizes": [2]}, "given.sizes: expected 2 to 5 sizes"),
    (
        {"identity": "backpropagation", "sizes": [2, 1], "activations": {"name": "elu"}},
        "given.activations: expected a name",
    ),
    ({"left": "1/0", "right": "1"}, "given.left: division of 1 by 0"),
    ({"left": "z", "right": "ln(-1)"}, "given.right: logarithm of -1"),
    ({"left": "z^(1/3)", "right": "z"}, "given.left: the power 1/3 is not a whole number"),
    ({"left": "z", "right": "z", "define": {"e": "2"}}, "'e' cannot be a name"),
    ({"equation": "y' = 1/0"}, "given.equation: division of 1 by 0"),
    ({"equation": "y' = y", "weights": {"physics": -1}}, "given.weights.physics: -1"),
    (
        {"equation": "y' = y^2", "trial": "1/(1 - x)", "points": [1]},
        "given.points: at 1 the trial function has no value",
    ),
    (
        {"identity": "weight_decay", "penalty": "lambda/2n", "n": 0},
        "given.n: 0; expected a number of at least 1",
    ),
    ({"identity": "weight_decay", "learning_rate": -1}, "given.learning_rate: -1"),
    ({"identity": "backpropagation", "sizes": [2, 0]}, "expected 1 to 6 units"),
    ({"identity": "backpropagation", "sizes": [6, 6, 6]}, "84 weights and biases; expected at most 40"),
    ({"identity": "backpropagation", "sizes": [2, 2, 1], "activations": ["tanh"]}, "1 of them for 2 layers"),
    ({"identity": "backpropagation", "sizes": [2, 1], "activations": "sigmod"}, "did you mean 'sigmoid'?"),
    (
        {"identity": "backpropagation", "sizes": [2, 2, 1], "activations": "softmax"},
        "in the last layer alone",
    ),
    ({"identity": "backpropagation", "sizes": [2, 1], "loss": "mae"}, "expected one of mean_squared_error"),
    ({"identity": "backpropagation", "sizes": [2, 1], "loss": "msee"}, "unknown loss 'msee'"),
    ({"identity": "backpropagation", "sizes": [2, 2], "activations": "softmax"}, "categorical_crossentropy"),
    ({"identity": "linear_layers", "sizes": [2, 1]}, "expected two layers or more"),
    ({"identity": "weight_decay", "penalty": "lambda/3"}, "given.penalty: 'lambda/3'"),
    ({"identity": "weight_decay", "n": 3}, "given.n: belongs to the penalty"),
    ({"identity": "batch_normalization", "epsilon": "out"}, "given.epsilon: 'out'"),
    ({"identity": "uniform", "a": 2, "b": 2}, "given.b: expected more than a"),
    ({"left": "z"}, "a claim needs right"),
    ({"left": "z +", "right": "z"}, "given.left: cannot read 'z +'"),
    ({"left": "f(z)", "right": "z"}, "unknown function 'f'"),
    ({"left": "z*w", "right": "z", "derivative": 1}, "given.variable: is missing"),
    (
        {"left": "z", "right": "z", "derivative": 1, "variable": "w"},
        "given.variable: 'w' is not in the formulas",
    ),
    ({"left": "2", "right": "2", "derivative": 1}, "given.variable: is missing; the formulas have no name"),
    ({"left": "z", "right": "z", "derivative": 9}, "derivative"),
    ({"left": "z", "right": "z", "define": {"a b": "1"}}, "'a b' cannot be a name"),
    ({"left": "z", "right": "z", "define": {"a": "a + 1"}}, "a is defined by itself"),
    ({"left": "z", "right": "z", "at": {"w": 1}}, "given.at: 'w' is not in the formulas"),
    ({"left": "z*w", "right": "z", "at": {"z": 1}}, "given.at: w is missing"),
    ({"left": "z", "right": "z", "at": {"z": "√2"}}, "given.at.z: expected a whole number"),
    ({"left": "1/(z - z)", "right": "z"}, "division"),
    ({"identity": "backpropagation", "sizes": [1, 1, 1, 1, 1, 1]}, "sizes"),
    ({"equation": "u_xx + u"}, "expected one equals sign"),
    ({"equation": "u_xx = u = 0"}, "expected one equals sign"),
    ({"equation": "u + x = 0"}, "has no unknown"),
    ({"equation": "u_x + v_x = 0"}, "derivatives of u and v"),
    ({"equation": "u_x = 0", "variables": ["xy"]}, "expected single letters"),
    ({"equation": "u_x = 0", "variables": ["t"]}, "has no unknown"),
    ({"equation": "u_xxxxx = 0"}, "expected at most 4"),
    ({"equation": "u_x + ) = 0"}, "given.equation: cannot read"),
    ({"equation": "(y + 1)' = 0"}, "cannot read the prime"),
    ({"equation": "u_x = 0", "boundary": {"0": ""}}, "has no value"),
    ({"equation": "u_x = 0", "boundary": {"v(0)": 1}}, "'v' is not the unknown"),
    ({"equation": "u_x = 0", "boundary": {"u(0, 1)": 1}}, "2 places; expected one for each variable of u(x)"),
    ({"equation": "u_x = 0", "boundary": {"u(x)": 1}}, "expected a place"),
    ({"equation": "u_t = u_xx", "boundary": {"u(0, t)": "x"}}, "the value depends on x"),
    ({"equation": "u_x = 0", "weights": {"initial": 1}}, "is no part of this loss"),
    ({"equation": "u_x = 0", "points": [1]}, "expected a trial function"),
    ({"equation": "u_x = 0", "trial": "u + 1"}, "the unknown u is in it"),
    ({"equation": "u_x = 0", "trial": "x", "parameters": {"x": 1}}, "is a variable"),
    ({"equation": "u_x = 0", "trial": "x", "parameters": {"c": 1}}, "'c' is neither in the trial"),
    ({"equation": "u_t = u_x", "trial": "x", "points": [1]}, "expected rows of 2: x, t"),
    (
        {"equation": "u_t = u_x", "trial": "x", "boundary": {"u(0, t)": 1}, "points": [[1, 1]]},
        "boundary_points",
    ),
    ({"equation": "u_x = 0", "collocation": 0}, "collocation"),
    ({"equation": "u_x = 0", "trial": "1/x", "points": [0]}, "division"),
]


@pytest.mark.parametrize(
    ("question", "said"), MISTAKES, ids=[m[1][:40] or str(i) for i, m in enumerate(MISTAKES)]
)
def test_every_mistake_is_one_line_with_its_place(question, said):
    with pytest.raises(ValueError, match=r"^question 'q'") as caught:
        worked(**question)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message


def test_a_mistake_ends_the_command_with_2(tmp_path, capsys):
    sheet = tmp_path / "s.toml"
    sheet.write_text('[[question]]\nid = "q"\ntopic = "identity"\n[question.given]\nidentity = "x"\n')
    with pytest.raises(SystemExit) as ended:
        main(["solve", str(sheet)])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_there_is_nothing_to_round_in_a_derivation():
    text = (
        '[[question]]\nid = "q"\ntopic = "identity"\nrounding = 3\n[question.given]\nidentity = "variance"\n'
    )
    with pytest.raises(ValueError, match="nothing to round"):
        solve(text)


# -------------------------------------------------------------------------------- the sheets


@pytest.fixture(scope="module")
def sheet():
    return solve(SHEETS / "16-identities.toml")


def test_every_format_is_written(sheet, tmp_path):
    document = Document([sheet])
    for ending in ("html", "tex", "md", "ipynb", "json"):
        document.save(tmp_path / f"sheet.{ending}")
    text = {file.suffix: file.read_text(encoding="utf-8") for file in tmp_path.iterdir() if file.is_file()}
    assert text[".html"].count("<math") > 300
    assert "\\begin{document}" in text[".tex"]
    assert "sigmoid-slope" in text[".md"]
    nbformat.validate(nbformat.reads(text[".ipynb"], as_version=4))
    assert json.loads(text[".json"])["questions"][0]["id"] == "sigmoid-slope"
    assert "σ'(z)" in str(document)


def test_the_parts_can_be_asked_for():
    working = worked(identity="backpropagation", sizes=[2, 1], find=["output", "dW1"])
    assert [part.id for part in working.parts] == ["output", "gradients"]
    assert working.names == ["dW1"]


def test_the_topic_is_known_without_sympy():
    code = (
        "import sys; from chainrule.paper.topics import load; load('identity').Given; "
        "sys.exit('sympy' in sys.modules or 'jax' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def answers():
    return tomllib.loads((SHEETS / "answers" / "16-identities.toml").read_text(encoding="utf-8"))


def read(text):
    """An answer's formula, by SymPy's parser and not by chainrule's."""
    plain = str(text).replace("ln(", "log(").replace("^", "**").replace("-2(", "-2*(")
    return sympy.sympify(plain, {"lambda": sympy.Symbol("l")})


def test_the_worksheets_answers_are_those_of_sympy():
    """The answers, worked without chainrule: SymPy's differentiation, its simplification, and by hand."""
    a, z, p = answers(), sympy.Symbol("z"), sympy.Symbol("p")
    s, wrong = 1 / (1 + sympy.exp(-z)), 1 / (1 + sympy.exp(z))
    assert same(read(a["sigmoid-slope"]["slope"]), sympy.diff(s, z))
    assert read(a["sigmoid-slope"]["slope0"]) == sympy.maximum(sympy.diff(s, z), z, sympy.Interval(-3, 3))
    assert same(read(a["sigmoid-mirrored"]["mirrored"]), s.subs(z, -z))
    assert same(sympy.expand_log(s.subs(z, read(a["sigmoid-inverse"]["inverse"])), force=True), p)
    assert same(read(a["tanh-slope"]["slope"]), sympy.diff(sympy.tanh(z), z).rewrite(sympy.exp))
    assert read(a["tanh-slope"]["slope0"]) == sympy.diff(sympy.tanh(z), z).subs(z, 0)
    assert same(read(a["tanh-mirrored"]["mirrored"]), sympy.tanh(-z).rewrite(sympy.exp))
    assert same(sympy.tanh(read(a["tanh-inverse"]["inverse"])).rewrite(sympy.exp), sympy.Symbol("a"))
    assert same(read(a["tanh-from-sigmoid"]["tanh"]), (2 * s.subs(z, 2 * z) - 1))
    holds = {
        "sheet-slope": (sympy.diff(wrong, z), wrong * (1 - wrong)),
        "sheet-step": (sympy.exp(z) / (1 + sympy.exp(z)) ** 2, wrong - wrong**2),
        "sheet-slope-first-step": (sympy.diff(wrong, z), sympy.exp(z) / (1 + sympy.exp(z)) ** 2),
        "sheet-mirrored": (wrong.subs(z, -z), 1 - wrong),
        "sheet-mirrored-step": (s, 1 / sympy.exp(z) / ((1 + sympy.exp(z)) / sympy.exp(z))),
        "sheet-inverse": (sympy.log(wrong / (1 - wrong)), z),
        "notes-power-twice": (sympy.diff(s, z), sympy.exp(-2 * z) / (1 + sympy.exp(-z)) ** 2),
        "notes-product-with-slope": (sympy.diff(s, z), s * sympy.diff(s, z)),
        "swish-slope": (sympy.diff(z * s, z), z * s + s * (1 - z * s)),
        "softplus-slope": (sympy.diff(sympy.log(1 + sympy.exp(z)), z), s),
        "sigmoid-curvature": (sympy.diff(s, z, 2), s * (1 - s) * (1 - 2 * s)),
    }
    for question, (left, right) in holds.items():
        at = [float((left - right).subs(z, v)) for v in (0.3, 1.7, -2.2)]
        assert (a[question]["holds"] == "yes") == (max(map(abs, at)) < 1e-12), question
        for side, value in (("left", left), ("right", right)):
            if side in a[question]:
                assert float(value.subs(z, 1)) == pytest.approx(a[question][side], abs=1e-8)
    x, c = sympy.Symbol("x"), sympy.Rational(-5, 4)
    y = 1 + c * x + x**2
    residual = sympy.diff(y, x, 2) + sympy.diff(y, x) + y
    right = [residual.subs(x, v) for v in (sympy.Rational(1, 2), 1, sympy.Rational(3, 2))]
    trial = a["physics-trial"]
    assert [read(v) for v in trial["residual"]] == right
    assert read(trial["loss_physics"]) == sum(r**2 for r in right) / 3
    edges = [y.subs(x, 0) - 1, y.subs(x, 2) - sympy.Rational(1, 2)]
    assert [trial["boundary1"], trial["boundary2"]] == edges
    assert trial["loss_boundary"] == sum(e**2 for e in edges) / 2
    assert read(trial["loss"]) == read(trial["loss_physics"]) + 10 * trial["loss_boundary"]
    solution = sympy.exp(-x / 2) * sympy.cos(sympy.sqrt(3) * x / 2)
    assert sympy.simplify(sympy.diff(solution, x, 2) + sympy.diff(solution, x) + solution) == 0
    t = sympy.Symbol("t")
    heat = sympy.sin(sympy.pi * x) * sympy.exp(-t)
    residual = sympy.diff(heat, t) - sympy.diff(heat, x, 2) / 10
    numbers = [float(residual.subs({x: v, t: w})) for v, w in ((0.25, 0.5), (0.5, 1))]
    assert a["physics-heat"]["residual"] == pytest.approx(numbers, abs=5e-8)
    assert a["physics-heat"]["loss"] == pytest.approx(np.mean(np.square(numbers)), abs=5e-10)
    low, high = sympy.symbols("a b", positive=True)
    mean = sympy.integrate(x / (high - low), (x, low, high))
    spread = sympy.integrate((x - mean) ** 2 / (high - low), (x, low, high))
    plain = {low: sympy.Symbol("a"), high: sympy.Symbol("b")}
    assert same(mean.subs(plain), read(a["uniform"]["mean"]))
    assert same(spread.subs(plain), read(a["uniform"]["variance"]))
    at = {low: 2, high: 5}
    assert (mean.subs(at), spread.subs(at)) == tuple(read(a["uniform-2-5"][k]) for k in ("mean", "variance"))


def test_the_answers_in_letters_are_those_of_sympy():
    """The gradients of the worksheet's networks, by SymPy from the whole loss."""
    a = answers()
    x, y = sympy.symbols("x_1 x_2"), sympy.Symbol("y_1")
    W1, b1 = sympy.Matrix(2, 2, sympy.symbols("w_1_11 w_1_12 w_1_21 w_1_22")), sympy.symbols("b_11 b_12")
    W2, b2 = sympy.symbols("w_2_11 w_2_21"), sympy.Symbol("b_21")
    logistic = lambda v: 1 / (1 + sympy.exp(-v))  # noqa: E731
    networks = {
        "classifier": (logistic, lambda p: -(y * sympy.log(p) + (1 - y) * sympy.log(1 - p))),
        "regression": (lambda v: v, lambda p: (y - p) ** 2),
    }
    numbers = dict(
        zip(
            [*x, y, *W1, *b1, *W2, b2],
            (0.4, -1.3, 0.8, 0.5, -0.7, 1.1, 0.2, 0.3, -0.1, 0.9, -0.6, 0.25),
            strict=True,
        )
    )
    for question, (f, loss) in networks.items():
        z = [x[0] * W1[0, k] + x[1] * W1[1, k] + b1[k] for k in range(2)]
        hidden = [f(v) for v in z]
        output = f(hidden[0] * W2[0] + hidden[1] * W2[1] + b2)
        whole = loss(output)
        letters_for = {"a_11": hidden[0], "a_12": hidden[1], "a_21": output}
        expected = {
            "dW2": [[sympy.diff(whole, w)] for w in W2],
            "db2": [sympy.diff(whole, b2)],
            "dW1": [[sympy.diff(whole, W1[j, k]) for k in range(2)] for j in range(2)],
            "db1": [sympy.diff(whole, b) for b in b1],
        }
        for name, rights in expected.items():
            texts = np.array(a[question][name]).ravel()
            for text, right in zip(texts, np.array(rights, dtype=object).ravel(), strict=True):
                found = read(text).subs(letters_for)
                assert float(found.subs(numbers)) == pytest.approx(float(right.subs(numbers)), abs=1e-12)


@pytest.mark.parametrize(
    "claim",
    [
        {"left": "sqrt(z)", "derivative": 1, "right": "1/(2*sqrt(z))"},
        {"left": "sqrt(x*y)", "right": "sqrt(x)*sqrt(y)"},
        {"left": "sqrt(-z)^2", "right": "-z"},
        {"left": "ln(sqrt(z))", "right": "ln(z)/2"},
    ],
)
def test_what_stands_under_a_root_is_not_negative(claim):
    assert str(worked(**claim)["holds"]) == "yes"


@pytest.mark.parametrize(("left", "right"), [("sqrt(z^2)", "z"), ("sqrt(z^2*y)", "z*sqrt(y)")])
def test_the_root_of_a_square_is_refuted_to_be_its_base(left, right):
    assert str(worked(left=left, right=right)["holds"]) == "no"


def test_prelu_trains_its_slope_and_has_none_of_the_numbers_of_selu():
    found = worked(identity="activation_derivative", activation="prelu")
    assert "1.0507" not in str(found)
    assert str(found["differentiable"]) == "only for alpha = 1"


def test_the_residual_of_a_physics_loss_can_be_rounded():
    found = worked_rounded(equation="y' = y", boundary={"0": 1}, trial="1 + x/3", points=[0, 1])
    assert [str(v) for v in found["residual"]] == ["-67/100", "-1"]


def worked_rounded(**given):
    lines = "\n".join(f"{key} = {toml(value)}" for key, value in given.items())
    return solve(f'[[question]]\nid = "q"\ntopic = "identity"\nrounding = 2\n[question.given]\n{lines}')["q"]


def test_what_is_left_over_has_a_name_of_its_own_at_the_start():
    given = {"boundary": {"1": 2}, "initial": {"0": 1}, "trial": "1 + x", "points": [0]}
    text = str(worked(equation="y' = y", **given))
    assert "r₁ = ŷ(1) − 2" in text
    assert "s₁ = ŷ(0) − 1" in text


def test_a_step_that_is_too_large_is_no_decay():
    given = {"w": 1, "gradient": 1, "learning_rate": 10, "strength": 2}
    assert "Here it is not" in str(worked(identity="weight_decay", **given))
    assert "Here it is not" not in str(worked(identity="weight_decay", **{**given, "strength": "1/20"}))
