"""A solved worksheet as Moodle XML: a category, and in it the questions with answers and feedback."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Self

import numpy as np
from markupsafe import Markup

from chainrule.exercises.moodle.boxes import boxes
from chainrule.exercises.moodle.markup import worked
from chainrule.exercises.moodle.page import boxes_to_fill, find, head, key
from chainrule.marking.question import mark_question
from chainrule.paper.output.context import question_context
from chainrule.paper.workings import Solution, Working

LARGEST = 50_000
"""Weight that the boxes of a question may have together; Moodle keeps marks below 100,000."""
LONGEST_NAME = 200
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def quiz(solution: Solution) -> str:
    """The worksheet as Moodle XML.

    A question is of type cloze (Embedded answers), with a box for each entry of what it asks for: the right
    value with its tolerance, and what each usual slip gives, at no marks, with what was done as feedback.
    What Moodle cannot compare, formulas with names and vectors up to a factor, is asked in an essay question
    with the key for who reads it. The working is each question's general feedback.

    Boxes have whole weights, which add up to the question's mark. So that every quantity counts alike, all
    marks of the worksheet are multiplied by one number.

    Source: https://docs.moodle.org/en/Moodle_XML_format
    """
    made = []
    if solution.title.strip():
        made.append(_element("category", [_text("category", _category(solution.title), "")]))
    asked = [_Asked.of(working) for working in solution.workings]
    factor = _factor(asked)
    for question in asked:
        made += question.elements(factor)
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *made, "</quiz>", ""])


@dataclass(frozen=True)
class _Asked:
    """A question: the marks of each quantity, those with boxes, and those that must be read."""

    working: Working
    share: Fraction
    filled: dict[str, np.ndarray]
    read: list[str]

    @classmethod
    def of(cls, working: Working) -> Self:
        names = [answer.name for answer in mark_question(working, {}).answers]
        made = {name: boxes(working, name, names) for name in names}
        filled = {name: each for name, each in made.items() if each is not None}
        share = Fraction(str(working.marks)) / max(1, len(names))
        return cls(working, share, filled, [name for name in names if name not in filled])

    @property
    def weights(self) -> dict[str, Fraction]:
        """The mark of each box of a quantity."""
        return {name: self.share / each.size for name, each in self.filled.items()}

    def elements(self, factor: Fraction) -> list[str]:
        """The question, and where Moodle cannot compare all of it, another for what must be read."""
        parts = question_context(self.working)["parts"]
        name, above, feedback = self.working.name, head(self.working), worked(parts)
        made = []
        if self.filled:
            whole = {name: max(1, round(weight * factor)) for name, weight in self.weights.items()}
            text = above + boxes_to_fill(self.working, self.filled, whole)
            marks = self.share * len(self.filled) * factor
            made.append(_question("cloze", name, text, marks, feedback))
        if self.read or not self.filled:
            name = f"{name}, to be read" if self.filled else name
            text = above + find(self.working, self.read)
            marks = self.share * max(1, len(self.read)) * factor
            info = _text("graderinfo", key(parts, self.read))
            made.append(_question("essay", name, text, marks, feedback, info))
        return made


def _factor(asked: Sequence[_Asked]) -> Fraction:
    """What the marks are multiplied by: the least number that makes every weight whole, or nearly so."""
    whole = lcm(*(weight.denominator for question in asked for weight in question.weights.values()))
    most = max((Fraction(str(question.working.marks)) for question in asked), default=Fraction(1))
    return min(Fraction(whole), LARGEST / most)


def _category(title: str) -> str:
    """The path of the worksheet's category; one stroke alone would begin another below it."""
    return "$course$/top/" + " ".join(title.split())[:LONGEST_NAME].replace("/", " // ")


def _question(kind: str, name: str, text: Markup, marks: Fraction, feedback: Markup, *more: str) -> str:
    parts = [
        _text("name", " ".join(name.split())[:LONGEST_NAME], ""),
        _text("questiontext", text),
        _text("generalfeedback", feedback),
        f"<defaultgrade>{float(marks):.7f}</defaultgrade>",
    ]
    return _element(kind, [*parts, *more])


def _element(kind: str, parts: Sequence[str]) -> str:
    return "\n".join([f'<question type="{kind}">', *parts, "</question>"])


def _text(tag: str, text: str, attributes: str = ' format="html"') -> str:
    """An element with a text in it, without the signs that XML cannot hold.

    The text is CDATA: of any other, Moodle drops the spaces that stand between two entities.
    """
    held = _NOT_IN_XML.sub("", str(text)).replace("]]>", "]]]]><![CDATA[>")
    return f"<{tag}{attributes}><text><![CDATA[{held}]]></text></{tag}>"
