"""A claim, left = right, proven by its normal form or refuted by a point."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.identity.calculus import differentiate
from chainrule.paper.topics.identity.equality import Comparison, compare, differ
from chainrule.paper.topics.identity.expressions import (
    Expression,
    Scope,
    derivative,
    named,
    parsed,
    replaced,
    rule_of,
    symbol,
    worked_out,
)
from chainrule.paper.topics.identity.normal_form import NormalForm
from chainrule.paper.topics.identity.proofs import Derivation, ProofError, letters, saying
from chainrule.paper.topics.identity.quotients import TooLargeError

_CONSTANTS = ("e", "pi", "π")
LARGEST_FACTOR = 100
"""A claim that is off by a constant factor is said to be so where the factor is as simple as this."""
LONGEST_LINE = 600
"""Characters of TeX. A longer normal form is not written out."""
LONGEST_DERIVATIVE = 2_000
"""Characters of TeX in a line of a derivative: a page or so."""


def claim(page: Page, given: Any) -> None:
    """Prove or refute that two formulas are equal for all values of their names."""
    definitions = _definitions(given.define)
    left, right = (
        replaced(read(text, f"given.{side}"), definitions)
        for side, text in (("left", given.left), ("right", given.right))
    )
    for side, e in (("left", left), ("right", right)):
        check_defined(e, f"given.{side}")
    variable = _variable(given, left, right)
    page.part("claim", "Claim")
    claimed = left
    for _ in range(given.derivative):
        assert variable is not None
        claimed = derivative(claimed, variable)
    where = "".join(rf", with ${name.tex} = {name.arguments[0].tex}$" for name in definitions.values())
    page.remark(f"${claimed.tex} = {right.tex}$ for all values for which both sides are defined{where}.")
    worked = _left_side(page, left, variable, given.derivative, claimed)
    names = {Formula.symbol(name).expression for name in worked.names() | right.names()}
    found = compare(worked.formula().expression, right.formula().expression, names)
    page.part("verdict", "Verdict")
    _verdict(page, found, worked, right)
    asked = _point(given.at, worked, right)
    differs = asked is not None and differ(worked.formula().expression, right.formula().expression, asked)
    if asked is not None:
        page.part("point", "At the point given")
        _at_point(page, asked, worked, right, "")
    if found.point is not None:
        if not differs:
            page.part("refutation", "A point at which they differ")
            _at_point(page, found.point, worked, right, "" if asked is None else "_elsewhere")
        page.remark(
            "There the two sides differ, with proven digits: one point is enough to refute the claim."
        )
        _hint(page, worked, right)


def read(text: str, place: str) -> Expression:
    """A formula of the worksheet. Raises SheetError with its place."""
    try:
        return parsed(text)
    except ValueError as error:
        raise SheetError(f"{place}: {error}") from None


def check_defined(e: Expression, place: str) -> None:
    """Raise SheetError for a formula that has no value anywhere, as 1/0."""
    try:
        e.formula()
    except ArithmeticError as error:
        raise SheetError(f"{place}: {error}") from None


def _definitions(texts: dict[str, str]) -> dict[str, Expression]:
    made: dict[str, Expression] = {}
    for name, text in texts.items():
        if not name.isidentifier() or name in _CONSTANTS:
            raise SheetError(f"given.define: {name!r} cannot be a name; expected a letter, or a word")
        body = replaced(read(text, f"given.define.{name}"), made)
        if name in body.names():
            raise SheetError(f"given.define.{name}: {name} is defined by itself")
        made[name] = named(symbol(name).tex, body)
    return made


def _variable(given: Any, left: Expression, right: Expression) -> Expression | None:
    names = left.names() | right.names()
    if given.variable is not None:
        if given.variable not in names:
            known = ", ".join(sorted(names)) or "none"
            raise SheetError(
                f"given.variable: {given.variable!r} is not in the formulas; names there are {known}"
            )
        return symbol(given.variable)
    if not given.derivative:
        return None
    if len(names) != 1:
        found = ", ".join(sorted(names)) or "no name"
        raise SheetError(
            f"given.variable: is missing; the formulas have {found}: expected one to differentiate by"
        )
    return symbol(names.pop())


def _left_side(
    page: Page, left: Expression, variable: Expression | None, times: int, claimed: Expression
) -> Expression:
    """The left side with its derivatives worked, line by line."""
    if not times:
        return left
    assert variable is not None
    page.part("left", "The left side")
    body, proof = left, Derivation(claimed)
    for i in range(times):
        for line, reason in differentiate(body, variable):
            proof.line(_derived(line, variable, times - 1 - i), reason, by_rule=True)
            if len(line.tex) > LONGEST_DERIVATIVE:
                raise SheetError(
                    f"given.derivative: a line of the derivative has more than {LONGEST_DERIVATIVE:,} signs; "
                    "expected a shorter formula, or fewer derivatives"
                )
            body = line
    proof.write(page)
    return body


def _derived(e: Expression, variable: Expression, times: int) -> Expression:
    for _ in range(times):
        e = derivative(e, variable)
    return e


def _normal(e: Expression) -> Expression | None:
    """The normal form, where it is short enough to be read."""
    try:
        form = NormalForm()
        value = form.formula(form.of(e.formula().expression))
    except TooLargeError:
        return None
    tex = Formula(value).tex
    return worked_out(tex, value) if len(tex) <= LONGEST_LINE else None


def _to_normal_form(left: Expression, right: Expression) -> list[Derivation]:
    """Both sides brought to their normal form; nothing where it is long, or cannot be checked."""
    shown = _normal(left)
    if shown is None:
        return []
    proofs = [Derivation(left), Derivation(right)]
    try:
        for proof in proofs:
            proof.line(shown, "multiplied out, over one denominator, in factors")
    except ProofError:
        return []
    return proofs


def _verdict(page: Page, found: Comparison, left: Expression, right: Expression) -> None:
    if found.equal:
        for proof in _to_normal_form(left, right):
            proof.write(page)
        page.remark("The difference of the two sides, as one fraction of polynomials, is 0: the claim holds.")
    elif found.equal is False:
        page.remark("The claim is false.")
    elif not found.tried:
        page.remark("No point was found at which both sides have a value as real numbers.")
    else:
        page.remark(
            f"Neither proven nor refuted: the two sides agree at {found.tried} points as far as they were "
            "worked, which is no proof."
        )
    word = {True: "yes", False: "no", None: "undecided"}[found.equal]
    sides = [np.array(e.formula(), dtype=object) for e in (left, right)]
    page.give("left_side", sides[0], hidden=True)
    page.give("right_side", sides[1], hidden=True)
    page.work(
        "holds",
        saying(word, r"\text{left} = \text{right}"),
        "left_side",
        "right_side",
        symbol=r"\text{holds}",
    )


def _point(texts: dict[str, str], left: Expression, right: Expression) -> dict[sympy.Symbol, Fraction] | None:
    """The point that the sheet asks for."""
    if not texts:
        return None
    names = left.names() | right.names()
    for name, text in texts.items():
        if name not in names:
            raise SheetError(
                f"given.at: {name!r} is not in the formulas; names there are {', '.join(sorted(names))}"
            )
        if read(text, f"given.at.{name}").names():
            raise SheetError(f"given.at.{name}: expected a number, got {text!r}")
    if missing := sorted(names - set(texts)):
        raise SheetError(f"given.at: {missing[0]} is missing; expected a value for each name")
    numbers = {
        name: read(text, f"given.at.{name}").value(Scope(kind=Number, pi=Number.pi))
        for name, text in texts.items()
    }
    for name, number in numbers.items():
        if number.exact is None:
            raise SheetError(
                f"given.at.{name}: expected a whole number, a fraction or a decimal, got {texts[name]!r}"
            )
    return {
        Formula.symbol(name).expression: Fraction(int(number.exact.p), int(number.exact.q))
        for name, number in numbers.items()
    }


def _at_point(
    page: Page, point: dict[sympy.Symbol, Fraction], left: Expression, right: Expression, ending: str
) -> None:
    """Both sides worked at a point; ``ending`` tells their names from those at another point."""
    by_name = {str(name): value for name, value in point.items()}
    names = tuple(sorted(by_name))
    places = [f"{name}{ending}" for name in names]
    for name, place in zip(names, places, strict=True):
        page.give(place, str(by_name[name]), symbol=symbol(name).tex, hidden=True)
    if names:
        said = (f"${symbol(n).tex} = {page[p].item().tex}$" for n, p in zip(names, places, strict=True))
        page.remark(f"{', '.join(said)}:")
    for side, e in (("left", left), ("right", right)):
        rule, inputs = (rule_of(side, e, *names), places) if names else letters(page, side, e)
        page.work(f"{side}{ending}", rule, *inputs, symbol=rf"\text{{{side}}}")


def _hint(page: Page, left: Expression, right: Expression) -> None:
    """What does hold, where the claim is off by a number."""
    try:
        form = NormalForm()
        ratio = form.formula(form.of(left.formula().expression / right.formula().expression))
    except (ArithmeticError, ZeroDivisionError):
        return
    if ratio.is_Rational and 0 < abs(int(ratio.p)) <= LARGEST_FACTOR and int(ratio.q) <= LARGEST_FACTOR:
        shown = Formula(Fraction(int(ratio.p), int(ratio.q)))
        factor = "-" if ratio == -1 else rf"{shown.tex} \cdot "
        said = "the sign is turned" if ratio == -1 else "a factor is missing"
        page.remark(rf"What holds is $\text{{left}} = {factor}\text{{right}}$: {said}.")
