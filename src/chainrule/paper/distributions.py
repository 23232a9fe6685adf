"""Distributions that a question gives: probabilities in a list or a table, and densities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from flint import acb
from pydantic import AfterValidator, Field, model_validator

from chainrule.paper.limits import CLOSE, LimitField, is_less, limit_text
from chainrule.paper.notation import exact_text
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.reading import Value
from chainrule.paper.sheet import Scalar, SheetError, Strict
from chainrule.paper.words import Word
from chainrule.rules.rule import Rule

if TYPE_CHECKING:
    import sympy

    from chainrule.paper.integrals import Integral
    from chainrule.paper.limits import Limit

MOST_PIECES = 6
SAMPLES = 128
"""Points of each piece at which a density is looked at, whether it is negative there."""


def is_known(value: Any) -> bool:
    """Whether a value is a number, and no formula with a name in it."""
    return isinstance(value, Number) or bool(getattr(value, "is_number", False))


def as_number(value: Any) -> Number:
    """A known value as a Number."""
    return value if isinstance(value, Number) else value.number()


def agree(a: Any, b: Any) -> bool:
    """Whether two values worked in different ways are the same, as far as digits can tell."""
    if not (is_known(a) and is_known(b)):
        return is_zero_everywhere((a - b).expression)
    difference = as_number(a) - as_number(b)
    if difference.exact is not None:
        return bool(difference.exact == 0)
    return bool(-CLOSE < difference < CLOSE)


def is_zero_everywhere(expression: sympy.Expr) -> bool:
    """Whether a formula is 0 whatever its names stand for, as multiplying out shows."""
    import sympy

    above = sympy.numer(sympy.together(sympy.expand_log(expression, force=True)))
    return bool(sympy.expand(above) == 0)


def check_probabilities(place: str, values: np.ndarray, whole: str = "probabilities") -> None:
    """Raise SheetError for a probability below 0, or probabilities that do not add up to 1."""
    check_not_negative(place, values, "a probability is from 0 to 1")
    if is_known(summed := values.sum()) and not agree(summed, Number(1)):
        raise SheetError(f"{place}: add up to {said(summed)}; {whole} must add up to 1")


def check_not_negative(place: str, values: np.ndarray, expected: str) -> None:
    """Raise SheetError, with its place, at the first value that is less than 0."""
    for at, value in np.ndenumerate(values):
        if is_known(value) and value < 0:
            entry = f" (entry {', '.join(str(i + 1) for i in at)})" if at else ""
            raise SheetError(f"{place}: {said(value)} is less than 0{entry}; {expected}")


def check_probability(place: str, value: Any) -> None:
    """Raise SheetError for what is known and not from 0 to 1."""
    if is_known(value) and not 0 <= value <= 1:
        raise SheetError(f"{place}: {said(value)} is no probability; expected a number from 0 to 1")


def said(value: Any) -> str:
    """A value as an error says it."""
    return exact_text(value)


def verdict(compared: Rule, word: str) -> Rule:
    """The rule where what it gives is a word: whether numbers are equal, or that one is infinite."""
    said = np.array(Word(word), dtype=object)
    return replace(compared, function=lambda *_: said, named=compared.inputs, as_whole=True)


# ---------------------------------------------------------------------------- densities


def _formula(text: str) -> str:
    if names := Value(text).names - {"x"}:
        raise ValueError(f"unknown name {min(names)!r} in {text!r}; a density is a formula in x")
    try:
        Value(text).formula()
    except ArithmeticError as error:
        raise ValueError(f"{error} in {text!r}") from None
    return text


FormulaField = Annotated[str, AfterValidator(_formula)]


class PieceTable(Strict):
    """A formula in x that holds from ``low`` to ``high``."""

    formula: FormulaField = Field(description="a formula in x, as '3 x^2 / 8'")
    low: LimitField
    high: LimitField


class DensityTable(Strict):
    """A density: ``uniform`` with a and b, ``normal`` with mu and sigma, or formulas in x."""

    name: Literal["uniform", "normal"] | None = None
    a: Scalar | None = None
    b: Scalar | None = None
    mu: Scalar | None = None
    sigma: Scalar | None = None
    variance: Scalar | None = None
    formula: FormulaField | None = None
    low: LimitField | None = None
    high: LimitField | None = None
    pieces: list[PieceTable] | None = Field(None, min_length=1, max_length=MOST_PIECES)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = {key for key in type(self).model_fields if getattr(self, key) is not None}
        for keys in _KINDS:
            if given == keys:
                break
        else:
            raise ValueError(
                f"got {', '.join(sorted(given)) or 'nothing'}; expected name = 'uniform' with a and b, "
                "name = 'normal' with mu and sigma (or variance), a formula in x with low and high, or pieces"
            )
        if (self.name == "uniform" and self.a is None) or (self.name == "normal" and self.mu is None):
            raise ValueError(f"{self.name} needs {'a and b' if self.name == 'uniform' else 'mu and sigma'}")
        if self.formula is not None:
            self.pieces = [PieceTable.model_construct(formula=self.formula, low=self.low, high=self.high)]
        return self


_KINDS: tuple[set[str], ...] = (
    {"name", "a", "b"},
    {"name", "mu", "sigma"},
    {"name", "mu", "variance"},
    {"formula", "low", "high"},
    {"pieces"},
)


@dataclass(frozen=True)
class Uniform:
    """The uniform density between two ends."""

    a: Any
    b: Any


@dataclass(frozen=True)
class Normal:
    """The normal density; ``sigma`` is the standard deviation, ``variance`` there if that was given."""

    mu: Any
    sigma: Any
    variance: Any = None


@dataclass(frozen=True)
class Pieces:
    """A density given by formulas in x, each on its interval, from left to right."""

    integrals: tuple[Integral, ...]

    @property
    def low(self) -> Limit:
        return self.integrals[0].low

    @property
    def high(self) -> Limit:
        return self.integrals[-1].high


Density = Uniform | Normal | Pieces


def read_density(page: Page, table: DensityTable, place: str) -> Density:
    """The density of a question. Raises SheetError for one that is none."""
    if table.name == "uniform":
        a, b = page.exact(table.a)[()], page.exact(table.b)[()]
        if is_known(a) and is_known(b) and not a < b:
            raise SheetError(f"{place}.b: {said(b)} is not greater than a = {said(a)}; expected a < b")
        return Uniform(a, b)
    if table.name == "normal":
        key = "sigma" if table.sigma is not None else "variance"
        spread = page.exact(getattr(table, key))[()]
        if is_known(spread) and not spread > 0:
            raise SheetError(f"{place}.{key}: {said(spread)} is not greater than 0")
        mu = page.exact(table.mu)[()]
        return Normal(mu, spread) if key == "sigma" else Normal(mu, np.sqrt(spread), spread)
    return _pieces(page, table.pieces or [], place)


def _pieces(page: Page, tables: Sequence[PieceTable], place: str) -> Pieces:
    from chainrule.paper.integrals import Integral

    integrals: list[Integral] = []
    for table in tables:
        low, high = (_known_limit(page, end, place) for end in (table.low, table.high))
        if not is_less(low, high):
            raise SheetError(f"{place}: low = {limit_text(low)} is not less than high = {limit_text(high)}")
        if integrals and is_less(low, integrals[-1].high):
            raise SheetError(f"{place}.pieces: one begins at {limit_text(low)}, before the last one ends")
        integrals.append(Integral(Value(table.formula).formula().expression, low, high))
    density = Pieces(tuple(integrals))
    for integral in integrals:
        _check_positive(integral, place)
    try:
        mass = sum((whole(integral) for integral in integrals), start=Number(0))
    except ArithmeticError as error:
        raise SheetError(f"{place}: {error}") from None
    if not agree(mass, Number(1)):
        raise SheetError(f"{place}: integrates to {said(mass)}; a density must integrate to 1")
    return density


def _known_limit(page: Page, given: Any, place: str) -> Limit:
    limit = given if isinstance(given, float) else page.exact(given)[()]
    if not isinstance(limit, float) and not is_known(limit):
        raise SheetError(f"{place}: the limit {limit} is no number; limits of a formula must be numbers")
    return limit


def whole(integral: Integral) -> Number:
    """The integral as a Number."""
    from chainrule.paper.integrals import number_of

    ends = (v if isinstance(v, float) else as_number(v) for v in (integral.low, integral.high))
    value: Number = integral.function(number_of)(*ends)
    return value


def _check_positive(integral: Integral, place: str) -> None:
    from chainrule.paper.integrals import on_balls

    function = on_balls(integral.expression)
    low, high = shown_range(integral.low, integral.high)
    for i in range(1, SAMPLES):
        point = low + (high - low) * i / SAMPLES
        value = function(acb(point), False).real
        if value < 0:
            raise SheetError(f"{place}: less than 0, as at x = {point:.4g}; a density is nowhere negative")


def range_of(density: Density) -> tuple[float, float]:
    """Where a density is drawn."""
    match density:
        case Uniform(a, b):
            return float(a), float(b)
        case Normal(mu, sigma):
            return float(mu) - 4 * float(sigma), float(mu) + 4 * float(sigma)
    return shown_range(density.low, density.high)


def curve_of(density: Density, x: np.ndarray) -> np.ndarray:
    """The density at points, for a picture; 0 outside of its intervals."""
    match density:
        case Uniform(a, b):
            low, high = float(a), float(b)
            return np.where((x >= low) & (x <= high), 1 / (high - low), 0.0)
        case Normal(mu, sigma):
            z = (x - float(mu)) / float(sigma)
            return np.asarray(np.exp(-(z**2) / 2) / (float(sigma) * math.sqrt(2 * math.pi)))
    from chainrule.paper.integrals import on_floats

    y = np.zeros_like(x)
    for each in density.integrals:
        low, high = float(each.low), float(each.high)
        y = np.where((x >= low) & (x <= high), on_floats(each.expression, x), y)
    return y


def shown_range(low: Any, high: Any) -> tuple[float, float]:
    """Where a density is looked at and drawn: of an infinite range, a piece of it."""
    left, right = float(low), float(high)
    if math.isinf(left):
        left = min(-8.0, right - 8) if math.isfinite(right) else -8.0
    if math.isinf(right):
        right = max(8.0, left + 8)
    return left, right
