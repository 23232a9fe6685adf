"""The sheet that is handed out: each question with what is given and what to find, without the working."""

from __future__ import annotations

from dataclasses import replace

from chainrule.paper.elements import quantity_tex
from chainrule.paper.numbers import Number
from chainrule.paper.tape import Quantity
from chainrule.paper.words import Word
from chainrule.paper.workings import Part, Solution, Table, Working

HEAD = ("quantity", "is", "name in an answer file")


def handed_out(solution: Solution) -> Solution:
    """The worksheet without what was worked: in its place, what each question asks for.

    It has no source, for that is the way to the answers.
    """
    return Solution(solution.title, [_asked(working) for working in solution.workings])


def _asked(working: Working) -> Working:
    rows = tuple(_row(working, quantity) for quantity in working.quantities)
    return replace(working, parts=[Part("find", "Find", (Table("", HEAD, rows),))])


def _row(working: Working, quantity: Quantity) -> tuple[str, ...]:
    return f"${quantity_tex(quantity)}$", _form(working, quantity), quantity.name


def _form(working: Working, quantity: Quantity) -> str:
    """What an answer looks like.

    >>> from chainrule.paper.solving import solve
    >>> sheet = '''
    ... [[question]]
    ... id = "q1"
    ... topic = "loss"
    ... given = { loss = "mse", y = [1, 2], y_pred = [2, 4] }
    ... '''
    >>> working = solve(sheet)["q1"]
    >>> _form(working, working.tape["loss"]), _form(working, working.tape["dy_pred"])
    ('a number', '2 × 1 numbers')
    """
    value = working.shown(quantity)
    entries = list(value.flat)
    if all(isinstance(each, Word) for each in entries):
        one, several = "a word", "words"
    elif all(isinstance(each, Number) or getattr(each, "is_number", True) for each in entries):
        one, several = "a number", "numbers"
    else:
        one, several = "a formula", "formulas"
    return f"{' × '.join(map(str, value.shape))} {several}" if value.size > 1 else one
