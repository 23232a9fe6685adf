"""The topic ``probability``: events, Bayes' theorem, tables, random variables, densities.

What is given says which of them a question is about; each has a file of its own here.
"""

from __future__ import annotations

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question
from chainrule.paper.topics.probability import bayes, densities, events, tables, variables
from chainrule.paper.topics.probability.given import Given
from chainrule.paper.workings import Working

__all__ = ["Given", "solve"]

_SOLVERS = {
    "a sample space": events.solve_space,
    "events by their sizes": events.solve_sizes,
    "Bayes' theorem": bayes.solve,
    "a table of counts": tables.solve,
    "a random variable": variables.solve_one,
    "two random variables": variables.solve_two,
    "a density": densities.solve,
}


def solve(question: Question) -> Working:
    """Work what can be worked from what is given.

    Raises SheetError for what is no probability, no event or no density.
    """
    page = Page(question)
    _SOLVERS[question.given.kind](page, question.given)
    return page.working()
