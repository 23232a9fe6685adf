"""The report of a class: marks, where each student went wrong first, and what to teach again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from chainrule.marking.question import MarkedQuestion
from chainrule.marking.results import by_question, first_wrong
from chainrule.marking.sheet import MarkedSheet
from chainrule.paper.output.html import stylesheet
from chainrule.report.templating import environment, style


def class_report(title: str, sheets: Sequence[MarkedSheet]) -> str:
    """The whole page, one self-contained HTML file; there is at least one sheet."""
    questions = by_question(sheets)
    ids = [question.id for question in questions]
    return (
        environment()
        .get_template("class.html")
        .render(
            title=title,
            css=stylesheet(),
            report_css=Markup(style()),
            cards=_cards(sheets),
            questions=questions,
            ids=ids,
            students=[_student(sheet, ids) for sheet in sheets],
            count=len(sheets),
        )
    )


def _cards(sheets: Sequence[MarkedSheet]) -> list[tuple[str, str]]:
    scores = sorted(sheet.score for sheet in sheets)
    whole = sum(sheet.score == sheet.out_of for sheet in sheets)
    return [
        ("sheets", f"{len(sheets):,}"),
        ("marks", f"{sheets[0].out_of:g}"),
        ("on average", f"{sum(scores) / len(scores):.3g}"),
        ("least and most", f"{scores[0]:.3g} to {scores[-1]:.3g}"),
        ("without a mistake", f"{whole:,}"),
    ]


def _student(sheet: MarkedSheet, ids: Sequence[str]) -> dict[str, Any]:
    """A row of the table: name, marks, marks of each question with how full they are, first mistake."""
    own = {question.id: question for question in sheet.questions}
    cells = [_cell(own[each]) if each in own else {"marks": "", "part": None} for each in ids]
    return {
        "name": sheet.student,
        "marks": f"{sheet.score:.3g}",
        "cells": cells,
        "first": first_wrong(sheet),
    }


def _cell(question: MarkedQuestion) -> dict[str, Any]:
    return {"marks": f"{question.score:.3g}", "part": question.score / question.out_of}
