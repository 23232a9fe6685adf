"""Answers with a slip, and what marking says of them: what the tables of slips share."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chainrule.marking.sheet import check


@dataclass(frozen=True)
class Case:
    """A question, what a student answers who makes a slip in the first answer that is wrong, and its id.

    ``follows`` are the answers that are rightly worked from it.
    """

    slip: str
    topic: str
    given: str
    answers: dict[str, Any]
    at: str
    follows: tuple[str, ...] = field(default=())
    find: str = ""

    def __str__(self) -> str:
        return f"{self.topic}-{self.at}-{self.slip}"


def written(value: Any) -> str:
    """Numbers as a student gives them in an answer file, to six decimals."""
    if isinstance(value, str):
        return f'"{value}"'
    array = np.asarray(value, float)
    if array.ndim:
        return f"[{', '.join(written(part) for part in array)}]"
    return f"{array:.6f}" if array % 1 else f"{array:.0f}"


def assert_named(case: Case) -> None:
    """The first wrong answer is marked as the slip, those from it as following, the others as right."""
    find = f"find = {case.find}" if case.find else ""
    sheet = f'[[question]]\nid = "q"\ntopic = "{case.topic}"\n{find}\n[question.given]\n{case.given}'
    answers = "\n".join(f'"{name}" = {written(value)}' for name, value in case.answers.items())
    (question,) = check(sheet, f"[q]\n{answers}\n").questions
    marked = {answer.name: answer for answer in question.answers}
    found = {name: marked[name].verdict for name in case.answers}
    rest = {name: "follows" if name in case.follows else "right" for name in case.answers}
    assert found == {**rest, case.at: "wrong"}, marked[case.at].explanation
    slip = marked[case.at].slip or ""
    assert case.slip in slip.split("|"), (slip, marked[case.at].explanation)
