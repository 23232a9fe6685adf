"""Slips that are no rule's: a turned sign, the decimal point, swapped digits, a neighbour's value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from chainrule.marking.agreement import agreeing, agrees, is_zero
from chainrule.marking.answers import Entry
from chainrule.marking.candidates import Found
from chainrule.paper.numbers import Number

SIGN = "sign"
LARGEST_SHIFT = 3
"""Places. By how many a decimal point may have slipped."""


def general_slips(
    right: np.ndarray, entries: np.ndarray, name: str, kinds: int | None = None
) -> Iterator[Found]:
    """Slips of any number: sign, decimal point, digits, and a neighbour's value; the first so many kinds."""
    if right.shape != entries.shape or not all(isinstance(v, Number) for v in right.flat):
        return
    fits = agreeing(right, entries)
    wrong = [place for place in np.ndindex(entries.shape) if not fits[place]]
    for slip, what, value_of in _GENERAL[:kinds]:
        value = right.copy()
        for place in wrong:
            found = value_of(right, place, entries[place])
            if found is None:
                break
            value[place] = found
        else:
            yield Found((slip,), what, value, (name,))


def _sign(right: np.ndarray, place: tuple[int, ...], entry: Entry) -> Number | None:
    turned = -right[place]
    return turned if agrees(turned, entry) else None


def _point(right: np.ndarray, place: tuple[int, ...], entry: Entry) -> Number | None:
    value: Number = right.item(place)
    for shift in range(1, LARGEST_SHIFT + 1):
        for factor in (Number(10) ** shift, Number(1) / 10**shift):
            shifted = value * factor
            if entry.value != 0 and agrees(shifted, entry):
                return shifted
    return None


def _digits(right: np.ndarray, place: tuple[int, ...], entry: Entry) -> Number | None:
    """The value whose neighbouring digits, swapped, are those of the answer."""
    if entry.unit is None or not isinstance(entry.value, Number):
        return None
    text = list(entry.text.rstrip("% "))
    digits = [i for i, letter in enumerate(text) if letter.isdigit()]
    for first, second in pairwise(digits):
        if text[first] == text[second]:
            continue
        other = list(text)
        other[first], other[second] = other[second], other[first]
        swapped = Number("".join(other)) / (100 if entry.text.endswith("%") else 1)
        if agrees(right[place], Entry(swapped, entry.unit, entry.digits, entry.places)):
            return entry.value
    return None


def _neighbour(right: np.ndarray, place: tuple[int, ...], entry: Entry) -> Number | None:
    for other in np.ndindex(right.shape):
        value: Number = right.item(other)
        if other != place and not is_zero(value) and agrees(value, entry):
            return value
    return None


_GENERAL: tuple[tuple[str, str, Callable[..., Number | None]], ...] = (
    (SIGN, "the sign is turned", _sign),
    ("decimal_point", "the decimal point has slipped", _point),
    ("swapped_digits", "two digits are swapped", _digits),
    ("copied_neighbour", "the value of another place is written", _neighbour),
)
