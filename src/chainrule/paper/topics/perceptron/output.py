"""The output of a perceptron for one row or several, and whether it realises a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule import activations
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.perceptron.given import Given
from chainrule.paper.topics.perceptron.line import work_line
from chainrule.paper.topics.perceptron.separation import ASKED, work_separation
from chainrule.paper.topics.perceptron.table import MOST_INPUTS, MOST_ROWS, Rows, cell, check_classes, point
from chainrule.rules.perceptron.output import STEPS, weighted_sum, weighted_sums
from chainrule.rules.perceptron.training import mistakes
from chainrule.rules.rule import Rule

YHAT = r"\hat{y}"


def give_neuron(page: Page, given: Given) -> tuple[str, ...]:
    """Put down weights, bias and threshold; the names that a step takes beside z."""
    page.give("w", given.w)
    page.give("b", 0 if given.b is None else given.b)
    if given.threshold is None:
        return ()
    page.give("threshold", given.threshold, symbol=r"\theta")
    return ("threshold",)


def work_output(page: Page, given: Given) -> None:
    """z and the activation of one row, or of several."""
    x = given.x
    assert x is not None
    assert given.w is not None
    if x.ndim not in (1, 2) or x.shape[0] > MOST_ROWS or x.shape[-1] > MOST_INPUTS:
        limit = f"at most {MOST_ROWS} rows of {MOST_INPUTS} inputs"
        raise SheetError(f"given.x: expected a list of inputs, or rows of them; {limit}")
    if given.w.shape[0] != x.shape[-1]:
        raise SheetError(f"given.w: expected {x.shape[-1]} weights, one per input; got {given.w.shape[0]}")
    page.part("output", "Output")
    page.give("x", x)
    taken = give_neuron(page, given)
    page.work("z", weighted_sum if x.ndim == 1 else weighted_sums, "x", "w", "b")
    page.work("yhat", _activation(given), "z", *taken, symbol=YHAT)


def _activation(given: Given) -> Rule:
    if given.activation is None:
        return STEPS[0, given.threshold is not None]
    try:
        found = activations.get(given.activation)
    except (ValueError, TypeError) as error:
        raise SheetError(f"given.activation: {error}") from None
    if len(found.forward.inputs) > 1 or found.derivative is None:
        raise SheetError(
            f"given.activation: {found.name} is none of a single neuron; expected sigmoid, step or the like"
        )
    if given.threshold is None:
        return found.forward
    if found.name != "step":
        raise SheetError(f"given.threshold: {found.name} has no threshold; leave it out, or take the step")
    return STEPS[0, True]


def work_check(page: Page, given: Given, rows: Rows) -> None:
    """What the weights give for every row, and whether that is the table."""
    check_classes(rows)
    page.part("output", "Output for every row")
    page.give("x", rows.x)
    page.give("y", rows.y)
    taken = give_neuron(page, given)
    wrong = work_predictions(page, rows, ("w", "b"), taken)
    if wrong:
        page.remark(f"The weights do not realise the table: {_rows(wrong)} wrong.")
    else:
        page.remark("Every row is right: the weights realise the table.")
    work_line(page, rows, ("w", "b"), taken)
    if wrong or not ASKED.isdisjoint(page.question.find or ()):
        work_separation(page, rows, alone=False)


def work_predictions(
    page: Page, rows: Rows, neuron: tuple[str, str], taken: tuple[str, ...], ending: str = ""
) -> list[int]:
    """z and prediction of every row as quantities and as a table; the numbers of the wrong rows."""
    z, yhat = f"z{ending}", f"yhat{ending}"
    above = r"^{\text{new}}" if ending else ""
    page.work(z, weighted_sums, "x", *neuron)
    assert rows.low is not None
    page.work(yhat, STEPS[rows.low, bool(taken)], z, *taken, symbol=YHAT + above)
    y, predicted = page["y"], page[yhat]
    cells = [
        (point(page, page["x"][i]), *(cell(page, v) for v in (y[i], page[z][i], predicted[i])), _verdict(ok))
        for i, ok in enumerate(np.equal(y, predicted))
    ]
    page.table("", ("$x$", "$y$", "$z$", rf"${YHAT}$", ""), cells)
    page.work(f"mistakes{ending}", mistakes, "y", yhat, symbol=r"\text{mistakes}" + above)
    return [i + 1 for i, ok in enumerate(np.equal(y, predicted)) if not ok]


def _verdict(is_right: Any) -> str:
    return "right" if is_right else "wrong"


def _rows(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"row {numbers[0]} is"
    return f"rows {', '.join(str(n) for n in numbers[:-1])} and {numbers[-1]} are"
