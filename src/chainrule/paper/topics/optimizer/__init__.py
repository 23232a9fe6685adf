"""The topic ``optimizer``: a parameter's path under an optimizer, falling rates, counts of updates."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.reading import read
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics.optimizer.counts import work_counts
from chainrule.paper.topics.optimizer.given import MOST_UPDATES, Given
from chainrule.paper.topics.optimizer.methods import read_method
from chainrule.paper.topics.optimizer.path import Formulas, Start, work_path, work_rates
from chainrule.paper.topics.optimizer.schedules import read_schedule
from chainrule.paper.values import names_in
from chainrule.paper.workings import Working

MOST_FORMULAS = 10
"""Updates worked with formulas, which grow with each."""
MOST_ENTRIES = 100
"""Entries of a parameter."""


def solve(question: Question) -> Working:
    """Work a path, learning rates, or a count of updates, by what is given.

    Raises SheetError for what does not fit together, WorkError for a step that cannot be worked.
    """
    given: Given = question.given
    if given.rows is not None:
        return work_counts(question, given)
    method = read_method(given.optimizer)
    schedule = read_schedule(given.schedule)
    values = (given.w, given.gradients, *dict(method).values(), *dict(schedule or ()).values())
    if names_in(v for v in values if isinstance(v, np.ndarray)):
        question = question.model_copy(update={"closed": True})
    page = Page(question)
    if given.gradients is None and given.gradient is None and given.loss is None:
        assert given.steps is not None
        assert schedule is not None
        return work_rates(page, method, schedule, given.steps)
    start, formulas = _start(given), None
    steps = given.steps or len(start.gradients if start.gradients is not None else ())
    if start.gradients is not None and steps > len(start.gradients):
        raise SheetError(
            f"given.steps: {steps} updates and {len(start.gradients)} gradients; give one for each"
        )
    most = MOST_FORMULAS if page.closed else MOST_UPDATES
    if steps > most:
        kind = "with formulas" if page.closed else "by hand"
        key = "steps" if given.steps else "gradients"
        raise SheetError(f"given.{key}: {steps} updates; at most {most} are worked {kind}")
    if start.gradients is None:
        formulas = _formulas(given, start)
    return work_path(page, method, schedule, start, steps, formulas)


def _start(given: Given) -> Start:
    """The parameter at the start and the gradients, which fit each other and are not too many."""
    gradients: Any = given.gradients
    w: Any = given.w
    if gradients is not None and gradients.ndim == 0:
        raise SheetError("given.gradients: expected a list, one gradient for each update; got one number")
    if w is None:
        if gradients is None:
            raise SheetError("given.w: is missing; expected the parameter at the start")
        w = _zeros(gradients.shape[1:])
    if w.ndim > 2 or w.size > MOST_ENTRIES:
        raise SheetError(
            f"given.w: expected one number, a list or rows of them, {MOST_ENTRIES} entries at most"
        )
    if gradients is not None and gradients.shape[1:] != w.shape:
        found, wanted = (_shown(shape) for shape in (gradients.shape[1:], w.shape))
        raise SheetError(f"given.gradients: each is {found} and w is {wanted}; expected one shape")
    return Start(w, gradients)


def _zeros(shape: tuple[int, ...]) -> Any:
    return np.full(shape, Number(0), dtype=object)


def _shown(shape: tuple[int, ...]) -> str:
    kinds = {0: "one number", 1: "a list of "}
    return (
        kinds[0] if not shape else f"{kinds[1]}{shape[0]}" if len(shape) == 1 else " × ".join(map(str, shape))
    )


def _formulas(given: Given, start: Start) -> Formulas:
    """The loss, where it is given, and its slope in each entry of the parameter."""
    from chainrule.paper.functions import Function

    if start.w.ndim > 1:
        raise SheetError("given.w: expected one number or a list of them, where a formula is given")
    entries = start.w.size
    names = given.names or (["w"] if not start.w.ndim else [f"w{i}" for i in range(1, entries + 1)])
    if len(set(names)) != entries or len(names) != entries:
        raise SheetError(f"given.names: expected {entries} different names, one for each entry of w")
    for name in names:
        if not _is_name(name):
            raise SheetError(f"given.names: expected names as w or w1; got {name[:40]!r}")
    texts = [given.gradient] if isinstance(given.gradient, str) else given.gradient
    try:
        if given.loss is not None:
            loss = Function.read(given.loss, names)
            return Formulas(loss, loss.gradient())
        assert texts is not None
        if len(texts) != entries:
            raise SheetError(
                f"given.gradient: {len(texts)} formulas for {entries} entries of w; give one for each"
            )
        return Formulas(None, [Function.read(text, names) for text in texts])
    except SheetError:
        raise
    except (ValueError, ArithmeticError) as error:
        raise SheetError(f"given.{'gradient' if given.loss is None else 'loss'}: {error}") from None


def _is_name(text: str) -> bool:
    """Whether a text is read as one name, and not as a number such as π, or as a product."""
    try:
        return getattr(read(text), "names", None) == {text}
    except (ValueError, ArithmeticError):
        return False
