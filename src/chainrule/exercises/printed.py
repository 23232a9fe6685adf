"""The sheet that is handed out: each question with what is given and what to find, without the working."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.paper.explain import quantity_tex
from chainrule.paper.tape import Quantity
from chainrule.paper.words import Word
from chainrule.paper.workings import Part, Remark, Solution, Working


def handed_out(solution: Solution) -> Solution:
    """The worksheet without what was worked: in its place, what each question asks for.

    It has no source, for that is the way to the answers.
    """
    return Solution(solution.title, [_asked(working) for working in solution.workings])


def _asked(working: Working) -> Working:
    wanted = tuple(Remark(_wanted(working, quantity)) for quantity in working.quantities)
    return replace(working, parts=[Part("find", "Find", wanted)])


def _wanted(working: Working, quantity: Quantity) -> str:
    """A quantity with its shape, or what is to be said about it."""
    value = working.shown(quantity)
    is_word = all(isinstance(each, Word) for each in value.flat)
    shape = " × ".join(map(str, value.shape))
    said = " (in a word)" if is_word else f" ({shape} numbers)" if np.size(value) > 1 else ""
    return f"${quantity_tex(quantity)} =$ …{said}"
