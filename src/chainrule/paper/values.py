"""Arrays of given values: nested lists of numbers and text become arrays of exact numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import numpy as np

from chainrule.paper.numbers import LARGEST_EXPONENT, Number
from chainrule.paper.reading import Value, read

DEEPEST = 4
LONGEST_SHOWN = 40
LONGEST_GIVEN = 3400
"""Bits: some 1,000 digits."""


def read_array(raw: Any) -> np.ndarray:
    """Nested lists as an array of Numbers, and of Values where text holds a formula or a name.

    Raises ValueError for rows of different lengths, nothing at all, NaN, and what is no number.

    >>> read_array([[1, "1/2"], [0.2, "w"]]).shape
    (2, 2)
    """
    return array_of(raw, _read)


def array_of(raw: Any, read_item: Callable[[Any, tuple[int, ...]], Any]) -> np.ndarray:
    """Nested lists as an array of what the function makes of each item and its place.

    Raises ValueError for rows of different lengths, nothing at all, or more than four levels.
    """
    shape = _shape(raw)
    made = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        item = raw
        for i in place:
            item = item[i]
        made[place] = read_item(item, place)
    return made


def each(array: np.ndarray, change: Callable[[Any], Any]) -> np.ndarray:
    """An array of what the function makes of each entry.

    >>> each(np.array([1, 2]), str).tolist()
    ['1', '2']
    """
    made = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        made[place] = change(array[place])
    return made


def _shape(raw: Any, depth: int = 0) -> tuple[int, ...]:
    if isinstance(raw, np.ndarray):
        return tuple(raw.shape)
    if not isinstance(raw, (list, tuple)):
        return ()
    if depth == DEEPEST:
        raise ValueError(f"nested more than {DEEPEST} deep")
    if not raw:
        raise ValueError("an empty list; expected at least one number")
    shapes = [_shape(part, depth + 1) for part in raw]
    for row, shape in enumerate(shapes, start=1):
        if shape != shapes[0]:
            raise ValueError(
                f"rows of different lengths: row 1 has {_length(shapes[0])}, row {row} has {_length(shape)}"
            )
    return (len(raw), *shapes[0])


def _length(shape: tuple[int, ...]) -> str:
    if not shape:
        return "a single number"
    return "1 entry" if shape[0] == 1 else f"{shape[0]} entries"


def _read(item: Any, place: tuple[int, ...]) -> Number | Value:
    if isinstance(item, bool) or not isinstance(item, (int, float, str, Decimal, np.number, Number)):
        raise ValueError(
            f"expected a number{_at(place)}, got {type(item).__name__} {str(item)[:LONGEST_SHOWN]}"
        )
    try:
        value = read(item)
    except ValueError as error:
        raise ValueError(f"{error}{_at(place)}") from None
    if _too_long(value):
        raise ValueError(f"a number with more than {LARGEST_EXPONENT} digits{_at(place)}")
    return value


def _too_long(value: Number | Value) -> bool:
    """Whether a number is beyond 10^±1000, or has more than so many decimals."""
    exact = getattr(value, "exact", None)
    return exact is not None and max(exact.p.bit_length(), exact.q.bit_length()) > LONGEST_GIVEN


def _at(place: tuple[int, ...]) -> str:
    return f" (entry {', '.join(str(i + 1) for i in place)})" if place else ""


def names_in(arrays: Iterable[np.ndarray]) -> set[str]:
    """The symbols that appear in arrays of given values."""
    return {name for array in arrays for v in array.flat if isinstance(v, Value) for name in v.names}


def resolve(array: np.ndarray, closed: bool) -> np.ndarray:
    """The given values as Numbers, or all of them as formulas."""
    if closed:
        from chainrule.paper.formulas import Formula

        kind: Any = Formula
    made = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        value = array[place]
        if isinstance(value, Value):
            made[place] = value.formula() if closed else value.number()
        else:
            made[place] = kind(value) if closed else value
    return made
