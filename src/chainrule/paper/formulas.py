"""Closed forms and symbols: a SymPy expression with the manners of a :class:`Number`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache
from itertools import islice
from typing import Any, cast

import sympy

from chainrule.paper.numbers import Number, UndecidedError

LONGEST_FORMULA = 3000
"""Names, numbers and operations. A longer one takes SymPy minutes, and nobody reads it."""
LARGEST_IN_FORMULA = 8192
"""Bits, some 2,400 decimals."""


class Formula:
    """A formula in SymPy, for ``closed = true`` and for given values that are symbols.

    Raises UndecidedError where a comparison depends on a symbol.

    >>> w = Formula.symbol("w")
    >>> 2 * w - w
    w
    >>> (1 - 2 * Formula(2).sqrt())
    1 - 2*sqrt(2)
    >>> Formula(2).sqrt() > 1
    True
    """

    __slots__ = ("expression",)

    def __init__(self, value: Any) -> None:
        if isinstance(value, Formula):
            self.expression: sympy.Expr = value.expression
        elif isinstance(value, sympy.Expr):
            self.expression = value
        else:
            exact = Number(value).exact
            if exact is None:
                raise TypeError("a number known only as a ball has no closed form")
            self.expression = sympy.Rational(int(exact.p), int(exact.q))

    @classmethod
    def symbol(cls, name: str) -> Formula:
        """A real number that is not known, by its name."""
        return cls(sympy.Symbol(name, real=True))

    def called(self, name: str) -> Formula:
        """A smooth function of which nothing is known, applied to this.

        >>> Formula.symbol("z").called("f'")
        f'(z)
        """
        return Formula(smooth(name)(self.expression))

    def __add__(self, other: Any) -> Formula:
        return _combined(lambda a, b: a + b, self, other)

    def __radd__(self, other: Any) -> Formula:
        return _combined(lambda a, b: a + b, other, self)

    def __sub__(self, other: Any) -> Formula:
        return _combined(lambda a, b: a - b, self, other)

    def __rsub__(self, other: Any) -> Formula:
        return _combined(lambda a, b: a - b, other, self)

    def __mul__(self, other: Any) -> Formula:
        return _combined(lambda a, b: a * b, self, other)

    def __rmul__(self, other: Any) -> Formula:
        return _combined(lambda a, b: a * b, other, self)

    def __truediv__(self, other: Any) -> Formula:
        return _divided(self, other)

    def __rtruediv__(self, other: Any) -> Formula:
        return _divided(other, self)

    def __pow__(self, exponent: Any) -> Formula:
        return _combined(lambda a, b: a**b, self, exponent)

    def __neg__(self) -> Formula:
        return Formula(-self.expression)

    def __abs__(self) -> Formula:
        return Formula(sympy.Abs(self.expression))

    def exp(self) -> Formula:
        return Formula(sympy.exp(self.expression))

    def expm1(self) -> Formula:
        return self.exp() - 1

    def log(self) -> Formula:
        if self.is_number and self.number().sign() <= 0:
            raise ArithmeticError(f"logarithm of {self}, which is not greater than 0")
        return Formula(sympy.log(self.expression))

    def log1p(self) -> Formula:
        return (1 + self).log()

    def sqrt(self) -> Formula:
        return Formula(sympy.sqrt(self.expression))

    def tanh(self) -> Formula:
        return Formula(sympy.tanh(self.expression))

    def log2(self) -> Formula:
        return self.log() / Formula(2).log()

    def sin(self) -> Formula:
        return Formula(sympy.sin(self.expression))

    def cos(self) -> Formula:
        return Formula(sympy.cos(self.expression))

    def erf(self) -> Formula:
        return Formula(sympy.erf(self.expression))

    def __floor__(self) -> Formula:
        return Formula(sympy.floor(self.expression))

    def __ceil__(self) -> Formula:
        return Formula(sympy.ceiling(self.expression))

    @classmethod
    def pi(cls) -> Formula:
        """The number π."""
        return cls(sympy.pi)

    def derivative(self, name: str) -> Formula:
        """The derivative in the symbol of that name."""
        return Formula(sympy.diff(self.expression, sympy.Symbol(name, real=True)))

    @property
    def is_number(self) -> bool:
        """Whether no symbol is in it."""
        return not self.expression.free_symbols

    def number(self) -> Number:
        """The value, exact or as closely as is asked for; only where no symbol is in it."""
        return _to_number(self.expression)

    def sign(self) -> int:
        if not self.is_number:
            known = self.expression.is_zero, self.expression.is_positive, self.expression.is_negative
            for holds, sign in zip(known, (0, 1, -1), strict=True):
                if holds:
                    return sign
            names = ", ".join(sorted(str(s) for s in self.expression.free_symbols))
            raise UndecidedError(f"the sign of {self} depends on {names}: give numbers for them")
        return self.number().sign()

    def _compare(self, other: Any) -> int:
        difference: Formula = self - other
        return difference.sign()

    def __lt__(self, other: Any) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._compare(other) >= 0

    def __eq__(self, other: object) -> bool:
        difference = (self - other).expression
        if difference == 0:
            return True
        if difference.free_symbols:
            return False
        return _to_number(difference).sign() == 0

    def __hash__(self) -> int:
        return hash(self.expression)

    def check_size(self) -> None:
        """Raise ArithmeticError for a formula that is too long to be read, or a number in it."""
        if next(islice(sympy.preorder_traversal(self.expression), LONGEST_FORMULA, None), None) is not None:
            raise ArithmeticError(
                f"the formula has more than {LONGEST_FORMULA:,} terms: give numbers for names"
            )
        rationals = self.expression.atoms(sympy.Rational)
        if any(max(int(r.p).bit_length(), int(r.q).bit_length()) > LARGEST_IN_FORMULA for r in rationals):
            raise ArithmeticError("a number in the formula is too long to be written out")

    def tidy(self) -> Formula:
        """The same formula with common factors taken out.

        SymPy's ``simplify`` would find shorter ones, and take minutes for some of them.
        """
        return self if self.is_number else Formula(sympy.factor_terms(self.expression))

    def expanded(self) -> Formula:
        """The same formula multiplied out."""
        return Formula(sympy.expand(self.expression))

    @property
    def tex(self) -> str:
        return _tex(self.expression)

    def __float__(self) -> float:
        return float(self.number())

    def __repr__(self) -> str:
        return str(self.expression)


@lru_cache(maxsize=4096)
def _tex(expression: sympy.Expr) -> str:
    return str(sympy.latex(expression, ln_notation=True))


def _combined(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Formula:
    try:
        return Formula(operation(Formula(left).expression, Formula(right).expression))
    except TypeError:
        return cast("Formula", NotImplemented)


def _divided(left: Any, right: Any) -> Formula:
    try:
        below = Formula(right)
    except TypeError:
        return cast("Formula", NotImplemented)
    if below.expression == 0:
        raise ZeroDivisionError(f"division of {left} by 0")
    return _combined(lambda a, b: a / b, left, below)


def _to_number(expression: sympy.Expr) -> Number:
    """The expression worked with Numbers; it holds no symbols."""
    if expression.is_Rational:
        return Number(Fraction(int(expression.p), int(expression.q)))
    if expression is sympy.E:
        return Number(1).exp()
    if expression is sympy.pi:
        return Number.pi()
    arguments = [_to_number(argument) for argument in expression.args]
    if expression.is_Add or expression.is_Mul:
        result = arguments[0]
        for argument in arguments[1:]:
            result = result + argument if expression.is_Add else result * argument
        return result
    if expression.is_Pow:
        return arguments[0] ** arguments[1]
    for kind, method in _FUNCTIONS.items():
        if isinstance(expression, kind):
            return method(arguments[0])
    raise ArithmeticError(f"no way is known to work {expression} in numbers")


_FUNCTIONS: dict[type, Callable[[Number], Number]] = {
    sympy.exp: Number.exp,
    sympy.log: Number.log,
    sympy.tanh: Number.tanh,
    sympy.sin: Number.sin,
    sympy.cos: Number.cos,
    sympy.erf: Number.erf,
    sympy.floor: Number.__floor__,
    sympy.ceiling: Number.__ceil__,
    sympy.Abs: Number.__abs__,
}


# ------------------------------------------------------- functions of which nothing is known


class _Smooth(sympy.Function):  # type: ignore[misc]  # SymPy is not typed
    """A smooth function of which nothing is known; its derivatives are others."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        ending = "'" if len(self.args) == 1 else f"_{argindex}"
        return smooth(type(self).__name__ + ending)(*self.args)

    def _latex(self, printer: Any, **more: Any) -> str:
        return f"{type(self).__name__}({', '.join(printer._print(a) for a in self.args)})"


@cache
def smooth(name: str) -> type[sympy.Function]:
    """A smooth function by its name: the same one each time.

    >>> z = sympy.Symbol("z")
    >>> sympy.diff(smooth("f")(z**2), z)
    2*z*f'(z**2)
    """
    return type(name, (_Smooth,), {})
