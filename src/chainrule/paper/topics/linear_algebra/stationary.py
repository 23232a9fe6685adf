"""Stationary points of a formula: where all its slopes are 0, and what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.numbers import Number
from chainrule.paper.topics.linear_algebra.expressions import evaluate
from chainrule.paper.topics.linear_algebra.roots import factors, roots
from chainrule.rules.arrays import Array
from chainrule.rules.linear_algebra.eigen import characteristic_polynomial
from chainrule.rules.rule import rule

MOST_TERMS = 70
"""Terms that a slope may have, multiplied out, for its zeros to be looked for."""
MOST_BRANCHES = 100


@dataclass(frozen=True)
class Solved:
    """Points, each a value for each variable; ``lines`` has those with variables left free."""

    points: list[list[Any]]
    lines: list[dict[str, Formula]]


def solve_gradient(gradient: Sequence[Formula], variables: Sequence[str]) -> Solved | None:
    """All real points where the gradient is 0; None where they cannot be found exactly.

    The slopes are factored; a factor in one variable is solved for it, a factor that is linear in one is
    solved for that, and the solution is put into the others.
    """
    symbols = [sympy.Symbol(v, real=True) for v in variables]
    slopes = [formula.expression for formula in gradient]
    if not all(_is_small(slope, symbols) for slope in slopes):
        return None
    if len(symbols) == 1:
        return Solved([[root] for root in _roots(sympy.expand(slopes[0]), symbols[0])], [])
    try:
        found = _Search().solve(slopes, {})
    except _TooHardError:
        return None
    points, lines = [], []
    for solution in found:
        values = {s: _final(s, solution) for s in symbols}
        free = any(v.free_symbols for v in values.values())
        if free:
            lines.append({str(s): Formula(v) for s, v in values.items()})
        else:
            points.append([_number(values[s]) for s in symbols])
    unique = {tuple(str(v) for v in point): point for point in points}
    return Solved(list(unique.values()), lines)


class _TooHardError(Exception):
    """The equations are not of the kind that is solved here."""


class _Search:
    def __init__(self) -> None:
        self.branches = 0

    def solve(self, equations: list[Any], known: dict[Any, Any]) -> list[dict[Any, Any]]:
        self.branches += 1
        if self.branches > MOST_BRANCHES:
            raise _TooHardError
        left = [e for e in map(sympy.expand, equations) if e != 0]
        if any(not e.free_symbols for e in left):
            return []
        if not left:
            return [known]
        for equation in sorted(left, key=lambda e: (len(e.free_symbols), str(e))):
            choices = [choice for factor in _factors(equation) for choice in [_choices(factor)]]
            if any(choice is None for choice in choices):
                continue
            return [
                solution
                for choice in choices
                for symbol, value in choice or []
                for solution in self.solve([e.subs(symbol, value) for e in left], {**known, symbol: value})
            ]
        raise _TooHardError


def _factors(equation: Any) -> list[Any]:
    if _is_rational(equation):
        return [factor for factor, _ in sympy.factor_list(equation)[1]]
    return [equation]


def _choices(factor: Any) -> list[tuple[Any, Any]] | None:
    """A symbol and its value, for every way in which the factor is 0; None if that cannot be said."""
    symbols = sorted(factor.free_symbols, key=str)
    if len(symbols) == 1 and _is_rational(factor):
        found = _roots(factor, symbols[0])
        if any(isinstance(root, Number) and root.exact is None for root in found):
            return None
        return [(symbols[0], Formula(root).expression) for root in found]
    for symbol in reversed(symbols):
        slope = sympy.expand(sympy.diff(factor, symbol))
        if not slope.free_symbols:
            return [(symbol, sympy.expand((slope * symbol - factor) / slope))]
    return None


def _roots(expression: Any, symbol: Any) -> list[Any]:
    """The real roots of a polynomial with rational coefficients in one symbol, the largest first."""
    coefficients = sympy.Poly(expression, symbol).all_coeffs()
    if len(coefficients) == 1:
        return []
    found = roots(factors([Number(str(c)) for c in coefficients]))
    return [root.real for root in found if root.is_real]


def _is_rational(expression: Any) -> bool:
    return all(c.is_Rational for c in sympy.Poly(expression).coeffs())


def _is_small(slope: Any, symbols: list[Any]) -> bool:
    """Whether a slope is a polynomial with rational coefficients that is not large."""
    if not slope.is_polynomial(*symbols) or not all(a.is_Rational for a in slope.atoms(sympy.Number)):
        return False
    if slope.atoms(sympy.Pow) and any(p.exp.is_Integer is not True for p in slope.atoms(sympy.Pow)):
        return False
    if slope.atoms(sympy.NumberSymbol, sympy.Function):
        return False
    return comb(_degree(slope) + len(symbols), len(symbols)) <= MOST_TERMS


def _degree(expression: Any) -> int:
    """At most the degree of a polynomial, without multiplying it out."""
    if expression.is_Symbol:
        return 1
    if expression.is_Pow:
        return _degree(expression.base) * int(expression.exp)
    degrees = [_degree(part) for part in expression.args]
    return sum(degrees) if expression.is_Mul else max(degrees, default=0)


def _final(symbol: Any, solution: dict[Any, Any]) -> Any:
    value = solution.get(symbol, symbol)
    for _ in solution:
        value = sympy.expand(value.subs(solution))
    return value


def _number(value: Any) -> Any:
    return Number(f"{value.p}/{value.q}") if value.is_Rational else Formula(value)


# ---------------------------------------------------------------------------- as rules


@rule(tex=r"\text{solutions of } <gradient> = 0", as_whole=True)
def stationary_points(gradient: Array, *, variables: Sequence[str]) -> Array:
    """The stationary points, one per row; of one variable, a vector of them."""
    solved = solve_gradient(list(gradient.flat), variables)
    assert solved is not None
    made = np.array(solved.points, dtype=object)
    return made[:, 0] if len(variables) == 1 else made


@rule(tex=r"<f> \text{ at each of } <points>", as_whole=True)
def values_at(f: Array, points: Array, *, variables: Sequence[str]) -> Array:
    """The formula at each stationary point."""
    rows = points.reshape(len(points), -1)
    expression = f[()].expression
    return np.array(
        [at_point(expression, dict(zip(variables, row, strict=True))) for row in rows], dtype=object
    )


def at_point(expression: Any, at: dict[str, Any]) -> Any:
    """An expression with a point put in: a Number where it is one, else a Formula."""
    if any(isinstance(v, Number) and v.exact is None for v in at.values()):
        return evaluate(expression, at)
    put_in = {sympy.Symbol(name, real=True): Formula(value).expression for name, value in at.items()}
    value = sympy.expand(expression.subs(put_in))
    return _number(value)


def kind(gradient: np.ndarray, hessian: np.ndarray, at: dict[str, Any]) -> str:
    """What a stationary point is: a minimum, a maximum, a saddle, or what the second slopes do not tell."""
    H = np.array([[at_point(h.expression, at) for h in row] for row in hessian], dtype=object)
    if len(at) == 1:
        return _kind_of_one(gradient[0], at)
    signs = [_sign(c) for c in characteristic_polynomial(H)]
    if signs[-1] == 0:
        return "undecided by the second derivatives: the Hessian is singular there"
    if all(sign == (-1) ** k for k, sign in enumerate(signs)):
        return "minimum: all eigenvalues of the Hessian are positive"
    if all(sign == 1 for sign in signs):
        return "maximum: all eigenvalues of the Hessian are negative"
    return "saddle: the Hessian has positive and negative eigenvalues"


def _kind_of_one(slope: Formula, at: dict[str, Any]) -> str:
    """By the first derivative that is not 0."""
    (variable,) = at
    order, derivative = 1, slope
    while True:
        order, derivative = order + 1, derivative.derivative(variable)
        sign = _sign(at_point(derivative.expression, at)) if order == 2 or _is_exact(at) else 0
        if sign and order % 2:
            return f"inflection: the first derivative that is not 0 there is number {order}, an odd one"
        if sign:
            word, size = ("minimum", "positive") if sign > 0 else ("maximum", "negative")
            which = (
                "second derivative is"
                if order == 2
                else f"first derivative that is not 0, number {order}, is"
            )
            return f"{word}: the {which} {size}"


def _is_exact(at: dict[str, Any]) -> bool:
    return all(not isinstance(v, Number) or v.exact is not None for v in at.values())


def _sign(value: Any) -> int:
    if isinstance(value, Formula):
        value = value.expanded()
        return 0 if value.expression == 0 else int(value.sign())
    return int(value.sign())
