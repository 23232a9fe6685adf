"""Whether an answer agrees with a value, to the digits that it was given with."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from chainrule.marking.answers import Answer, Entry
from chainrule.marking.chains import CANNOT
from chainrule.paper.numbers import Number, UndecidedError
from chainrule.paper.reading import Value
from chainrule.paper.words import Word
from chainrule.rules.linear_algebra.determinants import determinant
from chainrule.rules.linear_algebra.elimination import pivots, row_echelon_form, solved

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
    if isinstance(value, float):
        return entry.text.casefold() in (str(value), "∞")  # what is no Number is infinite
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


def _to_its_digits(value: Number, entry: Entry, unit: fmpq) -> bool:
    assert isinstance(entry.value, Number)
    given, exact = entry.value.exact, value.exact
    assert given is not None  # a number with a last digit is a rational
    if exact is not None and exact == given:
        return True
    if entry.digits < 2 and unit >= 1:
        return False
    # Of a rational, the bare fractions are compared: most of the time that marking takes is spent here.
    beyond = value - entry.value if exact is None else exact - given
    half = unit / 2
    try:
        if given == 0:
            return entry.places >= 2 and bool(-half <= beyond <= half)
        if -half <= beyond <= half:
            return True
        return entry.digits >= 2 and bool(0 <= (-beyond if given < 0 else beyond) < unit)
    except UndecidedError:
        return True  # it lies on the border, as far as can be told: rounded either way


def is_zero(value: Number) -> bool:
    """Whether a number is 0, or cannot be told from it."""
    if value.exact is not None:
        return bool(value.exact == 0)
    try:
        return value.sign() == 0
    except UndecidedError:
        return True


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


def fitted(answer: Answer, shape: tuple[int, ...], columns: bool, same: str = "") -> np.ndarray | None:
    """The entries in the shape of a quantity, or None where they do not fit.

    A vector may be given as a row or a column, and one number without brackets. ``columns``: matrices
    stand in the file with their samples in columns. A basis (``same`` is "span") may be given as a list of
    its vectors, which the key has in columns.

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
        turned = same == "span" and entries.shape == shape[::-1]
        return entries.T if turned else None
    found = entries.reshape(expected)
    return found.T if turned else found


def restated(value: np.ndarray, entries: np.ndarray, same: str) -> np.ndarray | None:
    """A value in the form in which it was answered, where another is as good; None where it is not right.

    ``same`` is that of the value's rule: up to a factor, in any order, other columns with the same span,
    other rows in echelon form with the same span.

    >>> from chainrule.marking.answers import parse_answers
    >>> given = parse_answers("[q]\\nv = [0.447, 0.894]").questions["q"]["v"].entries
    >>> restated(np.array([Number(1), Number(2)]), given, "factor")
    array([447/1000, 447/500], dtype=object)
    """
    if value.shape == entries.shape and agreeing(value, entries).all():
        return value
    form = _FORMS.get(same)
    if form is None or value.shape != entries.shape or not entries.size:
        return None
    try:
        return form(value, entries)
    except CANNOT:
        return None


def ordering(value: np.ndarray, entries: np.ndarray) -> list[int] | None:
    """Which entry of the value each of the answer is; None where one is none, or stands there too often."""
    left, found = list(range(value.size)), []
    for entry in entries.flat:
        fitting = [i for i in left if agrees(value.flat[i], entry)]
        if not fitting:
            return None
        found.append(fitting[0])
        left.remove(fitting[0])
    return None if left else found


def _in_order(value: np.ndarray, entries: np.ndarray) -> np.ndarray | None:
    """The same entries in the answer's order."""
    order = ordering(value, entries)
    return None if order is None else value.reshape(-1)[order].reshape(value.shape)


def _scaled(value: np.ndarray, entries: np.ndarray) -> np.ndarray | None:
    """The value times the factor that brings it nearest to the answer."""
    values, given, within = _numbers(value), _given(entries), _within(entries)
    if all(abs(e) <= t for e, t in zip(given.flat, within.flat, strict=True)):
        return None
    lows, highs = [], []
    for v, e, t in zip(values.flat, given.flat, within.flat, strict=True):
        if abs(v) < EQUAL:
            if abs(e) > t:
                return None
            continue
        ends = (e - t) / v, (e + t) / v
        lows.append(min(ends))
        highs.append(max(ends))
    if not lows or max(lows) > min(highs):
        return None
    scaled: np.ndarray = values * ((max(lows) + min(highs)) / 2)
    return scaled


def _spanned(value: np.ndarray, entries: np.ndarray) -> np.ndarray | None:
    """Columns with the span of the value's, as near to the answer's as the digits tell."""
    if value.ndim < 2 or value.shape[1] == 1:
        return _scaled(value, entries)
    for given in (entries, entries.T) if entries.shape[0] == entries.shape[1] else (entries,):
        found = _columns_in_span(_numbers(value), given)
        if found is not None:
            return found
    return None


def _columns_in_span(value: np.ndarray, entries: np.ndarray) -> np.ndarray | None:
    given, within = _given(entries), _within(entries)
    rows = [column for _, column in pivots(row_echelon_form(value.T))]
    if len(rows) < value.shape[1] or _are_dependent(entries) or abs(determinant(given[rows])) < EQUAL:
        return None
    by_rows = solved(value[rows].T, value.T).T  # each row of the value, by the rows chosen
    made = by_rows @ given[rows]
    slack = within + np.abs(by_rows) @ within[rows]
    fits = [abs(a - b) <= t for a, b, t in zip(made.flat, given.flat, slack.flat, strict=True)]
    return made if all(fits) else None


def _are_dependent(entries: np.ndarray) -> bool:
    """Whether a column is 0, or another times a factor."""
    given = _given(entries)
    columns = range(entries.shape[1])
    if any(all(e == 0 for e in given[:, k]) for k in columns):
        return True
    return any(_scaled(given[:, i], entries[:, k]) is not None for k in columns for i in range(k))


def _in_echelon(value: np.ndarray, entries: np.ndarray) -> np.ndarray | None:
    """Rows in echelon form with the span of the value's; the value itself is gone on with."""
    given = _given(entries)
    rank = len(pivots(value))
    found = pivots(given)
    order = [column for _, column in found]
    if [row for row, _ in found] != list(range(rank)) or order != sorted(set(order)):
        return None
    return value if not rank or _spanned(value[:rank].T, entries[:rank].T) is not None else None


def _numbers(value: np.ndarray) -> np.ndarray:
    """Whatever a value holds, as Numbers."""
    made = np.empty(value.shape, dtype=object)
    for place in np.ndindex(value.shape):
        one: Any = value[place]
        if not isinstance(one, Number):
            one = one.number() if hasattr(one, "number") else Number(one)
        made[place] = one
    return made


def _given(entries: np.ndarray) -> np.ndarray:
    """The numbers of the entries. Raises TypeError where one is no number."""
    made = np.empty(entries.shape, dtype=object)
    for place in np.ndindex(entries.shape):
        entry: Any = entries[place]
        if not isinstance(entry.value, Number):
            raise TypeError("a word or a formula, where a number is needed")
        made[place] = entry.value
    return made


def _within(entries: np.ndarray) -> np.ndarray:
    """How far each entry may be from what it stands for; whole numbers are meant as they are."""
    made = np.empty(entries.shape, dtype=object)
    for place in np.ndindex(entries.shape):
        entry: Any = entries[place]
        exact = entry.unit is None or entry.unit >= 1
        made[place] = EQUAL if exact else Number(entry.unit / 2)
    return made


_FORMS = {"factor": _scaled, "order": _in_order, "span": _spanned, "rows": _in_echelon}


def _is_vector(shape: tuple[int, ...]) -> bool:
    return len(_without_ones(shape)) <= 1


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


def agreeing(value: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """Which entries agree, (shape of both)."""
    found = np.empty(entries.shape, dtype=bool)
    for place in np.ndindex(entries.shape):
        entry: Any = entries[place]
        found[place] = agrees(value[place], entry)
    return found


def within(one: np.ndarray, other: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """Which entries lie between two values, to the digits given; (shape of all three)."""
    found = np.zeros(entries.shape, dtype=bool)
    if one.shape == other.shape == entries.shape:
        for place in np.ndindex(entries.shape):
            found[place] = _is_between(one[place], other[place], entries[place])
    return found


def _is_between(one: Any, other: Any, entry: Any) -> bool:
    if not all(isinstance(each, Number) for each in (one, other, entry.value)) or entry.unit is None:
        return agrees(one, entry)
    half = Number(entry.unit / 2)
    return (_is_at_most(one - half, entry.value) or _is_at_most(other - half, entry.value)) and (
        _is_at_most(entry.value, one + half) or _is_at_most(entry.value, other + half)
    )


def _is_at_most(low: Number, high: Number) -> bool:
    """Whether a number is at most another, or cannot be told from it."""
    try:
        return low <= high
    except UndecidedError:
        return True
