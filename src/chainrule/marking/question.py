"""Marking the answers to one question, down its steps from the student's own values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from chainrule.lookup import suggest
from chainrule.marking.agreement import agreeing, fitted, ordering, restated, within
from chainrule.marking.answers import Answer
from chainrule.marking.candidates import Found
from chainrule.marking.chains import Chain
from chainrule.marking.labels import relabelled
from chainrule.marking.slips import explain
from chainrule.paper.notation import exact_text
from chainrule.paper.numbers import Number
from chainrule.paper.reading import Value
from chainrule.paper.sheet import SheetError
from chainrule.paper.tape import Quantity, Tape, rounding
from chainrule.paper.values import each
from chainrule.paper.words import Word
from chainrule.paper.workings import Working

PLAIN = (Number, Word, int, float, np.integer)
"""What stands in a working beside formulas: numbers and words, and floats for what is infinite."""
Verdict = Literal["right", "follows", "wrong", "missing"]
MOST_PLACES = 30
"""Decimals. With more, what is rounded at every step differs from what is not by nothing to be seen."""
LONGEST_SHOWN = 12
"""Numbers of a value that an explanation shows."""


@dataclass(frozen=True)
class MarkedAnswer:
    """One answer marked. ``slip`` is the slip's id, ids of two together joined by +, or None.

    ``what`` says the same in words.
    """

    name: str
    given: Any
    expected: Any
    verdict: Verdict
    slip: str | None
    explanation: str
    score: float
    out_of: float
    what: str = ""

    def to_json(self) -> dict[str, Any]:
        """The answer as ``check --json`` prints it."""
        return {key: value for key, value in vars(self).items() if key != "what"}


@dataclass(frozen=True)
class MarkedQuestion:
    """A question marked: its score, and each answer in the order of the working."""

    id: str
    score: float
    out_of: float
    answers: list[MarkedAnswer]

    def to_json(self) -> dict[str, Any]:
        """The question as ``check --json`` prints it."""
        return {**vars(self), "answers": [answer.to_json() for answer in self.answers]}

    @property
    def first_wrong(self) -> MarkedAnswer | None:
        """Where it went wrong first."""
        return next((answer for answer in self.answers if answer.verdict == "wrong"), None)


@dataclass(frozen=True)
class _Finding:
    verdict: Verdict
    explanation: str = ""
    slip: str | None = None
    what: str = ""


def mark_question(working: Working, answers: Mapping[str, Answer]) -> MarkedQuestion:
    """Mark a student's answers to a question that is worked.

    The marks are shared evenly by the quantities that count: those that ``find`` asks for, or, without
    it, the results that nothing further is worked from, and whatever else was answered.

    Raises SheetError for an answer to a quantity that the question does not have.
    """
    asked = _asked(working, answers)
    out_of = working.marks / max(1, len(asked))
    marking = _Marking(working, answers)
    marked = []
    for name in asked:
        found = marking.verdict(name)
        answer = answers.get(name)
        score = out_of if found.verdict in ("right", "follows") else 0.0
        marked.append(
            MarkedAnswer(
                name,
                None if answer is None else _plain(answer.raw),
                _shown(marking.key[name].value, working.digits),
                found.verdict,
                found.slip,
                found.explanation,
                score,
                out_of,
                found.what,
            )
        )
    earned = sum(answer.score > 0 for answer in marked)
    return MarkedQuestion(working.name, working.marks * earned / max(1, len(asked)), working.marks, marked)


def _asked(working: Working, answers: Mapping[str, Answer]) -> list[str]:
    """The quantities that count, in the order in which they are worked."""
    quantities = working.tape.quantities
    for name in answers:
        if name not in quantities:
            raise SheetError(f"no quantity {name!r} in the question; {suggest(name, quantities)}")
    shown = working.names
    if working.is_chosen:
        counting = {*shown, *answers}
    else:
        used = {i for q in quantities.values() for i in q.inputs}
        counting = {name for name in shown if name not in used} | {*answers}
    return [name for name, q in quantities.items() if name in counting and q.step is not None]


class _Marking:
    """The answers to one question, marked one after the other."""

    def __init__(self, working: Working, answers: Mapping[str, Answer]) -> None:
        self.key = relabelled(working.tape, answers)
        self._tape, self._columns = _in_numbers(self.key), working.columns
        self._answers = answers
        places = max((a.places or 0 for a in answers.values()), default=0)
        self._rounded = rounding(min(places, MOST_PLACES)) if places else None
        self._entries = {
            name: fitted(answer, self._tape[name].value.shape, self._columns, self._same(name))
            for name, answer in answers.items()
        }
        self._wrong: dict[str, np.ndarray] = {}
        self._slipped: dict[str, np.ndarray] = {}
        self._restated: dict[str, np.ndarray] = {}
        self._shown: dict[str, np.ndarray] = {}

    def verdict(self, name: str) -> _Finding:
        """The verdict on a quantity; those before it have theirs already."""
        answer = self._answers.get(name)
        if answer is None:
            return _Finding("missing")
        entries = self._entries[name]
        if entries is None:
            expected = " × ".join(map(str, self._tape[name].value.shape)) or "one number"
            got = " × ".join(map(str, answer.entries.shape)) or "one number"
            return _Finding("wrong", f"its shape is {got}, expected {expected}")
        finding = self._found(name, entries)
        own = _numbers(entries, self._tape[name].value)
        same = self._same(name)
        if finding.verdict == "right" and own is not None and same == "order" and own.ndim:
            own = own[np.argsort(ordering(self._tape[name].value, entries) or range(own.size))]
        if own is not None and not (finding.verdict == "right" and same == "rows"):
            self._shown[name] = own
            if finding.verdict == "wrong":
                self._wrong[name] = own
        return finding

    def _found(self, name: str, entries: np.ndarray) -> _Finding:
        base = Chain(self._tape, self._restated) if self._restated else None
        value = base.worked(name) if base else self._tape[name].value
        found = None if value is None else restated(value, entries, self._same(name))
        if found is not None:
            if self._same(name) in ("factor", "span"):
                self._restated[name] = found
            return _Finding("right")
        full = Chain(self._tape, {**self._restated, **self._wrong})
        after = _sources(self._tape.quantities, name, self._wrong)
        for chain in self._readings(full):
            value = chain.worked(name)
            if value is not None and restated(value, entries, self._same(name)) is not None:
                if not after:
                    return _Finding("right")
                return _follows(after)
        if after and self._lies_between(name, entries):
            return _follows(after)
        slips = _nearest(explain(self._readings(full), name, entries, {*self._answers}))
        right = full.worked(name)
        if slips and right is not None and right.shape == entries.shape:
            self._slipped[name] = np.where(agreeing(slips[0].value, entries), slips[0].value, right)
        return _wrong(full, name, slips, after)

    def _lies_between(self, name: str, entries: np.ndarray) -> bool:
        """Whether an answer lies between what follows from the wrong values rounded up and rounded down.

        The digits that a student did not write of a wrong value are known to nobody else, where no slip
        explains it; they may have gone on with them.
        """
        up, down = (self._with_wrong_moved(sign).worked(name) for sign in (1, -1))
        return up is not None and down is not None and bool(within(up, down, entries).all())

    def _with_wrong_moved(self, sign: int) -> Chain:
        moved = {one: _moved(value, self._entries[one], sign) for one, value in self._wrong.items()}
        return Chain(self._tape, {**self._restated, **moved})

    def _same(self, name: str) -> str:
        step = self._tape[name].step
        return "" if step is None else step.rule.same

    def _readings(self, full: Chain) -> list[Chain]:
        """How the student may have gone on: with all digits, with those shown, or rounding every step.

        With all digits too, where it was a slip that made a wrong answer, and so more digits are known.
        """
        chains = [full, Chain(self._tape, self._shown)]
        if self._slipped:
            chains.append(Chain(self._tape, {**self._restated, **self._wrong, **self._slipped}))
        if self._rounded is not None:
            chains.append(Chain(self._tape, self._shown, self._rounded))
        return chains


def _follows(after: list[str]) -> _Finding:
    return _Finding("follows", f"rightly worked from the wrong {_listed(after)}")


def _moved(value: np.ndarray, entries: np.ndarray | None, sign: int) -> np.ndarray:
    """A student's value with half a step of its last digits added or taken away; whole numbers are whole."""
    if entries is None or value.dtype != object:
        return value
    moved = value.copy()
    for place in np.ndindex(value.shape):
        entry: Any = entries[place]
        unit = entry.unit
        if unit is not None and unit < 1 and isinstance(value[place], Number):
            moved[place] = value[place] + Number(unit * sign / 2)
    return moved


def _in_numbers(tape: Tape) -> Tape:
    """The tape with closed forms as numbers; with names in it, as it is."""
    values = [v for q in tape.quantities.values() for v in q.value.flat if not isinstance(v, PLAIN)]
    if not values or not all(v.is_number for v in values):
        return tape
    made = Tape()
    for name, quantity in tape.quantities.items():
        made.quantities[name] = replace(quantity, value=_numbered(quantity.value))
    return made


def _numbered(value: np.ndarray) -> np.ndarray:
    return value if value.dtype != object else each(value, _number)


def _number(value: Any) -> Any:
    return value if isinstance(value, PLAIN) else value.number()


def _nearest(slips: list[Found]) -> list[Found]:
    """Each slip once: nearer to the answer it stands for the same one further up."""
    nearest: dict[tuple[str, ...], Found] = {}
    for found in slips:
        nearest.setdefault(found.ids, found)
    return list(nearest.values())


def _wrong(chain: Chain, name: str, slips: list[Found], after: list[str]) -> _Finding:
    right = chain.worked(name)
    expected = f"expected {_text(right)}" if right is not None else ""
    if after:
        expected += f" from the {_listed(after)} given"
    if not slips:
        return _Finding("wrong", expected)
    said = " or ".join(found.what for found in slips)
    ids = "|".join(dict.fromkeys("+".join(found.ids) for found in slips))
    several = "it fits several slips: " if len(slips) > 1 else ""
    return _Finding("wrong", f"{several}{said}; {expected}".rstrip("; "), ids, said)


def _sources(quantities: Mapping[str, Quantity], name: str, wrong: Mapping[str, Any]) -> list[str]:
    """The wrong answers that a quantity is worked from, through others that are not answered wrongly."""
    found: dict[str, None] = {}
    seen = set()

    def gather(name: str) -> None:
        for source in quantities[name].inputs:
            if source in wrong:
                found[source] = None
            elif source not in seen:
                seen.add(source)
                gather(source)

    gather(name)
    return list(found)


def _numbers(entries: np.ndarray, value: np.ndarray) -> np.ndarray | None:
    """The student's numbers, or formulas, in the place of a quantity's; None where an entry is neither."""
    if any(not isinstance(v, PLAIN) for v in value.flat):
        if any(isinstance(entry.value, str) for entry in entries.flat):
            return None
        return each(entries, lambda entry: Value(entry.text).formula())
    if not all(isinstance(entry.value, Number) for entry in entries.flat):
        return None
    made = each(entries, lambda entry: entry.value)
    if value.dtype == object:
        return made
    whole = all(number.exact is not None and number.exact.q == 1 for number in made.flat)
    return made.astype(float).astype(value.dtype) if whole else None


def _shown(value: np.ndarray, digits: int) -> Any:
    return each(value, lambda number: exact_text(number, digits)).tolist()


def _text(value: np.ndarray) -> str:
    if value.size > LONGEST_SHOWN:
        return f"other values ({value.size} numbers)"
    return str(each(value, exact_text).tolist()).replace("'", "")


def _plain(raw: Any) -> Any:
    """What was answered, as JSON can hold it: decimals as they were written."""
    if isinstance(raw, list):
        return [_plain(one) for one in raw]
    return raw if isinstance(raw, int | str) else str(raw)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
