"""A derivation: its lines, of which none is kept that was not checked against the line before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import numpy as np

from chainrule.paper.formulas import Formula
from chainrule.paper.page import Page
from chainrule.paper.topics.identity.equality import compare
from chainrule.paper.topics.identity.expressions import Expression, Scope, rule_of
from chainrule.paper.words import Word
from chainrule.rules.rule import Rule

ENOUGH_POINTS = 4
"""Points at which a line that follows by a rule must agree, where the normal form decides nothing."""


class ProofError(ArithmeticError):
    """A line that does not follow."""


class Derivation:
    """What something is equal to, line by line.

    ``scopes`` are what the names stand for; a line must follow in each of them. Raises ProofError for
    a line that does not.

    >>> from chainrule.paper.topics.identity.expressions import symbol
    >>> z = symbol("z")
    >>> proof = Derivation((z + 1) ** 2)
    >>> proof.line(z**2 + 2 * z + 1, "multiplied out")
    >>> proof.line(z**2 + 1, "a slip")
    Traceback (most recent call last):
    chainrule.paper.topics.identity.proofs.ProofError: z^{2} + 1 does not follow from z^{2} + 2 z + 1
    """

    def __init__(self, left: Expression, scopes: Iterable[Scope] = (Scope(),), title: str = "") -> None:
        self.left = left
        self.scopes = list(scopes)
        self.title = title
        self.lines: list[tuple[Expression, str]] = []

    @property
    def last(self) -> Expression:
        """What the last line says."""
        return self.lines[-1][0] if self.lines else self.left

    def line(self, expression: Expression, reason: str, by_rule: bool = False) -> None:
        """Add a line. One that follows ``by_rule`` may be checked at points where that is all there is."""
        for scope in self.scopes:
            found = compare(self.last.formula(scope).expression, expression.formula(scope).expression)
            is_sampled = found.equal is None and by_rule and found.tried >= ENOUGH_POINTS
            if not found.equal and not is_sampled:
                said = "does not follow" if found.equal is False else "could not be shown to follow"
                raise ProofError(f"{expression.tex} {said} from {self.last.tex}")
        self.lines.append((expression, reason))

    def write(self, page: Page) -> None:
        """Put the derivation on the page."""
        if self.title:
            page.remark(self.title)
        page.chain(self.left.tex, *((expression.tex, reason) for expression, reason in self.lines))


def prove(page: Page, left: Expression, *lines: tuple[Expression, str], title: str = "") -> None:
    """Check a derivation without indices line by line, and put it on the page."""
    derivation = Derivation(left, title=title)
    for expression, reason in lines:
        derivation.line(expression, reason)
    derivation.write(page)


def saying(word: str, tex: str) -> Rule:
    """The rule whose value is a word: what was found of its two inputs."""
    return Rule("verdict", lambda left, right: np.array(Word(word), dtype=object), rf"\left[ {tex} \right]")


def letters(page: Page, name: str, expression: Expression) -> tuple[Rule, list[str]]:
    """The rule of an expression, and its names put down as letters, which stand for themselves.

    Where it has no names, its one input is a number that it does not take.
    """
    names = tuple(sorted(expression.names())) or ("nothing",)
    for each in names:
        page.give(
            f"letter_{each}", np.array(Formula.symbol(each), dtype=object), Formula.symbol(each).tex, True
        )
    return rule_of(name, expression, *names, tex=expression.tex), [f"letter_{each}" for each in names]


def places(scope: Scope, ranges: Mapping[str, int]) -> Iterator[Scope]:
    """The scope with indices at each of their places."""
    for chosen in product(*(range(length) for length in ranges.values())):
        yield scope.at(**dict(zip(ranges, chosen, strict=True)))
