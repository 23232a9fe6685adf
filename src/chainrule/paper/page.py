"""The page on which a topic works a question: what is shown on it, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from pydantic import BaseModel

from chainrule.layers.steps import Step
from chainrule.paper.digits import significant
from chainrule.paper.elements import MOST_ROUNDED
from chainrule.paper.notation import decimal_tex, digits_tex, exact_digits, exact_tex
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.tape import Tape, rounding, tidying
from chainrule.paper.values import names_in, read_array, resolve
from chainrule.paper.words import Word
from chainrule.paper.workings import Chain, Item, Link, Part, Picture, Remark, Table, Working
from chainrule.rules.rule import Rule


class Page:
    """What a topic writes on: given values, quantities worked by rules, and what stands between them.

    The values of a question become exact numbers, or formulas where one of them holds a name or
    ``closed`` is asked for; ``rounding`` rounds every step. ``work`` applies a rule to quantities by
    their names and shows formula, numbers put in and value.

    >>> from chainrule.paper.sheet import Question
    >>> from chainrule.rules.activations.classic import sigmoid
    >>> page = Page(Question(id="q", topic="activation", given={}))
    >>> page.part("value", "Value")
    >>> _ = page.give("z", 0)
    >>> page.work("a", sigmoid.forward, "z")
    array(1/2, dtype=object)
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.closed = question.closed or bool(names_in(_arrays(question.given)))
        if self.closed and question.rounding is not None:
            said = "a formula cannot be rounded; leave out rounding, or closed and the names"
            raise SheetError(f"rounding: {said}")
        self.tape = Tape(self._finish())
        self._parts: list[Part] = []

    def _finish(self) -> Callable[[np.ndarray], np.ndarray]:
        if self.closed:
            return tidying
        places = self.question.rounding
        return rounding(places) if places is not None else lambda value: value

    # ------------------------------------------------------------------ quantities

    def exact(self, value: Any) -> np.ndarray:
        """A given value as exact numbers, or as formulas where the question is worked with those.

        ``value`` is what a sheet gave, a number, or an array of either; integer arrays stay as they are.
        """
        array = value if isinstance(value, np.ndarray) else read_array(value)
        if array.dtype != object or not _is_given(array):
            return array
        return resolve(array, self.closed)

    def give(self, name: str, value: Any, symbol: str = "", hidden: bool = False) -> np.ndarray:
        """Put down a given value; ``symbol`` is its name in TeX, where the usual one will not do.

        A hidden one is used in steps, but not listed under what is given.
        """
        try:
            made = self.exact(value)
        except (ValueError, ArithmeticError) as error:
            raise SheetError(f"{name}: {error}") from None
        self.tape.give(name, made, symbol, hidden)
        return made

    def work(
        self, name: str, rule: Rule, *inputs: str, symbol: str = "", shown: bool = True, **options: Any
    ) -> np.ndarray:
        """Apply a rule to quantities by their names; the result is shown on the page, and returned.

        Raises WorkError where the rule cannot be worked with these numbers.
        """
        part = self._parts[-1].id if self._parts else ""
        self.tape.work(Step(name, rule, inputs, options), name, inputs, part, symbol=symbol)
        if shown:
            self._add(name)
        return self.tape[name].value

    @contextmanager
    def unrounded(self) -> Iterator[None]:
        """Here steps are not rounded: they are formulas, or an entry that is 0 must be seen to be 0."""
        finish, self.tape.finish = self.tape.finish, lambda value: value
        try:
            yield
        finally:
            self.tape.finish = finish

    def __getitem__(self, name: str) -> np.ndarray:
        return self.tape[name].value

    # ---------------------------------------------------------------- what is shown

    def part(self, id: str, title: str) -> None:  # noqa: A002 - the field's name in the sheet
        """Begin a part; what follows belongs to it. ``find`` may ask for it by its id."""
        self._parts.append(Part(id, title, ()))

    def show(self, *names: str) -> None:
        """Show quantities that were worked before, here."""
        for name in names:
            self._add(name)

    def remark(self, text: str) -> None:
        """A sentence; formulas stand between dollar signs, in TeX."""
        self._add(Remark(text))

    def table(self, title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table; its cells are prose, with formulas between dollar signs: see :meth:`write`."""
        self._add(Table(title, tuple(head), tuple(tuple(row) for row in rows)))

    def picture(self, title: str, draw: Callable[[], str]) -> None:
        """A picture; ``draw`` gives its SVG, and is called only where pictures are shown."""
        self._add(Picture(title, draw))

    def chain(self, left: str, *links: tuple[str, str]) -> None:
        """A derivation in TeX: ``left`` = first = second = …, each with its reason in words."""
        self._add(Chain(left, tuple(Link(tex, reason) for tex, reason in links)))

    def write(self, value: Any) -> str:
        """A single value as prose: exact where that is short, else with ≈ and its proven decimals.

        Where steps are rounded, a value is its decimals.
        """
        if isinstance(value, (str, Word)):
            return str(value)
        if not isinstance(value, Number) and not hasattr(value, "tex"):
            value = Number(value)
        if not isinstance(value, Number):
            return f"${exact_tex(value, self.question.digits)}$"
        shown = exact_digits(value, self.question.digits)
        if self.question.rounding is not None and (decimal := significant(value, MOST_ROUNDED)).exact:
            shown = decimal
        sign = "" if shown.exact else r"\approx "
        return f"${sign}{digits_tex(shown.text)}$"

    def decimal(self, value: Any) -> str:
        """A single value as prose, as its decimals."""
        number = value.number() if getattr(value, "is_number", False) else value
        if not isinstance(number, Number):
            return self.write(value)
        return f"${decimal_tex(number, self.question.digits)}$"

    @property
    def parts(self) -> list[Part]:
        """What is on the page so far, part by part."""
        return [part for part in self._parts if part.items]

    def _add(self, item: Item) -> None:
        if not self._parts:
            self.part("working", "Working")
        last = self._parts[-1]
        self._parts[-1] = Part(last.id, last.title, (*last.items, item))

    # ------------------------------------------------------------------------ found

    def working(self) -> Working:
        """The worked question: everything on the page, or what ``find`` asks for.

        Raises SheetError where ``find`` names what is not there.
        """
        return Working.of(self.question, self.tape, _found(self.question.find, self.parts, self.tape))


def _found(find: list[str] | None, parts: list[Part], tape: Tape) -> list[Part]:
    """The parts asked for whole, and of the others the quantities asked for."""
    if find is None:
        return parts
    ids = {part.id for part in parts}
    quantities = [q for q in tape.quantities.values() if q.step is not None]
    wanted: set[str] = set()
    for name in find:
        matches = {q.name for q in quantities if name in (q.name, q.name.partition(".")[0])}
        if not matches and name not in ids:
            known = dict.fromkeys(q.name.partition(".")[0] for q in quantities)
            raise SheetError(
                f"find: {name!r} is no part and no quantity here; parts are {', '.join(sorted(ids))}; "
                f"quantities are {', '.join(known)}"
            )
        wanted |= matches
    kept = []
    for part in parts:
        if part.id in find:
            kept.append(part)
            continue
        here = {*part.items} | {q.name for q in quantities if q.part == part.id}
        if items := tuple(name for name in tape.quantities if name in wanted & here):
            kept.append(Part(part.id, part.title, items))
    return kept


def _is_given(array: np.ndarray) -> bool:
    """Whether an array holds what a sheet gave, and not words or terms."""
    return all(not isinstance(v, Word) for v in array.flat)


def _arrays(given: Any) -> Iterator[np.ndarray]:
    """Every array of given values in a question's table."""
    if isinstance(given, np.ndarray) and given.dtype == object:
        yield given
    elif isinstance(given, BaseModel):
        yield from _arrays(dict(given))
    elif isinstance(given, dict):
        for part in given.values():
            yield from _arrays(part)
    elif isinstance(given, (list, tuple)):
        for part in given:
            yield from _arrays(part)
