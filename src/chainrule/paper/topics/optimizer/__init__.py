"""The topic ``optimizer``: a parameter's path under an optimizer, falling rates, counts of updates."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError, Strict, Table, Values
from chainrule.paper.topics.optimizer.counts import work_counts
from chainrule.paper.topics.optimizer.methods import read_method
from chainrule.paper.topics.optimizer.path import Formulas, Start, work_path, work_rates
from chainrule.paper.topics.optimizer.schedules import read_schedule
from chainrule.paper.values import names_in
from chainrule.paper.workings import Working

MOST_UPDATES = 100
MOST_FORMULAS = 10
"""Updates worked with formulas, which grow with each."""
MOST_ENTRIES = 100
"""Entries of a parameter."""
_COUNTED = ("rows", "batch_size", "batches", "descent")


class Given(Strict):
    """What is given in a question of the topic ``optimizer``: a path, a falling rate, or a count."""

    optimizer: Table = Field(
        "SGD", description="its name, or a table with its name and arguments, as in Keras"
    )
    w: Values | None = Field(
        None, description="the parameter at the start: a number, a list or rows; 0 if absent"
    )
    gradients: Values | None = Field(None, description="the gradient of each update, in the shape of w")
    gradient: str | list[str] | None = Field(
        None, description="the gradient as a formula in w; one per entry"
    )
    loss: str | None = Field(None, description="the loss as a formula in w, from which the gradient follows")
    names: list[str] | None = Field(
        None, min_length=1, description="the entries' names in the formulas: w1, w2, …"
    )
    steps: int | None = Field(None, ge=1, le=MOST_UPDATES, description="how many updates are worked")
    schedule: Table | None = Field(
        None, description="how the learning rate falls: a name, or a table with one"
    )
    rows: int | None = Field(None, ge=1, le=10**12, description="how many rows there are, to count updates")
    epochs: int = Field(1, ge=1, le=10**9)
    batch_size: int | None = Field(None, ge=1, le=10**12)
    batches: int | None = Field(
        None, ge=1, le=10**12, description="how many batches an epoch has, of the same size"
    )
    descent: Literal["batch", "stochastic", "mini-batch"] | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Given:
        of_path = [k for k in ("gradients", "gradient", "loss") if getattr(self, k) is not None]
        of_count = [k for k in _COUNTED if getattr(self, k) is not None]
        if len(of_path) > 1:
            raise ValueError(f"{of_path[0]} and {of_path[1]} are both given; expected one of them")
        if of_path and of_count:
            raise ValueError(f"{of_path[0]} and {of_count[0]} are both given; a path or a count, not both")
        if of_count and self.rows is None:
            raise ValueError(f"{of_count[0]} is given without rows; expected how many rows there are")
        if not of_path and not of_count and self.schedule is None:
            raise ValueError(
                "expected gradients, gradient or loss for a path, rows for a count of updates, "
                "or schedule and steps for learning rates"
            )
        if self.steps is None and not of_count and self.gradients is None:
            raise ValueError("steps is missing; expected how many updates are to be worked")
        return self


def solve(question: Question) -> Working:
    """Work a path, learning rates, or a count of updates, by what is given.

    Raises SheetError for what does not fit together, WorkError for a step that cannot be worked.
    """
    given: Given = question.given
    if given.rows is not None:
        return work_counts(question, given)
    method = read_method(given.optimizer)
    schedule = read_schedule(given.schedule)
    numbers = [v for table in (method, schedule) if table is not None for v in table.numbers().values()]
    arrays = [v for v in (given.w, given.gradients) if v is not None]
    if names_in([*numbers, *arrays]):
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
        raise SheetError(f"given.steps: {steps} updates; at most {most} are worked {kind}")
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
    import numpy as np

    from chainrule.paper.numbers import Number

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
