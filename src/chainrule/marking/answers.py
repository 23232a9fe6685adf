"""Answer sheets: TOML with a table per question and a value per quantity, read as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq

from chainrule.paper.numbers import Number
from chainrule.paper.reading import Value, read
from chainrule.paper.sheet import SheetError, parse_toml, read_text
from chainrule.paper.values import LONGEST_GIVEN, array_of

STUDENT = "student"
_DECIMAL = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?)\s*(%?)", re.ASCII)
MOST_DIGITS = 1000


@dataclass(frozen=True)
class Entry:
    """One number (or word) of an answer.

    ``value`` is a Number, a :class:`Value` with names in it, or text that is neither. ``unit`` is one
    step of its last digit; None where it was given exactly, as 17/10. ``digits`` are its significant
    digits, ``places`` its decimals.
    """

    value: Number | Value | str
    unit: fmpq | None = None
    digits: int = 0
    places: int = 0
    text: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer to one quantity: its entries in an array, and how they stood in the file."""

    raw: Any
    entries: np.ndarray

    @property
    def places(self) -> int | None:
        """The most decimals of any entry; None where all are exact or words."""
        return max((e.places for e in self.entries.flat if e.unit is not None), default=None)


@dataclass(frozen=True)
class AnswerSheet:
    """What one student answered, by question and quantity."""

    student: str
    questions: dict[str, dict[str, Answer]] = field(default_factory=dict)


def read_answers(path: Path) -> AnswerSheet:
    """An answer sheet from its file; the student is the file's name where the file does not say.

    Raises SheetError, one line with the file and the place; OSError where it cannot be read.
    """
    try:
        return parse_answers(read_text(path), path.stem)
    except SheetError as error:
        raise SheetError(f"{path}: {error}") from None


def parse_answers(text: str, student: str = "") -> AnswerSheet:
    """An answer sheet from the text of a TOML file.

    >>> sheet = parse_answers('student = "A-17"\\n[q1]\\nloss = 8.82\\nz1 = [["17/10", "√2"]]')
    >>> sheet.student, sheet.questions["q1"]["loss"].entries.item()
    ('A-17', Entry(value=441/50, unit=1/100, digits=3, places=2, text='8.82'))
    """
    tables = parse_toml(text)
    named = tables.pop(STUDENT, student)
    if not isinstance(named, str | int) or isinstance(named, bool):
        raise SheetError(f"{STUDENT}: expected a name or a number, got {type(named).__name__}")
    questions = {}
    for question, table in tables.items():
        if not isinstance(table, dict):
            raise SheetError(
                f"{question}: expected a table with a question's answers, as [q1]; got {str(table)[:40]!r}"
            )
        questions[question] = {name: _answer(f"{question}.{name}", raw) for name, raw in table.items()}
    return AnswerSheet(str(named), questions)


def _answer(place: str, raw: Any) -> Answer:
    try:
        return Answer(raw, array_of(raw, lambda item, _: _entry(item)))
    except ValueError as error:
        raise SheetError(f"{place}: {error}") from None


def _entry(item: Any) -> Entry:
    if isinstance(item, bool):
        return Entry("yes" if item else "no", text=str(item).lower())
    if isinstance(item, str):
        text = item.strip().replace("−", "-")
        if found := _DECIMAL.fullmatch(text):
            return _decimal(Decimal(found[1]), text, percent=bool(found[2]))
        return _exact(text)
    if isinstance(item, int | Decimal):
        return _decimal(Decimal(item), str(item))
    raise ValueError(f"expected a number or text, got {type(item).__name__}")


def _decimal(number: Decimal, text: str, percent: bool = False) -> Entry:
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if len(digits) > MOST_DIGITS or abs(exponent) > MOST_DIGITS:
        raise ValueError(f"a number with more than {MOST_DIGITS} digits")
    exponent -= 2 if percent else 0
    shown = "".join(map(str, digits)).lstrip("0")
    unit = fmpq(1, 10**-exponent) if exponent < 0 else fmpq(10**exponent)
    size = int(shown or "0")
    return Entry(Number(unit * (-size if sign else size)), unit, len(shown), max(0, -exponent), text)


def _exact(text: str) -> Entry:
    try:
        value = read(text)
    except ValueError:
        return Entry(text, text=text)  # a word, where one is expected
    if isinstance(value, Value) and not value.names:
        try:
            return Entry(value.number(), text=text)
        except ArithmeticError as error:
            raise ValueError(f"{text!r} has no value: {error}") from None
    exact = getattr(value, "exact", None)
    if exact is not None and max(exact.p.bit_length(), exact.q.bit_length()) > LONGEST_GIVEN:
        raise ValueError(f"a number with more than {MOST_DIGITS} digits")
    return Entry(value, text=text)


def answer_files(paths: list[Path]) -> Iterator[Path]:
    """The answer files that are named, and those in the folders that are, by name.

    Raises SheetError for a folder without any.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(file for file in path.glob("*.toml") if not file.name.startswith("."))
        if not found:
            raise SheetError(f"{path}: no answer sheets; expected files that end in .toml")
        yield from found
