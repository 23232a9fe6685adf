"""A working in words that a reader follows: formula, numbers put in, value, for each quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np

from chainrule.layers.steps import Step
from chainrule.paper.digits import Digits, significant
from chainrule.paper.notation import (
    decimal_tex,
    digits_tex,
    exact_digits,
    exact_tex,
    formula_text,
    is_rounded,
    minus,
    plain_array,
    plain_name,
    plain_number,
    tex_array,
    tex_name,
)
from chainrule.paper.numbers import Number
from chainrule.paper.plain import plain
from chainrule.paper.tape import AFTER, BEFORE, COUNT, FORWARD, GRADIENTS, LOSS_PART, UPDATE, Quantity
from chainrule.paper.terms import Term, trace
from chainrule.paper.workings import Working
from chainrule.paper.writing import Plain, TeX, write
from chainrule.rules.rule import Rule

MOST_ELEMENTS = 12
"""Elements of a quantity that are worked one by one; of a larger one, the first few."""
FEW = 4
MOST_ROUNDED = 80
"""Significant digits that a value rounded on paper may have."""
APPROXIMATELY = r"\approx"

_TITLES = {
    COUNT: "Number of updates",
    FORWARD: "Forward",
    LOSS_PART: "Loss",
    GRADIENTS: "Gradients",
    UPDATE: "Update",
    BEFORE: "Loss over all rows, before",
    AFTER: "Loss over all rows, after",
}


@dataclass(frozen=True)
class Line:
    """One element worked: its name, the expression with numbers put in, its value."""

    tex: str
    plain: str


@dataclass(frozen=True)
class Entry:
    """One quantity explained; each field is TeX with a plain twin for the terminal."""

    name: str
    tex: str
    plain: str
    formula_tex: str = ""
    formula_plain: str = ""
    matrices_tex: str = ""
    value_tex: str = ""
    value_plain: str = ""
    decimals_tex: str = ""
    decimals_plain: str = ""
    value_is_exact: bool = True
    decimals_are_exact: bool = True
    lines: list[Line] = field(default_factory=list)
    left_out: int = 0

    @property
    def is_single(self) -> bool:
        """Whether its one element's line says all of its value."""
        return len(self.lines) == 1 and not self.left_out


@dataclass(frozen=True)
class Part:
    """A part of a working: its title and its quantities."""

    title: str
    entries: list[Entry]


def given_entries(working: Working) -> list[Entry]:
    """The given values, explained."""
    return [_valued(working, quantity) for quantity in working.given]


def explain(working: Working) -> Iterator[Part]:
    """The parts of a working in order, each quantity with formula, numbers put in and value."""
    several = max((q.update for q in working.quantities), default=0) > 1 or _updates(working) > 1
    group: list[Entry] = []
    current: tuple[str, int] | None = None
    for quantity in working.quantities:
        at = quantity.part, quantity.update
        if at != current and group and current:
            yield Part(_title(*current, several), group)
            group = []
        current = at
        group.append(_explained(working, quantity))
    if current:
        yield Part(_title(*current, several), group)


def _updates(working: Working) -> int:
    return max((q.update for q in working.tape.quantities.values()), default=0)


def _title(part: str, update: int, several: bool) -> str:
    title = _TITLES[part]
    return f"Update {update}: {title.lower()}" if several and update else title


def _valued(working: Working, quantity: Quantity, **more: Any) -> Entry:
    value, digits = working.shown(quantity), working.digits
    written = np.vectorize(lambda v: _digits(working, v), otypes=[object])(value)
    exact_plain = plain_array(written, lambda d: d.text)
    decimals_plain = plain_array(value, lambda v: _decimal_plain(v, digits))
    written_exactly = all(d.exact for d in written.flat)
    has_both = written_exactly and working.rounding is None and decimals_plain != exact_plain
    return Entry(
        quantity.name,
        tex_name(quantity.name),
        plain_name(quantity.name),
        value_tex=tex_array(value, lambda v: _tex(working, v)),
        value_plain=exact_plain,
        decimals_tex=tex_array(value, lambda v: decimal_tex(_as_number(v), digits)) if has_both else "",
        decimals_plain=decimals_plain if has_both else "",
        value_is_exact=written_exactly,
        decimals_are_exact=not any(is_rounded(_as_number(v), digits) for v in value.flat),
        **more,
    )


def _digits(working: Working, value: Any) -> Digits:
    """A value as it is written: exactly where that is short; as its decimals where steps are rounded."""
    if working.rounding is not None and isinstance(value, Number):
        decimal = significant(value, MOST_ROUNDED)
        if decimal.exact:
            return decimal
    return exact_digits(value, working.digits)


def _tex(working: Working, value: Any) -> str:
    return digits_tex(_digits(working, value).text) if isinstance(value, Number) else exact_tex(value)


def _as_number(value: Any) -> Any:
    """A closed form as the number that it is; anything else as it is."""
    return value.number() if getattr(value, "is_number", False) else value


def _decimal_plain(value: Any, digits: int) -> str:
    number = _as_number(value)
    return significant(number, digits).text if isinstance(number, Number) else formula_text(value)


def formula_of(working: Working, quantity: Quantity) -> str:
    """The formula of a quantity in TeX, with the names of what it takes."""
    assert quantity.step is not None
    rule = quantity.step.rule
    names = {k: tex_name(n) for k, n in zip(rule.inputs, quantity.inputs, strict=True)}
    return rule.formula({**names, **_options(quantity.step)}, working.columns)


def _options(step: Step) -> dict[str, str]:
    return {k: plain_number(_number(v)) for k, v in {**step.rule.defaults, **step.options}.items()}


def _explained(working: Working, quantity: Quantity) -> Entry:
    step = quantity.step
    assert step is not None
    options = _options(step)
    formula = formula_of(working, quantity)
    inputs = [working.tape[name] for name in quantity.inputs]
    matrices = ""
    if step.rule.in_matrices and any(i.value.size > 1 for i in inputs):
        matrices = _put_in(working, step.rule, inputs, options)
    lines, left_out = _lines(working, quantity, inputs)
    return _valued(
        working,
        quantity,
        formula_tex=formula,
        formula_plain=plain(formula),
        matrices_tex=matrices,
        lines=lines,
        left_out=left_out,
    )


def _put_in(working: Working, rule: Rule, inputs: list[Quantity], options: dict[str, str]) -> str:
    """The formula with the matrices put in, those under a ⊤ already transposed."""
    arrays = dict(options)
    for name, quantity in zip(rule.inputs, inputs, strict=True):
        value = working.shown(quantity)
        arrays[name] = _matrix(working, value)
        arrays[f"{name}_T"] = _matrix(working, value.T)
    turned = replace(rule, tex=_transposed(rule.tex), columns_tex=_transposed(rule.columns_tex or rule.tex))
    return turned.formula(arrays, working.columns)


def _transposed(tex: str) -> str:
    return re.sub(r"<(\w+)>\^\{\\top\}", r"<\1_T>", tex)


def _matrix(working: Working, value: np.ndarray) -> str:
    return tex_array(value, lambda v: TeX(working.digits).number(v)[0])


def _number(value: Any) -> Any:
    return value if isinstance(value, Number) or hasattr(value, "expression") else Number(value)


def _lines(working: Working, quantity: Quantity, inputs: list[Quantity]) -> tuple[list[Line], int]:
    """The elements worked one by one, and how many more there are."""
    assert quantity.step is not None
    terms = trace(quantity.step, [i.value for i in inputs])
    values = quantity.value
    places = list(np.ndindex(values.shape))
    shown = places if len(places) <= MOST_ELEMENTS else places[:FEW]
    lines = []
    for place in shown:
        term = cast(Term, terms[place])
        expressions = _expressions(working, quantity, term, place, inputs)
        rounded = working.rounding is not None and not _equal(term.value, values[place])
        lines.append(_line(working, quantity.name, place, values, expressions, rounded))
    return lines, len(places) - len(shown)


def _expressions(
    working: Working, quantity: Quantity, term: Term, place: tuple[int, ...], inputs: list[Quantity]
) -> tuple[str, str]:
    """The element's expression in TeX and in plain text."""
    step = quantity.step
    assert step is not None
    if term.operation:
        swap = (working.columns and step.rule.columns_tex is not None) or step.rule.second_factor_first
        return (
            write(term, TeX(working.digits), swap),
            write(term, Plain(working.digits), swap),
        )
    template = step.rule.tex
    same_shape = all(i.value.shape == quantity.value.shape for i in inputs)
    if "cases" in template or not same_shape:
        return "", ""
    numbers = {
        k: TeX(working.digits).number(i.value[place])[0]
        for k, i in zip(step.rule.inputs, inputs, strict=True)
    }
    tex = step.rule.formula(numbers)
    return tex, plain(tex)


def _line(
    working: Working,
    name: str,
    place: tuple[int, ...],
    values: np.ndarray,
    expressions: tuple[str, str],
    rounded: bool,
) -> Line:
    """``name[place] = expression = value``, in TeX and in plain text."""
    value, digits = values[place], working.digits
    index = _index(place, values.shape, working.columns)
    tex = f"({tex_name(name)})_{{{index}}}" if index else tex_name(name)
    text = f"{plain_name(name)}[{index}]" if index else plain_name(name)
    written = _digits(working, value)
    number = _as_number(value)
    decimal = significant(number, digits) if isinstance(number, Number) else written
    if expressions[0] and expressions[1] not in (written.text, decimal.text) and not _has_symbols(value):
        tex += f" = {expressions[0]}"
        text += f" = {expressions[1]}"
    exact = written.exact and not rounded
    tex += f" {'=' if exact else APPROXIMATELY} {_tex(working, value)}"
    text += f" {'=' if exact else '≈'} {minus(written.text)}"
    if not index and written.exact and minus(decimal.text) != minus(written.text):
        tex += f" {'=' if decimal.exact else APPROXIMATELY} {decimal_tex(number, digits)}"
        text += f" {'=' if decimal.exact else '≈'} {minus(decimal.text)}"
    return Line(tex, text)


def _equal(worked: Any, kept: Any) -> bool:
    """Whether a rational came out as it was kept; a ball is never equal to the decimal kept of it."""
    exact = getattr(worked, "exact", None)
    return exact is not None and exact == kept.exact


def _has_symbols(value: Any) -> bool:
    return not getattr(value, "is_number", True)


def _index(place: tuple[int, ...], shape: tuple[int, ...], columns: bool) -> str:
    """The element's place counted from 1; of one sample, its unit alone."""
    if not shape or all(n == 1 for n in shape):
        return ""
    if len(shape) == 2 and shape[0] == 1:
        return str(place[1] + 1)
    counted = [str(i + 1) for i in place]
    return ",".join(reversed(counted) if columns else counted)
