"""What became of a class: marks, where each went wrong first, and which slips were made how often."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.marking.question import MarkedQuestion
from chainrule.marking.sheet import MarkedSheet

COLUMNS = ("student", "question", "name", "given", "expected", "verdict", "slip", "score", "out_of")


@dataclass(frozen=True)
class QuestionResult:
    """A question over a class: marks on average, and what went wrong first, by how often."""

    id: str
    mean: float
    out_of: float
    slips: list[tuple[str, int]]


def by_question(sheets: Sequence[MarkedSheet]) -> list[QuestionResult]:
    """Each question over all sheets, in the order in which they first have it."""
    marked: dict[str, list[MarkedQuestion]] = {}
    for sheet in sheets:
        for question in sheet.questions:
            marked.setdefault(question.id, []).append(question)
    return [_result(questions) for questions in marked.values()]


def _result(questions: Sequence[MarkedQuestion]) -> QuestionResult:
    wrong = [found for question in questions if (found := question.first_wrong) is not None]
    first = Counter(f"{answer.name}: {answer.what or 'no known slip'}" for answer in wrong)
    mean = sum(question.score for question in questions) / len(questions)
    return QuestionResult(questions[0].id, mean, questions[0].out_of, first.most_common())


def first_wrong(sheet: MarkedSheet) -> str:
    """Where a sheet went wrong first, in a few words; empty where nowhere."""
    for question in sheet.questions:
        if (wrong := question.first_wrong) is not None:
            return f"{question.id}, {wrong.name}" + (f": {wrong.what}" if wrong.what else "")
    return ""


def as_csv(sheets: Sequence[MarkedSheet]) -> str:
    """Every answer of every sheet, a line each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for sheet in sheets:
        for question in sheet.questions:
            for answer in question.answers:
                writer.writerow(
                    [
                        _harmless(sheet.student),
                        question.id,
                        answer.name,
                        _harmless(_cell(answer.given)),
                        _cell(answer.expected),
                        answer.verdict,
                        answer.slip or "",
                        f"{answer.score:g}",
                        f"{answer.out_of:g}",
                    ]
                )
    return text.getvalue()


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("'", "")


def _harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t", "\r") else text
