"""Whether an answer agrees with a value, to the digits that it was given with."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from chainrule.marking.answers import Answer, Entry
from chainrule.paper.numbers import Number
from chainrule.paper.reading import Value
from chainrule.paper.words import Word

EQUAL = Number("1e-25")
"""How near a value that is no fraction, as √2, must be to one that was given exactly."""


def agrees(value: Any, entry: Entry) -> bool:
    """Whether an entry is this value.

    A decimal is, if it lies within half a step of its last digit, or is the value with further digits
    cut off. A whole number for a value that is none needs two digits, and so does a zero for a value
    that is not. What was given exactly, as 17/10 or √2, must be the value.

    >>> from chainrule.marking.answers import parse_answers
    >>> def given(text): return parse_answers(f"[q]\\nz = {text}").questions["q"]["z"].entries.item()
    >>> third = Number("2/3")
    >>> [agrees(third, given(text)) for text in ("0.67", "0.66", "0.6667", "0.68", "1", '"2/3"', '"67%"')]
    [True, True, True, False, False, True, True]
    """
    if isinstance(value, Word):
        return value.text.casefold() == entry.text.casefold() or value.text == entry.value
    if isinstance(entry.value, str):
        return False
    if not isinstance(value, Number):
        if isinstance(value, int | np.integer):
            value = Number(int(value))
        elif isinstance(entry.value, Value) or not value.is_number:
            return _same_formula(value, entry.value)
        else:
            value = value.number()
    if isinstance(entry.value, Value):
        return False
    if entry.unit is None:
        return _equal(value, entry.value)
    return _to_its_digits(value, entry, entry.unit)


def _to_its_digits(value: Number, entry: Entry, unit: Fraction) -> bool:
    assert isinstance(entry.value, Number)
    if value.exact is not None and value.exact == entry.value.exact:
        return True
    if entry.digits < 2 and unit >= 1:
        return False
    step = Number(unit)
    if entry.value == 0:
        return entry.places >= 2 and abs(value) <= step / 2
    if abs(value - entry.value) <= step / 2:
        return True
    beyond = abs(value) - abs(entry.value)
    return entry.digits >= 2 and value.sign() == entry.value.sign() and 0 <= beyond < step


def _equal(value: Number, given: Number) -> bool:
    if value.exact is not None and given.exact is not None:
        return bool(value.exact == given.exact)
    low, high = next(iter((value - given).enclosures()))
    return Number(max(abs(low), abs(high))) < EQUAL


def _same_formula(value: Any, given: Number | Value) -> bool:
    from chainrule.paper.formulas import Formula
    from chainrule.paper.topics.identity.equality import compare

    formula = given.formula() if isinstance(given, Value) else Formula(given)
    return bool(compare(value.expression, formula.expression).equal)


def fitted(answer: Answer, shape: tuple[int, ...], columns: bool) -> np.ndarray | None:
    """The entries in the shape of a quantity, or None where they do not fit.

    A vector may be given as a row or a column, and one number without brackets. ``columns``: matrices
    stand in the file with their samples in columns.

    >>> from chainrule.marking.answers import parse_answers
    >>> row = parse_answers("[q]\\nz = [1, 2]").questions["q"]["z"]
    >>> fitted(row, (2, 1), False).shape, fitted(row, (3,), False)
    ((2, 1), None)
    """
    entries = answer.entries
    if entries.size == np.prod(shape, dtype=int) and _is_vector(entries.shape) and _is_vector(shape):
        return entries.reshape(shape)
    turned = columns and len(shape) == 2
    expected = shape[::-1] if turned else shape
    if _without_ones(entries.shape) != _without_ones(expected):
        return None
    found = entries.reshape(expected)
    return found.T if turned else found


def _is_vector(shape: tuple[int, ...]) -> bool:
    return len(_without_ones(shape)) <= 1


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


def agreeing(value: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """Which entries agree, (shape of both)."""
    found = np.empty(entries.shape, dtype=bool)
    for place in np.ndindex(entries.shape):
        found[place] = agrees(value[place], entries[place])
    return found
