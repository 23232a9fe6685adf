"""A claim in words: does it hold, and what are both sides of it at a point?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn
from chainrule.exercises.topics._polynomials import polynomial
from chainrule.paper.workings import Working

FIND = ["holds", "left", "right"]
LEAST_DIFFERENCE = 0.001
"""By so much the sides of a claim that is false differ at the point given."""


def is_told_apart(working: Working) -> bool:
    """Whether the two sides agree at the point given exactly where the claim holds."""
    if str(working["holds"].item()) == "yes":
        return True
    left, right = (float(working[side].item().number()) for side in ("left", "right"))
    return abs(left - right) > LEAST_DIFFERENCE


def claim(story: str, claimed: str, given: dict[str, Any], at: Mapping[str, int | Decimal]) -> Drawn:
    """A question about a claim in words: does it hold, and what are its sides at a point?"""
    where = said([f"{name} = {said(value)}" for name, value in at.items()])
    return {
        "text": f"{story} claims that {claimed}. Does that hold for all values for which both sides are "
        f"defined? Work out the left side and the right side at {where}.",
        "find": FIND,
        "given": {**given, "at": {name: str(value) for name, value in at.items()}},
    }


def linear(draw: Draw, low: int = -4, high: int = 5) -> tuple[int, str]:
    """A slope that is not 0 or 1, and a formula with it that is linear in z."""
    slope = draw.choice([n for n in range(low, high + 1) if n not in (0, 1)])
    return slope, polynomial([(slope, "z"), (draw.integer(-4, 5, zero=False), "")])
