"""The slips that may have made a wrong answer: those of its rule, and the general ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from chainrule.marking.agreement import agreeing, agrees, is_zero, restated
from chainrule.marking.answers import Entry
from chainrule.marking.chains import Chain
from chainrule.paper.numbers import Number
from chainrule.paper.tape import GRADIENTS, UPDATE
from chainrule.rules.rule import Slip

NEW, SIGN = "_new", "sign"
_SCALED = ("factor", "span")
"""What is right up to a factor: so few numbers tell little about how a wrong one came to be."""
MOST_PAIRS = 300
"""How many pairs of slips are tried for one answer."""
LARGEST_SHIFT = 3
"""Places. By how many a decimal point may have slipped."""


@dataclass(frozen=True)
class Found:
    """One explanation of an answer: the ids of its slips, what was done, and what that gives.

    ``at`` are the quantities in which the slips were made.
    """

    ids: tuple[str, ...]
    what: str
    value: np.ndarray
    at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A slip in one step, and the value that the step then has."""

    id: str
    what: str
    at: str
    value: np.ndarray


def explain(chain: Chain, name: str, entries: np.ndarray, answered: set[str]) -> list[Found]:
    """Every explanation of a wrong answer by one slip, or where there is none, by two.

    A slip may lie in the answer's own step or in one before it that the student left out. General slips,
    as a turned sign, are tried after those of the rules: entry by entry.
    """
    right = chain.worked(name)
    if right is None:
        return []
    steps = _unanswered(chain, name, answered)
    single = [candidate for step in steps for candidate in candidates(chain, step)]
    found = list(_fitting(_through(chain, name, one) for one in single if (one,)))
    same = chain.tape[name].step.rule.same  # type: ignore[union-attr]
    found = [one for one in found if _explains(one.value, right, entries, same)]
    signs = any(one.at == (name,) and one.ids[0].endswith(SIGN) for one in found)
    found += [one for one in _general(right, entries, name) if not (signs and one.ids == (SIGN,))]
    found += [one for scaled in _scales(right, entries, same) for one in _general(scaled, entries, name, 1)]
    if found:
        return _distinct(found)
    everywhere = _fitting(_everywhere(chain, name, one, steps) for one in {c.id: c for c in single}.values())
    if found := [one for one in everywhere if _explains(one.value, right, entries, same)]:
        return found
    if same in _SCALED:
        return []
    pairs = (
        _pair(chain, name, first, second)
        for first, second in list(combinations(single, 2))[:MOST_PAIRS]
        if first.at != second.at
    )
    return _distinct([one for one in _fitting(pairs) if _explains(one.value, right, entries, same)])


def _fitting(found: Iterator[Found | None]) -> Iterator[Found]:
    return (one for one in found if one is not None)


def _distinct(found: list[Found]) -> list[Found]:
    return list({(one.ids, one.at): one for one in found}.values())


def _scales(right: np.ndarray, entries: np.ndarray, same: str) -> Iterator[np.ndarray]:
    """The right value, and where a factor is free, each multiple of it that has an entry of the answer's."""
    if same not in _SCALED or right.shape != entries.shape or right.size != max(right.shape):
        return
    for value, entry in zip(right.flat, entries.flat, strict=True):
        if (
            isinstance(entry.value, Number)
            and isinstance(value, Number)
            and not is_zero(value)
            and entry.value != 0
        ):
            yield right * (entry.value / value)


def _explains(value: np.ndarray, right: np.ndarray, entries: np.ndarray, same: str) -> bool:
    """Whether each entry is the slip's value or the right one, and some the slip's alone."""
    if value.shape != entries.shape:
        return False
    if same in _SCALED and all(isinstance(v, Number) and is_zero(v) for v in value.flat):
        return False
    if same:
        return restated(value, entries, same) is not None and restated(right, entries, same) is None
    fits, is_right = agreeing(value, entries), agreeing(right, entries)
    return bool((fits | is_right).all() and (fits & ~is_right).any())


def _unanswered(chain: Chain, name: str, answered: set[str]) -> list[str]:
    """The step itself and those before it of which the student gave no value, the nearest first."""
    steps: dict[str, None] = {}

    def gather(name: str) -> None:
        quantity = chain.tape[name]
        if quantity.step is None or name in steps:
            return
        steps[name] = None
        for source in quantity.inputs:
            if source not in answered:
                gather(source)

    gather(name)
    return list(steps)


def candidates(chain: Chain, name: str) -> Iterator[Candidate]:
    """The step's value with each slip of its rule, and with weights that were updated already."""
    quantity = chain.tape[name]
    assert quantity.step is not None
    for slip in quantity.step.rule.slips:
        value = _slipped(chain, name, slip)
        if value is not None:
            yield Candidate(slip.id, slip.what, name, value)
    for source in quantity.inputs:
        updated = f"{source}{NEW}"
        if quantity.part == GRADIENTS and _is_updated(chain, updated):
            inputs = tuple(updated if i == source else i for i in quantity.inputs)
            value = chain.applied(quantity, quantity.step.rule, inputs)
            if value is not None:
                yield Candidate("updated_weight", f"the updated {source} is used already", name, value)


def _slipped(chain: Chain, name: str, slip: Slip) -> np.ndarray | None:
    """A step's value with a slip; None where the slip takes what the question does not have."""
    if any(other not in chain.tape.quantities for other in slip.also):
        return None
    quantity = chain.tape[name]
    return chain.applied(quantity, slip.function, (*quantity.inputs, *slip.also))


def _is_updated(chain: Chain, name: str) -> bool:
    return name in chain.tape.quantities and chain.tape[name].part == UPDATE


def _through(chain: Chain, name: str, slip: Candidate) -> Found | None:
    """The answer's value when a slip is made on the way to it."""
    value = slip.value if slip.at == name else chain.with_value(slip.at, slip.value).worked(name)
    return None if value is None else Found((slip.id,), _said(slip, name), value, (slip.at,))


def _everywhere(chain: Chain, name: str, slip: Candidate, steps: list[str]) -> Found | None:
    """The answer's value when the same slip is made in every step on the way to it."""
    made, at = chain, []
    for step in sorted(steps, key=list(chain.tape.quantities).index):
        for again in chain.tape[step].step.rule.slips:  # type: ignore[union-attr]
            value = _slipped(made, step, again) if again.id == slip.id else None
            if value is not None:
                made = made.with_value(step, value)
                at.append(step)
    if len(at) < 2:
        return None
    value = made.value(name)
    said = f"{slip.what} (in {', '.join(at)})"
    return None if value is None else Found((slip.id,), said, value, tuple(at))


def _pair(chain: Chain, name: str, first: Candidate, second: Candidate) -> Found | None:
    """The answer's value when two slips are made, the later one on what the earlier one gave."""
    order = list(chain.tape.quantities)
    early, late = sorted((first, second), key=lambda slip: order.index(slip.at))
    slipped = chain.with_value(early.at, early.value)
    again = next((c for c in candidates(slipped, late.at) if c.id == late.id), None)
    if again is None:
        return None
    found = _through(slipped, name, again)
    if found is None:
        return None
    said = f"{_said(early, name)}, and {_said(late, name)}"
    return Found((early.id, late.id), said, found.value, (early.at, late.at))


def _said(slip: Candidate, name: str) -> str:
    return slip.what if slip.at == name else f"{slip.what} (in {slip.at})"


# ------------------------------------------------------------------------- general slips


def _general(right: np.ndarray, entries: np.ndarray, name: str, kinds: int | None = None) -> Iterator[Found]:
    """Slips of any number: sign, decimal point, digits, and a neighbour's value."""
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
