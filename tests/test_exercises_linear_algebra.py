"""Questions about linear algebra: what their kinds promise, and their answers by NumPy."""

import re
from math import isclose

import numpy as np
import pytest

from chainrule.exercises.draws import DIFFICULTIES
from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make


@pytest.fixture(scope="module")
def drawn():
    """Questions of all difficulties, by kind."""
    found = {}
    for difficulty in DIFFICULTIES:
        known = [kind for kind in kinds("linear_algebra") if difficulty in kind.difficulties]
        for exercise in make("linear_algebra", difficulty, 5 * len(known), seed=5).exercises:
            found.setdefault(exercise.kind, []).append(exercise)
    return found


def values(working, name):
    return np.array([float(v) for v in working[name].flat]).reshape(working[name].shape)


def given(exercise, name="A"):
    return np.array(exercise.table["given"][name], dtype=float)


def formula(exercise):
    """The formula of a question as a function of its variables."""
    text = exercise.table["given"]["formula"].partition("= ")[2]
    names = sorted(set(re.findall(r"[a-z]\d?", text)))
    code = compile(re.sub(r"\^", "**", text), "formula", "eval")
    return names, lambda *at: eval(code, {"__builtins__": {}}, dict(zip(names, at, strict=True)))


def slopes(f, at, step=1e-4):
    """The gradient by differences to both sides."""
    made = []
    for i in range(len(at)):
        up, down = (list(at) for _ in range(2))
        up[i], down[i] = at[i] + step, at[i] - step
        made.append((f(*up) - f(*down)) / (2 * step))
    return np.array(made)


def curvatures(f, at, step=1e-3):
    """The Hessian matrix by differences of the gradient."""
    shifts = np.eye(len(at)) * step
    return np.array([(slopes(f, at + s) - slopes(f, at - s)) / (2 * step) for s in shifts])


def test_every_kind_is_drawn(drawn):
    assert set(drawn) == {kind.name for kind in kinds("linear_algebra")}


# ---------------------------------------------------------------------------- matrices


def test_products(drawn):
    for exercise in drawn["product"]:
        expected = given(exercise) @ given(exercise, "B")
        assert np.allclose(values(exercise.working, "C"), expected)
        assert f"{expected.shape[0]} × {expected.shape[1]}" in exercise.table["text"]


@pytest.mark.parametrize("kind", ["determinant", "determinant_by_elimination"])
def test_determinants_are_not_zero(drawn, kind):
    for exercise in drawn[kind]:
        found = float(exercise.working["determinant"].item())
        assert isclose(found, np.linalg.det(given(exercise)), rel_tol=1e-9)
        assert found != 0


def test_some_eliminations_swap_rows(drawn):
    ratios = {
        round(exercise.working["determinant"].item().exact / pivots)
        for exercise in drawn["determinant_by_elimination"]
        for pivots in [np.prod([row[i].exact for i, row in enumerate(exercise.working["U"])])]
    }
    assert ratios == {1, -1}


@pytest.mark.parametrize("kind", ["rank", "null_space"])
def test_spaces(drawn, kind):
    for exercise in drawn[kind]:
        A, working = given(exercise), exercise.working
        rank = np.linalg.matrix_rank(A)
        assert working["rank"].item() == rank
        assert working["nullity"].item() == A.shape[1] - rank > 0
        basis = values(working, "column_space")
        assert (
            np.linalg.matrix_rank(basis)
            == basis.shape[1]
            == rank
            == np.linalg.matrix_rank(np.hstack([A, basis]))
        )
        assert all(any((column == own).all() for own in A.T) for column in basis.T)
        if kind == "null_space":
            basis = values(working, "null_space")
            assert np.linalg.matrix_rank(basis) == basis.shape[1] == A.shape[1] - rank
            assert np.allclose(A @ basis, 0)


# -------------------------------------------------------------------------- eigenvalues


@pytest.mark.parametrize("kind", ["eigenvalues", "eigenvectors", "condition_number"])
def test_eigenvalues_are_whole_and_differ(drawn, kind):
    for exercise in drawn[kind]:
        A, working = given(exercise), exercise.working
        found = values(working, "eigenvalues")
        assert np.allclose(found, sorted(np.linalg.eigvals(A).real, reverse=True), atol=1e-6)
        assert np.allclose(found, np.round(found))
        assert len(set(found)) == len(found)
        assert np.allclose(values(working, "characteristic_polynomial"), np.poly(A))


def test_eigenvectors_are_stretched(drawn):
    for exercise in drawn["eigenvectors"]:
        A, working = given(exercise), exercise.working
        for i, eigenvalue in enumerate(values(working, "eigenvalues"), 1):
            vector = values(working, f"v{i}")
            assert np.allclose(A @ vector, eigenvalue * vector)
            assert vector.any()


def test_complex_eigenvalues(drawn):
    for exercise in drawn["complex_eigenvalues"]:
        working = exercise.working
        found = values(working, "real_parts") + 1j * values(working, "imaginary_parts")
        assert np.allclose(np.sort_complex(found), np.sort_complex(np.linalg.eigvals(given(exercise))))
        assert all(found.imag)


def test_condition_numbers(drawn):
    for exercise in drawn["condition_number"] + drawn["singular_values"]:
        A, working = given(exercise), exercise.working
        assert isclose(float(working["condition_number"].item()), np.linalg.cond(A), rel_tol=1e-9)
        if exercise.kind == "condition_number":
            assert (A == A.T).all()
            assert values(working, "eigenvalues").min() > 0


def test_singular_values_are_whole(drawn):
    for exercise in drawn["singular_values"]:
        found = values(exercise.working, "singular_values")
        assert np.allclose(found, np.linalg.svd(given(exercise))[1])
        assert np.allclose(found, np.round(found))
        assert np.allclose(values(exercise.working, "gram"), given(exercise).T @ given(exercise))


def test_cosines(drawn):
    for exercise in drawn["cosine_similarity"]:
        vectors = {n: np.array(v, dtype=float) for n, v in exercise.table["given"]["vectors"].items()}
        for name in exercise.working.names:
            if name.startswith("cosine"):
                a, b = (vectors[letter] for letter in name.split("_")[1:])
                expected = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
                assert isclose(float(exercise.working[name].item()), expected, rel_tol=1e-9)
                assert 0 < abs(expected) < 1


# ------------------------------------------------------------------------------- slopes


@pytest.mark.parametrize("kind", ["curve", "curve_with_two_stationary_points"])
def test_curves_by_differences(drawn, kind):
    for exercise in drawn[kind]:
        working, (_, f) = exercise.working, formula(exercise)
        x = np.array([float(exercise.table["given"]["at"]["x"])])
        assert float(working["value"].item()) == f(*x)
        assert np.allclose(float(working["slope"].item()), slopes(f, x), atol=1e-4)
        assert np.allclose(float(working["curvature"].item()), curvatures(f, x), atol=1e-3)
        points = values(working, "stationary_points")
        assert len(points) == (1 if kind == "curve" else 2)
        assert np.allclose([slopes(f, [p]) for p in points], 0, atol=1e-4)
        assert np.allclose([f(p) for p in points], values(working, "stationary_values"))


def test_gradients_by_differences(drawn):
    for exercise in drawn["surface_at_point"]:
        working, (names, f) = exercise.working, formula(exercise)
        at = np.array([float(exercise.table["given"]["at"][name]) for name in names])
        assert float(working["value"].item()) == f(*at)
        assert np.allclose(values(working, "gradient_at"), slopes(f, at), atol=1e-4)
        if "hessian_at" in working.names:
            assert np.allclose(values(working, "hessian_at"), curvatures(f, at), atol=1e-3)


def test_derivatives_as_formulas(drawn):
    for exercise in drawn["derivatives"]:
        working, (names, f) = exercise.working, formula(exercise)
        at = np.array([1.5, -0.5][: len(names)])
        for name, expected in (
            ("derivative", slopes),
            ("second_derivative", curvatures),
            ("gradient", slopes),
            ("hessian", curvatures),
        ):
            if name in working.names:
                found = [evaluated(each, names, at) for each in working[name].flat]
                assert np.allclose(found, expected(f, at).ravel(), rtol=1e-4, atol=1e-3)


def evaluated(formula, names, at):
    put_in = {s: at[names.index(str(s))] for s in formula.expression.free_symbols}
    return float(formula.expression.subs(put_in))


def test_surfaces_have_a_minimum(drawn):
    for exercise in drawn["surface"]:
        working, (_, f) = exercise.working, formula(exercise)
        (point,) = values(working, "stationary_points")
        assert np.allclose(slopes(f, point), 0, atol=1e-5)
        assert isclose(f(*point), float(working["stationary_values"].item()), abs_tol=1e-9)
        H = curvatures(f, point)
        assert np.allclose(values(working, "eigenvalues"), np.linalg.eigvalsh(H)[::-1], atol=1e-3)
        assert np.allclose(float(working["condition_number"].item()), np.linalg.cond(H), rtol=1e-3)
        assert np.linalg.eigvalsh(H)[0] > 0


# ------------------------------------------------------------------------------ descent


@pytest.mark.parametrize("kind", ["curve_descent", "surface_descent"])
def test_descent_by_differences(drawn, kind):
    for exercise in drawn[kind]:
        table, working, (names, f) = exercise.table["given"], exercise.working, formula(exercise)
        at = np.array([float(table["start"][name]) for name in names])
        for t in range(table["steps"] + 1):
            assert isclose(float(working[f"L.{t}"].item()), f(*at), rel_tol=1e-9, abs_tol=1e-9)
            if t == table["steps"]:
                break
            slope = slopes(f, at)
            assert np.allclose([float(working[f"d{name}.{t}"].item()) for name in names], slope, atol=1e-6)
            at = at - float(table["learning_rate"]) * slope
            assert np.allclose([float(working[f"{name}.{t + 1}"].item()) for name in names], at, atol=1e-6)


def test_learning_rates_by_trying_them(drawn):
    for exercise in drawn["learning_rates"]:
        working, (_, f) = exercise.working, formula(exercise)
        H = curvatures(f, np.zeros(2))
        rates = {name: float(working[f"{name}_learning_rate"].item()) for name in ("largest", "best")}
        shrinks = {
            name: np.abs(np.linalg.eigvalsh(np.eye(2) - rate * H)).max() for name, rate in rates.items()
        }
        assert isclose(shrinks["largest"], 1, rel_tol=1e-4)
        assert isclose(shrinks["best"], float(working["best_factor"].item()), rel_tol=1e-3)
        for other in (0.99, 1.01):
            assert np.abs(np.linalg.eigvalsh(np.eye(2) - other * rates["best"] * H)).max() > shrinks["best"]
        given_rate = float(exercise.table["given"]["learning_rate"])
        expected = 1 - given_rate * np.linalg.eigvalsh(H)[::-1]
        assert np.allclose(values(working, "factors"), expected, atol=1e-3)
