"""Numbers that remember what was done with them.

The function that computes a quantity, applied to arrays of :class:`Term`, writes its own working:
``0.2·1 + 0.4·2 + 0``. So the working that is shown cannot differ from the formula that is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

import numpy as np

from chainrule.layers.steps import Step
from chainrule.paper.numbers import Number
from chainrule.paper.tape import exact_options


class Term:
    """A value together with the expression that gave it: an operation and its arguments.

    >>> x, w = Term(Number(2)), Term(Number("0.5"))
    >>> (w * x + 1).operation, (w * x + 1).value
    ('+', 2)
    """

    __slots__ = ("arguments", "operation", "value")

    def __init__(self, value: Any, operation: str = "", arguments: tuple[Term, ...] = ()) -> None:
        if isinstance(value, Term):
            value, operation, arguments = value.value, value.operation, value.arguments
        self.value: Any = Number(value) if isinstance(value, (int, float, Decimal, np.number)) else value
        self.operation = operation
        self.arguments = arguments

    def __add__(self, other: Any) -> Term:
        return _applied("+", self, other)

    def __radd__(self, other: Any) -> Term:
        return _applied("+", other, self)

    def __sub__(self, other: Any) -> Term:
        return _applied("-", self, other)

    def __rsub__(self, other: Any) -> Term:
        return _applied("-", other, self)

    def __mul__(self, other: Any) -> Term:
        return _applied("*", self, other)

    def __rmul__(self, other: Any) -> Term:
        return _applied("*", other, self)

    def __truediv__(self, other: Any) -> Term:
        return _applied("/", self, other)

    def __rtruediv__(self, other: Any) -> Term:
        return _applied("/", other, self)

    def __pow__(self, exponent: Any) -> Term:
        return _applied("^", self, exponent)

    def __rpow__(self, base: Any) -> Term:
        return _applied("^", base, self)

    def __neg__(self) -> Term:
        return Term(-self.value, "neg", (self,)) if self.operation else Term(-self.value)

    def __abs__(self) -> Term:
        return Term(abs(self.value), "abs", (self,))

    def exp(self) -> Term:
        return Term(self.value.exp(), "exp", (self,))

    def log(self) -> Term:
        return Term(self.value.log(), "ln", (self,))

    def sqrt(self) -> Term:
        return Term(self.value.sqrt(), "sqrt", (self,))

    def tanh(self) -> Term:
        return Term(self.value.tanh(), "tanh", (self,))

    def constant(self, value: Any) -> Term:
        """A constant, as a number of the kind of this one's value."""
        is_plain = isinstance(value, (int, float, Decimal, np.number))
        return Term(type(self.value)(value) if is_plain else value)

    def pi(self) -> Term:
        """The number π, as a number of the kind of this one's value."""
        return Term(self.value.pi())

    def log2(self) -> Term:
        return Term(self.value.log2(), "log2", (self,))

    def sin(self) -> Term:
        return Term(self.value.sin(), "sin", (self,))

    def cos(self) -> Term:
        return Term(self.value.cos(), "cos", (self,))

    def erf(self) -> Term:
        return Term(self.value.erf(), "erf", (self,))

    def largest(self, others: Sequence[Term]) -> Term:
        """The largest of this and the others; of one number alone, that number as it is."""
        terms = (self, *others)
        return Term(max(t.value for t in terms), "max", terms) if others else self

    def __floor__(self) -> Term:
        return Term(self.value.__floor__(), "floor", (self,))

    def __ceil__(self) -> Term:
        return Term(self.value.__ceil__(), "ceil", (self,))

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < _term(other).value)

    def __le__(self, other: Any) -> bool:
        return bool(self.value <= _term(other).value)

    def __gt__(self, other: Any) -> bool:
        return bool(self.value > _term(other).value)

    def __ge__(self, other: Any) -> bool:
        return bool(self.value >= _term(other).value)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == _term(other).value)

    def __hash__(self) -> int:
        return id(self)


def _term(value: Any) -> Term:
    return value if isinstance(value, Term) else Term(value)


_OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


def _applied(operation: str, left: Any, right: Any) -> Term:
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return cast("Term", NotImplemented)  # NumPy goes through the array
    a, b = _term(left), _term(right)
    return Term(_OPERATIONS[operation](a.value, b.value), operation, (a, b))


def trace(step: Step, inputs: list[np.ndarray]) -> np.ndarray:
    """The step's result as an array of terms; inputs are exact numbers, or labels as they are."""
    traced = [_terms(value) if value.dtype == object else value for value in inputs]
    with np.errstate(all="ignore"):  # floats that overflow inside SymPy are no matter of NumPy's
        result = np.asarray(step.rule.function(*traced, **exact_options(step)), dtype=object)
    return _terms(result)


def _terms(values: np.ndarray) -> np.ndarray:
    made = np.empty(values.shape, dtype=object)
    for place in np.ndindex(values.shape):
        made[place] = _term(values[place])
    return made
