"""A small reader of Moodle XML and of the boxes in it, written without chainrule's writer."""

import html
import re
from dataclasses import dataclass
from xml.etree import ElementTree

BOX = re.compile(r"\{(\d*):([A-Z_]+):((?:[^}\\]|\\.)*)\}")
NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
"""The numbers that Moodle reads in a box, as far as this needs: with a point, not a comma."""


@dataclass(frozen=True)
class Choice:
    """One choice of a box: what is answered, how near to it, the percentage, and the feedback's HTML."""

    answer: str
    tolerance: float
    percent: float
    feedback: str


@dataclass(frozen=True)
class Box:
    weight: int
    kind: str
    choices: list[Choice]

    def choice(self, answer):
        """The first choice that an answer fits, as Moodle takes it; None where none does."""
        for choice in self.choices:
            if self.kind == "NUMERICAL":
                value = float(choice.answer)
                # Moodle widens every tolerance by what PHP's 14 digits leave open.
                if abs(float(answer) - value) <= choice.tolerance * (1 + 1e-12) + 1e-14 * abs(value):
                    return choice
            elif choice.answer.casefold() == answer.casefold():
                return choice
        return None


@dataclass(frozen=True)
class Question:
    name: str
    kind: str
    text: str
    marks: float
    feedback: str
    key: str

    @property
    def boxes(self):
        return [_box(found) for found in BOX.finditer(self.text)]


def read(text):
    """The category's path (None without one) and the questions of a file."""
    root = ElementTree.fromstring(text.encode())
    assert root.tag == "quiz"
    category, questions = None, []
    for each in root:
        assert each.tag == "question"
        if each.get("type") == "category":
            assert category is None
            category = each.findtext("category/text")
        else:
            assert {child.get("format", "html") for child in each} == {"html"}
            questions.append(
                Question(
                    each.findtext("name/text"),
                    each.get("type"),
                    each.findtext("questiontext/text"),
                    float(each.findtext("defaultgrade")),
                    each.findtext("generalfeedback/text"),
                    each.findtext("graderinfo/text") or "",
                )
            )
    return category, questions


def _box(found):
    weight, kind, body = found.groups()
    assert kind in ("NUMERICAL", "SHORTANSWER")
    choices = []
    for written in re.split(r"(?<!\\)~", body):
        percent, rest = (100.0, written[1:]) if written[0] == "=" else (None, written)
        if percent is None:
            given = re.match(r"%(-?[0-9.]+)%", written)
            percent, rest = float(given[1]), written[given.end() :]
        answer, _, feedback = _parted(rest)
        tolerance = 0.0
        if kind == "NUMERICAL":
            answer, within = answer.split(":")
            assert NUMBER.fullmatch(answer)
            assert NUMBER.fullmatch(within)
            tolerance = float(within)
        else:
            answer = html.unescape(answer).replace(r"\*", "*")
        choices.append(Choice(answer, tolerance, percent, html.unescape(feedback)))
    return Box(int(weight), kind, choices)


def _parted(text):
    """Answer and feedback: at the first # that begins no entity."""
    found = re.search(r"(?<!&)#", text)
    return (text, "", "") if found is None else (text[: found.start()], "#", text[found.end() :])
