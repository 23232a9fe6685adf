"""The topic ``perceptron``: its output, its training, whether a line separates a table, its loss.

Which of these is worked follows from what is given: a ``loss``; else a ``learning_rate`` (training);
else weights and targets (do they realise the table?); else weights (the output); else the table alone
(is it linearly separable?).
"""

from __future__ import annotations

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics.perceptron.given import Given
from chainrule.paper.topics.perceptron.loss import work_loss
from chainrule.paper.topics.perceptron.output import work_check, work_output
from chainrule.paper.topics.perceptron.separation import work_separation
from chainrule.paper.topics.perceptron.table import read_rows
from chainrule.paper.topics.perceptron.training import work_training
from chainrule.paper.workings import Working

__all__ = ["Given", "solve"]


def solve(question: Question) -> Working:
    """Work the question that the given keys ask.

    Raises SheetError for what does not fit together, WorkError for what cannot be worked.
    """
    given: Given = question.given
    page = Page(question)
    if given.kind == "output":
        work_output(page, given)
        return page.working()
    rows = read_rows(given.gate, given.inputs, given.x, given.y)
    if given.w is not None and given.w.shape[0] != rows.n:
        raise SheetError(f"given.w: expected {rows.n} weights, one per input; got {given.w.shape[0]}")
    match given.kind:
        case "loss":
            work_loss(page, given, rows)
        case "training":
            work_training(page, given, rows)
        case "check":
            work_check(page, given, rows)
        case _:
            work_separation(page, rows)
    return page.working()
