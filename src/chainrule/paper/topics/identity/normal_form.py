"""Whether two formulas are equal: decided by a normal form, which is a quotient of polynomials.

SymPy's ``simplify`` guesses, and may take minutes. Here every formula becomes a quotient of two
polynomials with whole coefficients, in the names and in further variables:

- e^u: the exponent is cut into its terms, and e^(c·m) is a power of one variable for e^m;
- tanh u is (e^(2u) - 1)/(e^(2u) + 1);
- ln u: the argument is cut into its factors; ln of e^m is m, of a number the sum over its primes, and
  ln|f| of another factor is a variable;
- roots, |u|, sin and cos are variables with a relation, as s² = 1 - c², by which powers are reduced;
- erf, and functions of which nothing is known, are variables, one for each argument.

Two formulas are equal, wherever both are defined as real numbers, if the polynomial above the
fraction line of their difference is 0. The other way round a point decides: where the two differ
with proven digits, they are not equal. What neither settles is left open, and is said to be so.
Work is bounded: a product of too many terms raises :class:`TooLargeError`. So it is done with more or
less care (:class:`Care`): what is 0 with less care is 0, and only what is not has to be looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import lcm
from typing import Any, ClassVar

import sympy
from flint import fmpz_mpoly

from chainrule.paper.topics.identity.quotients import (
    LARGEST_POWER,
    Care,
    Quotient,
    Quotients,
    Relation,
    RestartError,
    TooLargeError,
)

LARGEST_PRIME = 10**12


class NormalForm(Quotients):
    """Turns formulas into quotients of polynomials.

    >>> z = sympy.Symbol("z")
    >>> NormalForm().is_zero(1 / (1 + sympy.exp(-z)) - sympy.exp(z) / (1 + sympy.exp(z)))
    True
    >>> NormalForm().is_zero(sympy.sin(z) ** 2 + sympy.cos(z) ** 2 - 1)
    True
    """

    def __init__(self, care: Care = Care.FULL) -> None:
        self._denominators: dict[Any, int] = {}
        self._under_roots: set[sympy.Expr] = set()  # what is not negative where a root of it is taken
        super().__init__(care)

    def _reset(self) -> None:
        super()._reset()
        self._logs: dict[int, Quotient] = {}  # of a variable e^m, what m is
        self._of_log: dict[int, fmpz_mpoly] = {}  # of a variable ln|f|, what f is
        self._facts: list[tuple[int, list[fmpz_mpoly]]] = []  # a sign and factors: their product is > 0
        self._seen: dict[sympy.Expr, Quotient] = {}

    def is_zero(self, formula: sympy.Expr) -> bool:
        """Whether its normal form is 0. Raises TooLargeError where that is too much work."""
        return bool(self.of(formula).top.is_zero())

    def of(self, formula: sympy.Expr) -> Quotient:
        """The normal form."""
        while True:
            try:
                return self._reduced(self._convert(formula))
            except RestartError:
                self._reset()

    # ----------------------------------------------------------------------- conversion

    def _convert(self, formula: sympy.Expr) -> Quotient:
        if formula not in self._seen:
            self._seen[formula] = self._converted(formula)
        return self._seen[formula]

    def _converted(self, formula: sympy.Expr) -> Quotient:
        if formula.is_Rational:
            return self._number(Fraction(int(formula.p), int(formula.q)))
        if formula.is_Symbol or formula is sympy.pi:
            return self._variable(formula, formula)
        if formula is sympy.E:
            return self._power_of_e(self._number(1))
        if formula.is_Add or formula.is_Mul:
            combine = self._sum if formula.is_Add else self._product
            made = self._convert(formula.args[0])
            for part in formula.args[1:]:
                made = combine(made, self._convert(part))
            return made
        if formula.is_Pow:
            return self._pow(*formula.args)
        arguments = [self._convert(argument) for argument in formula.args]
        opaque = self._care is Care.LOOSE and isinstance(formula, sympy.tanh)
        if type(formula) in self._functions and not opaque:
            return self._functions[type(formula)](self, arguments[0])
        if not formula.args:
            raise TooLargeError(f"no normal form is known for {formula}")
        return self._variable((formula.func, *(a.key for a in arguments)), formula)

    # ------------------------------------------------------------------------ functions

    def _pow(self, base: sympy.Expr, exponent: sympy.Expr) -> Quotient:
        if exponent.is_Integer:
            return self._raised(self._convert(base), int(exponent))
        if exponent.is_Rational:
            return self._raised(self._root(self._convert(base), int(exponent.q)), int(exponent.p))
        if base is sympy.E:
            return self._power_of_e(self._convert(exponent))
        return self._power_of_e(self._product(self._convert(exponent), self._log(self._convert(base))))

    def _terms(self, value: Quotient) -> Iterator[tuple[Fraction, Quotient]]:
        """A quotient as a sum: of each term the number before it, and the rest."""
        if self._care is not Care.FULL and not value.top.is_zero():
            above, top = self._content(value.top)
            below, bottom = self._content(value.bottom)
            yield Fraction(above, below), Quotient(top, bottom)
            return
        for powers, number in value.top.to_dict().items():
            one = self._lowest(self._context.from_dict({powers: 1}), value.bottom)
            content, bottom = self._content(one.bottom)
            yield Fraction(int(number), content), Quotient(one.top, bottom)

    def _power_of_e(self, exponent: Quotient) -> Quotient:
        made = self._number(1)
        for number, rest in self._terms(exponent):
            of_log = self._is_log(rest)
            if of_log is not None:
                base = self._absolute(of_log)
                made = self._product(
                    made, self._raised(self._root(base, number.denominator), number.numerator)
                )
                continue
            shared = self._shared_denominator("exp", rest, number)
            meaning = sympy.exp(self.formula(rest) / shared)
            place = self._place(("exp", rest.key), meaning)
            self._logs[place] = self._product(rest, self._number(Fraction(1, shared)))
            power = self._raised_variable(place, abs(number * shared))
            made = self._divided(made, power) if number < 0 else self._product(made, power)
        return made

    def _raised_variable(self, place: int, power: Fraction) -> Quotient:
        if power > LARGEST_POWER:
            raise TooLargeError(f"e to a power larger than {LARGEST_POWER}")
        return Quotient(self._generators[place] ** int(power), self._constant(1))

    def _shared_denominator(self, kind: str, rest: Quotient, number: Fraction) -> int:
        key = (kind, self._shown(rest))
        shared = self._denominators.get(key, 1)
        if shared % number.denominator:
            self._denominators[key] = lcm(shared, number.denominator)
            raise RestartError
        return shared

    def _shown(self, value: Quotient) -> sympy.Expr:
        """A quotient as a formula: unlike its key it means the same after a restart."""
        return self._meaning(value.top) / self._meaning(value.bottom)

    def _is_log(self, rest: Quotient) -> fmpz_mpoly | None:
        """Of the variable for ln|f|, what f is."""
        for place, factor in self._of_log.items():
            if rest.bottom.is_one() and rest.top == self._generators[place]:
                return factor
        return None

    def _log(self, value: Quotient) -> Quotient:
        if value.top.is_zero():
            raise ZeroDivisionError("logarithm of 0")
        made, whole, odd = self._number(0), 1, []
        for polynomial, sign in ((value.top, 1), (value.bottom, -1)):
            number, factors = polynomial.factor()
            made = self._sum(made, self._scaled(self._log_of_number(abs(int(number))), sign))
            whole *= 1 if number > 0 else -1
            odd += [factor for factor, power in factors if power % 2]
            for factor, power in factors:
                made = self._sum(made, self._scaled(self._log_of_factor(factor), sign * int(power)))
        self._facts.append((whole, sorted(odd, key=self._key)))
        return made

    def _scaled(self, value: Quotient, by: int) -> Quotient:
        return self._product(value, self._number(by))

    def _log_of_number(self, number: int) -> Quotient:
        made = self._number(0)
        if number > LARGEST_PRIME:
            return self._variable(("log", number), sympy.log(number))
        for prime, power in sympy.factorint(number).items():
            log = self._variable(("log", prime), sympy.log(prime))
            made = self._sum(made, self._scaled(log, int(power)))
        return made

    def _log_of_factor(self, factor: fmpz_mpoly) -> Quotient:
        for place, log in self._logs.items():
            if factor == self._generators[place]:
                return log
        for relation in self._relations:
            if factor == self._generators[relation.variable] and relation.power > 1:
                inner = self._log(relation.value)
                return self._product(inner, self._number(Fraction(1, relation.power)))
        if factor.leading_coefficient() < 0:
            factor = -factor
        inner = self._meaning(factor)
        place = self._place(("log", self._key(factor)), sympy.log(inner))
        self._of_log[place] = factor
        return Quotient(self._generators[place], self._constant(1))

    def _is_not_negative(self, polynomial: fmpz_mpoly) -> bool:
        """Whether it is certainly 0 or greater, as a sum of what is."""
        for powers, number in polynomial.to_dict().items():
            odd = [i for i, power in enumerate(powers) if power % 2]
            known = all(i in self._logs or self._meanings[i].is_nonnegative for i in odd)
            if number < 0 or not known:
                return False
        return True

    def _absolute(self, factor: fmpz_mpoly) -> Quotient:
        plain = Quotient(factor, self._constant(1))
        meaning = self._meaning(factor)
        if meaning in self._under_roots or self._is_not_negative(factor):
            return plain
        if -meaning in self._under_roots:
            return self._scaled(plain, -1)
        for sign, factors in self._facts:  # its sign is that of the others, for the product is positive
            if factors and self._key(factors[-1]) == self._key(factor):
                made = self._scaled(plain, sign)
                for other in factors[:-1]:
                    made = self._product(made, self._absolute(other))
                    made = self._divided(made, Quotient(other, self._constant(1)))
                return made
        place = self._place(("abs", self._key(factor)), sympy.Abs(self._meaning(factor)))
        self._relate(place, 2, self._product(plain, plain))
        return Quotient(self._generators[place], self._constant(1))

    def _relate(self, place: int, power: int, value: Quotient) -> None:
        if all(relation.variable != place for relation in self._relations):
            self._relations.append(Relation(place, power, value))

    def _root(self, value: Quotient, degree: int) -> Quotient:
        """The root of what is not negative."""
        if degree == 1 or value.top.is_zero():
            return value
        value = self._reduced(value)
        self._note_sign(value)
        top, bottom = (self._root_of(part, degree) for part in (value.top, value.bottom))
        return self._divided(top, bottom)

    def _note_sign(self, value: Quotient) -> None:
        """Of what stands under a root: where one factor alone may be negative, now it may not.

        All that was made without knowing it is made anew.
        """
        parts = [part.factor() for part in (value.top, value.bottom)]
        odd = [factor for _, factors in parts for factor, power in factors if power % 2]
        unknown = [factor for factor in odd if not self._is_not_negative(factor)]
        if len(unknown) != 1:
            return
        sign = 1 if all(number > 0 for number, _ in parts) else -1
        meaning = sign * self._meaning(unknown[0])
        if meaning not in self._under_roots:
            self._under_roots.add(meaning)
            raise RestartError

    def _root_of(self, polynomial: fmpz_mpoly, degree: int) -> Quotient:
        number, factors = polynomial.factor()
        made = self._number(1)
        for prime, power in sympy.factorint(abs(int(number))).items():
            base = self._number(int(prime))
            made = self._product(made, self._root_power(base, int(power), degree))
        for factor, power in factors:
            made = self._product(made, self._root_power(self._absolute(factor), int(power), degree))
        return made

    def _root_power(self, base: Quotient, power: int, degree: int) -> Quotient:
        """The root of a power of a prime or of an absolute value."""
        whole, left = divmod(power, degree)
        made = self._raised(base, whole)
        if left:
            place = self._place(("root", degree, base.key), self.formula(base) ** sympy.Rational(1, degree))
            self._relate(place, degree, base)
            root = Quotient(self._generators[place], self._constant(1))
            made = self._product(made, self._raised(root, left))
        return made

    def _tanh(self, value: Quotient) -> Quotient:
        power = self._power_of_e(self._scaled(value, 2))
        one = self._number(1)
        return self._divided(self._sum(power, self._number(-1)), self._sum(power, one))

    def _abs(self, value: Quotient) -> Quotient:
        made = self._number(1)
        for polynomial, above in ((value.top, True), (value.bottom, False)):
            if polynomial.is_zero():
                return self._number(0)
            number, factors = polynomial.factor()
            part = self._number(abs(int(number)))
            for factor, power in factors:
                part = self._product(part, self._raised(self._absolute(factor), int(power)))
            made = self._product(made, part) if above else self._divided(made, part)
        return made

    def _sine(self, value: Quotient) -> Quotient:
        return self._angle(value)[0]

    def _cosine(self, value: Quotient) -> Quotient:
        return self._angle(value)[1]

    def _angle(self, value: Quotient) -> tuple[Quotient, Quotient]:
        """Sine and cosine, by the addition formulas, from those of the angle's terms."""
        sine, cosine = self._number(0), self._number(1)
        for number, rest in self._terms(value):
            shared = self._shared_denominator("angle", rest, number)
            inner = self.formula(rest) / shared
            c = self._variable(("cos", rest.key), sympy.cos(inner))
            place = self._place(("sin", rest.key), sympy.sin(inner))
            s = Quotient(self._generators[place], self._constant(1))
            self._relate(place, 2, self._sum(self._number(1), self._scaled(self._product(c, c), -1)))
            if number < 0:
                s = self._scaled(s, -1)
            if abs(number * shared) > LARGEST_POWER // 50:
                raise TooLargeError("the sine of a large multiple")
            for _ in range(abs(int(number * shared))):
                sine, cosine = (
                    self._sum(self._product(sine, c), self._product(cosine, s)),
                    self._sum(self._product(cosine, c), self._scaled(self._product(sine, s), -1)),
                )
                sine, cosine = self._reduced(sine), self._reduced(cosine)
        return sine, cosine

    def _erf(self, value: Quotient) -> Quotient:
        if not value.top.is_zero() and value.top.leading_coefficient() < 0:
            return self._scaled(self._erf(self._scaled(value, -1)), -1)
        return self._variable(("erf", value.key), sympy.erf(self.formula(value)))

    _functions: ClassVar[dict[type, Callable[[NormalForm, Quotient], Quotient]]] = {
        sympy.exp: _power_of_e,
        sympy.log: _log,
        sympy.tanh: _tanh,
        sympy.sin: _sine,
        sympy.cos: _cosine,
        sympy.erf: _erf,
        sympy.Abs: _abs,
    }
