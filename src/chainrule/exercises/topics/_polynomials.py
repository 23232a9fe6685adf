"""Polynomials as text: for a formula of a sheet, and for a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
Term = tuple[int | Decimal, str]
"""A coefficient, and what it multiplies: ``(3, "x^2")``; ``""`` for a constant."""


def polynomial(terms: Sequence[Term]) -> str:
    """A sum of terms as a formula of a sheet; those with 0 are left out.

    >>> polynomial([(1, "x^2"), (-3, "x"), (0, ""), (2, "x*y")])
    'x^2 - 3*x + 2*x*y'
    """
    made = ""
    for coefficient, power in terms:
        if not coefficient:
            continue
        size = abs(coefficient)
        term = str(size) if not power else power if size == 1 else f"{size}*{power}"
        sign = "-" if coefficient < 0 else "+"
        made += f" {sign} {term}" if made else term if coefficient > 0 else f"-{term}"
    return made or "0"


def spoken(formula: str) -> str:
    """A formula of a sheet as a sentence has it.

    >>> spoken("-2*x^2 + 3*z*exp(2*x) - (x + 1)^3*z")
    '−2x² + 3z·exp(2x) − (x + 1)³·z'
    """
    between = re.sub(r"(?<![a-z)\d^])(\d+)\*", r"\1", formula)
    between = re.sub(r"(?<=[a-z\d])\*(?=[a-z])", "·", between).replace("*", "").replace("-", "−")
    return re.sub(r"\^(\d+)", lambda power: power[1].translate(SUPERSCRIPTS), between)
