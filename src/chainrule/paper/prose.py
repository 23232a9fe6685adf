"""Prose: sentences in which formulas stand between dollar signs, in TeX."""

from __future__ import annotations

import re

from chainrule.paper.plain import plain


def formulas_in(prose: str) -> list[tuple[bool, str]]:
    r"""Prose cut into words and formulas: pairs of whether it is a formula, and its text.

    >>> formulas_in("so $x = 1$.")
    [(False, 'so '), (True, 'x = 1'), (False, '.')]
    """
    parts = re.split(r"\$([^$]*)\$", prose)
    return [(i % 2 == 1, part) for i, part in enumerate(parts) if part]


def plain_prose(prose: str) -> str:
    """The prose as plain text.

    >>> plain_prose(r"so $x \\le z_{1}$.")
    'so x ≤ z₁.'
    """
    return "".join(plain(part) if is_formula else part for is_formula, part in formulas_in(prose))


def as_prose(text: str) -> str:
    """Words of a worksheet, so that none of them is taken for a formula.

    >>> as_prose("costs 5$")
    'costs 5'
    """
    return text.replace("$", "")
