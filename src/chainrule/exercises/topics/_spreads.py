"""Batches whose standard deviation is a whole number of steps."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import cache
from itertools import combinations_with_replacement
from math import isqrt

from chainrule.exercises.draws import Draw, short


@cache
def spreads(count: int, divisor: int, added: int = 0, largest: int = 12) -> dict[int, list[tuple[int, ...]]]:
    """Whole differences from a mean, none beyond ``largest``, by the root of their variance.

    So many that sum to 0, at least three of them different, and of which Σd²/``divisor`` + ``added`` is a
    perfect square.

    >>> spreads(4, 4, largest=6)
    {3: [(-5, 1, 1, 3), (-3, -1, -1, 5)]}
    """
    found = defaultdict(list)
    for spread in combinations_with_replacement(range(-largest, largest + 1), count):
        total = sum(d * d for d in spread)
        if sum(spread) == 0 and len(set(spread)) > 2 and total % divisor == 0:
            square = total // divisor + added
            root = isqrt(square)
            if root * root == square:
                found[root].append(spread)
    return dict(sorted(found.items()))


def batch(
    draw: Draw,
    count: int,
    step: str = "1",
    low: int = -10,
    high: int = 20,
    divisor: int = 0,
    added: int = 0,
    roots: tuple[int, ...] = (),
) -> list[int | Decimal]:
    """A batch whose mean is a multiple of ``step`` and whose deviation is too.

    The mean lies from ``low`` to ``high`` steps; the variance divides by ``divisor``, the count without,
    and ``added`` squares of a step are added to it under the root, which is one of ``roots``, where these
    are given.
    """
    known = spreads(count, divisor or count, added)
    root = draw.choice([each for each in known if each in roots or not roots])
    mean = draw.integer(low, high)
    unit = Decimal(step)
    return [short(unit * (mean + d)) for d in draw.shuffled(draw.choice(known[root]))]
