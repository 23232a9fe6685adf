"""Answers that stand in a notebook, as Python's values: read, marked, and the key among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tomlkit

from chainrule.marking.answers import Answer, parse_answers
from chainrule.marking.question import MarkedQuestion, mark_question
from chainrule.paper.digits import significant
from chainrule.paper.elements import as_number
from chainrule.paper.numbers import Number
from chainrule.paper.solving import solve
from chainrule.paper.values import each
from chainrule.paper.workings import Working

DIGITS = 10
"""Significant digits that are taken of a float: what it was worked from is hardly known to more."""
LONGEST_FRACTION = 40
"""Characters. A longer fraction stands in the key as its decimals."""


def graded(sheet: str, answers: Mapping[str, Any]) -> float:
    """Mark the answers to the one question of a worksheet, print each verdict, and give the marks.

    Raises ValueError for an answer that cannot be read or that is not asked for.

    >>> sheet = '''
    ... [[question]]
    ... id = "q1"
    ... topic = "perceptron"
    ... given = { x = [1, 2], w = [0.5, 0.25], b = 1 }
    ... '''
    >>> graded(sheet, {"z": 1.0, "yhat": None})
    z: wrong: the bias is left out; expected 2
    yhat: missing
    0.0
    """
    (working,) = solve(sheet).workings
    marked = marked_as(working, answers)
    for answer in marked.answers:
        print(": ".join(filter(None, [answer.name, answer.verdict, answer.explanation])))
    return min(round(marked.score, 6), marked.out_of)


def marked_as(working: Working, answers: Mapping[str, Any]) -> MarkedQuestion:
    """A question marked, with Python's values as answers; None is no answer.

    Raises ValueError for an answer that cannot be read or that is not asked for.
    """
    return mark_question(working, _read(working.name, answers))


def _read(question: str, answers: Mapping[str, Any]) -> dict[str, Answer]:
    table = {name: _plain(value) for name, value in answers.items() if value is not None}
    return parse_answers(tomlkit.dumps({question: table})).questions[question]


def _plain(value: Any) -> Any:
    """A value as an answer sheet holds it: text, or lists of it."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, str | bool):
        return value
    if isinstance(value, float) or hasattr(value, "__array__"):
        array = np.asarray(value)
        if array.dtype.kind == "f":
            digits = min(DIGITS, np.finfo(array.dtype).precision)
            return each(array, lambda one: f"{one:.{digits}g}").tolist()
        return _plain(array.tolist())
    return str(value)


def key_of(working: Working, names: Sequence[str]) -> dict[str, Any]:
    """The right values as text, in lists; fractions are exact, and what is no fraction is its decimals."""
    return {name: each(working.shown(working.tape[name]), _written).tolist() for name in names}


def _written(value: Any) -> str:
    number = as_number(value)
    if not isinstance(number, Number):
        return str(number)
    exact = "" if number.exact is None else str(number.exact)
    return exact if 0 < len(exact) <= LONGEST_FRACTION else significant(number, DIGITS).text
