"""What is promised of the numbers of an exercise: how long they are, how large, and how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, inf
from typing import Any

import numpy as np

from chainrule.exercises.draws import Difficulty
from chainrule.paper.numbers import Number
from chainrule.paper.workings import Working


@dataclass(frozen=True)
class Promise:
    """Bounds of the numbers in a question.

    A number that is ``given`` has so many significant digits at most, or stands as a fraction of whole
    numbers with as many. One that is worked is a decimal of at most so many ``digits``, or a fraction of
    whole numbers up to ``whole``; or else, as e^x, it is no rational, and lies between 1/``size`` and
    ``size``. At most so many ``numbers`` are to be worked.
    """

    given: int
    digits: int
    whole: int
    size: int
    numbers: int


PROMISES: Mapping[Difficulty, Promise] = {
    "easy": Promise(given=2, digits=4, whole=60, size=1_000, numbers=16),
    "medium": Promise(given=3, digits=6, whole=1_000, size=10_000, numbers=40),
    "hard": Promise(given=4, digits=9, whole=100_000, size=100_000, numbers=100),
}


def broken(working: Working, promise: Promise) -> str:
    """Which number of a question breaks the promise; nothing where it holds.

    Counts what is given and shown, and every quantity on the page, though ``find`` asks for a few.
    """
    for quantity in working.given:
        for number in _numbers(quantity.value):
            if not _is_short(number, promise.given, 10**promise.given):
                return f"{quantity.name} is given as {number}"
    worked = [working.tape[name] for name in working.names]
    for quantity in worked:
        for number in _numbers(quantity.value):
            if not _comes_out_well(number, promise):
                return f"{quantity.name} is {number}"
    count = sum(quantity.value.size for quantity in worked)
    return "" if count <= promise.numbers else f"{count} numbers are to be worked"


def _numbers(value: np.ndarray) -> Iterator[Number]:
    """The numbers among the entries, which may be words or formulas too."""
    for entry in value.flat:
        made = _number(entry)
        if made is not None:
            yield made


def _number(entry: Any) -> Number | None:
    if isinstance(entry, Number):
        return entry
    if isinstance(entry, int | np.integer | np.floating):
        return Number(entry.item() if isinstance(entry, np.generic) else entry)
    return entry.number() if getattr(entry, "is_number", False) else None


def _comes_out_well(number: Number, promise: Promise) -> bool:
    if number.exact is not None:
        return _is_short(number, promise.digits, promise.whole)
    size = abs(float(number))
    return 1 / promise.size <= size <= promise.size


def _is_short(number: Number, digits: int, whole: int) -> bool:
    """Whether a rational is a decimal of so many digits or a fraction of whole numbers that small."""
    exact = number.exact
    if exact is None or (abs(exact.p) <= whole and exact.q <= whole):
        return True
    return significant_digits(Fraction(int(exact.p), int(exact.q))) <= digits


def significant_digits(number: Fraction) -> float:
    """How many significant digits a number has as a decimal; infinitely many where it does not end.

    >>> [significant_digits(Fraction(text)) for text in ("0.0120", "1200", "1/3")]
    [2, 2, inf]
    """
    left, places = number.denominator, 0
    while left > 1:
        shared = gcd(left, 10)
        if shared == 1:
            return inf
        left //= shared
        places += 1
    return len(str(abs(int(number * 10**places))).rstrip("0"))
