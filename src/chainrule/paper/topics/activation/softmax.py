"""Softmax: the probabilities of a vector, or of each row, and its slopes."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.rules.activations.softmax import (
    SOFTMAX_JACOBIAN,
    SOFTMAX_POWERS,
    SOFTMAX_SHARES,
    SOFTMAX_SUM,
    softmax,
)
from chainrule.rules.rule import Rule

MOST_CLASSES = 20
"""For the Jacobian, which has the square of that many entries."""


def work_softmax(page: Page, z: Any) -> None:
    """Powers, their sum, the probabilities; the Jacobian where ``find`` asks for it."""
    find = page.question.find or ()
    page.part("value", "Probabilities")
    page.give("z", np.atleast_1d(z))
    page.work("powers", SOFTMAX_POWERS, "z", symbol="u")
    page.work("sum", SOFTMAX_SUM, "powers", symbol="S")
    if page.question.find is None or {"value", "powers"} & set(find):
        page.work("a", SOFTMAX_SHARES, "powers", "sum")
    else:
        page.work("a", softmax.forward, "z")
    each = "Each row's" if page["z"].ndim == 2 else "The"
    page.remark(f"{each} probabilities are greater than 0 and add up to 1.{_largest(page)}")
    if {"slope", "jacobian"} & set(find):
        _slopes(page)


def _largest(page: Page) -> str:
    """Which class is the most probable, where that is plain to see."""
    z = page["z"]
    if z.ndim != 1 or any(not isinstance(v, Number) or v.exact is None for v in z):
        return ""
    best = max(z)
    places = [str(i) for i, v in enumerate(z, start=1) if v == best]
    if len(places) > 1:
        return f" The most probable are {', '.join(places[:-1])} and {places[-1]}, equally."
    return f" The most probable is number {places[0]}."


def _slopes(page: Page) -> None:
    a = page["a"]
    if a.shape[-1] > MOST_CLASSES:
        raise SheetError(f"find: the slopes of {a.shape[-1]} outputs; expected at most {MOST_CLASSES}")
    page.part("slope", "Slopes")
    page.remark("Every output depends on every input; row $i$ has the slopes of $a_{i}$.")
    if a.ndim == 1:
        page.work("jacobian", SOFTMAX_JACOBIAN, "a", symbol="J")
        page.remark("Every row adds up to 0, since the probabilities always add up to 1.")
        return
    for i in range(a.shape[0]):
        row = f"a.{i + 1}"
        page.work(row, _row(i), "a", symbol=f"a^{{({i + 1})}}", shown=False)
        page.work(f"jacobian.{i + 1}", SOFTMAX_JACOBIAN, row, symbol=f"J^{{({i + 1})}}")


def _row(i: int) -> Rule:
    return Rule("row", lambda a: a[i], rf"(<a>)_{{{i + 1}}}")
