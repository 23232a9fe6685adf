"""The worksheet of linear algebra and its answers: held against NumPy, SciPy and SymPy."""

import re

import numpy as np
import pytest
import scipy.linalg
import sympy

from chainrule.paper.sheet import parse_toml
from linear_algebra_cases import ANSWERS, SHEET


def test_the_answers_are_those_of_other_libraries():
    """Every answer of the answer sheet, worked again from what the worksheet gives, by others' code."""
    given_in = {q["id"]: q["given"] for q in parse_toml(SHEET.read_text(encoding="utf-8"))["question"]}
    answers = parse_toml(ANSWERS.read_text(encoding="utf-8"))
    assert set(answers) == set(given_in)
    for question, answer in answers.items():
        given_ = given_in[question]
        if "A" in given_ and "B" not in given_ and question != "two-by-two":
            _check_matrix(sympy.Matrix(given_["A"]), answer)
    letters = sympy.Matrix(2, 2, sympy.symbols("a b c d"))
    by_name = {name: letters[i] for i, name in enumerate("abcd")}
    for name, right in {"determinant": [letters.det()], "eigenvalues": list(letters.eigenvals())}.items():
        found = [
            sympy.sympify(v.replace("√", "sqrt").replace("^", "**"), locals=by_name)
            for v in np.atleast_1d(answers["two-by-two"][name])
        ]
        assert all(any(sympy.simplify(f - r) == 0 for f in found) for r in right)
        assert len(found) == len(right)
    product = given_in["matrix-product"]
    assert np.array_equal(np.array(product["A"]) @ np.array(product["B"]), answers["matrix-product"]["C"])
    a, b = (np.array([float(v) for v in given_in["cosine-similarity"]["vectors"][n]]) for n in "AB")
    cosine = answers["cosine-similarity"]
    assert float(cosine["dot_A_B"]) == pytest.approx(a @ b)
    assert [cosine["norm_A"], cosine["norm_B"]] == ["√0.94", "√0.78"]
    assert pytest.approx([a @ a, b @ b]) == [0.94, 0.78]
    assert float(cosine["cosine_A_B"]) == pytest.approx(
        a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=5e-7
    )
    for question, answer in answers.items():
        if "formula" in given_in[question]:
            _check_formula(given_in[question], answer)


def _check_matrix(A, answer):
    exact = {"rank": A.rank(), "nullity": len(A.nullspace())}
    for name in exact.keys() & answer.keys():
        assert answer[name] == exact[name]
    if "determinant" in answer:
        assert answer["determinant"] == A.det()
    if "characteristic_polynomial" in answer:
        assert answer["characteristic_polynomial"] == A.charpoly().all_coeffs()
    if "eigenvalues" in answer:
        assert sorted(answer["eigenvalues"]) == sorted(v for v, n in A.eigenvals().items() for _ in range(n))
    if "real_parts" in answer:
        pairs = zip(answer["real_parts"], answer["imaginary_parts"], strict=True)
        assert {re_ + im * sympy.I for re_, im in pairs} == set(A.eigenvals())
    if "null_space" in answer:
        space = sympy.Matrix(answer["null_space"])
        assert A * space == sympy.zeros(A.shape[0], 1)
        assert space.rank() == len(A.nullspace())
    if "column_space" in answer:
        assert sympy.Matrix.hstack(*A.columnspace()) == sympy.Matrix(answer["column_space"])
    for name in (n for n in answer if re.fullmatch(r"v\d", n)):
        vector = sympy.Matrix(answer[name])
        assert (
            (A * vector).cross(vector).norm() == 0
            if len(vector) == 3
            else (A * vector).row_join(vector).det() == 0
        )
    if "singular_values" in answer:
        right = scipy.linalg.svdvals(np.array(A, dtype=float))
        assert [float(v) for v in answer["singular_values"]] == pytest.approx(right, abs=5e-5)
        assert float(answer["condition_number"]) == pytest.approx(right[0] / right[-1], abs=5e-5)


def flat(value):
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]


def _check_formula(given_, answer):
    expression = sympy.sympify(given_["formula"].partition("=")[2].replace("^", "**"))
    symbols = sorted(expression.free_symbols, key=str)

    def read(text):
        return sympy.sympify(re.sub(r"(\d) (\w)", r"\1*\2", str(text)).replace("^", "**"), rational=True)

    gradient = [expression.diff(s) for s in symbols]
    hessian = sympy.hessian(expression, symbols)
    at = {sympy.Symbol(k): v for k, v in given_.get("at", {}).items()}
    checks = {
        "derivative": lambda: gradient[0],
        "gradient": lambda: gradient,
        "hessian": lambda: hessian.tolist(),
        "slope": lambda: gradient[0].subs(at),
        "eigenvalues": lambda: sorted(
            (v for v, n in hessian.eigenvals().items() for _ in range(n)), reverse=True
        ),
        "condition_number": lambda: max(hessian.eigenvals()) / min(hessian.eigenvals()),
    }
    for name in checks.keys() & answer.keys():
        found, right = answer[name], checks[name]()
        differences = [read(f) - r for f, r in zip(flat(found), flat(right), strict=True)]
        assert all(sympy.simplify(d) == 0 for d in differences), name
    for point, value in zip(
        answer.get("stationary_points", []), answer.get("stationary_values", []), strict=False
    ):
        put_in = dict(zip(symbols, map(read, point if isinstance(point, list) else [point]), strict=True))
        assert all(slope.subs(put_in) == 0 for slope in gradient)
        assert expression.subs(put_in) == read(value)
    if "start" in given_:
        _check_descent(expression, symbols, gradient, given_, answer, read)


def _check_descent(expression, symbols, gradient, given_, answer, read):
    rate = sympy.Rational(str(given_["learning_rate"]))
    point = {s: sympy.Rational(str(given_["start"][str(s)])) for s in symbols}
    name = given_["formula"].partition("=")[0].strip()
    for step in range(1, given_["steps"] + 1):
        point = {s: point[s] - rate * slope.subs(point) for s, slope in zip(symbols, gradient, strict=True)}
        values = {**{str(s): v for s, v in point.items()}, name: expression.subs(point)}
        for quantity, right in values.items():
            if (key := f"{quantity}.{step}") in answer:
                assert read(answer[key]) == right
    if "factors" in answer:
        eigenvalues = sorted(sympy.hessian(expression, symbols).eigenvals(), reverse=True)
        assert [sympy.Rational(str(f)) for f in answer["factors"]] == [1 - rate * v for v in eigenvalues]
        largest, smallest = eigenvalues[0], eigenvalues[-1]
        best = 2 / (largest + smallest)
        assert sympy.Rational(str(answer["largest_learning_rate"])) == 2 / largest
        assert read(answer["best_learning_rate"]) == best
        assert read(answer["best_factor"]) == abs(1 - best * largest) == abs(1 - best * smallest)
