"""Roots and π in a question are worked as they are, not by their digits: then 0 is seen to be 0."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from chainrule.paper.numbers import Number
from chainrule.paper.reading import Value
from chainrule.paper.sheet import Question


def exactly(question: Question) -> Question:
    """The question worked in closed form, unless its steps are to be rounded."""
    return question if question.rounding is not None else question.model_copy(update={"closed": True})


def has_irrational(arrays: Iterable[np.ndarray]) -> bool:
    """Whether one of the values is a number that is no fraction, as √2; names are none."""
    values = (v for array in arrays for v in array.flat)
    return any(_number(v).exact is None for v in values if not (isinstance(v, Value) and v.names))


def _number(value: Value | Number) -> Number:
    return value.number() if isinstance(value, Value) else value
