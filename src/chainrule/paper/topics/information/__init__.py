"""The topic ``information``: entropy, cross-entropy, KL divergence, mutual information.

Of distributions with finitely many outcomes, of two variables in a table, and of densities.
"""

from __future__ import annotations

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question
from chainrule.paper.topics.information import densities, discrete, joint
from chainrule.paper.topics.information.given import Given
from chainrule.paper.workings import Working

__all__ = ["Given", "solve"]

_SOLVERS = {"p": discrete.solve, "joint": joint.solve, "counts": joint.solve, "f": densities.solve}


def solve(question: Question) -> Working:
    """Work entropies and divergences of what is given.

    Raises SheetError for what is no distribution or no density.
    """
    page = Page(question)
    _SOLVERS[question.given.kind](page, question.given)
    return page.working()
