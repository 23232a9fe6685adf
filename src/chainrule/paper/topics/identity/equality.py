"""Two formulas compared: equal by their normal form, different by a point, or left open."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, islice

import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.numbers import Number
from chainrule.paper.topics.identity.normal_form import NormalForm
from chainrule.paper.topics.identity.quotients import Care, TooLargeError

PRECISION = 512
"""Bits. Where two values do not differ in so many, the point decides nothing."""
POINTS = 24
"""How many points are tried at most."""
_COORDINATES = [
    Fraction(v) for v in ("1", "-1", "1/2", "2", "-1/2", "1/3", "3", "-2", "3/2", "1/4", "-3", "2/3")
]


@dataclass(frozen=True)
class Comparison:
    """What is known of two formulas: ``equal`` is True, False, or None where nothing was decided.

    ``point`` is where they differ; ``tried`` how many points there were at which both have a value.
    """

    equal: bool | None
    point: dict[sympy.Symbol, Fraction] | None = None
    tried: int = 0


def compare(left: sympy.Expr, right: sympy.Expr, names: Collection[sympy.Symbol] = ()) -> Comparison:
    """Compare two formulas for all values of their names at which both are defined.

    A point has a value for each of these ``names`` too, though SymPy may have cancelled them.

    >>> z = sympy.Symbol("z", real=True)
    >>> compare(sympy.tanh(-z), -sympy.tanh(z)).equal, compare(sympy.exp(z), 1 + z).point
    (True, {z: Fraction(1, 1)})
    """
    if left == right or _is_same(left, right):
        return Comparison(True)
    tried = 0
    for point in points(left.free_symbols | right.free_symbols | {*names}):
        differs = differ(left, right, point)
        if differs:
            return Comparison(False, point, tried + 1)
        tried += differs is not None
    return Comparison(None, tried=tried)


def _is_same(left: sympy.Expr, right: sympy.Expr) -> bool:
    for care in Care:
        try:
            if NormalForm(care).is_zero(left - right):
                return True
        except TooLargeError:
            continue
    return False


def points(names: set[sympy.Symbol]) -> Iterator[dict[sympy.Symbol, Fraction]]:
    """Points at which formulas are compared: simple ones first, then such as fit probabilities."""
    ordered = sorted(names, key=str)
    if not ordered:
        yield {}
        return
    for i in islice(count(), POINTS):
        yield {
            name: _COORDINATES[(i + 5 * k * (1 + i // 3)) % len(_COORDINATES)] + Fraction(k * (i % 2), 7)
            for k, name in enumerate(ordered)
        }


def value_at(formula: sympy.Expr, point: dict[sympy.Symbol, Fraction]) -> Number:
    """The value at a point, exact or as closely as is asked for."""
    rational = {name: sympy.Rational(v.numerator, v.denominator) for name, v in point.items()}
    return Formula(formula.xreplace(rational)).number()


def differ(left: sympy.Expr, right: sympy.Expr, point: dict[sympy.Symbol, Fraction]) -> bool | None:
    """Whether the two certainly differ at the point; None where one of them has no value there."""
    try:
        difference = value_at(left, point) - value_at(right, point)
        if difference.exact is not None:
            return difference.exact != 0
        ball = difference.ball(PRECISION)
    except (ArithmeticError, ValueError):
        return None
    if not ball.is_finite():
        return None
    return bool(ball > 0 or ball < 0)
