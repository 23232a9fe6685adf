"""The boxes of a quantity: for each entry the right value, and what the usual slips make of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from markupsafe import Markup

from chainrule.exercises.moodle.cloze import Box, Choice
from chainrule.exercises.moodle.markup import words
from chainrule.exercises.moodle.tolerance import Near
from chainrule.marking.candidates import candidates
from chainrule.marking.chains import Chain
from chainrule.paper.elements import as_number
from chainrule.paper.tape import Quantity, Tape, rounding
from chainrule.paper.values import each
from chainrule.paper.words import Word
from chainrule.paper.workings import Working

MOST_STEPS = 40
"""How many steps that are not asked for are searched for slips, before a quantity that is."""
INFINITE = {np.inf: ("∞", "inf", "infinity"), -np.inf: ("-∞", "−∞", "-inf", "-infinity")}

Slipped = tuple[str, np.ndarray]
"""What was done, and the value that this gives."""


def boxes(working: Working, name: str, asked: Sequence[str]) -> np.ndarray | None:
    """A box for each entry of a quantity in the form in which it is shown; None where Moodle cannot compare.

    It cannot where other answers are as good, as a multiple of an eigenvector, nor where there are names in
    a formula, or numbers beyond its floats. Entries in any order stand in ascending order.
    """
    quantity = working.tape[name]
    assert quantity.step is not None
    same = quantity.step.rule.same
    value = _seen(working, quantity, quantity.value)
    if value is None or same not in ("", "order") or (same == "order" and value.ndim != 1):
        return None
    wrong = [(what, seen) for what, seen in _wrong(working, quantity, asked) if seen.shape == value.shape]
    made = np.empty(value.shape, dtype=object)
    for place in np.ndindex(value.shape):
        box = _box(value[place], [(what, seen[place]) for what, seen in wrong], working.rounding)
        if box is None:
            return None
        made[place] = box
    return made


def _seen(working: Working, quantity: Quantity, value: np.ndarray) -> np.ndarray | None:
    """A value of a quantity as it is to be filled in; None where it is no number."""
    assert quantity.step is not None
    try:
        numbers = each(value, as_number)
        if quantity.step.rule.same == "order" and numbers.ndim == 1:
            numbers = np.array(sorted(numbers), dtype=object)
    except (ArithmeticError, ValueError, TypeError):
        return None  # a closed form without a real value, as √-1
    return working.shown(replace(quantity, value=numbers))


def _wrong(working: Working, quantity: Quantity, asked: Sequence[str]) -> Iterator[Slipped]:
    finish = None if working.rounding is None else rounding(working.rounding)
    chain = Chain(working.tape, {}, finish)
    for what, value in _slipped(chain, quantity.name, _behind(working.tape, quantity.name, asked)):
        seen = None if value is None else _seen(working, quantity, value)
        if seen is not None:
            yield what, seen


def _slipped(chain: Chain, name: str, steps: Iterable[str]) -> Iterator[tuple[str, np.ndarray | None]]:
    for step in steps:
        for slip in candidates(chain, step):
            if step == name:
                yield slip.what, slip.value
            else:
                yield f"{slip.what} (in {step})", chain.with_value(step, slip.value).worked(name)


def _behind(tape: Tape, name: str, asked: Sequence[str]) -> list[str]:
    """A quantity and those before it that are not asked for, the nearest first."""
    found = [name]
    for step in found:  # which grows on the way
        for source in tape[step].inputs:
            if source not in (*asked, *found) and tape[source].step is not None and len(found) < MOST_STEPS:
                found.append(source)
    return found


def _box(value: Any, wrong: list[tuple[str, Any]], places: int | None) -> Box | None:
    """The box of one entry; None where Moodle cannot compare it."""
    if isinstance(value, Word):
        return _in_words((value.text,), wrong)
    if isinstance(value, float):
        return _in_words(INFINITE[value], wrong) if value in INFINITE else None
    near = Near.to(value, places)
    return None if near is None else Box("NUMERICAL", (*near.right(), *_fallen_into(near, wrong, places)))


def _in_words(right: Sequence[str], wrong: list[tuple[str, Any]]) -> Box:
    known = {text.casefold() for text in right}
    by_text: dict[str, list[str]] = {}
    for what, value in wrong:
        if isinstance(value, Word) and value.text.casefold() not in known:
            by_text.setdefault(value.text, []).append(what)
    choices = [Choice(text, True) for text in right]
    choices += [Choice(text, False, feedback=_said(whats)) for text, whats in by_text.items()]
    return Box("SHORTANSWER", tuple(choices))


def _fallen_into(right: Near, wrong: list[tuple[str, Any]], places: int | None) -> Iterator[Choice]:
    """The choices of the slips, each value once, without those that cannot be told from the right one."""
    by_value: dict[Near, list[str]] = {}
    for what, value in wrong:
        near = Near.to(value, places)
        if near is None or right.accepts(near.value):
            continue
        known = next((other for other in by_value if other.accepts(near.value)), near)
        by_value.setdefault(known, []).append(what)
    for near, whats in by_value.items():
        yield Choice(near.text, False, near.tolerance, _said(whats))


def _said(whats: Iterable[str]) -> Markup:
    """What a slip's value tells.

    >>> _said(["the bias is left out", "the sign is turned"])
    Markup('This comes out if the bias is left out, or if the sign is turned.')
    """
    return words(f"This comes out if {', or if '.join(dict.fromkeys(whats))}.")
