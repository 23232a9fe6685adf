"""Linear algebra and slopes by hand: held against NumPy, SciPy, SymPy, JAX and the course's figures."""

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp

from chainrule.cli.main import run
from chainrule.paper.digits import fixed
from chainrule.paper.numbers import Number, numbers
from chainrule.paper.sheet import SheetError, parse_toml
from chainrule.paper.solving import solve
from chainrule.paper.topics.linear_algebra.roots import factors, roots
from chainrule.paper.workings import Document
from chainrule.rules import calculus, linear_algebra


@pytest.fixture(autouse=True)
def _in_double_precision():
    with jax.enable_x64(True):
        yield


FOLDER = Path(__file__).parent.parent / "worksheets"
SHEET = FOLDER / "01-linear-algebra.toml"
ANSWERS = FOLDER / "answers" / SHEET.name
SOLVED = solve(SHEET)
exactly = settings(derandomize=True, deadline=None, max_examples=60)


def worked(given, **question):
    """The working of one question; ``given`` is the TOML of what is given."""
    keys = "\n".join(f"{key} = {value}" for key, value in question.items())
    sheet = f'[[question]]\nid = "q"\ntopic = "linear_algebra"\n{keys}\n[question.given]\n{given}\n'
    return solve(sheet)["q"]


def of_matrix(A, **question):
    return worked(f"A = {[[str(v) for v in row] for row in A]}", **question)


def fractions(array):
    return [[Fraction(str(v)) for v in row] for row in np.atleast_2d(array)]


def floats(array):
    return np.asarray(array, dtype=object).astype(float)


def text_of(working):
    return " ".join(str(working).split())


WHOLE = st.integers(-4, 4)


FEW = st.integers(1, 4)


def matrices(rows=FEW, columns=FEW):
    sizes = st.tuples(rows, columns)
    return sizes.flatmap(
        lambda s: st.lists(st.lists(WHOLE, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
    )


def squares(largest=4):
    return st.integers(1, largest).flatmap(lambda n: matrices(st.just(n), st.just(n)))


# ------------------------------------------------------------------- elimination, spaces


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
    forward = linear_algebra.forward_elimination(before)
    U = forward[-1].after if forward else before
    for operation in [*forward, *linear_algebra.backward_elimination(U)]:
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


# ------------------------------------------------------------- eigenvalues, eigenvectors


@exactly
@given(squares())
def test_characteristic_polynomial_is_that_of_sympy(A):
    found = linear_algebra.characteristic_polynomial(numbers(A))
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


# ------------------------------------------------------------------ condition, similarity


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


def test_cosine_similarity_is_that_of_scipy():
    from scipy.spatial.distance import cosine

    a, b, c = [1, 2, 3], [-1, 0.5, 4], [2, 0, -1]
    working = worked(f"vectors = {{ A = {a}, B = {b}, C = {c} }}")
    for first, second, name in ((a, b, "A_B"), (a, c, "A_C"), (b, c, "B_C")):
        assert float(working[f"cosine_{name}"][()]) == pytest.approx(1 - cosine(first, second), rel=1e-12)


# ----------------------------------------------------------------------- symbols, closed


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


def test_descent_with_symbols_gives_a_power_of_the_factor():
    working = worked('formula = "L = w^2"\nstart = { w = "c" }\nlearning_rate = "h"\nsteps = 3')
    c, h = (sympy.Symbol(name, real=True) for name in "ch")
    assert sympy.expand(working["w.3"][()].expression - c * (1 - 2 * h) ** 3) == 0


def test_rounding_rounds_each_step_of_the_path_but_not_elimination():
    given_ = 'formula = "L = 3*w^2"\nstart = { w = 1 }\nlearning_rate = "1/7"\nsteps = 2'
    working = worked(given_, rounding=2)
    assert [str(working[f"w.{t}"][()]) for t in (1, 2)] == ["7/50", "1/50"]  # 1 - 6/7 ≈ 0.14; 0.84/7 = 0.12
    thirds = of_matrix([["1/3", 0], [0, 2]], rounding=2)
    assert [str(v) for v in thirds["eigenvalues"]] == ["2", "1/3"]
    assert thirds["v2"].shape == (2, 1)


# ------------------------------------------------------------------------------ slopes

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
    assert float(working["value"][()]) == pytest.approx(float(function(values)), rel=1e-12)
    gradient, hessian = jax.grad(function)(values), jax.hessian(function)(values)
    if len(variables) == 1:
        assert float(working["slope"][()]) == pytest.approx(float(gradient[0]), rel=1e-11)
        assert float(working["curvature"][()]) == pytest.approx(float(hessian[0, 0]), rel=1e-11)
        return
    assert floats(working["gradient_at"]) == pytest.approx(np.array(gradient), rel=1e-11)
    named = "hessian_at" if "hessian_at" in working.tape.quantities else "hessian"
    assert floats(working[named]) == pytest.approx(np.array(hessian), rel=1e-10, abs=1e-12)


SMALL = st.integers(-3, 3)


@exactly
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


# ------------------------------------------------------------------- worksheet and answers


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


# -------------------------------------------------------------------------------- misuse

MISUSE = {
    "eigenvalues of a matrix that is not square": (
        "A = [[1, 2, 3], [4, 5, 6]]",
        '["eigenvalues"]',
        "given.A: 2 rows and 3 columns; eigenvalues need a square",
    ),
    "a determinant of it": (
        "A = [[1, 2, 3], [4, 5, 6]]",
        '["determinant"]',
        "a determinant needs a square matrix",
    ),
    "a zero vector": ("vectors = { A = [0, 0], B = [1, 2] }", "", "given.vectors.A: all entries are 0"),
    "one vector": ("vectors = { A = [1, 2] }", "", "given.vectors: expected two vectors or more"),
    "vectors of different lengths": (
        "vectors = { A = [1, 2], B = [1] }",
        "",
        "given.vectors.B: 1 entries; A has 2",
    ),
    "a strange name of a vector": (
        'vectors = { "a b" = [1], B = [1] }',
        "",
        "the name 'a b'; expected letters",
    ),
    "factors that do not fit": (
        "A = [[1, 2]]\nB = [[1, 2]]",
        "",
        "given.B: 1 row and 2 columns; A has 1 row and 2",
    ),
    "ragged rows": ("A = [[1, 2], [3]]", "", "rows of different lengths: row 1 has 2 entries, row 2 has 1"),
    "a matrix too large": (f"A = {[[1] * 13] * 13}", "", "13 rows, columns or entries; at most 12"),
    "eigenvalues of a large matrix": (f"A = {[[1] * 7] * 7}", '["eigenvalues"]', "at most 6 rows"),
    "symbols in elimination": ('A = [["a", 1], [2, 3]]', '["rank"]', "'rank' needs a matrix of fractions"),
    "symbols, not square": ('A = [["a", 1, 2]]', "", "not all entries are fractions"),
    "nothing": ("", "", "expected one of A, vectors and formula; got none of them"),
    "two subjects": (
        'A = [[1]]\nformula = "x"',
        "",
        "expected one of A, vectors and formula; got A and formula",
    ),
    "a point for a matrix": ("A = [[1]]\nat = { x = 1 }", "", "at does not go with A"),
    "an unreadable formula": ('formula = "x +* 2"', "", "given.formula: cannot read"),
    "an unknown function": ('formula = "sinh(x)"', "", "unknown function 'sinh'"),
    "a formula without variables": ('formula = "1 + 2"', "", "given.formula: no variable"),
    "too many variables": ('formula = "a + b + c + d + f + g + h"', "", "7 variables; at most 6"),
    "code": ('formula = "__import__"', "", "given.formula: "),
    "a variable with the name of a quantity": (
        'formula = "gradient^2"',
        "",
        "the name 'gradient' cannot be used here, or is taken",
    ),
    "a formula of itself": ('formula = "x = x^2"', "", "the name 'x' cannot be used"),
    "a variable with the name of an eigenvector": ('formula = "v1^2"', "", "the name 'v1' cannot be used"),
    "a variable with the name of a slope": ('formula = "x*dx"', "", "the name 'dx' cannot be used"),
    "two equals signs": ('formula = "a = b = c"', "", "given.formula: 'a = b' before the equals sign"),
    "an unknown variable": (
        'formula = "x^2"\nat = { y = 1 }',
        "",
        "given.at.y: no variable of the formula; they are x",
    ),
    "a variable left out": ('formula = "x*y"\nat = { x = 1 }', "", "given.at: y is missing; expected x, y"),
    "no learning rate": ('formula = "x^2"\nstart = { x = 1 }', "", "given.learning_rate: is missing"),
    "no start": ('formula = "x^2"\nlearning_rate = 1', "", "given.start: is missing"),
    "a negative learning rate": (
        'formula = "x^2"\nstart = { x = 1 }\nlearning_rate = -1',
        "",
        "given.learning_rate: -1; expected a number greater",
    ),
    "too many steps": (
        'formula = "x^2"\nstart = { x = 1 }\nlearning_rate = 1\nsteps = 51',
        "",
        "given.steps: input should be less than",
    ),
    "a point where the formula has no value": ('formula = "ln x"\nat = { x = -1 }', "", "logarithm of -1"),
    "a formula that is not real": ('formula = "x + √(1 - 2)"', "", "given.formula: has no real value"),
    "a formula with a corner": ('formula = "√(x^2)"', "", "given.formula: the root of a square"),
    "a division by 0": ('formula = "1/x"\nat = { x = 0 }', "", "by 0"),
    "an unknown part": ("A = [[1]]", '["rnak"]', "find: 'rnak' is no part and no quantity here"),
    "symbols in descent": (
        'formula = "x^3"\nstart = { x = "a" }\nlearning_rate = 1',
        "",
        "names in descent are worked on a quadratic",
    ),
}


@pytest.mark.parametrize("mistake", MISUSE)
def test_a_mistake_is_named_in_one_line_with_its_place(mistake):
    given_, find, said = MISUSE[mistake]
    with pytest.raises(SheetError) as caught:
        worked(given_, **({"find": find} if find else {}))
    message = str(caught.value)
    assert message.startswith("question 'q'")
    assert said in message
    assert "\n" not in message


def test_columns_are_refused():
    with pytest.raises(SheetError, match="convention: matrices are read as they stand"):
        worked("A = [[1]]", convention='"columns"')


def test_a_mistake_on_the_command_line_is_one_line_and_status_2(tmp_path, capfd):
    sheet = tmp_path / "sheet.toml"
    sheet.write_text(
        '[[question]]\nid = "q"\ntopic = "linear_algebra"\ngiven = { vectors = { A = [0], B = [1] } }\n'
    )
    assert run(["solve", str(sheet)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert "question 'q', given.vectors.A: all entries are 0" in err


# --------------------------------------------------------------------------------- pages


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".html", ".md", ".tex", ".ipynb", ".json"])
def test_every_format_shows_the_worksheet(tmp_path, ending):
    file = tmp_path / f"solution{ending}"
    Document([SOLVED]).save(file)
    text = file.read_text(encoding="utf-8")
    assert len(text) > 10_000
    assert "eigen" in text


def test_pictures_are_drawn_and_their_path_is_the_path_worked():
    pictures = [p for working in SOLVED.workings for p in working.pictures]
    assert len(pictures) == 6
    for picture in pictures:
        assert picture.draw().startswith("<svg")


def test_a_picture_of_a_path_that_runs_away_is_drawn_as_far_as_it_can_be():
    given_ = 'formula = "x^4 + y^2"\nstart = { x = 9, y = 1 }\nlearning_rate = 1\nsteps = 5'
    (picture,) = worked(given_).pictures
    assert picture.draw().startswith("<svg")


def test_working_a_matrix_imports_neither_jax_nor_sympy():
    code = (
        "import sys\nfrom chainrule.paper.solving import solve\n"
        'sheet = \'[[question]]\\nid = "q"\\ntopic = "linear_algebra"\\ngiven = { A = [[1, 2], [5, 4]] }\'\n'
        "print(solve(sheet))\n"
        "sys.exit(bool({'jax', 'sympy', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


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


def test_more_vectors_than_a_page_holds_are_refused():
    with pytest.raises(SheetError, match=r"given\.vectors: 13 vectors; at most 12"):
        worked("vectors = { " + ", ".join(f"a{i} = [1, {i}]" for i in range(13)) + " }")


@pytest.mark.parametrize(
    ("formula", "said"),
    [("-x^2 - y^2", "nowhere curved upward"), ("x*y", "a saddle"), ("x^2 + 0*y + (x+y)^2 - x^2", "flat")],
)
def test_a_condition_number_that_measures_nothing_says_why(formula, said):
    assert said in text_of(worked(f'formula = "{formula}"', find='["condition_number"]'))
