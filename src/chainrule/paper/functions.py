"""A function of named parameters that a sheet gives as text: its value, its gradient, its TeX.

The text is parsed as any value of a sheet is, and worked with exact numbers, formulas or terms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from chainrule.paper.numbers import Number
from chainrule.paper.reading import read
from chainrule.rules.rule import Rule

MOST_OPERATIONS = 200
"""Operations in a function or its gradient; each is worked in every update."""


@dataclass(frozen=True)
class Function:
    """A formula in named parameters.

    >>> loss = Function.read("w1^2 + 3 w1*w2", ["w1", "w2"])
    >>> loss.at({"w1": Number(2), "w2": Number("1/3")})
    6
    >>> [str(slope.expression) for slope in loss.gradient()]
    ['2*w1 + 3*w2', '3*w1']
    """

    expression: sympy.Expr
    names: tuple[str, ...]

    @classmethod
    def read(cls, text: str, names: Sequence[str]) -> Function:
        """The function from its text. Raises ValueError for what cannot be read, or has other names."""
        value = read(text)
        if isinstance(value, Number):
            exact = value.exact
            assert exact is not None
            return cls(sympy.Rational(int(exact.p), int(exact.q)), tuple(names))
        if others := sorted(value.names - set(names)):
            raise ValueError(f"{others[0]!r} is no parameter; parameters are {', '.join(names)}")
        made = cls(value.formula().expression, tuple(names))
        made._check_size()
        return made

    def _check_size(self) -> None:
        if sympy.count_ops(self.expression) > MOST_OPERATIONS:
            raise ValueError(f"more than {MOST_OPERATIONS} operations; expected a shorter formula")

    def gradient(self) -> list[Function]:
        """The derivative in each parameter, in the order of the names."""
        slopes = [Function(sympy.diff(self.expression, _symbol(name)), self.names) for name in self.names]
        for slope in slopes:
            slope._check_size()
        return slopes

    def at(self, values: Mapping[str, Any]) -> Any:
        """The value where the parameters have these values, in their kind of number."""
        first = next(iter(values.values()))
        return _worked(self.expression, values, lambda number: type(first)(number))

    def tex(self, symbols: Mapping[str, str]) -> str:
        """The formula in TeX, each parameter written as ``symbols`` says."""
        names = {_symbol(name): tex for name, tex in symbols.items()}
        return str(sympy.latex(self.expression, ln_notation=True, symbol_names=names))


def function_rule(name: str, function: Function) -> Rule:
    """The rule of a function's value at a parameter, which is one number or a vector of them."""
    return Rule(name, lambda theta: function.at(_by_name(function, theta)), function.tex(_places(function)))


def gradient_rule(slopes: Sequence[Function]) -> Rule:
    """The rule of a gradient, one slope for each entry of the parameter, from the parameter."""
    if _is_single(slopes[0]):
        return function_rule("gradient", slopes[0])

    def gradient(theta: np.ndarray) -> np.ndarray:
        made = np.empty(len(slopes), dtype=object)
        for i, slope in enumerate(slopes):
            made[i] = slope.at(_by_name(slope, theta))
        return made

    columns = ", & ".join(slope.tex(_places(slope)) for slope in slopes)
    return Rule("gradient", gradient, rf"\begin{{bmatrix}} {columns} \end{{bmatrix}}")


def _is_single(function: Function) -> bool:
    return len(function.names) == 1


def _by_name(function: Function, theta: np.ndarray) -> dict[str, Any]:
    return dict(zip(function.names, np.reshape(theta, -1), strict=True))


def _places(function: Function) -> dict[str, str]:
    if _is_single(function):
        return {function.names[0]: "<theta>"}
    return {name: f"(<theta>)_{{{i}}}" for i, name in enumerate(function.names, start=1)}


def _symbol(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, real=True)


def _worked(expression: Any, values: Mapping[str, Any], constant: Callable[[Number], Any]) -> Any:
    """The expression worked with the values, in the order in which it is written."""

    def worked(part: sympy.Expr) -> Any:
        return _worked(part, values, constant)

    if expression.is_Symbol:
        return values[expression.name]
    if expression.is_Rational:
        return constant(Number(f"{expression.p}/{expression.q}"))
    if expression is sympy.pi:
        return next(iter(values.values())).pi()
    if expression is sympy.E:
        return constant(Number(1)).exp()
    if expression.is_Add:
        first, *rest = expression.as_ordered_terms()
        result = worked(first)
        for term in rest:
            result = result - worked(-term) if term.could_extract_minus_sign() else result + worked(term)
        return result
    if expression.is_Mul:
        return _product(expression, worked)
    if expression.is_Pow:
        base, power = expression.as_base_exp()
        return _power(base, power, worked)
    if isinstance(expression, sympy.Abs):
        return abs(worked(expression.args[0]))
    if method := _METHODS.get(expression.func):
        return getattr(worked(expression.args[0]), method)()
    raise ValueError(f"{expression.func.__name__} has no value here; expected a formula that has a gradient")


def _product(expression: sympy.Expr, worked: Any) -> Any:
    top, bottom = sympy.fraction(expression)
    if bottom != 1:
        return worked(top) / worked(bottom)
    first, *rest = expression.as_ordered_factors()
    if first == -1:
        return -worked(sympy.Mul(*rest))
    result = worked(first)
    for factor in rest:
        result = result * worked(factor)
    return result


def _power(base: sympy.Expr, power: sympy.Expr, worked: Any) -> Any:
    if base is sympy.E:
        return worked(power).exp()
    if power.is_Integer:
        return worked(base) ** int(power) if power > 0 else 1 / worked(base) ** int(-power)
    if power == sympy.Rational(1, 2):
        return worked(base).sqrt()
    if power.is_Rational and power.q == 2:
        return worked(base).sqrt() ** int(power.p)
    return (worked(power) * worked(base).log()).exp()


_METHODS: dict[type, str] = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.tanh: "tanh",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.erf: "erf",
}
