"""Eigenvalues, eigenvectors and condition numbers by hand: held against NumPy, SciPy, SymPy and mpmath."""

import re
from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from mpmath import mp

from chainrule.paper.digits import fixed
from chainrule.paper.numbers import numbers
from chainrule.paper.topics.linear_algebra.roots import factors, roots
from chainrule.rules.linear_algebra import eigen
from linear_algebra_cases import SOLVED, exactly, floats, matrices, of_matrix, squares, text_of, worked


@exactly
@given(squares())
def test_characteristic_polynomial_is_that_of_sympy(A):
    found = eigen.characteristic_polynomial(numbers(A))
    assert [Fraction(str(c)) for c in found] == sympy.Matrix(A).charpoly().all_coeffs()


@exactly
@given(squares())
def test_eigenvalues_are_those_of_mpmath(A):
    working = of_matrix(A, find='["eigenvalues"]')
    if "eigenvalues" in working.tape.quantities:
        found = [complex(v) for v in floats(working["eigenvalues"])]
    else:
        found = list(floats(working["real_parts"]) + 1j * floats(working["imaginary_parts"]))
    right = [complex(v) for v in np.roots(np.array(sympy.Matrix(A).charpoly().all_coeffs(), dtype=float))]
    with mp.workdps(60):
        coefficients = [int(c) for c in sympy.Matrix(A).charpoly().all_coeffs()]
        right = [complex(v) for v in mp.polyroots(coefficients, maxsteps=500, extraprec=600)]
    assert len(found) == len(right) == len(A)
    for value in found:
        nearest = min(right, key=lambda other: abs(other - value))
        assert abs(nearest - value) < 1e-9
        right.remove(nearest)


@exactly
@given(squares(3))
def test_eigenvectors_and_multiplicities_are_those_of_sympy(A):
    working, oracle = of_matrix(A, find='["eigenvectors"]'), sympy.Matrix(A)
    eigenvalues = oracle.eigenvals()
    assume(all(not root.has(sympy.CRootOf) for root in eigenvalues))
    (table,) = [
        i for part in working.parts for i in part.items if getattr(i, "title", "") == "Multiplicities"
    ]
    found = sorted((int(algebraic), int(geometric)) for _, algebraic, geometric in table.rows)
    identity = sympy.eye(len(A))
    right = []
    for factor, times in sympy.factor_list(oracle.charpoly().as_expr())[1]:
        value = sympy.Poly(factor).all_roots()[0]
        degree = sympy.degree(factor)
        of_factor = _factor_at(factor, oracle)
        geometric = (len(A) - of_factor.rank()) // degree
        right += [(times, geometric)] * degree
        assert value is not None
    assert found == sorted(right)
    vectors = {name: q.value for name, q in working.tape.quantities.items() if re.fullmatch(r"v\d+", name)}
    for name, vector in vectors.items():
        value = float(working.tape[f"lambda{name[1:]}"].value[()])
        spread = np.abs((np.array(A) - value * np.array(identity, dtype=float)) @ floats(vector))
        assert spread.max() < 1e-9 * max(1, np.abs(floats(vector)).max())
        assert np.linalg.matrix_rank(floats(vector)) == vector.shape[1]


def _factor_at(factor, matrix):
    """A polynomial of a matrix, by Horner's rule."""
    result = sympy.zeros(*matrix.shape)
    for coefficient in sympy.Poly(factor).all_coeffs():
        result = result * matrix + coefficient * sympy.eye(matrix.shape[0])
    return result


def test_the_defective_matrix_of_the_course_has_one_eigenvector_for_0():
    working = SOLVED["eigen-3x3"]
    assert [str(v) for v in working["eigenvalues"]] == ["1", "0", "0"]
    assert working["v2"].shape == (3, 1)
    assert "λ = 0 is a root 2 times, but has only one independent eigenvector: A is defective" in text_of(
        working
    )


def test_a_repeated_eigenvalue_with_all_its_eigenvectors_is_not_called_defective():
    working = of_matrix([[2, 0], [0, 2]])
    assert working["v1"].shape == (2, 2)
    assert "A is diagonalizable" in text_of(working)
    assert "defective" not in text_of(working)


def test_quadratic_eigenvalues_are_closed_forms():
    values = of_matrix([[2, 1], [1, 3]])["eigenvalues"]
    assert sympy.simplify(values[0].expression - (5 + sympy.sqrt(5)) / 2) == 0


def test_complex_eigenvectors_solve_their_equation():
    said = text_of(of_matrix([[1, -2], [2, 1]]))
    assert "1 + 2 i" in said
    assert "For λ = 1 + 2 i that is [ i; 1 ]" in said  # (1·i - 2, 2·i + 1) = (1 + 2i)·(i, 1)


@pytest.mark.parametrize(
    "coefficients",
    [
        [1, 0, 10, 0, 1],  # all four roots on the imaginary axis
        [1, -4, 16, -24, 14],  # mirrored at 1
        [1, 0, -10, 0, 1],
        [1, 0, 0, -2],
        [1, -1, 0, 0, 0, 0, 1],
        [1, 0, 0, 0, 1],
    ],
)
def test_roots_without_a_short_closed_form_are_proven_to_any_digit(coefficients):
    found = roots(factors(numbers(coefficients)), closed=False)
    with mp.workdps(120):
        right = mp.polyroots(coefficients, maxsteps=500, extraprec=800)
        for root in found:
            real, imaginary = (_decimal(part) for part in (root.real, root.imaginary))
            assert min(abs(mp.mpc(real, imaginary) - other) for other in right) < mp.mpf(10) ** -80
    assert len(found) == len(coefficients) - 1


def _decimal(value):
    return mp.mpf(fixed(value, 90))


@pytest.mark.parametrize(("coefficients", "middle"), [([1, 0, 10, 0, 1], 0), ([1, -4, 16, -24, 13], 1)])
def test_real_parts_that_no_ball_could_tell_from_a_fraction_are_exact(coefficients, middle):
    found = roots(factors(numbers(coefficients)), closed=False)
    right = sympy.Poly(coefficients, sympy.Symbol("x")).nroots(n=30)
    assert all(abs(sympy.re(root) - middle) < 1e-25 for root in right)
    assert [str(root.real) for root in found] == [str(middle)] * 4


@exactly
@given(squares(3))
def test_condition_number_is_that_of_numpy(A):
    assume(sympy.Matrix(A).det() != 0)
    working = of_matrix(A, find='["condition_number"]')
    assert float(working["condition_number"][()]) == pytest.approx(
        np.linalg.cond(np.array(A, float)), rel=1e-9
    )


@exactly
@given(matrices(st.integers(1, 3), st.integers(1, 3)))
def test_singular_values_are_those_of_scipy(A):
    found = floats(of_matrix(A, find='["singular_values"]')["singular_values"])
    assert found == pytest.approx(scipy.linalg.svdvals(np.array(A, float)), abs=1e-7)


def test_the_condition_number_of_a_singular_matrix_is_infinite():
    assert "κ = ∞" in text_of(of_matrix([[1, 2], [2, 4]], find='["condition_number"]'))


def test_symbols_give_formulas():
    working = SOLVED["two-by-two"]
    a, b, c, d = (sympy.Symbol(name, real=True) for name in "abcd")
    assert sympy.expand(working["determinant"][()].expression - sympy.Matrix([[a, b], [c, d]]).det()) == 0
    total = working["eigenvalues"][0] + working["eigenvalues"][1]
    assert sympy.simplify(total.expression - a - d) == 0


def test_three_rows_of_symbols():
    A = [["a", "1", "0"], ["0", "b", "2"], ["3", "0", "c"]]
    found = of_matrix(A)["determinant"][()].expression
    names = {name: sympy.Symbol(name, real=True) for name in "abc"}
    oracle = sympy.Matrix([[names.get(v, v) for v in row] for row in A])
    assert sympy.expand(found - oracle.det()) == 0


def test_irrational_entries_in_closed_form():
    values = of_matrix([["√2", 1], [1, "√2"]], closed="true")["eigenvalues"]
    assert [sympy.simplify(v.expression) for v in values] == [1 + sympy.sqrt(2), sympy.sqrt(2) - 1]


@pytest.mark.parametrize(
    ("A", "said"),
    [
        ([[2, 1], [0, 2]], "A is triangular: its eigenvalues"),
        ([[2, 0], [1, 3]], "A is triangular: its eigenvalues"),
        ([[2, 0], [0, 3]], "A is diagonal: its eigenvalues"),
    ],
)
def test_a_triangular_matrix_is_not_called_diagonal(A, said):
    assert said in text_of(of_matrix(A))


def test_eigenvalues_beyond_floats_are_exact():
    large = 10**400
    assert list(worked(f"A = [[{large}, 1], [1, {large}]]")["eigenvalues"]) == [large + 1, large - 1]


def test_the_polynomial_of_symbols_is_multiplied_out():
    found = of_matrix([["a", "b", 1], ["c", "d", 3], ["g", "f", 5]])["characteristic_polynomial"]
    assert all(sympy.expand(c.expression) - c.expression == 0 for c in found[2:])
    x = sympy.Symbol("x")
    a, b, c, d, g, f = sympy.symbols("a b c d g f", real=True)
    expected = sympy.Matrix([[a, b, 1], [c, d, 3], [g, f, 5]]).charpoly(x).all_coeffs()
    assert [sympy.expand(got.expression - want) for got, want in zip(found, expected, strict=True)] == [0] * 4


def test_roots_in_a_matrix_are_not_written_as_if_their_digits_were_all():
    found = worked('A = [["√2", 1], [1, "√2"]]')
    assert "1.41421" not in text_of(found).split("λ = ")[0]
    assert str(found["determinant"][()]) == "1"


@pytest.mark.parametrize(
    ("formula", "said"),
    [("-x^2 - y^2", "nowhere curved upward"), ("x*y", "a saddle"), ("x^2 + 0*y + (x+y)^2 - x^2", "flat")],
)
def test_a_condition_number_that_measures_nothing_says_why(formula, said):
    assert said in text_of(worked(f'formula = "{formula}"', find='["condition_number"]'))
