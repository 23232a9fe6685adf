"""The course's worksheets: every question solves to its answer, in every format.

The answers under ``worksheets/answers`` were found without chainrule: the tests of each topic work
them again with SciPy, SymPy, scikit-learn, Keras or JAX, or the file shows them worked by hand.
"""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.numbers import Number
from chainrule.paper.reading import Value, read
from chainrule.paper.sheet import json_schema, parse_toml
from chainrule.paper.solving import solve

FOLDER = Path(__file__).parent.parent / "worksheets"
SHEETS = sorted(FOLDER.glob("*.toml"))


def answers_to(sheet):
    return parse_toml((FOLDER / "answers" / sheet.name).read_text(encoding="utf-8"))


solved = cache(solve)

ANSWERS = [
    pytest.param(sheet, question, name, answer, id=f"{sheet.stem}-{question}-{name}")
    for sheet in SHEETS
    for question, quantities in answers_to(sheet).items()
    for name, answer in quantities.items()
]


def flat(answer):
    """The leaves of nested lists, in order."""
    return [leaf for part in answer for leaf in flat(part)] if isinstance(answer, list) else [answer]


def shape(answer):
    lengths = []
    while isinstance(answer, list):
        lengths.append(len(answer))
        answer = answer[0]
    return tuple(n for n in lengths if n != 1)


def agrees(value, answer):
    """Whether a value is the answer: exactly, or to as many decimals as the answer has."""
    if not isinstance(value, Number):
        if not isinstance(value, Formula):
            return str(value) == answer
        if not value.is_number:
            given = read(answer)
            formula = given.formula() if isinstance(given, Value) else Formula(given)
            return sympy.simplify((value - formula).expression) == 0
        value = value.number()
    if isinstance(answer, Decimal):
        unit = Number(Decimal(1).scaleb(answer.as_tuple().exponent))
        return abs(value - Number(answer)) <= unit / 2
    given = read(answer)
    if isinstance(given, Value):
        given = given.number()
    if value.exact is not None and given.exact is not None:
        return value.exact == given.exact
    low, high = next(iter((value - given).enclosures()))
    return Number(max(abs(low), abs(high))) < Number("1e-30")


@pytest.mark.parametrize(("sheet", "question", "name", "answer"), ANSWERS)
def test_a_question_solves_to_its_answer(sheet, question, name, answer):
    working = solved(sheet)[question]
    value = np.asarray(working[name])
    assert tuple(n for n in value.shape if n != 1) == shape(answer)
    for found, right in zip(value.flat, flat(answer), strict=True):
        assert agrees(found, right), f"{name}: found {found}, right is {right}"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_question_has_an_answer_and_words(sheet):
    questions = parse_toml(sheet.read_text(encoding="utf-8"))["question"]
    answers = answers_to(sheet)
    assert list(answers) == [question["id"] for question in questions]
    assert all(answers.values())
    assert all(question["text"].strip().endswith((".", "?")) for question in questions)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_worksheet_fits_the_schema(sheet):
    tables = json.loads(json.dumps(parse_toml(sheet.read_text(encoding="utf-8")), default=float))
    jsonschema.validate(tables, json_schema())


@pytest.mark.parametrize(
    ("value", "answer", "right"),
    [
        (Number("8/107"), "8/107", True),
        (Number("8/107"), Decimal("0.0748"), True),
        (Number("8/107"), Decimal("0.0747"), False),
        (Number("8/107"), "8/106", False),
        (Number(2).sqrt(), "√2", True),
        (Number(2).sqrt(), Decimal("1.4142"), True),
        (Number(2).sqrt(), "7/5", False),
        (Formula(2).sqrt() - 1, "√2 - 1", True),
        (Formula.symbol("w") * 2, "w + w", True),
        (Formula.symbol("w") * 2, "w", False),
    ],
)
def test_the_comparison_can_fail(value, answer, right):
    assert agrees(value, answer) == right
