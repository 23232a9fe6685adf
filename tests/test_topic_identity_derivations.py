"""Derivations of a slope or of an identity: every line true."""

import time

import jax
import mpmath
import numpy as np
import pytest
import sympy

from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.identity import IDENTITIES
from chainrule.paper.topics.identity.calculus import differentiate
from chainrule.paper.topics.identity.equality import compare
from chainrule.paper.topics.identity.expressions import by_rule, named, parsed, symbol
from chainrule.paper.topics.identity.proofs import Derivation, ProofError
from chainrule.rules.activations.named import ACTIVATIONS
from identity_cases import Z, chains, worked
from marks import but_slow


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


DERIVED = [(name, more) for name in IDENTITIES for more in NAMED.get(name, [{}])]
QUICK = [(name, more) for name, more in DERIVED if more.get("sizes") != [3, 3, 3, 3]]


@pytest.mark.parametrize(("identity", "more"), but_slow(QUICK, DERIVED))
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


def test_prelu_trains_its_slope_and_has_none_of_the_numbers_of_selu():
    found = worked(identity="activation_derivative", activation="prelu")
    assert "1.0507" not in str(found)
    assert str(found["differentiable"]) == "only for alpha = 1"


def test_a_step_that_is_too_large_is_no_decay():
    given = {"w": 1, "gradient": 1, "learning_rate": 10, "strength": 2}
    assert "Here it is not" in str(worked(identity="weight_decay", **given))
    assert "Here it is not" not in str(worked(identity="weight_decay", **{**given, "strength": "1/20"}))
