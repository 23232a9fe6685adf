"""Integrals of formulas in x: by an antiderivative where there is one, else by certified quadrature."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add, mul
from typing import Any

import numpy as np
import sympy
from flint import acb, ctx

from chainrule.paper.antiderivatives import DivergentError, Series, ToNumber, X
from chainrule.paper.formulas import Formula
from chainrule.paper.limits import Limit, are_opposite, is_less
from chainrule.paper.numbers import Number
from chainrule.paper.terms import Term

Functions = Mapping[type, Callable[[Any], Any]]


def evaluate(expression: sympy.Expr, x: Any, number: ToNumber, functions: Functions) -> Any:
    """The formula at x, a ball or an array of floats; ``number`` makes one of a constant."""
    if not expression.has(X):
        return number(expression)
    if expression == X:
        return x
    parts = [evaluate(part, x, number, functions) for part in expression.args]
    if expression.is_Add or expression.is_Mul:
        return reduce(add if expression.is_Add else mul, parts)
    if not expression.is_Pow:
        return functions[type(expression)](parts[0])
    exponent = expression.args[1]
    if exponent.is_Integer:
        return parts[0] ** int(exponent)
    if exponent == sympy.S.Half:
        return functions[sympy.sqrt](parts[0])
    return functions[sympy.exp](parts[1] * functions[sympy.log](parts[0]))


def number_of(expression: sympy.Expr) -> Number:
    """A constant as a number."""
    return Formula(expression).number()


def on_balls(expression: sympy.Expr) -> Callable[[acb, bool], acb]:
    """The formula as a function of complex balls, as certified quadrature takes it."""
    constants: dict[sympy.Expr, Number] = {}

    def constant(found: sympy.Expr) -> acb:
        if found not in constants:
            constants[found] = number_of(found)
        return acb(constants[found].ball(ctx.prec))

    def function(z: acb, analytic: bool) -> acb:
        with_cuts: Functions = {
            sympy.exp: acb.exp,
            sympy.tanh: acb.tanh,
            sympy.sin: acb.sin,
            sympy.cos: acb.cos,
            sympy.erf: acb.erf,
            sympy.log: lambda v: v.log(analytic=analytic),
            sympy.sqrt: lambda v: v.sqrt(analytic=analytic),
            sympy.Abs: lambda v: v.real_abs(analytic=analytic),
        }
        value: acb = evaluate(expression, z, constant, with_cuts)
        return value

    return function


def constant_ball(expression: sympy.Expr) -> acb:
    """A constant as a ball, at the precision that is being worked with."""
    return acb(number_of(expression).ball(ctx.prec))


def logarithm_of(base: str) -> sympy.Expr:
    """The natural logarithm of the base of a logarithm; 1 for e."""
    return sympy.S.One if base == "e" else sympy.log(sympy.Rational(base))


def on_floats(expression: sympy.Expr, x: np.ndarray) -> np.ndarray:
    """The formula at points, for a picture."""
    functions: Functions = {
        sympy.exp: np.exp,
        sympy.log: np.log,
        sympy.sqrt: np.sqrt,
        sympy.tanh: np.tanh,
        sympy.sin: np.sin,
        sympy.cos: np.cos,
        sympy.erf: np.vectorize(math.erf),
        sympy.Abs: np.abs,
    }
    with np.errstate(all="ignore"):
        value = evaluate(expression, x, lambda constant: float(number_of(constant)), functions)
    return np.broadcast_to(value, x.shape)


def log_of_itself(function: Callable[[acb, bool], acb]) -> Callable[[acb, bool], acb]:
    """f ln f of a function f of balls, which has a bound where f is 0."""

    def worked(z: acb, analytic: bool) -> acb:
        f = function(z, analytic)
        made = f * f.log(analytic=analytic)
        if analytic or made.is_finite() or not f.is_finite():
            return made
        size = f.abs_upper()
        if not 0 < size < 1:
            return acb(0) if size == 0 else made
        bound = size * (4 - size.log())  # |r e^(it) ln(r e^(it))| ≤ r (π - ln r), which grows up to r = 1
        around = bound.union(-bound)
        return acb(around, around)

    return worked


@dataclass(frozen=True)
class Integral:
    """The integral of a formula over an interval; limits may be infinite.

    ``balls`` is what quadrature takes, where the formula alone will not do.
    """

    expression: sympy.Expr
    low: Limit
    high: Limit
    balls: Callable[[acb, bool], acb] | None = None

    @property
    def antiderivative(self) -> Series | None:
        """An antiderivative on the whole interval, where one is known."""
        series = Series.of(self.expression)
        found = series.antiderivative() if series else None
        if found is None or found.is_entire or not self.low < 0:
            return found
        return None

    @property
    def is_odd(self) -> bool:
        """Whether it is 0 because its parts left and right of 0 cancel, and no antiderivative shows that."""
        if isinstance(self.low, float) or isinstance(self.high, float) or self.antiderivative is not None:
            return False
        turned = self.expression.subs(X, -X) + self.expression
        return are_opposite(_plain(self.low), _plain(self.high)) and bool(sympy.expand(turned) == 0)

    @property
    def diverges(self) -> bool:
        """Whether its antiderivative has no limit at one of its ends."""
        if self.antiderivative is None:
            return False
        try:
            self.function(number_of)(*(v if isinstance(v, float) else _plain(v) for v in self.limits))
        except DivergentError:
            return True
        return False

    @property
    def limits(self) -> tuple[Limit, Limit]:
        """Both limits."""
        return self.low, self.high

    def function(self, number: ToNumber) -> Callable[[Any, Any], Any]:
        """The integral as a function of both limits. Raises ArithmeticError where it has no value."""
        found = self.antiderivative
        if found is not None:
            return lambda low, high: found.at(high, number) - found.at(low, number)
        if self.is_odd:
            return lambda low, high: number(sympy.S.Zero)
        balls = self.balls or on_balls(self.expression)

        def certified(low: Any, high: Any) -> Number:
            if isinstance(low, float) or isinstance(high, float):
                raise ArithmeticError("no closed form is known here; give limits that are finite")
            return Number.integral(balls, _plain(low), _plain(high))

        return certified


def _plain(value: Any) -> Number:
    """A number, of whatever kind, as a Number."""
    if isinstance(value, Term):
        value = value.value
    return value.number() if isinstance(value, Formula) else value


def times_power(integral: Integral, power: int) -> Integral:
    """The integral of x to a power times the formula."""
    return replace(integral, expression=X**power * integral.expression)


def up_to(integrals: Sequence[Integral], point: Any) -> list[Integral]:
    """The integrals as far as a point."""
    reached = [each for each in integrals if is_less(each.low, point)]
    return [replace(each, high=point) if is_less(point, each.high) else each for each in reached]
