"""Linear algebra marked: what is right in another form, and the slips of students who make them."""

import numpy as np
import pytest

from chainrule.marking.agreement import restated
from chainrule.marking.answers import parse_answers
from chainrule.marking.sheet import check
from chainrule.paper.numbers import numbers

EIGEN = 'find = ["eigenvalues", "eigenvectors"]\ngiven = { A = [[1, 2], [5, 4]] }'
"""Eigenvalues 6 and -1, eigenvectors (2, 5) and (1, -1)."""
TWICE = 'find = ["eigenvalues", "eigenvectors"]\ngiven = { A = [[2, 0, 0], [0, 5, 0], [0, 0, 2]] }'
MIXED = 'find = ["eigenvalues", "eigenvectors"]\ngiven = { A = [[1, 1, 0], [2, 1, 0], [0, 0, 2]] }'
"""Eigenvalues 2 and 1 ± √2, with the eigenvectors (0, 0, 1) and (1, ±√2, 0)."""
SPACES = 'find = ["rank", "column_space", "null_space"]\ngiven = { A = [[2, 4, 6], [2, 4, 7], [1, 2, 3]] }'
"""U = [[2, 4, 6], [0, 0, 1], [0, 0, 0]]."""
PLANE = 'find = ["null_space"]\ngiven = { A = [[1, 1, 1]] }'
SWAPPED = "given = { A = [[0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 3, 0], [0, 0, 0, 1]] }"
SINGULAR = 'find = ["singular_values", "condition_number"]\ngiven = { A = [[3, 0], [4, 5]] }'
"""AᵀA = [[25, 20], [20, 25]] with the eigenvalues 45 and 5; κ = 3."""
VECTORS = "given = { vectors = { A = [3, 4], B = [1, 2] } }"
PRODUCT = "given = { A = [[1, 2], [3, 4]], B = [[5, 6], [7, 8]] }"


def marked(question, answers):
    sheet = f'[[question]]\nid = "q"\ntopic = "linear_algebra"\n{question}'
    lines = "\n".join(f"{name} = {value}" for name, value in answers.items())
    return {a.name: a for a in check(sheet, f"[q]\n{lines}").questions[0].answers}


def verdicts(question, answers):
    found = marked(question, answers)
    return [found[name].verdict for name in answers]


# ------------------------------------------------------------------- right in another form


def entries(text):
    return parse_answers(f"[q]\nv = {text}").questions["q"]["v"].entries


BASIS = [[1, 0], [0, 1], [-1, -1]]
ECHELON = [[1, 2, 3], [0, 2, 4], [0, 0, 0]]
FORMS = [
    ([[1], [2]], "[[2], [4]]", "factor", True),
    ([[1], [2]], "[[-1], [-2]]", "factor", True),
    ([[1], [2]], "[[0.447], [0.894]]", "factor", True),
    ([[1], [2]], '[["1/√5"], ["2/√5"]]', "factor", True),
    ([[1], [2]], "[[1], [3]]", "factor", False),
    ([[1], [2]], "[[12], [25]]", "factor", False),  # whole numbers are meant as they are
    ([[1], [2]], "[[0.45], [0.95]]", "factor", False),
    ([[1], [0]], "[[3], [0]]", "factor", True),
    ([[1], [0]], "[[3], [1]]", "factor", False),
    ([[1], [2]], "[[0], [0]]", "factor", False),
    ([[1], [2]], "[[0.0], [0.0]]", "factor", False),
    ([[1], [2]], '[["a"], ["2*a"]]', "factor", False),
    ([6, -1], "[-1, 6]", "order", True),
    ([6, 6, 1], "[6, 1, 6]", "order", True),
    ([6, 6, 1], "[1, 6, 1]", "order", False),
    (BASIS, "[[1, 1], [1, -1], [-2, 0]]", "span", True),
    (BASIS, "[[0.707, 0.408], [-0.707, 0.408], [0, -0.816]]", "span", True),
    (BASIS, "[[1, 0], [0, 1], [-1, 1]]", "span", False),
    (BASIS, "[[1, 2], [1, 2], [-2, -4]]", "span", False),  # dependent
    (BASIS, "[[0.33, 0.67], [0.33, 0.67], [-0.67, -1.33]]", "span", False),  # but for rounding
    (BASIS, "[[1, 0], [0, 0], [-1, 0]]", "span", False),
    ([[2, 1], [0, 1]], "[[1, 3], [2, 4]]", "span", True),  # the whole plane
    (ECHELON, "[[1, 2, 3], [0, 1, 2], [0, 0, 0]]", "rows", True),
    (ECHELON, "[[1, 0, -1], [0, 1, 2], [0, 0, 0]]", "rows", True),
    (ECHELON, "[[1, 2, 3], [0, 1, 1], [0, 0, 0]]", "rows", False),
    (ECHELON, "[[0, 1, 2], [1, 2, 3], [0, 0, 0]]", "rows", False),  # no echelon form
    ([[1], [2]], "[[2], [4]]", "", False),
]


@pytest.mark.parametrize(("value", "text", "same", "right"), FORMS)
def test_a_value_may_be_given_in_another_form(value, text, same, right):
    found = restated(numbers(value), entries(text), same)
    assert (found is not None) == right
    if right:
        given = np.array([float(e.value) for e in entries(text).flat])
        expected = np.array(value, float) if same == "rows" else given.reshape(found.shape)
        np.testing.assert_allclose(found.astype(float), expected, atol=1e-3)


@pytest.mark.parametrize(
    ("question", "answers", "expected"),
    [
        (EIGEN, {"eigenvalues": "[6, -1]", "v1": "[0.4, 1]", "v2": "[-3, 3]"}, "right right right"),
        (EIGEN, {"eigenvalues": "[-1, 6]", "v1": "[1, -1]", "v2": "[2, 5]"}, "right right right"),
        (EIGEN, {"eigenvalues": "[-1, 6]", "v1": "[2, 5]", "v2": "[1, -1]"}, "right wrong wrong"),
        (
            EIGEN,
            {"lambda1": "-1", "lambda2": "6", "v1": "[1, -1]", "v2": "[2, 5]"},
            "right right right right",
        ),
        (EIGEN, {"lambda1": "6", "lambda2": "6"}, "right wrong"),
        (EIGEN, {"v1": "[1, -1]", "v2": "[2, 5]"}, "right right"),
        (EIGEN, {"v1": "[1, -1]", "v2": "[2, -2]"}, "right wrong"),
        (EIGEN, {"v1": "[0, 0]"}, "wrong"),
        (EIGEN, {"eigenvalues": "[-1, 6]", "lambda1": "6", "v1": "[2, 5]"}, "right right right"),
        (EIGEN, {"eigenvalues": "[-1, 5]", "v1": "[1, -1]"}, "wrong right"),
        (EIGEN, {"characteristic_polynomial": "[-1, 5, 6]"}, "right"),
        (TWICE, {"eigenvalues": "[2, 2, 5]", "v1": "[[1, 0], [0, 0], [0, 1]]"}, "right right"),
        (
            TWICE,
            {"eigenvalues": "[2, 5, 2]", "v1": "[[1, 0, 1], [1, 0, -1]]", "v2": "[0, 3, 0]"},
            "right " * 3,
        ),
        (TWICE, {"eigenvalues": "[5, 2, 2]", "v2": "[[1, 2], [0, 0], [1, 2]]"}, "right wrong"),
        (
            MIXED,
            {"eigenvalues": '["1 - √2", 2, "1 + √2"]', "v1": "[-0.707, 1, 0]", "v2": "[0, 0, 2]"},
            "right right right",
        ),
        (SPACES, {"column_space": "[[6, 2], [7, 2], [3, 1]]", "null_space": "[-1, 0.5, 0]"}, "right right"),
        (SPACES, {"column_space": "[[2, 4], [2, 4], [1, 2]]"}, "wrong"),
        (SPACES, {"column_space": "[2, 2, 1]"}, "wrong"),
        (SPACES, {"U": "[[1, 2, 3], [0, 0, 1], [0, 0, 0]]", "rank": "2"}, "right right"),
        (PLANE, {"null_space": "[[1, -1, 0], [1, 0, -1]]"}, "right"),  # as a list of vectors
        (PLANE, {"null_space": "[[1, 1], [-1, 0], [0, -1]]"}, "right"),
        (SINGULAR, {"singular_values": "[2.2361, 6.7082]", "condition_number": "3"}, "right right"),
        (SINGULAR, {"singular_values": "[2.2361, 6.7082]", "condition_number": "0.333"}, "right wrong"),
        (SINGULAR, {"singular_values": "[45, 5]", "condition_number": "9"}, "wrong follows"),
    ],
)
def test_a_factor_an_order_and_a_basis_are_free(question, answers, expected):
    assert verdicts(question, answers) == expected.split()


def test_the_key_is_shown_in_the_students_order():
    found = marked(EIGEN, {"eigenvalues": "[-1, 6]", "v1": "[1, 1]"})["v1"]
    assert found.expected == [["-1"], ["1"]]


def test_a_determinant_is_not_worked_from_a_scaled_echelon_form():
    # rows 2 and 3 divided by their pivots: the product of the pivots is no longer the determinant
    scaled = "[[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]"
    assert verdicts(SWAPPED, {"U": scaled, "determinant": "-1"}) == ["right", "wrong"]
    assert verdicts(SWAPPED, {"U": scaled, "determinant": "-6"}) == ["right", "right"]


# -------------------------------------------------------------------------------- slips

CASES = [
    (EIGEN, "determinant", "14", "signs_not_alternated"),
    (EIGEN, "determinant", "4", "diagonal_alone"),
    (EIGEN, "characteristic_polynomial", "[1, 5, -6]", "opposite_sign"),
    (EIGEN, "eigenvalues", "[1, 4]", "diagonal_alone"),
    (EIGEN, "eigenvalues", "[-6, 1]", "opposite_sign"),
    (EIGEN, "eigenvalues", "[-2, 12]", "not_halved"),
    (EIGEN, "M1", "[[7, 2], [5, 10]]", "opposite_sign"),
    (EIGEN, "M1", "[[-5, -4], [-1, -2]]", "all_entries"),
    (EIGEN, "v1", "[2, -5]", "signs_not_turned"),
    (EIGEN, "v2", "[1, 1]", "sign"),
    (SPACES, "rank", "3", "all_rows"),
    (SPACES, "rank", "1", "nullity_for_rank"),
    (SPACES, "nullity", "2", "rank_for_nullity"),
    (SPACES, "nullity", "3", "nothing_subtracted"),
    (SPACES, "column_space", "[[2, 6], [0, 1], [0, 0]]", "columns_of_echelon_form"),
    (SPACES, "column_space", "[[1, 0], [0, 1], [0, 0]]", "columns_of_echelon_form"),
    (SPACES, "column_space", "[[2, 0], [4, 0], [6, 1]]", "row_space"),
    (SPACES, "null_space", "[2, 1, 0]", "signs_not_turned"),
    (SPACES, "null_space", "[4, 2, 0]", "signs_not_turned"),
    (SPACES, "R", "[[2, 4, 0], [0, 0, 1], [0, 0, 0]]", "pivots_not_one"),
    (SPACES, "R", "[[2, 4, 6], [0, 0, 1], [0, 0, 0]]", "not_cleared_above"),
    (SWAPPED, "determinant", "6", "swaps_left_out"),
    (SWAPPED, "determinant", "7", "diagonal_added"),
    (SINGULAR, "gram", "[[9, 12], [12, 41]]", "other_order"),
    (SINGULAR, "gram", "[[9, 0], [32, 25]]", "no_transpose"),
    (SINGULAR, "singular_values", "[45, 5]", "no_root"),
    (SINGULAR, "condition_number", "0.333", "inverted"),
    (SINGULAR, "condition_number", "4.472", "subtracted"),
    (SINGULAR, "condition_number", "9", "no_root"),
    (VECTORS, "norm_A", "25", "no_root"),
    (VECTORS, "norm_A", "7", "not_squared"),
    (VECTORS, "dot_A_B", "11.18", "lengths_multiplied"),
    (VECTORS, "dot_A_B", "21", "sums_multiplied"),
    (VECTORS, "cosine_A_B", "2.2", "one_norm"),
    (VECTORS, "cosine_A_B", "11", "not_divided"),
    (VECTORS, "cosine_A_B", "1.520", "lengths_added"),
    (VECTORS, "cosine_A_B", "0.0880", "no_root"),  # 11/(25 · 5): in both lengths
    (PRODUCT, "C", "[[5, 12], [21, 32]]", "elementwise"),
    (PRODUCT, "C", "[[23, 34], [31, 46]]", "other_order"),
    (PRODUCT, "C", "[[17, 23], [39, 53]]", "rows_by_rows"),
]


@pytest.mark.parametrize(("question", "name", "answer", "slip"), CASES)
def test_a_slip_is_named(question, name, answer, slip):
    found = marked(question, {name: answer})[name]
    assert found.verdict == "wrong"
    assert slip in (found.slip or "").split("|")


@pytest.mark.parametrize(
    ("question", "wrong", "slip", "follows"),
    [
        (VECTORS, {"norm_A": "25"}, "no_root", {"cosine_A_B": "0.1968"}),  # 11/(25 √5)
        (SPACES, {"rank": "3"}, "all_rows", {"nullity": "0"}),
        (SINGULAR, {"gram": "[[9, 12], [12, 41]]"}, "other_order", {}),
    ],
)
def test_what_is_worked_from_a_slip_follows(question, wrong, slip, follows):
    found = marked(question, {**wrong, **follows})
    (name,) = wrong
    assert (found[name].verdict, found[name].slip) == ("wrong", slip)
    assert [found[other].verdict for other in follows] == ["follows"] * len(follows)
