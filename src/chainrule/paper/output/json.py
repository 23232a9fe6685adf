"""A worked question as the JSON that ``solve --json`` prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.paper.digits import significant
from chainrule.paper.explain import formula_of
from chainrule.paper.numbers import Number
from chainrule.paper.tape import Quantity
from chainrule.paper.workings import Working

LONGEST_EXACT = 400
"""Characters. A longer fraction is given by its proven decimals, and is then not ``exact``."""


def question_json(working: Working) -> dict[str, Any]:
    """The question's id, topic and quantities."""
    return {
        "id": working.name,
        "topic": working.topic,
        "quantities": [_quantity(working, q) for q in working.quantities],
    }


def _quantity(working: Working, quantity: Quantity) -> dict[str, Any]:
    value = working.shown(quantity)
    assert quantity.step is not None
    return {
        "name": quantity.name,
        "value": _nested(value, lambda v: _text(v, working.digits, quantity.rounded)),
        "decimal": _nested(value, _float),
        "exact": not quantity.rounded and all(_is_exact(v) for v in value.flat),
        "rule": quantity.step.rule.name,
        "tex": formula_of(working, quantity),
        "inputs": list(quantity.inputs),
    }


def _nested(value: np.ndarray, write: Callable[[Any], Any]) -> Any:
    written = np.empty(value.shape, dtype=object)
    for place in np.ndindex(value.shape):
        written[place] = write(value[place])
    return written.tolist()


def _is_exact(value: Any) -> bool:
    return not isinstance(value, Number) or (
        value.exact is not None and len(str(value.exact)) <= LONGEST_EXACT
    )


def _text(value: Any, digits: int, rounded: bool) -> str:
    if rounded:
        return significant(value, LONGEST_EXACT).text
    if _is_exact(value):
        return str(value)
    return significant(value, max(digits, 10)).text


def _float(value: Any) -> float | None:
    """The nearest float; None for a formula with symbols, and beyond the largest float."""
    if not isinstance(value, Number):
        if not value.is_number:
            return None
        value = value.number()
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) != float("inf") else None
