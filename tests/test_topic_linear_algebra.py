"""Linear algebra on worksheets: mistakes in a question, and the pages."""

import subprocess
import sys

import pytest

from chainrule.cli.main import run
from chainrule.paper.sheet import SheetError
from chainrule.paper.workings import Document
from linear_algebra_cases import SOLVED, worked

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


def test_working_a_matrix_imports_neither_jax_nor_sympy():
    code = (
        "import sys\nfrom chainrule.paper.solving import solve\n"
        'sheet = \'[[question]]\\nid = "q"\\ntopic = "linear_algebra"\\ngiven = { A = [[1, 2], [5, 4]] }\'\n'
        "print(solve(sheet))\n"
        "sys.exit(bool({'jax', 'sympy', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_more_vectors_than_a_page_holds_are_refused():
    with pytest.raises(SheetError, match=r"given\.vectors: 13 vectors; at most 12"):
        worked("vectors = { " + ", ".join(f"a{i} = [1, {i}]" for i in range(13)) + " }")
