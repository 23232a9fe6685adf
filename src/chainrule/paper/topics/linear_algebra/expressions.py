"""A formula of a sheet as a function: read, differentiated, and worked with numbers put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, cast

import numpy as np
import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.names import tex_name
from chainrule.paper.numbers import Number
from chainrule.paper.reading import Value
from chainrule.paper.sheet import SheetError
from chainrule.rules.arrays import cos, erf, exp, log, sin, sqrt, tanh
from chainrule.rules.rule import Rule

MOST_VARIABLES = 6
_NAME = re.compile(r"[A-Za-z]+\d{0,3}")
_TAKEN = re.compile(r"(v|M|R|lambda)\d+")
"""Names of eigenvectors, and of what they are worked from."""
_FUNCTIONS: dict[Any, Callable[[Any], Any]] = {
    sympy.exp: exp,
    sympy.log: log,
    sympy.tanh: tanh,
    sympy.sin: sin,
    sympy.cos: cos,
    sympy.erf: lambda value: erf(np.asarray(value))[()],
}


def read_formula(text: str, reserved: set[str]) -> tuple[str, Formula, tuple[str, ...]]:
    """Name, formula and variables of "L = 100*w1^2 + w2^2"; without a name it is called f.

    Raises SheetError for what cannot be read, or has no variables, or too many.

    >>> read_formula("y = x^2 + x", set())
    ('y', x**2 + x, ('x',))
    """
    left, equals, right = text.rpartition("=")
    name = left.strip()
    if equals and not _NAME.fullmatch(name):
        raise SheetError(f"given.formula: {name[:40]!r} before the equals sign; expected a name, as L or y")
    try:
        value = Value(right.strip().replace("−", "-"))
        formula = value.formula()
    except (ValueError, ArithmeticError) as error:
        raise SheetError(f"given.formula: {error}") from None
    variables = tuple(sorted((str(s) for s in formula.expression.free_symbols), key=_in_order))
    if not variables:
        raise SheetError(f"given.formula: no variable in {text.strip()[:40]!r}; expected one, as x or w1")
    if len(variables) > MOST_VARIABLES:
        found = f"{len(variables)} variables; at most {MOST_VARIABLES} are worked"
        raise SheetError(f"given.formula: {found}")
    name = name or next(free for free in "fFLyzuvw" if free not in variables)
    _check_names(name, variables, reserved)
    _check_smooth(formula, variables)
    return name, formula, variables


def _check_names(name: str, variables: Sequence[str], reserved: set[str]) -> None:
    """Raise SheetError for a name that cannot be written, or that another quantity of the page has."""
    slopes = {f"d{v}" for v in variables}
    for each in (name, *variables):
        taken = each in {*reserved, *slopes} or _TAKEN.fullmatch(each) or (each == name and each in variables)
        if taken or not _NAME.fullmatch(each):
            raise SheetError(
                f"given.formula: the name {each[:40]!r} cannot be used here, or is taken; "
                "expected letters and then digits, as x or w1"
            )


def _check_smooth(formula: Formula, variables: Sequence[str]) -> None:
    """Raise SheetError for a formula that is nowhere real, or whose slopes have jumps."""
    slopes = [formula.derivative(v) for v in variables]
    for each in (formula, *slopes, *(slope.derivative(v) for slope in slopes for v in variables)):
        if each.expression.has(sympy.I, sympy.zoo, sympy.nan, sympy.oo):
            raise SheetError(
                "given.formula: has no real value: a root of a negative number, or a division by 0"
            )
        if any(type(f) not in _FUNCTIONS for f in each.expression.atoms(sympy.Function)):
            raise SheetError(
                "given.formula: the root of a square, |x|, has a corner; expected a smooth formula"
            )


def _in_order(name: str) -> tuple[str, int]:
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    return letters, int(digits) if digits.isascii() and digits.isdecimal() else -1


def formula_rule(name: str, formula: Formula, variables: Sequence[str]) -> Rule:
    """The formula as a rule, with its variables as inputs."""

    def function(*values: Any) -> Any:
        return evaluate(formula.expression, dict(zip(variables, values, strict=True)), _kind(values))

    return Rule(name, function, _template(formula, variables), named=tuple(variables))


def array_rule(name: str, formulas: np.ndarray, variables: Sequence[str]) -> Rule:
    """An array of formulas as a rule."""

    def function(*values: Any) -> np.ndarray:
        at = dict(zip(variables, values, strict=True))
        made = np.empty(formulas.shape, dtype=object)
        for place in np.ndindex(formulas.shape):
            expression = cast(Formula, formulas[place]).expression
            made[place] = _single(evaluate(expression, at, _kind(values)))
        return made

    rows = formulas.reshape(formulas.shape[0], -1)
    lines = [" & ".join(_template(entry, variables) for entry in row) for row in rows]
    tex = r"{\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}}"
    return Rule(name, function, tex, named=tuple(variables))


def _kind(values: Sequence[Any]) -> Any:
    """The kind of number that the values are, or that terms remember."""
    every = (v for value in values for v in np.asarray(value, dtype=object).flat)
    return Formula if any(isinstance(getattr(v, "value", v), Formula) for v in every) else Number


def _single(value: Any) -> Any:
    return value[()] if isinstance(value, np.ndarray) else value


def _template(formula: Formula, variables: Sequence[str]) -> str:
    """The formula's TeX with its variables in angle brackets."""
    names = {sympy.Symbol(v, real=True): f"<{v}>" for v in variables}
    return str(sympy.latex(formula.expression, symbol_names=names, ln_notation=True))


def formula_tex(formula: Formula) -> str:
    """The formula's TeX, its variables written as quantities are."""
    names = {s: tex_name(str(s)) for s in formula.expression.free_symbols}
    return str(sympy.latex(formula.expression, symbol_names=names, ln_notation=True))


def evaluate(expression: sympy.Expr, at: Mapping[str, Any], number: Any = Number) -> Any:
    """The expression worked with the values of its symbols: Numbers, Formulas, terms, or floats.

    ``number`` is the kind of number that fractions in it become: Number, Formula or float.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> evaluate(x**2 - x / 2, {"x": Number(3)})
    15/2
    """

    def work(part: sympy.Expr) -> Any:
        if part.is_Symbol:
            return at[str(part)]
        if part.is_Rational:
            return number(Fraction(int(part.p), int(part.q)))
        if part is sympy.E:
            return exp(_lone(number(Fraction(1))))
        if part is sympy.pi:
            return number(np.pi) if number is float else number.pi()
        if part.is_Add:
            return _added(part, work)
        if part.is_Mul:
            return _multiplied(part, work)
        if part.is_Pow:
            return _raised(part, work)
        return _FUNCTIONS[type(part)](_lone(work(part.args[0])))

    return work(expression)


def _lone(value: Any) -> Any:
    """A value as NumPy's functions take it."""
    return value if isinstance(value, np.ndarray) else np.asarray(value)[()]


def _added(part: sympy.Expr, work: Callable[[Any], Any]) -> Any:
    first, *rest = part.as_ordered_terms()
    result = work(first)
    for term in rest:
        if term.could_extract_minus_sign():
            result = result - work(-term)
        else:
            result = result + work(term)
    return result


def _multiplied(part: sympy.Expr, work: Callable[[Any], Any]) -> Any:
    above, below = sympy.fraction(part, exact=True)
    if below != 1:
        return work(above) / work(below)
    first, *rest = part.as_ordered_factors()
    if first == -1:
        return -work(sympy.Mul(*rest))
    result = work(first)
    for factor in rest:
        result = result * work(factor)
    return result


def _raised(part: sympy.Expr, work: Callable[[Any], Any]) -> Any:
    base, power = part.as_base_exp()
    if power.is_Integer:
        return work(base) ** int(power) if power > 0 else 1 / work(sympy.Pow(base, -power))
    if power.is_Rational and power.q == 2:
        root = sqrt(_lone(work(base)))
        return root if power == sympy.Rational(1, 2) else root ** int(power.p)
    return exp(_lone(work(power * sympy.log(base))))


def on_floats(formula: Formula, at: Mapping[str, Any]) -> np.ndarray:
    """The formula on arrays of floats, for a picture; nan where it has no value."""
    with np.errstate(all="ignore"):
        values = evaluate(formula.expression, at, float)
    shape = np.broadcast_shapes(*(np.shape(value) for value in at.values()))
    return np.where(np.isfinite(values), values, np.nan) + np.zeros(shape)
