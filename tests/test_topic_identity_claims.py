"""Claims and equations of physics: every false one refuted."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy

from chainrule.paper.solving import solve
from chainrule.rules.residuals import mean_square, weighted_sum
from identity_cases import formula, toml, worked


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
