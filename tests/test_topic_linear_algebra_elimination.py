"""Elimination, spaces, determinants and products by hand: held against NumPy, SciPy and SymPy."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given

from chainrule.paper.numbers import numbers
from chainrule.rules.linear_algebra import elimination
from linear_algebra_cases import exactly, floats, fractions, matrices, of_matrix, squares, text_of, worked


@exactly
@given(matrices())
def test_rank_and_spaces_are_those_of_sympy(A):
    working, oracle = of_matrix(A, find='["rank", "column_space", "null_space"]'), sympy.Matrix(A)
    assert int(str(working["rank"][()])) == oracle.rank()
    assert fractions(working["R"]) == fractions(np.array(oracle.rref()[0].tolist()))
    assert int(str(working["nullity"][()])) == len(oracle.nullspace())
    space = sympy.Matrix(fractions(working["null_space"]))
    assert oracle * space == sympy.zeros(len(A), space.shape[1])
    assert space.rank() == len(oracle.nullspace())
    columns = sympy.Matrix(fractions(working["column_space"]))
    assert columns.rank() == oracle.rank() == oracle.row_join(columns).rank()


@exactly
@given(matrices())
def test_every_row_operation_that_is_shown_gives_the_matrix_that_is_shown(A):
    before = numbers(A)
    forward = elimination.forward_elimination(before)
    U = forward[-1].after if forward else before
    for operation in [*forward, *elimination.backward_elimination(U)]:
        expected = before.copy()
        if operation.kind == "swap":
            expected[[operation.row, operation.other]] = before[[operation.other, operation.row]]
        elif operation.kind == "scale":
            expected[operation.row] = before[operation.row] / operation.factor
        else:
            expected[operation.row] = before[operation.row] - operation.factor * before[operation.other]
        assert (expected == operation.after).all()
        before = operation.after
    assert fractions(before) == fractions(np.array(sympy.Matrix(A).rref()[0].tolist()))


@exactly
@given(squares(5))
def test_determinants_are_those_of_sympy(A):
    working = of_matrix(A, find='["determinant"]')
    assert Fraction(str(working["determinant"][()])) == sympy.Matrix(A).det()


def test_the_operations_stand_in_the_working():
    said = text_of(of_matrix([[2, -4], [1, -2], [-4, 8]]))
    assert "R₂ ← R₂ − 1/2 R₁ [ 2 −4; 0 0; −4 8 ]" in said
    assert "R₃ ← R₃ + 2 R₁ [ 2 −4; 0 0; 0 0 ]" in said
    assert "x₂ is free; the rows say x₁ = 2 x₂." in said


@pytest.mark.parametrize(("m", "n", "k"), [(1, 1, 1), (2, 2, 3), (3, 1, 2), (1, 4, 1)])
def test_products_are_those_of_numpy(m, n, k):
    random = np.random.default_rng(0)
    A, B = random.integers(-5, 6, (m, n)), random.integers(-5, 6, (n, k))
    working = worked(f"A = {A.tolist()}\nB = {B.tolist()}")
    assert (floats(working["C"]) == A @ B).all()


def test_cosine_similarity_is_that_of_scipy():
    from scipy.spatial.distance import cosine

    a, b, c = [1, 2, 3], [-1, 0.5, 4], [2, 0, -1]
    working = worked(f"vectors = {{ A = {a}, B = {b}, C = {c} }}")
    for first, second, name in ((a, b, "A_B"), (a, c, "A_C"), (b, c, "B_C")):
        assert float(working[f"cosine_{name}"][()]) == pytest.approx(1 - cosine(first, second), rel=1e-12)


def test_rounding_rounds_each_step_of_the_path_but_not_elimination():
    given_ = 'formula = "L = 3*w^2"\nstart = { w = 1 }\nlearning_rate = "1/7"\nsteps = 2'
    working = worked(given_, rounding=2)
    assert [str(working[f"w.{t}"][()]) for t in (1, 2)] == ["7/50", "1/50"]  # 1 - 6/7 ≈ 0.14; 0.84/7 = 0.12
    thirds = of_matrix([["1/3", 0], [0, 2]], rounding=2)
    assert [str(v) for v in thirds["eigenvalues"]] == ["2", "1/3"]
    assert thirds["v2"].shape == (2, 1)
