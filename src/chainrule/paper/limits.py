"""Limits of intervals: a number, or plus or minus infinity."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from chainrule.paper.notation import exact_tex, exact_text
from chainrule.paper.numbers import Number
from chainrule.paper.values import read_array

CLOSE = Number("1e-30")
"""Balls closer than this are taken for the same number, where two ways to it are compared."""
Limit = Any
"""A Number or a Formula; plus or minus infinity as a float."""


def read_limit(raw: Any) -> Any:
    text = str(raw).strip().replace("−", "-").removeprefix("+")
    if text in ("∞", "oo", "inf", "infinity"):
        return math.inf
    if text in ("-∞", "-oo", "-inf", "-infinity"):
        return -math.inf
    array = read_array(raw)
    if array.ndim:
        raise ValueError("expected one number, or '∞'")
    return array


LimitField = Annotated[
    Any,
    BeforeValidator(read_limit),
    WithJsonSchema(
        {
            "description": "a number, or text as '1/2' or '∞'",
            "anyOf": [{"type": "number"}, {"type": "string"}],
        }
    ),
]


def read_ends(raw: Any) -> Any:
    if not isinstance(raw, (list, tuple)) or len(raw) != 2:
        raise ValueError("expected two ends, as [0, 1] or [1, '∞']")
    return tuple(read_limit(each) for each in raw)


Ends = Annotated[
    Any,
    BeforeValidator(read_ends),
    WithJsonSchema({"description": "two ends, as [0, 1] or [1, '∞']", "type": "array"}),
]


def is_less(a: Limit, b: Limit) -> bool:
    """Whether one limit is less than another.

    >>> from chainrule.paper.numbers import Number
    >>> is_less(Number(3), math.inf), is_less(math.inf, Number(3))
    (True, False)
    """
    if isinstance(a, float) or isinstance(b, float):
        return bool((a if isinstance(a, float) else 0.0) < (b if isinstance(b, float) else 0.0))
    return bool(a < b)


def are_opposite(a: Number, b: Number) -> bool:
    """Whether two finite limits are as far from 0, on both sides, as far as digits can tell."""
    return bool(-CLOSE < a + b < CLOSE)


def limit_text(limit: Any) -> str:
    """A limit as an error says it."""
    return ("∞" if limit > 0 else "-∞") if isinstance(limit, float) else exact_text(limit)


def limit_tex(limit: Any) -> str:
    """A limit in TeX."""
    return (r"\infty" if limit > 0 else r"-\infty") if isinstance(limit, float) else exact_tex(limit)
