"""The perceptron's training rule, presentation by presentation, until every row is right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.perceptron.given import Given
from chainrule.paper.topics.perceptron.line import work_line
from chainrule.paper.topics.perceptron.output import YHAT, give_neuron, work_predictions
from chainrule.paper.topics.perceptron.separation import ASKED, work_separation
from chainrule.paper.topics.perceptron.table import Rows, cell, check_classes, check_rate, point
from chainrule.rules.perceptron import output, training

USUAL_EPOCHS = 100
MOST_PRESENTATIONS = 1000
MOST_WORKED = 12
"""Presentations that are written out; all of them are in the table."""
MOST_IN_TABLE, FIRST_IN_TABLE, LAST_IN_TABLE = 60, 40, 12


def work_training(page: Page, given: Given, rows: Rows) -> None:
    """Every presentation, the final weights and what they give, and the line."""
    check_classes(rows)
    order = _order(given, rows)
    epochs = _most_epochs(given, len(order))
    page.give("x", rows.x)
    page.give("y", rows.y)
    taken = give_neuron(page, given)
    check_rate(page.give("learning_rate", given.learning_rate)[()], training=True)
    run = _Run(page, rows, taken, given.train_bias)
    ended = run.epochs(order, epochs)
    run.show(order)
    _result(page, rows, run, order, taken, ended)
    work_line(page, rows, ("w_new", "b_new"), taken, first=("w", "b"))
    if ended != "right" or not ASKED.isdisjoint(page.question.find or ()):
        work_separation(page, rows, alone=False)


def _order(given: Given, rows: Rows) -> list[int]:
    """The rows of an epoch, counted from 0."""
    order = given.order or list(range(1, rows.m + 1))
    for place, row in enumerate(order, start=1):
        if not 1 <= row <= rows.m:
            raise SheetError(f"given.order[{place}]: expected a row number from 1 to {rows.m}; got {row}")
    if missing := set(range(1, rows.m + 1)) - set(order):
        raise SheetError(f"given.order: row {min(missing)} never comes; expected every row at least once")
    return [row - 1 for row in order]


def _most_epochs(given: Given, length: int) -> int:
    most = MOST_PRESENTATIONS // length
    if most == 0:
        raise SheetError(f"given.order: {length} presentations; expected at most {MOST_PRESENTATIONS}")
    if given.epochs is not None and given.epochs > most:
        said = f"at most {most} epochs of {length} presentations are worked"
        raise SheetError(f"given.epochs: {said}; got {given.epochs}")
    return given.epochs or min(USUAL_EPOCHS, most)


class _Run:
    """The presentations, worked one after the other; k is the number of the next one's predecessor."""

    def __init__(self, page: Page, rows: Rows, taken: tuple[str, ...], train_bias: bool) -> None:
        assert rows.low is not None
        self.page, self.rows, self.taken, self.train_bias = page, rows, taken, train_bias
        self.step = output.STEPS[rows.low, bool(taken)]
        self.k = 0
        self.mistaken: list[int] = []

    def name(self, stem: str, k: int) -> str:
        """The weights or the bias after k presentations."""
        if k == 0 or (stem == "b" and not self.train_bias):
            return stem
        return f"{stem}.{k}"

    def epochs(self, order: list[int], most: int) -> str:
        """Go through the table until an epoch has no mistake; how it ended."""
        self.page.part("presentations", "Presentation by presentation")
        seen = {self._state()}
        for _ in range(most):
            before = len(self.mistaken)
            for row in order:
                self._present(row)
            if len(self.mistaken) == before:
                return "right"
            if self._state() in seen:
                return "circle"
            seen.add(self._state())
        return "enough"

    def _state(self) -> tuple[object, ...]:
        """The weights and the bias, so that they can be compared; balls are never the same."""
        values = [*self.page[self.name("w", self.k)].flat, *self.page[self.name("b", self.k)].flat]
        return tuple(_key(v) for v in values)

    def _present(self, row: int) -> None:
        page, before = self.page, self.k
        self.k += 1
        k = self.k
        page.give(f"x.{k}", self.rows.x[row], hidden=True)
        page.give(f"y.{k}", self.rows.y[row : row + 1].reshape(()), hidden=True)
        w, b = self.name("w", before), self.name("b", before)
        page.work(f"z.{k}", output.weighted_sum, f"x.{k}", w, b, shown=False)
        page.work(f"yhat.{k}", self.step, f"z.{k}", *self.taken, symbol=f"{YHAT}^{{({k})}}", shown=False)
        symbol = f"e^{{({k})}}"
        page.work(f"error.{k}", training.error, f"y.{k}", f"yhat.{k}", symbol=symbol, shown=False)
        rate, error = "learning_rate", f"error.{k}"
        page.work(f"w.{k}", training.corrected_weights, w, rate, error, f"x.{k}", shown=False)
        if self.train_bias:
            page.work(f"b.{k}", training.corrected_bias, b, rate, error, shown=False)
        if page[error][()] != 0:
            self.mistaken.append(k)

    def show(self, order: list[int]) -> None:
        """The first epoch and the first corrections written out, then all presentations as a table."""
        page = self.page
        new = r"w^{\text{new}} = w + \eta (y - \hat{y}) x" + (
            r", \quad b^{\text{new}} = b + \eta (y - \hat{y})" if self.train_bias else ""
        )
        page.remark(f"The rule: ${new}$; a row that is right changes nothing.")
        for k in self._worked(len(order)):
            row = order[(k - 1) % len(order)]
            epoch = (k - 1) // len(order) + 1
            shown = point(page, page[f"x.{k}"])
            page.remark(f"Presentation {k} (epoch {epoch}, row {row + 1}): the input {shown}.")
            page.show(f"z.{k}", f"yhat.{k}", f"error.{k}")
            if k in self.mistaken or self._is_asked(k):
                page.show(f"w.{k}", *([f"b.{k}"] if self.train_bias else []))
        page.part("table", "All presentations")
        head = ("$k$", "epoch", "$x$", "$y$", "$z$", f"${YHAT}$", "$y - \\hat{y}$", "$w$", "$b$")
        page.table("After each presentation", head, self._table(order))

    def _worked(self, epoch: int) -> list[int]:
        """The presentations to be written out: the first epoch, then corrections."""
        first = list(range(1, min(epoch, MOST_WORKED) + 1))
        later = [k for k in range(len(first) + 1, self.k + 1) if k in self.mistaken or self._is_asked(k)]
        return first + later[: MOST_WORKED - len(first)]

    def _is_asked(self, k: int) -> bool:
        """Whether ``find`` names the weights after this presentation."""
        return f"w.{k}" in (self.page.question.find or ())

    def _table(self, order: list[int]) -> Iterator[tuple[str, ...]]:
        page = self.page
        for k in range(1, self.k + 1):
            if self.k > MOST_IN_TABLE and FIRST_IN_TABLE < k <= self.k - LAST_IN_TABLE:
                if k == FIRST_IN_TABLE + 1:
                    yield ("…",) * 9
                continue
            epoch = (k - 1) // len(order) + 1
            scalars = [cell(page, page[f"{stem}.{k}"][()]) for stem in ("y", "z", "yhat", "error")]
            w, b = page[self.name("w", k)], page[self.name("b", k)]
            yield (
                str(k),
                str(epoch),
                point(page, page[f"x.{k}"]),
                *scalars,
                point(page, w),
                cell(page, b[()]),
            )


def _key(value: Any) -> object:
    if not isinstance(value, Number):
        return value.expression
    return id(value) if value.exact is None else (int(value.exact.p), int(value.exact.q))


def _result(page: Page, rows: Rows, run: _Run, order: list[int], taken: tuple[str, ...], ended: str) -> None:
    page.part("result", "Result")
    page.give("rows", len(order), hidden=True)
    page.give("presentations", run.k, symbol="K", hidden=True)
    page.work("epochs", training.epochs_run, "presentations", "rows")
    errors = [f"error.{k}" for k in range(1, run.k + 1)]
    page.work("corrections", training.corrections(run.k), *errors, symbol=r"\text{corrections}")
    page.work("w_new", training.carried_over, run.name("w", run.k))
    page.work("b_new", training.carried_over, run.name("b", run.k))
    page.remark(_said(run, len(order), ended))
    if page.question.rounding is None:
        _note_floats(page, run, order)
    wrong = work_predictions(page, rows, ("w_new", "b_new"), taken, ending="_new")
    if wrong and ended == "right":
        raise AssertionError("an epoch without a mistake left a row wrong")


def _said(run: _Run, length: int, ended: str) -> str:
    epochs, count = run.k // length, len(run.mistaken)
    corrections = f"{count} correction{'' if count == 1 else 's'}"
    if ended == "right" and count == 0:
        return "Every row is right from the start: nothing is corrected."
    if ended == "right":
        last = run.mistaken[-1]
        return (
            f"Epoch {epochs} has no mistake: the rule has converged, after {corrections}, the last of them "
            f"at presentation {last}; further epochs change nothing."
        )
    if ended == "circle":
        return (
            f"After epoch {epochs} the weights are the same as after an earlier one: the rule goes in a "
            "circle and never ends."
        )
    return f"After {epochs} epoch{'' if epochs == 1 else 's'} and {corrections} the rule has not converged."


def _note_floats(page: Page, run: _Run, order: list[int]) -> None:
    """Say where floating-point numbers take the other side of the step, and where that ends.

    It happens where z is exactly at the step: 0.1 and the like are no floats, and sums of them are rounded.
    """
    names = ("w", "b", "learning_rate", *run.taken)
    if not all(isinstance(v, Number) for name in names for v in page[name].flat):
        return
    w, b, rate, *taken = (page[name].astype(float) for name in names)
    x, y = page["x"].astype(float), page["y"].astype(float)
    first = 0
    for k in range(1, run.k + 1):
        row = order[(k - 1) % len(order)]
        yhat = run.step(output.weighted_sum(x[row], w, b), *taken)
        error = training.error(y[row], yhat)
        if not first and yhat != float(page[f"yhat.{k}"][()]):
            first = k
        w = training.corrected_weights(w, rate, error, x[row])
        if run.train_bias:
            b = training.corrected_bias(b, rate, error)
    if first:
        weights = ", ".join(f"{v:.6g}" for v in w)
        page.remark(
            f"A program with floating-point numbers goes another way: at presentation {first} $z$ is "
            f"exactly {cell(page, page[f'z.{first}'][()])}, at the step, and rounding moves it to the other "
            f"side. After as many epochs it has the weights {weights} and the bias {float(b):.6g}."
        )
