"""Gradients, stationary points and descent by hand: held against JAX, SymPy and the course's figures."""

import re
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chainrule.paper.numbers import Number, numbers
from chainrule.rules import calculus
from compiling import quickly
from linear_algebra_cases import SOLVED, exactly, floats, fractions, text_of, worked


@pytest.fixture(autouse=True)
def _in_double_precision():
    with jax.enable_x64(True):
        yield


def test_descent_with_symbols_gives_a_power_of_the_factor():
    working = worked('formula = "L = w^2"\nstart = { w = "c" }\nlearning_rate = "h"\nsteps = 3')
    c, h = (sympy.Symbol(name, real=True) for name in "ch")
    assert sympy.expand(working["w.3"][()].expression - c * (1 - 2 * h) ** 3) == 0


FORMULAS = [
    ("x^2 + x", ("x",)),
    ("100*w1^2 + w2^2", ("w1", "w2")),
    ("(1 - x)^2 + 100*(y - x^2)^2", ("x", "y")),
    ("exp(-x^2) * sin(y) + ln(1 + x^2)", ("x", "y")),
    ("tanh(a*b) / (1 + exp(-c)) - sqrt(1 + a^2)", ("a", "b", "c")),
    ("erf(x) + cos(x)^3 + log2(2 + x^2)", ("x",)),
    ("x^2*e^(2x) + pi*x", ("x",)),
]


def in_jax(text, variables):
    """The formula as a JAX function, by SymPy."""
    names = sympy.symbols(variables)
    text = re.sub(r"log2\((.*?)\)", r"log(\1)/log(2)", text.replace("^", "**").replace("ln", "log"))
    text = text.replace("2x", "2*x").replace("e**", "E**").replace("sqrt", "sqrt")
    expression = sympy.sympify(text)
    modules = [{"erf": jax.scipy.special.erf}, "jax"]
    function = sympy.lambdify(names, expression, modules=modules)
    return lambda values: jnp.asarray(function(*values), dtype=jnp.float64)


@pytest.mark.parametrize(("text", "variables"), FORMULAS)
def test_gradient_and_hessian_at_a_point_are_those_of_jax(text, variables):
    point = [Fraction(3, 5), Fraction(-2, 7), Fraction(5, 4)][: len(variables)]
    at = ", ".join(f'{v} = "{p}"' for v, p in zip(variables, point, strict=True))
    working = worked(f'formula = "{text}"\nat = {{ {at} }}', digits=20)
    function, values = in_jax(text, variables), jnp.array([float(p) for p in point])
    value, gradient, hessian = quickly(
        lambda at: (function(at), jax.grad(function)(at), jax.hessian(function)(at))
    )(values)
    assert float(working["value"][()]) == pytest.approx(float(value), rel=1e-12)
    if len(variables) == 1:
        assert float(working["slope"][()]) == pytest.approx(float(gradient[0]), rel=1e-11)
        assert float(working["curvature"][()]) == pytest.approx(float(hessian[0, 0]), rel=1e-11)
        return
    assert floats(working["gradient_at"]) == pytest.approx(np.array(gradient), rel=1e-11)
    named = "hessian_at" if "hessian_at" in working.tape.quantities else "hessian"
    assert floats(working[named]) == pytest.approx(np.array(hessian), rel=1e-10, abs=1e-12)


SMALL = st.integers(-3, 3)


@settings(exactly, max_examples=30)
@given(SMALL, SMALL, SMALL, SMALL, SMALL)
def test_the_stationary_points_of_a_quadratic_are_those_of_sympy(a, b, c, d, e):
    x, y = sympy.symbols("x y")
    formula = a * x**2 + b * x * y + c * y**2 + d * x + e * y
    assume(formula.has(x) and formula.has(y))
    working = worked(f'formula = "{str(formula).replace("**", "^")}"')
    right = sympy.solve([formula.diff(x), formula.diff(y)], [x, y], dict=True)
    if right and len(right[0]) == 2 and not any(v.free_symbols for v in right[0].values()):
        assert fractions(working["stationary_points"]) == [[right[0][x], right[0][y]]]
        said, H = text_of(working), sympy.hessian(formula, [x, y])
        if H.is_positive_definite:
            assert "minimum: all eigenvalues of the Hessian are positive" in said
        elif H.is_negative_definite:
            assert "maximum: all eigenvalues" in said
        elif H.det() < 0:
            assert "saddle: the Hessian has" in said
    else:
        assert "stationary_points" not in working.tape.quantities


@pytest.mark.parametrize(
    ("formula", "points"),
    [
        ("(1 - x)^2 + 100*(y - x^2)^2", [(1, 1)]),
        ("x^3 - 3*x*y^2 - 2*x", [(sympy.sqrt(6) / 3, 0), (-sympy.sqrt(6) / 3, 0)]),
        ("x^2*y + y^2 - y", [(0, sympy.Rational(1, 2)), (1, 0), (-1, 0)]),
        ("x^4 + y^4 - 4*x*y", [(0, 0), (1, 1), (-1, -1)]),
    ],
)
def test_stationary_points_of_surfaces_that_factoring_solves(formula, points):
    working = worked(f'formula = "{formula}"')
    found = {
        tuple(sympy.nsimplify(str(v)) if isinstance(v, Number) else v.expression for v in row)
        for row in working["stationary_points"]
    }
    assert found == {tuple(sympy.sympify(v) for v in point) for point in points}


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("x^4", "minimum: the first derivative that is not 0, number 4, is positive"),
        ("x^3", "inflection: the first derivative that is not 0 there is number 3"),
        ("-x^2", "maximum: the second derivative is negative"),
        ("x^4 + y^2", "undecided by the second derivatives"),
        ("x + 1/2", "there is no stationary point"),
        ("(x + y)^2", "All points with y = −x are stationary"),
        ("exp(x) - x", "not solved here"),
        ("x^5 - x + 1", "minimum: the second derivative is positive"),
    ],
)
def test_what_a_stationary_point_is_called(formula, kind):
    assert kind in text_of(worked(f'formula = "{formula}"'))


def test_descent_is_that_of_jax():
    given_ = 'formula = "x^2 + x*y + 2*y^4"\nstart = { x = 1, y = 0.5 }\nlearning_rate = 0.1\nsteps = 7'
    working = worked(given_)
    function = in_jax("x^2 + x*y + 2*y^4", ("x", "y"))
    point = jnp.array([1.0, 0.5])
    for step in range(1, 8):
        point = point - 0.1 * jax.grad(function)(point)
        found = [float(working[f"{v}.{step}"][()]) for v in "xy"]
        assert found == pytest.approx(np.array(point), rel=1e-11)


def test_the_course_figures_of_the_hessian():
    working = SOLVED["hessian"]
    assert [[str(v) for v in row] for row in working["hessian"]] == [["200", "0"], ["0", "2"]]
    assert [str(v) for v in working["eigenvalues"]] == ["200", "2"]
    assert str(working["condition_number"][()]) == "100"
    assert "ill-conditioned" in text_of(working)
    steps = SOLVED["zigzag"]
    assert [str(steps[n][()]) for n in ("largest_learning_rate", "best_learning_rate")] == ["1/100", "1/101"]


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ("0.009", "every step jumps to the other side, a zigzag"),
        ("0.004", "goes on to the same side, without a zigzag"),
        ("0.005", "one step arrives at the minimum"),
        ("0.01", "jumps to and fro for ever"),
        ("0.02", "the learning rate is too large"),
    ],
)
def test_what_a_learning_rate_does(rate, said):
    given_ = f'formula = "100*w1^2 + w2^2"\nstart = {{ w1 = 1, w2 = 1 }}\nlearning_rate = {rate}'
    working = worked(given_)
    assert said in text_of(working)
    first, last = (float(working[f"w1.{t}"][()]) for t in (0, 5))
    assert (abs(last) > abs(first)) == (float(rate) > 0.01)


@pytest.mark.parametrize(
    "name", ["best_factor", "learning_rate_limit", "best_learning_rate", "shrink_factors"]
)
def test_rules_of_descent_agree_on_floats_and_exact_numbers(name):
    made = getattr(calculus, name)
    values = [np.array(v) for v in (0.25, 4.0)][: len(made.inputs)]
    exact = [numbers(v) for v in values]
    assert float(made(*values)) == pytest.approx(float(made(*exact)[()]))


def test_a_picture_of_a_path_that_runs_away_is_drawn_as_far_as_it_can_be():
    given_ = 'formula = "x^4 + y^2"\nstart = { x = 9, y = 1 }\nlearning_rate = 1\nsteps = 5'
    (picture,) = worked(given_).pictures
    assert picture.draw().startswith("<svg")


@pytest.mark.parametrize(
    ("given_", "name", "value"),
    [
        ('formula = "sin(x)"\nat = { x = "pi/2" }', "slope", "0"),
        ('formula = "(x^2 - 2)^2"\nat = { x = "√2" }', "slope", "0"),
        (
            'formula = "L = w1^2 + w2^2"\nstart = { w1 = "√2", w2 = 1 }\nlearning_rate = "1/2"\nsteps = 2',
            "w1.1",
            "0",
        ),
    ],
)
def test_a_zero_at_an_irrational_point_is_exact(given_, name, value):
    assert str(worked(given_)[name][()]) == value


def test_names_in_descent_on_a_surface_leave_open_how_it_goes():
    found = worked('formula = "x^2 + x*y + y^2"\nstart = { x = "a", y = 1 }\nlearning_rate = "r"\nsteps = 1')
    r = sympy.Symbol("r", real=True)
    assert [sympy.expand(f.expression) for f in found["factors"]] == [1 - 3 * r, 1 - r]
