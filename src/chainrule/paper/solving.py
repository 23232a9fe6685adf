"""Solving a worksheet: every question, worked by its topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from chainrule.lookup import suggest
from chainrule.paper.sheet import Question, Sheet, SheetError, parse_sheet, read_text
from chainrule.paper.topics import load
from chainrule.paper.workings import Solution, Working


def solve(sheet: str | Path, questions: Sequence[str] | None = None) -> Solution:
    """Work the questions of a worksheet, given as a path or as the text of a TOML file.

    ``questions`` are the ids of those to be worked; all of them without.

    Raises ValueError (as :class:`SheetError`) for what cannot be used, naming question, key and
    what was expected; OSError where the file cannot be opened.

    >>> solution = solve('''
    ... [[question]]
    ... id = "q1"
    ... topic = "network"
    ... find = ["z1"]
    ... [question.given]
    ... x = [[1, 2]]
    ... y = [[5]]
    ... layers = [{ layer = "Dense", units = 1, W = [[0.5], ["1/3"]] }]
    ... ''')
    >>> solution["q1"]["z1"]
    array([[7/6]], dtype=object)
    """
    if isinstance(sheet, str) and "\n" in sheet:
        return solve_sheet(_only(parse_sheet(sheet), questions), sheet)
    path = Path(sheet)
    try:
        text = read_text(path)
        return solve_sheet(_only(parse_sheet(text), questions), text)
    except SheetError as error:
        raise SheetError(f"{path}: {error}") from None


def solve_sheet(sheet: Sheet, source: str = "") -> Solution:
    """Work every question of a worksheet that has been read."""
    return Solution(sheet.title, [_solve(question) for question in sheet.question], source)


def _only(sheet: Sheet, ids: Sequence[str] | None) -> Sheet:
    """The sheet with the questions of these ids alone. Raises SheetError for an id it does not have."""
    known = [question.id for question in sheet.question]
    for name in ids or ():
        if name not in known:
            raise SheetError(f"no question {name!r}; {suggest(name, known)}")
    return replace(sheet, question=[q for q in sheet.question if not ids or q.id in ids])


def _solve(question: Question) -> Working:
    work: Callable[[Question], Working] = load(question.topic).solve
    try:
        return work(question)
    except SheetError as error:
        raise SheetError(f"question {question.id!r}, {error}") from None
    except (ValueError, ArithmeticError) as error:
        raise SheetError(f"question {question.id!r}: {error}") from None
