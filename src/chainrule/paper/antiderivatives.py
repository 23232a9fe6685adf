"""Antiderivatives of sums of c xᵖ e^(kx) (ln x)ⁿ: of polynomials, exponentials and their logarithms.

A table of a few lines finds them at once; a general integrator may take minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import Any

import sympy

from chainrule.paper.numbers import Number

X = sympy.Symbol("x", real=True)
"""The variable of every formula that is integrated."""

MOST_TERMS = 200
ToNumber = Callable[[sympy.Expr], Any]

Key = tuple[sympy.Expr, sympy.Expr, int]
"""The exponent p, the rate k and the logarithms n of a term c xᵖ e^(kx) (ln x)ⁿ."""

ONE: Key = (sympy.S.Zero, sympy.S.Zero, 0)


class DivergentError(ArithmeticError):
    """An integral that does not converge."""


@dataclass(frozen=True)
class Series:
    """A sum of terms c xᵖ e^(kx) (ln x)ⁿ, by their keys.

    >>> Series.of(X * (1 - X)).antiderivative().expression
    -x**3/3 + x**2/2
    """

    terms: dict[Key, sympy.Expr]

    @classmethod
    def of(cls, expression: sympy.Expr) -> Series | None:
        """The formula as such a sum, where it is one of at most so many terms."""
        try:
            return _series(expression)
        except _NotASeriesError:
            return None

    @property
    def expression(self) -> sympy.Expr:
        """The sum as a formula."""
        return reduce(
            add,
            [c * X**p * sympy.exp(k * X) * sympy.log(X) ** n for (p, k, n), c in self.terms.items()],
            sympy.S.Zero,
        )

    @property
    def is_entire(self) -> bool:
        """Whether it can be worked on both sides of 0."""
        return all(n == 0 and p.is_Integer and p >= 0 for p, _, n in self.terms)

    def antiderivative(self) -> Series | None:
        """A sum whose derivative this is, where the table has one for every term."""
        found: dict[Key, sympy.Expr] = {}
        for key, c in self.terms.items():
            terms = _antiderivative(*key)
            if terms is None:
                return None
            for at, factor in terms.items():
                found[at] = found.get(at, sympy.S.Zero) + c * factor
        return Series({key: c for key, c in found.items() if c != 0})

    def at(self, point: Any, number: ToNumber) -> Any:
        """The value at a point, or the limit there: at 0, and at ±∞ as a float.

        ``number`` makes a number of a coefficient. Raises DivergentError where there is no limit.
        """
        if isinstance(point, float):
            return self._limit(point > 0, number)
        parts = [self._term_at(point, key, number(c), number) for key, c in self.terms.items()]
        return reduce(add, parts) if parts else number(sympy.S.Zero)

    def _term_at(self, x: Any, key: Key, c: Any, number: ToNumber) -> Any:
        p, k, n = key
        if x == 0:
            if p > 0:
                return number(sympy.S.Zero)
            if p < 0 or n:
                raise DivergentError("the integral does not converge at 0")
        factors = [] if c == 1 and key != ONE else [c]
        if p != 0:
            factors.append(x if p == 1 else x ** number(p) if p.is_Integer else x ** Number(str(p)))
        if k != 0:
            factors.append((number(k) * x).exp())
        if n:
            factors.append(x.log() if n == 1 else x.log() ** n)
        return reduce(mul, factors)

    def _limit(self, upwards: bool, number: ToNumber) -> Any:
        rest = sympy.S.Zero
        for (p, k, n), c in self.terms.items():
            vanishes = k < 0 if upwards else k > 0
            if (p, k, n) == ONE:
                rest += c
            elif not vanishes and not (k == 0 and p < 0):
                raise DivergentError(f"the integral does not converge at {'' if upwards else '-'}∞")
        return number(rest)


class _NotASeriesError(Exception):
    """A formula that is no sum of such terms, or of too many."""


def _series(expression: sympy.Expr) -> Series:
    if not expression.has(X):
        return Series({} if expression == 0 else {ONE: expression})
    if expression == X:
        return Series({(sympy.S.One, sympy.S.Zero, 0): sympy.S.One})
    if expression.is_Add or expression.is_Mul:
        parts = [_series(part) for part in expression.args]
        return reduce(_sum if expression.is_Add else _product, parts)
    if isinstance(expression, sympy.exp):
        return _exponential(_series(expression.args[0]))
    if isinstance(expression, sympy.log):
        return _logarithm(_series(expression.args[0]))
    if expression.is_Pow and expression.args[1].is_Rational:
        return _power(_series(expression.args[0]), expression.args[1])
    raise _NotASeriesError


def _sum(a: Series, b: Series) -> Series:
    terms = dict(a.terms)
    for key, c in b.terms.items():
        terms[key] = terms.get(key, sympy.S.Zero) + c
    return _kept(terms)


def _product(a: Series, b: Series) -> Series:
    if len(a.terms) * len(b.terms) > MOST_TERMS**2:
        raise _NotASeriesError
    terms: dict[Key, sympy.Expr] = {}
    for (p, k, n), c in a.terms.items():
        for (q, j, m), d in b.terms.items():
            key = (p + q, k + j, n + m)
            terms[key] = terms.get(key, sympy.S.Zero) + c * d
    return _kept(terms)


def _kept(terms: dict[Key, sympy.Expr]) -> Series:
    kept = {key: c for key, c in terms.items() if c != 0}
    if len(kept) > MOST_TERMS:
        raise _NotASeriesError
    return Series(kept)


def _power(base: Series, exponent: sympy.Rational) -> Series:
    if exponent.is_Integer and exponent >= 0:
        return reduce(_product, [base] * int(exponent), Series({ONE: sympy.S.One}))
    (p, k, n), c = _only(base)
    if n or not (exponent.is_Integer or c.is_positive):
        raise _NotASeriesError
    return Series({(p * exponent, k * exponent, 0): c**exponent})


def _exponential(argument: Series) -> Series:
    linear, constant = (sympy.S.One, sympy.S.Zero, 0), argument.terms.get(ONE, sympy.S.Zero)
    if set(argument.terms) - {linear, ONE}:
        raise _NotASeriesError
    rate = argument.terms.get(linear, sympy.S.Zero)
    return Series({(sympy.S.Zero, rate, 0): sympy.exp(constant)})


def _logarithm(argument: Series) -> Series:
    (p, k, n), c = _only(argument)
    if n or not c.is_positive:
        raise _NotASeriesError
    terms = {
        ONE: sympy.log(c),
        (sympy.S.Zero, sympy.S.Zero, 1): p,
        (sympy.S.One, sympy.S.Zero, 0): k,
    }
    return _kept(terms)


def _only(series: Series) -> tuple[Key, sympy.Expr]:
    if len(series.terms) != 1:
        raise _NotASeriesError
    return next(iter(series.terms.items()))


def _antiderivative(p: sympy.Expr, k: sympy.Expr, n: int) -> dict[Key, sympy.Expr] | None:
    zero = sympy.S.Zero
    if k != 0:
        if n or not p.is_Integer or p < 0:
            return None
        terms, factor = {}, 1 / k
        for power in range(int(p), -1, -1):
            terms[(sympy.Integer(power), k, 0)] = factor
            factor *= -sympy.Integer(power) / k
        return terms
    if p == -1:
        return {(zero, zero, n + 1): sympy.Rational(1, n + 1)}
    if n == 0:
        return {(p + 1, zero, 0): 1 / (p + 1)}
    if n == 1:
        return {(p + 1, zero, 1): 1 / (p + 1), (p + 1, zero, 0): -1 / (p + 1) ** 2}
    return None
