"""One element of a quantity, worked: its name, the expression with its numbers put in, its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from chainrule.paper.digits import Digits, significant
from chainrule.paper.names import plain_name, tex_name
from chainrule.paper.notation import (
    decimal_tex,
    digits_tex,
    exact_digits,
    exact_tex,
    minus,
    plain_digits,
)
from chainrule.paper.numbers import Number
from chainrule.paper.plain import plain
from chainrule.paper.tape import Quantity, exact_options, same_number
from chainrule.paper.terms import Term, trace
from chainrule.paper.workings import Working
from chainrule.paper.writing import Plain, TeX, is_exactly_written, write

MOST_ELEMENTS = 12
"""Elements of a quantity that are worked one by one; of a larger one, the first few."""
FEW = 4
MOST_TRACED = 50_000
"""Elements, or multiplications. A larger quantity is not written out at all: tracing it takes seconds."""
MOST_ROUNDED = 80
"""Significant digits that a value rounded on paper may have."""
APPROXIMATELY = r"\approx"
LARGEST_DRAWN = 10**100


@dataclass(frozen=True)
class Line:
    """One element worked, in TeX and in plain text."""

    tex: str
    plain: str


@dataclass(frozen=True)
class _Expression:
    """What an element was worked from; ``exact`` says that no number in it is rounded."""

    tex: str = ""
    plain: str = ""
    exact: bool = True


def quantity_tex(quantity: Quantity) -> str:
    """A quantity's name in TeX."""
    return quantity.symbol or tex_name(quantity.name)


def quantity_plain(quantity: Quantity) -> str:
    """A quantity's name in plain text."""
    return plain(quantity.symbol) if quantity.symbol else plain_name(quantity.name)


def lines(working: Working, quantity: Quantity, inputs: list[Quantity]) -> tuple[list[Line], int]:
    """The elements worked one by one, and how many more there are."""
    step, values = quantity.step, quantity.value
    assert step is not None
    if step.rule.as_whole:
        return [], 0
    count = step.rule.count((i.value.shape for i in inputs), step.options)
    if max(count, values.size, *(i.value.size for i in inputs)) > MOST_TRACED:
        return [], values.size
    terms = trace(step, [i.value for i in inputs])
    places = list(np.ndindex(values.shape))
    shown = places if len(places) <= MOST_ELEMENTS else places[:FEW]
    made = []
    for place in shown:
        term = cast(Term, terms[place])
        expression = _expression(working, quantity, term, place, inputs)
        kept = same_number(term.value, values[place]) or working.rounding is None
        made.append(_line(working, quantity, place, values, expression, kept))
    return made, len(places) - len(shown)


def written(working: Working, value: Any) -> Digits:
    """A value as it is written: exactly where that is short; as its decimals where steps are rounded."""
    if working.rounding is not None and isinstance(value, Number):
        decimal = significant(value, MOST_ROUNDED)
        if decimal.exact:
            return decimal
    return exact_digits(value, working.digits)


def written_tex(working: Working, value: Any) -> str:
    """The TeX of :func:`written`."""
    return digits_tex(written(working, value).text) if isinstance(value, Number) else exact_tex(value)


def as_number(value: Any) -> Any:
    """A closed form as the number that it is; anything else as it is."""
    return value.number() if getattr(value, "is_number", False) else value


def are_drawable(values: Iterable[Any]) -> bool:
    """Whether all are numbers, none of them too large for a picture."""
    return all(isinstance(v, Number) and bool(-LARGEST_DRAWN < v < LARGEST_DRAWN) for v in values)


def _expression(
    working: Working, quantity: Quantity, term: Term, place: tuple[int, ...], inputs: list[Quantity]
) -> _Expression:
    step, digits = quantity.step, working.digits
    assert step is not None
    if term.operation:
        swap = (working.columns and step.rule.columns_tex is not None) or step.rule.second_factor_first
        exact = is_exactly_written(term, digits)
        return _Expression(write(term, TeX(digits), swap), write(term, Plain(digits), swap), exact)
    same_shape = all(i.value.shape == quantity.value.shape for i in inputs)
    kinds = (r"\begin{cases}", r"\begin{bmatrix}", r"\sum", r"\text{each")
    in_parts = any(kind in step.rule.tex for kind in kinds)
    if in_parts or not same_shape:
        return _Expression()
    at = {k: v for k, v in exact_options(step).items() if f"<{k}>" in step.rule.tex}
    at = {k: Number(v) if isinstance(v, int) else v for k, v in at.items()}
    at |= {k: i.value[place] for k, i in zip(step.rule.inputs, inputs, strict=True)}
    tex = step.rule.formula({k: TeX(digits).number(v)[0] for k, v in at.items()})
    exact = all(not isinstance(v, Number) or plain_digits(v, digits).exact for v in at.values())
    return _Expression(tex, plain(tex), exact)


def _line(
    working: Working,
    quantity: Quantity,
    place: tuple[int, ...],
    values: np.ndarray,
    expression: _Expression,
    kept: bool,
) -> Line:
    """``name[place] = expression = value``, with ≈ wherever a number is rounded."""
    value, digits = values[place], working.digits
    index = _index(place, values.shape, working.columns)
    tex, text = quantity_tex(quantity), quantity_plain(quantity)
    if index:
        tex, text = f"({tex})_{{{index}}}", f"{text}[{index}]"
    whole, number = written(working, value), as_number(value)
    decimal = significant(number, digits) if isinstance(number, Number) else whole
    said = {minus(whole.text), minus(decimal.text)}
    is_shown = bool(expression.plain) and expression.plain not in said and not _has_symbols(value)
    if is_shown and not expression.exact:
        tex += f" {APPROXIMATELY} {expression.tex} {APPROXIMATELY} {decimal_tex(number, digits)}"
        return Line(tex, f"{text} ≈ {expression.plain} ≈ {minus(decimal.text)}")
    if is_shown:
        tex += f" = {expression.tex}"
        text += f" = {expression.plain}"
    exact = whole.exact and kept
    tex += f" {'=' if exact else APPROXIMATELY} {written_tex(working, value)}"
    text += f" {'=' if exact else '≈'} {minus(whole.text)}"
    if not index and whole.exact and minus(decimal.text) != minus(whole.text):
        tex += f" {'=' if decimal.exact else APPROXIMATELY} {decimal_tex(number, digits)}"
        text += f" {'=' if decimal.exact else '≈'} {minus(decimal.text)}"
    return Line(tex, text)


def _has_symbols(value: Any) -> bool:
    return not getattr(value, "is_number", True)


def _index(place: tuple[int, ...], shape: tuple[int, ...], columns: bool) -> str:
    """The element's place counted from 1; of one sample, its unit alone, of one image its pixel."""
    if not shape or all(n == 1 for n in shape):
        return ""
    if len(shape) == 2 and shape[0] == 1:
        return str(place[1] + 1)
    if len(shape) > 2:
        return ",".join(str(i + 1) for i, n in zip(place, shape, strict=True) if n > 1)
    counted = [str(i + 1) for i in place]
    return ",".join(reversed(counted) if columns else counted)
