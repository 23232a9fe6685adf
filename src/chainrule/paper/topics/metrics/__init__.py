"""The topic ``metrics``: confusion matrices and what is made of them, ROC curves, measures of a regression.

Which of these is worked follows from what is given: ``actual`` with ``predicted`` or with ``scores``,
``matrix``, the four counts ``tp`` ``fp`` ``fn`` ``tn``, or numbers ``y`` with ``yhat``.
"""

from __future__ import annotations

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question
from chainrule.paper.topics.metrics.classification import work_classification
from chainrule.paper.topics.metrics.given import Given
from chainrule.paper.topics.metrics.regression import work_regression
from chainrule.paper.topics.metrics.roc import work_roc
from chainrule.paper.workings import Working

__all__ = ["Given", "solve"]


def solve(question: Question) -> Working:
    """Work the question that the given keys ask.

    Raises SheetError for what does not fit together, or is asked for and undefined (0/0).
    """
    given: Given = question.given
    page = Page(question)
    match given.kind:
        case "regression":
            work_regression(page, given)
        case "roc":
            work_roc(page, given)
        case _:
            work_classification(page, given)
    return page.working()
