"""A solved worksheet as an assignment for nbgrader: a notebook that marks its answers by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat
import tomlkit
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from chainrule.exercises.handed_in import key_of, marked_as
from chainrule.marking.question import mark_question
from chainrule.paper.elements import APPROXIMATELY, quantity_tex, written
from chainrule.paper.explain import given_entries
from chainrule.paper.notation import LARGEST_ARRAY
from chainrule.paper.output.markdown import heading
from chainrule.paper.values import each
from chainrule.paper.workings import Solution, Working

HOW = (
    "Give each quantity a value in place of `None`: a number (`0.667`), text "
    '(`"17/10"`, `"√2"`, `"ln 2"`), or a list of these; a matrix is a list of its rows.'
)
_DELIMITER = re.compile("(BEGIN|END) (?=SOLUTION|HIDDEN TESTS|MARK SCHEME)")
"""What nbgrader cuts a cell at, wherever in it this stands."""


def assignment(solution: Solution) -> str:
    """The worksheet as the source of an assignment: the notebook's JSON.

    A question has a cell for its answers, with the key as the solution, and behind it a cell whose hidden
    tests mark them. Where the marker cannot read the key of a formula, as f'(z), they are left to be marked
    by hand.

    Raises ValueError for a solution without the text of its worksheet, by which answers are marked.

    Source: https://nbgrader.readthedocs.io/en/stable/user_guide/creating_and_grading_assignments.html
    """
    if not solution.source and solution.workings:
        raise ValueError("assignment: the solution has no source; expected one that solve() made")
    title = f"# {heading(solution.title)}\n\n" if solution.title.strip() else ""
    cells = [_cell(_prose(f"{title}{HOW}"), "how", locked=True)]
    for number, working in enumerate(solution.workings, start=1):
        cells += _cells(number, working, solution.source)
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.validate(made)
    return f"{nbformat.writes(made)}\n"


def _cells(number: int, working: Working, source: str) -> list[Any]:
    names = [answer.name for answer in mark_question(working, {}).answers]
    key = key_of(working, names)
    question = _prose(_question(number, working, names))
    answers = new_code_cell(
        f"answers_{number} = {_literal(dict.fromkeys(names))}\n"
        f"### BEGIN SOLUTION\nanswers_{number} = {_literal(key)}\n### END SOLUTION"
    )
    asked = _cell(question, f"question-{number}", locked=True)
    if any(answer.verdict != "right" for answer in marked_as(working, key).answers):
        return [asked, _cell(answers, f"answers-{number}", solution=True, points=working.marks)]
    tests = new_code_cell(
        "# The answers are marked when they have been handed in.\n"
        f"assert answers_{number}.keys() <= {{*{working.names!r}}}, 'a name that is not asked for'\n"
        "### BEGIN HIDDEN TESTS\nfrom chainrule.exercises.handed_in import graded\n\n"
        f"sheet = {_lines(_alone(source, working.name))}\n"
        f"graded(sheet, answers_{number})\n### END HIDDEN TESTS"
    )
    return [
        asked,
        _cell(answers, f"answers-{number}", solution=True),
        _cell(tests, f"marks-{number}", locked=True, points=working.marks),
    ]


def _cell(
    cell: Any, name: str, *, locked: bool = False, solution: bool = False, points: float | None = None
) -> Any:
    """A cell as nbgrader knows it; with points, it is marked."""
    about = {"grade_id": name, "locked": locked, "solution": solution, "grade": points is not None}
    about |= {"schema_version": 3, "task": False}
    if points is not None:
        about["points"] = points
    cell["id"] = name
    cell.metadata["nbgrader"] = about
    return cell


def _prose(text: str) -> Any:
    return new_markdown_cell(_DELIMITER.sub(r"\1&nbsp;", text))


def _question(number: int, working: Working, names: Sequence[str]) -> str:
    marks = f"{working.marks:g} {'mark' if working.marks == 1 else 'marks'}"
    lines = [f"## {number}. {heading(working.name)} ({marks})", heading(working.text), *_given(working)]
    lines.append("| quantity | its name | its shape |\n|---|---|---|")
    for name in names:
        quantity = working.tape[name]
        shape = " × ".join(map(str, working.shown(quantity).shape)) or "one value"
        lines[-1] += f"\n| ${quantity_tex(quantity)}$ | `{name}` | {shape} |"
    return "\n\n".join(filter(None, lines))


def _given(working: Working) -> list[str]:
    """The given values; of a large array, every number."""
    made = []
    for quantity, entry in zip(working.given, given_entries(working), strict=True):
        value = working.shown(quantity)
        if max(value.shape, default=1) > LARGEST_ARRAY:
            texts = str(each(value, lambda v: written(working, v).text).tolist()).replace("'", "")
            made.append(f"$${entry.tex}$$\n\n    {texts}")
        else:
            sign = "=" if entry.value_is_exact else APPROXIMATELY
            made.append(f"$${entry.tex} {sign} {entry.value_tex}$$")
    return made


def _literal(values: Mapping[str, Any]) -> str:
    """A dictionary with a line for each quantity."""
    return "{\n" + "".join(f"    {name!r}: {value!r},\n" for name, value in values.items()) + "}"


def _lines(text: str) -> str:
    """A text as Python's literals, a line each, in which nbgrader finds none of its delimiters."""
    lines = [_DELIMITER.sub(r"\1\\x20", repr(line)) for line in text.splitlines(keepends=True)]
    return "(\n" + "".join(f"    {line}\n" for line in lines) + ")"


def _alone(source: str, question: str) -> str:
    """The text of a worksheet with one of its questions alone, whose numbers stand as they were written."""
    sheet = tomlkit.parse(source)
    questions: Any = sheet["question"]
    for i in reversed(range(len(questions))):
        if questions[i]["id"] != question:
            del questions[i]
    return tomlkit.dumps(sheet)
