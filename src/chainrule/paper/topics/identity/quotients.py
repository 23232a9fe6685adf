"""Quotients of polynomials in many variables, of which some stand for functions or are related."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import gcd
from typing import Any

import sympy
from flint import fmpz_mpoly, fmpz_mpoly_ctx

VARIABLES = 128
MOST_TERMS = 100_000
"""Products of terms in one multiplication."""
MOST_WORK = 1_000_000
"""Products of terms in all."""
LARGEST_POWER = 2_000


class Care(Enum):
    """How much is done to see that two forms are the same."""

    LOOSE = 1
    """Exponents are left whole but for their number; tanh and one over a sum are variables."""
    WHOLE = 2
    """Exponents are left whole, and fractions are brought to a common denominator."""
    FULL = 3
    """As the module says."""


class TooLargeError(ArithmeticError):
    """A normal form that is too large to be worked out."""


class RestartError(Exception):
    """Something was found that was not known when the form was begun."""


@dataclass(frozen=True)
class Quotient:
    """Two polynomials, one above the other."""

    top: fmpz_mpoly
    bottom: fmpz_mpoly

    @property
    def key(self) -> tuple[Any, ...]:
        """What is the same for equal quotients."""
        return tuple(sorted(self.top.to_dict().items())), tuple(sorted(self.bottom.to_dict().items()))


@dataclass(frozen=True)
class Relation:
    """A power of a variable that is a quotient in the variables before it."""

    variable: int
    power: int
    value: Quotient


class Quotients:
    """The arithmetic of quotients, and what each of their variables means."""

    def __init__(self, care: Care = Care.FULL) -> None:
        self._care = care
        self._reset()

    def _reset(self) -> None:
        self._context = fmpz_mpoly_ctx.get([f"v{i}" for i in range(VARIABLES)], "lex")
        self._generators = self._context.gens()
        self._meanings: list[sympy.Expr] = []
        self._known: dict[Any, int] = {}
        self._relations: list[Relation] = []
        self._inverses: list[fmpz_mpoly] = []  # u·f - 1 for a variable u that stands for 1/f
        self._work = 0

    def formula(self, quotient: Quotient) -> sympy.Expr:
        """A normal form as a formula, in factors."""
        top, bottom = (self._factored(part) for part in (quotient.top, quotient.bottom))
        return top / bottom

    def _factored(self, polynomial: fmpz_mpoly) -> sympy.Expr:
        if polynomial.is_zero():
            return sympy.Integer(0)
        number, factors = polynomial.factor()
        parts = [self._meaning(factor) ** int(power) for factor, power in factors]
        return sympy.Mul(sympy.Integer(int(number)), *parts)

    def _meaning(self, polynomial: fmpz_mpoly) -> sympy.Expr:
        terms = []
        for powers, number in polynomial.to_dict().items():
            meant = [self._meanings[i] ** int(power) for i, power in enumerate(powers) if power]
            terms.append(sympy.Mul(sympy.Integer(int(number)), *meant))
        return sympy.Add(*terms)

    def _number(self, value: Any) -> Quotient:
        exact = Fraction(value)
        return Quotient(self._constant(exact.numerator), self._constant(exact.denominator))

    def _constant(self, value: int) -> fmpz_mpoly:
        return self._context.constant(value)

    def _variable(self, key: Any, meaning: sympy.Expr) -> Quotient:
        return Quotient(self._generators[self._place(key, meaning)], self._constant(1))

    def _place(self, key: Any, meaning: sympy.Expr) -> int:
        if key not in self._known:
            if len(self._meanings) == VARIABLES:
                raise TooLargeError(f"more than {VARIABLES} different functions and names")
            self._known[key] = len(self._meanings)
            self._meanings.append(meaning)
        return self._known[key]

    # ----------------------------------------------------------------------- arithmetic

    def _times(self, a: fmpz_mpoly, b: fmpz_mpoly) -> fmpz_mpoly:
        work = len(a) * len(b)
        self._work += work
        if work > MOST_TERMS or self._work > MOST_WORK:
            raise TooLargeError("the formulas are too large to be multiplied out")
        return a * b

    def _lowest(self, top: fmpz_mpoly, bottom: fmpz_mpoly) -> Quotient:
        if bottom.is_zero():
            raise ZeroDivisionError("division by 0")
        if top.is_zero():
            return Quotient(top, self._constant(1))
        common = top.gcd(bottom)
        top, bottom = top / common, bottom / common
        if bottom.leading_coefficient() < 0:
            top, bottom = -top, -bottom
        return Quotient(top, bottom)

    def _sum(self, a: Quotient, b: Quotient) -> Quotient:
        if a.bottom == b.bottom:
            return self._lowest(a.top + b.top, a.bottom)
        top = self._times(a.top, b.bottom) + self._times(b.top, a.bottom)
        return self._lowest(top, self._times(a.bottom, b.bottom))

    def _product(self, a: Quotient, b: Quotient) -> Quotient:
        return self._lowest(self._times(a.top, b.top), self._times(a.bottom, b.bottom))

    def _divided(self, a: Quotient, b: Quotient) -> Quotient:
        return self._lowest(self._times(a.top, b.bottom), self._times(a.bottom, b.top))

    def _raised(self, base: Quotient, power: int) -> Quotient:
        if power < 0:
            return self._raised(self._inverse(base), -power)
        if power > LARGEST_POWER:
            raise TooLargeError(f"a power larger than {LARGEST_POWER}")
        made = self._number(1)
        for _ in range(power):
            made = Quotient(self._times(made.top, base.top), self._times(made.bottom, base.bottom))
        return made

    def _inverse(self, base: Quotient) -> Quotient:
        if self._care is not Care.LOOSE or len(base.top) < 2:
            return self._divided(self._number(1), base)
        number, sum_ = self._content(base.top)
        place = self._place(("inverse", self._key(sum_)), 1 / self._meaning(sum_))
        inverse = self._generators[place]
        relation = self._times(inverse, sum_) - 1
        if relation not in self._inverses:
            self._inverses.append(relation)
        one = Quotient(inverse, self._constant(number))
        return self._product(one, Quotient(base.bottom, self._constant(1)))

    def _reduced(self, value: Quotient) -> Quotient:
        """The quotient with powers of related variables taken down, the last variable first."""
        top, bottom = value.top, value.bottom
        for inverse in self._inverses:
            _, top = divmod(top, inverse)
        for relation in reversed(self._relations):
            top, factor = self._without(top, relation)
            bottom, below = self._without(bottom, relation)
            top, bottom = self._times(top, below), self._times(bottom, factor)
        return self._lowest(top, bottom)

    def _without(self, polynomial: fmpz_mpoly, relation: Relation) -> tuple[fmpz_mpoly, fmpz_mpoly]:
        """The polynomial with high powers of the variable replaced, times a factor, and that factor."""
        highest = int(polynomial.degrees()[relation.variable]) // relation.power
        factor = self._raised(Quotient(relation.value.bottom, self._constant(1)), highest).top
        made = self._constant(0)
        for powers, number in polynomial.to_dict().items():
            times, left = divmod(int(powers[relation.variable]), relation.power)
            rest = [int(p) for p in powers]
            rest[relation.variable] = left
            term = self._context.from_dict({tuple(rest): number})
            for base, repeated in ((relation.value.top, times), (relation.value.bottom, highest - times)):
                term = self._times(term, self._raised(Quotient(base, self._constant(1)), repeated).top)
            made += term
        return made, factor

    def _content(self, polynomial: fmpz_mpoly) -> tuple[int, fmpz_mpoly]:
        """The number that all coefficients have in common, with the first one's sign, and the rest."""
        common = gcd(*(int(c) for c in polynomial.coeffs()))
        signed = -common if polynomial.leading_coefficient() < 0 else common
        return signed, polynomial / self._constant(signed)

    def _key(self, polynomial: fmpz_mpoly) -> Any:
        return tuple(sorted(polynomial.to_dict().items()))
