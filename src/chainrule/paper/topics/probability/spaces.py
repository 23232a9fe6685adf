"""Sample spaces: listed, or those of coins and dice; and the events and variables on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from chainrule.lookup import suggest
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import SheetError, shown

MOST_OUTCOMES = 1500
MOST_SUGGESTED = 40
MOST_COINS = 10
MOST_DICE = 4
MOST_SIDES = 100
"""At most so many; together at most ``MOST_OUTCOMES`` outcomes."""


@dataclass(frozen=True)
class Space:
    """All outcomes of an experiment, by name.

    ``variables`` are the random variables that have names here: the value of each outcome.

    >>> Space.of_coins(2).outcomes, Space.of_dice(1, 6).outcomes[:3]
    (['HH', 'HT', 'TH', 'TT'], ['1', '2', '3'])
    """

    outcomes: list[str]
    variables: dict[str, list[int]]

    @classmethod
    def of_coins(cls, coins: int) -> Space:
        """Every sequence of heads and tails."""
        outcomes = ["".join(each) for each in product("HT", repeat=coins)]
        return cls(
            outcomes, {name: [o.count(name[0].upper()) for o in outcomes] for name in ("heads", "tails")}
        )

    @classmethod
    def of_dice(cls, dice: int, sides: int) -> Space:
        """Every sequence of points."""
        if sides**dice > MOST_OUTCOMES:
            raise SheetError(f"given.dice: {sides**dice:,} outcomes; at most {MOST_OUTCOMES:,} are worked")
        rolls = list(product(range(1, sides + 1), repeat=dice))
        return cls([_roll(roll) for roll in rolls], {"total": [sum(roll) for roll in rolls]})

    def event(self, given: Any, place: str) -> list[str]:
        """The outcomes of an event, from a list of them or from a condition on a variable."""
        if isinstance(given, dict):
            return self._where(given, place)
        if not isinstance(given, list):
            raise SheetError(f"{place}: expected a list of outcomes; got a number")
        members = [_outcome(each, place) for each in given]
        known = set(self.outcomes)
        for member in members:
            if member not in known:
                expected = suggest(member, known) if len(known) <= MOST_SUGGESTED else "expected one of them"
                raise SheetError(f"{place}: {shown(member)} is not in the sample space; {expected}")
        if len(set(members)) < len(members):
            twice = next(m for i, m in enumerate(members) if m in members[:i])
            raise SheetError(f"{place}: {shown(twice)} stands there twice")
        inside = set(members)
        return [outcome for outcome in self.outcomes if outcome in inside]

    def _where(self, given: dict[str, Any], place: str) -> list[str]:
        name, wanted = next(iter(given.items()), ("", []))
        if len(given) != 1 or name not in self.variables or not _are_whole(wanted):
            known = ", ".join(f"{{ {each} = [2] }}" for each in self.variables)
            expected = f"a list of outcomes, or a table as {known}" if known else "a list of outcomes"
            raise SheetError(f"{place}: expected {expected}")
        return [o for o, value in zip(self.outcomes, self.variables[name], strict=True) if value in wanted]

    def variable(self, given: Any, exact: Callable[[Any], np.ndarray]) -> list[Number]:
        """The value of each outcome, from a list of them or from a variable's name."""
        place = "given.variable"
        if isinstance(given, str):
            if given not in self.variables:
                known = (
                    suggest(given, list(self.variables)) if self.variables else "expected a value per outcome"
                )
                raise SheetError(f"{place}: unknown variable {shown(given)}; {known}")
            return [Number(value) for value in self.variables[given]]
        values = exact(given)
        if values.shape != (len(self.outcomes),):
            raise SheetError(
                f"{place}: expected {len(self.outcomes)} values, one per outcome, in their order"
            )
        if not all(isinstance(v, Number) and v.exact is not None for v in values):
            raise SheetError(f"{place}: expected whole numbers, fractions or decimals")
        return list(values)


def _roll(points: tuple[int, ...]) -> str:
    return str(points[0]) if len(points) == 1 else f"({', '.join(map(str, points))})"


def _outcome(given: Any, place: str) -> str:
    """An outcome's name, from text, a number of points, or a list of them."""
    if isinstance(given, str):
        return given
    if _are_whole([given]):
        return str(given)
    if _are_whole(given) and given:
        return _roll(tuple(given))
    raise SheetError(f"{place}: expected outcomes as text, or points of dice; got {shown(given)}")


def _are_whole(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(v, int) and not isinstance(v, bool) for v in values)
