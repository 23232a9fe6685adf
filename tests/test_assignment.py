"""Assignments for nbgrader: their cells are what it expects, they run, and they mark as ``check`` does."""

import contextlib
import io
import json
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pytest

from chainrule.exercises.assignment import assignment
from chainrule.exercises.handed_in import graded
from chainrule.paper.solving import solve
from chainrule.paper.workings import Solution

WORKSHEETS = sorted((Path(__file__).parent.parent / "worksheets").glob("*.toml"))
QUICK = ("03-perceptron", "07-gradients", "11-evaluation")
SHEET = """
title = "Week 4"

[[question]]
id = "neuron"
topic = "perceptron"
marks = 3
find = ["z", "yhat"]
given = { x = [1, 2], w = [0.5, 0.25], b = 1.0000000000000000000001 }

[[question]]
id = "net"
topic = "network"
find = ["z1", "z2", "loss"]
[question.given]
x = [[1, 2]]
y = [[5]]
loss = "mse"
layers = [
  { layer = "Dense", units = 2, W = [[0.5, 1], ["1/3", 1]], b = [1, 1] },
  { layer = "Dense", units = 1, W = [[1], [1]], b = [0.5] },
]
"""
NEURON = """
[[question]]
id = "q"
topic = "perceptron"
find = ["z", "yhat"]
given = { x = [1, 2], w = [0.5, "1/3"], b = 1 }
"""
HOSTILE = [
    "### BEGIN SOLUTION",
    "### END HIDDEN TESTS",
    "# BEGIN MARK SCHEME",
    "]]>",
    "'''\\\\\\\\'''",
    "$x$ `</p>",
]


def cells_of(text):
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}


def cut(source, what, instead=""):
    """What nbgrader makes of a cell: all between two lines that have its words in them is replaced."""
    lines, inside = [], False
    for line in source.split("\n"):
        if f"BEGIN {what}" in line:
            assert not inside
            inside = True
            lines.append(instead)
        elif f"END {what}" in line:
            assert inside
            inside = False
        elif not inside:
            lines.append(line)
    assert not inside
    return "\n".join(lines)


def run(cells, **own):
    """Run the cells, with a student's answers in place of the key's; the marks of each question."""
    space, marks = {}, {}
    for name, cell in cells.items():
        if cell.cell_type == "code":
            about = cell.metadata.nbgrader
            if about.solution:
                exec(own.get(name.replace("-", "_"), cell.source), space)
            if about.grade and not about.solution:
                *before, last, end = cell.source.split("\n")
                assert end == "### END HIDDEN TESTS"
                with contextlib.redirect_stdout(io.StringIO()):
                    exec("\n".join(before), space)
                    marks[name] = eval(last, space)
    return marks


def test_each_question_has_a_cell_to_read_one_to_answer_in_and_one_that_marks():
    cells = cells_of(assignment(solve(SHEET)))
    assert list(cells) == ["how", "question-1", "answers-1", "marks-1", "question-2", "answers-2", "marks-2"]
    about = {name: cell.metadata.nbgrader for name, cell in cells.items()}
    assert all(each.schema_version == 3 for each in about.values())
    assert [name for name, each in about.items() if each.grade] == ["marks-1", "marks-2"]
    assert [name for name, each in about.items() if each.solution] == ["answers-1", "answers-2"]
    assert [name for name, each in about.items() if not each.locked] == ["answers-1", "answers-2"]
    assert (about["marks-1"].points, about["marks-2"].points) == (3, 1)


def test_a_question_shows_what_is_given_and_what_each_quantity_is_called():
    text = cells_of(assignment(solve(SHEET)))["question-2"].source
    assert r"$$x = {\begin{bmatrix} 1 & 2 \end{bmatrix}}$$" in text
    assert "| $z_{1}$ | `z1` | 1 × 2 |" in text
    assert "| $L$ | `loss` | one value |" in text


def test_every_number_of_a_large_array_is_given():
    numbers = list(range(101, 121))
    sheet = f"""
[[question]]
id = "scores"
topic = "activation"
given = {{ activation = "relu", z = {numbers} }}
"""
    assert "101, 102, 103, 104, 105, 106" in cells_of(assignment(solve(sheet)))["question-1"].source


def test_the_key_has_all_marks():
    assert run(cells_of(assignment(solve(SHEET)))) == {"marks-1": 3, "marks-2": 1}


def test_a_slip_costs_its_own_marks_alone():
    cells = cells_of(assignment(solve(SHEET)))
    slipped = "answers_2 = {'z1': [['7/6', 3]], 'z2': 4.67, 'loss': 0.109}"
    assert run(cells, answers_2=slipped) == {"marks-1": 3, "marks-2": pytest.approx(2 / 3)}


def test_what_is_released_has_neither_key_nor_worksheet_and_runs_to_no_marks():
    cells = cells_of(assignment(solve(SHEET)))
    released = ""
    for cell in cells.values():
        released += cut(cut(cell.source, "SOLUTION"), "HIDDEN TESTS")
    assert "13/6" not in released
    assert "graded" not in released
    none = cut(cells["answers-2"].source, "SOLUTION")
    assert run(cells, answers_2=none) == {"marks-1": 3, "marks-2": 0}


def test_a_name_that_is_not_asked_for_is_told_before_handing_in():
    cells = cells_of(assignment(solve(SHEET)))
    released = cut(cells["marks-1"].source, "HIDDEN TESTS")
    exec(released, {"answers_1": {"z": 1}})
    with pytest.raises(AssertionError, match="not asked for"):
        exec(released, {"answers_1": {"zz": 1}})


@pytest.mark.parametrize("words", HOSTILE)
def test_no_text_of_a_worksheet_is_taken_for_a_part_of_the_notebook(words):
    quoted = json.dumps(words, ensure_ascii=False)
    sheet = SHEET.replace('"neuron"', f"{quoted}\ntext = {quoted}").replace('"Week 4"', quoted)
    cells = cells_of(assignment(solve(sheet)))
    assert run(cells) == {"marks-1": 3, "marks-2": 1}
    for cell in cells.values():
        for what in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME"):
            cut(cell.source, what)
    assert "BEGIN SOLUTION" not in cells["question-1"].source + cells["how"].source


def test_numbers_stay_as_the_worksheet_has_them():
    assert "1.0000000000000000000001" in cells_of(assignment(solve(SHEET)))["marks-1"].source


def test_a_formula_that_the_marker_cannot_read_is_marked_by_hand():
    cells = cells_of(
        assignment(
            solve("""
[[question]]
id = "spread"
topic = "probability"
find = ["sd_X"]
marks = 2
given = { density = { name = "uniform", a = "a", b = "b" } }
""")
        )
    )
    about = cells["answers-1"].metadata.nbgrader
    assert (about.grade, about.solution, about.points) == (True, True, 2)
    assert "marks-1" not in cells


def test_a_solution_without_its_worksheet_is_refused():
    solution = solve(SHEET)
    with pytest.raises(ValueError, match="no source"):
        assignment(Solution(solution.title, solution.workings))


@pytest.mark.parametrize(
    "z",
    [
        0.5 + 1 + 2 / 3,
        "13/6",
        Fraction(13, 6),
        np.float64(13 / 6),
        np.float32(13 / 6),
        np.array(13 / 6, dtype=np.float16),
        2.17,
    ],
)
def test_an_answer_may_be_any_of_pythons_numbers(z, capsys):
    assert graded(NEURON, {"z": z, "yhat": 1}) == 1
    assert capsys.readouterr().out == "z: right\nyhat: right\n"


def test_none_is_no_answer(capsys):
    assert graded(NEURON, {"z": 2.17, "yhat": None}) == 0.5
    assert capsys.readouterr().out == "z: right\nyhat: missing\n"


@pytest.mark.parametrize("z", [object(), float("nan"), {}, "__import__('os')", [[1], [2]]])
def test_what_is_no_number_is_wrong(z, capsys):
    assert graded(NEURON, {"z": z, "yhat": 1}) == 0.5


def test_a_quantity_that_there_is_not_is_an_error():
    with pytest.raises(ValueError, match="zz"):
        graded(NEURON, {"zz": 1})


@pytest.mark.parametrize(
    "sheet",
    [
        pytest.param(sheet, id=sheet.stem, marks=() if sheet.stem in QUICK else pytest.mark.slow)
        for sheet in WORKSHEETS
    ],
)
def test_the_keys_of_the_worksheets_have_all_marks(sheet):
    cells = cells_of(assignment(solve(sheet)))
    points = {
        name: cell.metadata.nbgrader.points for name, cell in cells.items() if name.startswith("marks-")
    }
    assert run(cells) == points
    assert len(points) > 0.9 * sum(name.startswith("question-") for name in cells)


@pytest.mark.slow
def test_the_source_runs_from_beginning_to_end(tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    notebook = nbformat.reads(assignment(solve(SHEET)), as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=tmp_path)
    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    assert outputs["marks-1"][-1]["data"]["text/plain"] == "3.0"
    assert outputs["marks-2"][-1]["data"]["text/plain"] == "1.0"
    assert outputs["marks-2"][0]["text"] == "z1: right\nz2: right\nloss: right\n"
