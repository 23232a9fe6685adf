"""Formulas that are equal, that are not, and that are left open."""

import time

import hypothesis.strategies as st
import mpmath
import pytest
import sympy
from hypothesis import given, settings

from chainrule.paper.topics.identity.equality import compare
from chainrule.paper.topics.identity.normal_form import NormalForm
from chainrule.paper.topics.identity.quotients import Care, TooLargeError
from identity_cases import SIGMOID, X, Y, Z, worked

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
