"""The slips that may have made a wrong answer: those of its rule, of steps before it, and general ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations, islice

import numpy as np

from chainrule.marking.agreement import agreeing, agrees, is_zero, restated
from chainrule.marking.candidates import Candidate, Found, candidates, slipped
from chainrule.marking.chains import Chain
from chainrule.marking.general import SIGN, general_slips
from chainrule.paper.numbers import Number

_SCALED = ("factor", "span")
"""What is right up to a factor: so few numbers tell little about how a wrong one came to be."""
MOST_STEPS = 40
"""How many steps that were left out before an answer are searched for slips."""
BOTH = 2
"""How many kinds of general slips are looked for on top of a rule's: a turned sign, a slipped point."""
MOST_PAIRS = 300
"""How many pairs of slips are tried for one answer."""


def explain(readings: Sequence[Chain], name: str, entries: np.ndarray, answered: set[str]) -> list[Found]:
    """The explanations of a wrong answer: by one slip, or where there is none, by two.

    ``readings`` are how the student may have gone on, the likeliest first. A slip may lie in the answer's
    own step or in one before it that was left out, or the same one in each of these.
    """
    searches = [_Search(chain, name, entries, answered) for chain in readings]
    for search in searches:
        if found := search.one():
            return found
    for search in searches:
        if found := search.everywhere():
            return found
    return searches[0].two()


class _Search:
    """The slips that may have made one answer, on the values that one reading gives."""

    def __init__(self, chain: Chain, name: str, entries: np.ndarray, answered: set[str]) -> None:
        self._chain, self._name, self._entries = chain, name, entries
        step = chain.tape[name].step
        self._same = "" if step is None else step.rule.same
        self._right = chain.worked(name)
        self._answered = answered

    @cached_property
    def _steps(self) -> list[str]:
        """The steps in which a slip may lie."""
        if self._right is None or (self._right.shape != self._entries.shape and not self._same):
            return []
        return _unanswered(self._chain, self._name, self._answered)[:MOST_STEPS]

    @cached_property
    def _single(self) -> list[Candidate]:
        return [candidate for step in self._steps for candidate in candidates(self._chain, step)]

    @cached_property
    def _wrong(self) -> list[tuple[int, ...]]:
        """The places of the entries that are not right."""
        assert self._right is not None
        fits = agreeing(self._right, self._entries)
        return [place for place in np.ndindex(self._entries.shape) if not fits[place]]

    def one(self) -> list[Found]:
        """The slips that explain the answer each alone; a general sign, only where no rule's slip is one."""
        if self._right is None:
            return []
        found = self._fitting(_through(self._chain, self._name, one) for one in self._single)
        signs = any(one.at == (self._name,) and one.ids[0].endswith(SIGN) for one in found)
        for right, kinds in [(self._right, None), *((v, 1) for v in self._scaled())]:
            general = general_slips(right, self._entries, self._name, kinds)
            found += [one for one in general if not (signs and one.ids == (SIGN,))]
        return _distinct(found)

    def everywhere(self) -> list[Found]:
        """The slips that explain it when they are made in every step that was left out."""
        each = {slip.id: slip for slip in self._single}.values()
        return self._fitting(_everywhere(self._chain, self._name, slip, self._steps) for slip in each)

    def two(self) -> list[Found]:
        """The pairs of slips, in different steps, that explain it together."""
        if self._same in _SCALED:
            return []
        if found := self._turned():
            return found
        pairs = (pair for pair in combinations(self._single, 2) if pair[0].at != pair[1].at)
        made = (_pair(self._chain, self._name, *pair) for pair in islice(pairs, MOST_PAIRS))
        return _distinct(self._fitting(made))

    def _turned(self) -> list[Found]:
        """A rule's slip, and on its value a general one: both in the answer's own step."""
        found = []
        for slip in self._single:
            if slip.at == self._name and slip.value.shape == self._entries.shape:
                for general in general_slips(slip.value, self._entries, self._name, BOTH):
                    ids, what = (slip.id, *general.ids), f"{slip.what}, and {general.what}"
                    found.append(Found(ids, what, general.value, (self._name, self._name)))
        return _distinct(self._fitting(iter(found)))

    def _fitting(self, found: Iterator[Found | None]) -> list[Found]:
        return [one for one in found if one is not None and self._explains(one.value)]

    def _explains(self, value: np.ndarray) -> bool:
        """Whether each entry that is not right is the slip's, and there is one."""
        if value.shape != self._entries.shape or self._right is None:
            return False
        if self._same in _SCALED and all(isinstance(v, Number) and is_zero(v) for v in value.flat):
            return False
        if self._same:
            is_right = restated(self._right, self._entries, self._same) is not None
            return not is_right and restated(value, self._entries, self._same) is not None
        return bool(self._wrong) and all(agrees(value.item(at), self._entries.item(at)) for at in self._wrong)

    def _scaled(self) -> Iterator[np.ndarray]:
        return iter(()) if self._right is None else _scales(self._right, self._entries, self._same)


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


def _through(chain: Chain, name: str, slip: Candidate) -> Found | None:
    """The answer's value when a slip is made on the way to it."""
    value = slip.value if slip.at == name else chain.with_value(slip.at, slip.value).worked(name)
    return None if value is None else Found((slip.id,), _said(slip, name), value, (slip.at,))


def _everywhere(chain: Chain, name: str, slip: Candidate, steps: list[str]) -> Found | None:
    """The answer's value when the same slip is made in every step on the way to it."""
    made, at = chain, []
    for step in sorted(steps, key=list(chain.tape.quantities).index):
        for again in chain.tape[step].step.rule.slips:  # type: ignore[union-attr]
            value = slipped(made, step, again) if again.id == slip.id else None
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
