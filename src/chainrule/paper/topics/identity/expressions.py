"""Expressions that stay as they are written: the TeX of a line and its value come from one tree.

An :class:`Expression` is built with Python's operators, or by a rule of ``chainrule.rules`` that is
applied to it. ``tex`` writes it down unchanged, and ``value`` works it with numbers of any kind. So a
line of a derivation cannot show anything but what was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.numbers import Number, UndecidedError
from chainrule.paper.plain import plain
from chainrule.paper.reading import Value
from chainrule.paper.terms import Term
from chainrule.paper.topics.identity.typesetting import written
from chainrule.rules.rule import Rule


@dataclass(frozen=True)
class Scope:
    """What the names in an expression stand for: values, the place of each index, how far each runs.

    ``kind`` makes numbers of the kind that the values are.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    kind: Callable[[Any], Any] = Formula
    pi: Callable[[], Any] = Formula.pi

    def at(self, **places: int) -> Scope:
        """The same scope with indices at these places."""
        return replace(self, places={**self.places, **places})


class Expression:
    """A number, a name, or an operation on expressions.

    Raises UndecidedError where a comparison depends on what a name stands for.

    >>> z = symbol("z")
    >>> sigmoid = 1 / (1 + (-z).exp())
    >>> sigmoid.tex
    '\\\\frac{1}{1 + e^{-z}}'
    >>> sigmoid.formula()
    1/(1 + exp(-z))
    """

    __slots__ = ("arguments", "content", "operation")

    def __init__(self, value: Any, operation: str = "", arguments: tuple[Expression, ...] = ()) -> None:
        """Of a number, of an expression, or of an operation; then ``value`` is what belongs to it."""
        if isinstance(value, Expression):
            value, operation, arguments = value.content, value.operation, value.arguments
        elif not operation:
            value = Number(value)
        self.content: Any = value
        self.operation = operation
        self.arguments = arguments

    @classmethod
    def symbol(cls, name: str) -> Expression:
        """A name, as the reader of formulas makes it."""
        return symbol(name)

    @classmethod
    def pi(cls) -> Expression:
        """The number π."""
        return cls(r"\pi", "pi")

    # ------------------------------------------------------------------ arithmetic

    def __add__(self, other: Any) -> Expression:
        return _made("+", self, other)

    def __radd__(self, other: Any) -> Expression:
        return _made("+", other, self)

    def __sub__(self, other: Any) -> Expression:
        return _made("-", self, other)

    def __rsub__(self, other: Any) -> Expression:
        return _made("-", other, self)

    def __mul__(self, other: Any) -> Expression:
        return _made("*", self, other)

    def __rmul__(self, other: Any) -> Expression:
        return _made("*", other, self)

    def __truediv__(self, other: Any) -> Expression:
        return _made("/", self, other)

    def __rtruediv__(self, other: Any) -> Expression:
        return _made("/", other, self)

    def __pow__(self, exponent: Any) -> Expression:
        return _made("^", self, exponent)

    def __neg__(self) -> Expression:
        return _made("neg", self)

    def __abs__(self) -> Expression:
        return _made("abs", self)

    def exp(self) -> Expression:
        return _made("exp", self)

    def log(self) -> Expression:
        return _made("ln", self)

    def log2(self) -> Expression:
        return _made("log2", self)

    def sqrt(self) -> Expression:
        return _made("sqrt", self)

    def tanh(self) -> Expression:
        return _made("tanh", self)

    def sin(self) -> Expression:
        return _made("sin", self)

    def cos(self) -> Expression:
        return _made("cos", self)

    def erf(self) -> Expression:
        return _made("erf", self)

    # ------------------------------------------------------------------ comparison

    def _sign(self, other: Any) -> int:
        """The sign of the difference; known of a name that was given one, and of numbers."""
        if not self.operation and not isinstance(other, Expression):
            difference: Number = self.content - other
            return difference.sign()
        sign = self.content[1] if self.operation == "symbol" else 0
        if not sign or not _is_number(other, 0):
            raise UndecidedError(f"a comparison depends on {self.tex}")
        return int(sign)

    def __lt__(self, other: Any) -> bool:
        return self._sign(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._sign(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._sign(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._sign(other) >= 0

    def __eq__(self, other: object) -> bool:
        """Whether it is this number, written down as such; other expressions are equal to themselves."""
        return self is other or _is_number(self, other)

    def __hash__(self) -> int:
        return id(self)

    # ------------------------------------------------------------- what it says, and is

    @property
    def tex(self) -> str:
        """The expression in TeX, as it was built."""
        return written(self)[0]

    def value(self, scope: Scope) -> Any:
        """Its value, with numbers of the scope's kind."""
        return _value(self, scope)

    def formula(self, scope: Scope | None = None) -> Formula:
        """Its value as a formula; names that the scope does not know stand for themselves."""
        return Formula(_value(self, scope or Scope()))

    def names(self) -> set[str]:
        """The names in it."""
        inner = set().union(*(argument.names() for argument in self.arguments))
        return inner | {str(self.content[0])} if self.operation == "symbol" else inner

    def __repr__(self) -> str:
        return str(self.content) if not self.operation else self.tex

    def __str__(self) -> str:
        return str(self.content) if not self.operation else plain(self.tex).replace("−", "-")


# ----------------------------------------------------------------------------- making them


def symbol(name: str, tex: str = "", sign: int = 0) -> Expression:
    """A name; ``sign`` says whether it stands for a positive number (1) or a negative one (-1)."""
    return Expression((name, sign, tex or Formula.symbol(name).tex), "symbol")


def indexed(name: str, tex: str, *indices: str) -> Expression:
    """An entry of a vector or a matrix, as w_jk; ``tex`` says how it is written, with its indices."""
    return Expression((name, indices, tex), "indexed")


def named(tex: str, body: Any) -> Expression:
    """What is written by a name of its own, as σ(z), and stands for ``body``."""
    return Expression(tex, "named", (Expression(body),))


def derivative(body: Any, by: Expression, partial: bool = False) -> Expression:
    """The derivative by a name, not yet worked."""
    return Expression(partial, "derivative", (Expression(body), by))


def slope(of: str, body: Any, by: Expression) -> Expression:
    """The partial derivative written as a fraction, ∂J/∂w, of what ``of`` is the TeX of."""
    return Expression(of, "slope", (Expression(body), by))


def total(index: str, count: str, body: Any, upper: str = "") -> Expression:
    """The sum over an index from 1 to a count; ``upper`` is the count's TeX where it is shown."""
    return Expression((index, count, upper), "sum", (Expression(body),))


def kronecker(first: str, second: str) -> Expression:
    """δ_ij: 1 where two indices are at the same place, 0 elsewhere."""
    return Expression((first, second), "kronecker")


def worked_out(tex: str, value: sympy.Expr) -> Expression:
    """What is written in TeX, and was worked by SymPy: an integral, or a value at bounds."""
    return Expression((value, tex), "worked")


def parsed(text: str) -> Expression:
    """A formula of a worksheet. Raises ValueError, saying what cannot be read."""
    return Expression(Value(text).worked(Expression))


def replaced(e: Expression, by: Mapping[str, Expression]) -> Expression:
    """The expression with other expressions in the place of names."""
    if e.operation == "symbol":
        return by.get(e.content[0], e)
    if not e.arguments:
        return e
    return Expression(e.content, e.operation, tuple(replaced(argument, by) for argument in e.arguments))


def by_rule(rule: Rule, *inputs: Any, **options: Any) -> Expression:
    """The rule of an elementwise function applied to expressions: the very formula that trains."""
    arrays = [np.array([[Expression(i)]], dtype=object) for i in inputs]
    made = np.asarray(rule.function(*arrays, **{**rule.defaults, **options}), dtype=object)
    return Expression(made.flat[0])


def rule_of(name: str, expression: Expression, *names: str, tex: str = "") -> Rule:
    """The rule that works an expression, element by element, for values of its names."""
    written = tex or replaced(expression, {n: symbol(n, f"<{n}>") for n in names}).tex

    def function(*inputs: Any) -> Any:
        arrays = np.broadcast_arrays(*inputs)
        made = np.empty(arrays[0].shape, dtype=object)
        for place in np.ndindex(made.shape):
            made[place] = expression.value(_scope(names, [array[place] for array in arrays]))
        return made

    return Rule(name, function, written, named=names)


def _scope(names: tuple[str, ...], values: list[Any]) -> Scope:
    """A scope of numbers, of formulas, or of terms that remember what was done with either."""
    if isinstance(values[0], Term):
        inner = type(values[0].value)
        return Scope(
            dict(zip(names, values, strict=True)), kind=lambda v: Term(inner(v)), pi=lambda: Term(inner.pi())
        )
    return Scope(dict(zip(names, values, strict=True)), kind=type(values[0]), pi=type(values[0]).pi)


def _made(operation: str, *arguments: Any) -> Expression:
    try:
        made = (a if isinstance(a, Expression) else Expression(a) for a in arguments)
        return Expression(None, operation, tuple(made))
    except TypeError:
        return NotImplemented  # type: ignore[no-any-return]  # as Python's operators ask for


def _is_number(expression: Any, number: Any) -> bool:
    """Whether it is written as just this number."""
    if isinstance(number, Expression):
        number = number.content if not number.operation else None
    if isinstance(expression, Expression):
        expression = expression.content if not expression.operation else None
    if not isinstance(number, (int, float, Number)) or not isinstance(expression, (int, float, Number)):
        return False
    return Number(expression).exact == Number(number).exact


# ---------------------------------------------------------------------------------- values

_METHODS = {"ln": "log"}


def _value(e: Expression, scope: Scope) -> Any:
    match e.operation:
        case "":
            return scope.kind(e.content)
        case "pi":
            return scope.pi()
        case "symbol":
            name = e.content[0]
            return scope.values[name] if name in scope.values else Formula.symbol(name)
        case "indexed":
            value = scope.values[e.content[0]]
            for index in e.content[1]:
                value = value[scope.places[index]]
            return value
        case "worked":
            return Formula(e.content[0])
        case "kronecker":
            first, second = e.content
            return scope.kind(int(scope.places[first] == scope.places[second]))
        case "named":
            return _value(e.arguments[0], scope)
        case "derivative" | "slope":
            body, by = (_value(argument, scope) for argument in e.arguments)
            return Formula(sympy.diff(Formula(body).expression, by.expression))
        case "sum":
            index, count, _ = e.content
            parts = [_value(e.arguments[0], scope.at(**{index: i})) for i in range(scope.counts[count])]
            return sum(parts[1:], parts[0])
    arguments = [_value(argument, scope) for argument in e.arguments]
    match e.operation:
        case "+":
            return arguments[0] + arguments[1]
        case "-":
            return arguments[0] - arguments[1]
        case "*":
            return arguments[0] * arguments[1]
        case "/":
            return arguments[0] / arguments[1]
        case "^":
            return arguments[0] ** arguments[1]
        case "neg":
            return -arguments[0]
        case "abs":
            return abs(arguments[0])
    return getattr(arguments[0], _METHODS.get(e.operation, e.operation))()
