"""A working in words that a reader follows: formula, numbers put in, value, for each quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from chainrule.layers.steps import Step
from chainrule.paper.digits import significant
from chainrule.paper.elements import (
    Line,
    as_number,
    lines,
    quantity_plain,
    quantity_tex,
    written,
    written_tex,
)
from chainrule.paper.notation import (
    DIGITS,
    decimal_tex,
    formula_text,
    is_rounded,
    minus,
    plain_digits,
    tex_array,
    visible,
)
from chainrule.paper.numbers import Number
from chainrule.paper.plain import plain
from chainrule.paper.stacks import plain_value, tex_value, visible_values
from chainrule.paper.tape import Quantity, WorkError, exact_options
from chainrule.paper.workings import Chain, Picture, Remark, Table, Working
from chainrule.paper.writing import TeX
from chainrule.rules.normalization.statistics import count
from chainrule.rules.rule import Rule

_OF_BATCHES = ("batch_mean", "population_variance", "sample_variance", "batch_dx")
_OF_SAMPLES = ("layer_mean", "layer_variance", "layer_dx")
"""Rules of normalization, and what they count: a feature's values in a batch, a sample's features."""


@dataclass(frozen=True)
class Entry:
    """One quantity explained; each field is TeX with a plain twin for the terminal."""

    name: str
    tex: str
    plain: str
    formula_tex: str = ""
    formula_plain: str = ""
    matrices_tex: str = ""
    matrices_are_exact: bool = True
    value_tex: str = ""
    value_plain: str = ""
    decimals_tex: str = ""
    decimals_plain: str = ""
    value_is_exact: bool = True
    decimals_are_exact: bool = True
    lines: list[Line] = field(default_factory=list)
    left_out: int = 0
    kind: ClassVar[str] = "entry"

    @property
    def is_single(self) -> bool:
        """Whether its one element's line says all of its value."""
        return len(self.lines) == 1 and not self.left_out


@dataclass(frozen=True)
class Explained:
    """A part of a working: its title, its quantities explained, and what else stands there."""

    title: str
    items: list[Entry | Remark | Table | Picture | Chain]

    @property
    def entries(self) -> list[Entry]:
        """The quantities alone."""
        return [item for item in self.items if isinstance(item, Entry)]


def given_entries(working: Working) -> list[Entry]:
    """The given values, explained: decimals as such, where all of them end."""
    return [_in_decimals(_valued(working, quantity)) for quantity in working.given]


def _in_decimals(entry: Entry) -> Entry:
    if not (entry.decimals_tex and entry.decimals_are_exact):
        return entry
    value_tex, value_plain = entry.decimals_tex, entry.decimals_plain
    return replace(entry, value_tex=value_tex, value_plain=value_plain, decimals_tex="", decimals_plain="")


def explain(working: Working) -> Iterator[Explained]:
    """The parts of a working in order, each quantity with formula, numbers put in and value."""
    for part in working.parts:
        items = [_entry(working, item) if isinstance(item, str) else item for item in part.items]
        yield Explained(part.title, items)


def _entry(working: Working, name: str) -> Entry:
    try:
        return _explained(working, working.tape[name])
    except ArithmeticError as error:
        raise WorkError(f"question {working.name!r}: cannot write out {name}: {error}") from None


def _valued(working: Working, quantity: Quantity, **more: Any) -> Entry:
    value, digits, kind = working.shown(quantity), working.digits, quantity.stacked
    seen = visible_values(value, kind)
    exact = not quantity.rounded and all(written(working, v).exact for v in seen)
    rounded = any(is_rounded(as_number(v), digits) for v in seen)
    texts = plain_value(value, lambda v: written(working, v).text, kind)
    tex = tex_value(value, lambda v: written_tex(working, v), kind)
    decimals = plain_value(value, lambda v: _decimal_plain(v, digits), kind)
    decimals_tex = tex_value(value, lambda v: decimal_tex(as_number(v), digits), kind)
    if value.ndim > 2 and working.rounding is None and all(isinstance(v, Number) for v in seen):
        texts, tex, exact = decimals, decimals_tex, not quantity.rounded and not rounded
    has_both = exact and working.rounding is None and minus(decimals) != minus(texts)
    return Entry(
        quantity.name,
        quantity_tex(quantity),
        quantity_plain(quantity),
        value_tex=tex,
        value_plain=texts,
        decimals_tex=decimals_tex if has_both else "",
        decimals_plain=decimals if has_both else "",
        value_is_exact=exact,
        decimals_are_exact=not rounded,
        **more,
    )


def _decimal_plain(value: Any, digits: int) -> str:
    number = as_number(value)
    return significant(number, digits).text if isinstance(number, Number) else formula_text(value)


def formula_of(working: Working, quantity: Quantity) -> str:
    """The formula of a quantity in TeX, with the names of what it takes."""
    assert quantity.step is not None
    rule = quantity.step.rule
    inputs = [working.tape[name] for name in quantity.inputs]
    names = {k: quantity_tex(q) for k, q in zip(rule.inputs, inputs, strict=True)}
    return rule.formula({**names, **_options(quantity.step)}, working.columns)


def _options(step: Step) -> dict[str, str]:
    """The options that the formula shows, as they are put into it."""
    options = exact_options(step)
    return {k: TeX(DIGITS).number(_number(v))[0] for k, v in options.items() if f"<{k}>" in step.rule.tex}


def _explained(working: Working, quantity: Quantity) -> Entry:
    step = quantity.step
    assert step is not None
    options = _options(step)
    inputs = [working.tape[name] for name in quantity.inputs]
    formula = formula_of(working, quantity) + _counts(step.rule, inputs)
    matrices, are_exact = "", True
    is_matrices = all(i.value.ndim < 3 for i in inputs)
    if step.rule.in_matrices and is_matrices and any(i.value.size > 1 for i in inputs):
        matrices = _put_in(working, step.rule, inputs, options)
        are_exact = all(_is_written(v, working.digits) for i in inputs for v in visible(i.value))
    worked, left_out = lines(working, quantity, inputs)
    return _valued(
        working,
        quantity,
        formula_tex=formula,
        formula_plain=plain(formula),
        matrices_tex=matrices,
        matrices_are_exact=are_exact,
        lines=worked,
        left_out=left_out,
    )


def _counts(rule: Rule, inputs: list[Quantity]) -> str:
    """What a loss or a mean divides by, as TeX: how many outputs, rows or values there are."""
    by_name = dict(zip(rule.inputs, inputs, strict=True))
    if rule.name in _OF_BATCHES:
        return rf", \quad m = {count(by_name['x'].value)} \text{{ values of each feature}}"
    if rule.name in _OF_SAMPLES:
        return rf", \quad c = {by_name['x'].value.shape[-1]} \text{{ features}}"
    letter = re.match(r"\\frac\{1\}\{2?([nmk])\}", rule.tex)
    if letter is None or "a" not in by_name:
        return ""
    rows, outputs = by_name["a"].value.shape[0], by_name["a"].value.size
    number, word = {
        "n": (outputs, "output"),
        "m": (rows, "row"),
        "k": (outputs // rows, "output per row"),
    }[letter[1]]
    plural = word if number == 1 else word.replace(" ", "s ", 1) if " " in word else f"{word}s"
    return rf", \quad {letter[1]} = {number} \text{{ {plural}}}"


def _put_in(working: Working, rule: Rule, inputs: list[Quantity], options: dict[str, str]) -> str:
    """The formula with the matrices put in, those under a ⊤ already transposed."""
    arrays = dict(options)
    for name, quantity in zip(rule.inputs, inputs, strict=True):
        value = working.shown(quantity)
        arrays[name] = _matrix(working, value)
        arrays[f"{name}_T"] = _matrix(working, value.T)
    turned = replace(rule, tex=_transposed(rule.tex), columns_tex=_transposed(rule.columns_tex or rule.tex))
    return turned.formula(arrays, working.columns)


def _is_written(value: Any, digits: int) -> bool:
    """Whether a number is put into a formula as it is, and not rounded."""
    return not isinstance(value, Number) or plain_digits(value, digits).exact


def _transposed(tex: str) -> str:
    return re.sub(r"<(\w+)>\^\{\\top\}", r"<\1_T>", tex)


def _matrix(working: Working, value: np.ndarray) -> str:
    return tex_array(value, lambda v: TeX(working.digits).number(v)[0])


def _number(value: Any) -> Any:
    return value if isinstance(value, Number) or hasattr(value, "expression") else Number(value)
