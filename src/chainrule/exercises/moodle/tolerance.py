"""How near to a value an answer must be, in decimals as Moodle reads them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any, Self

from chainrule.exercises.moodle.cloze import Choice
from chainrule.paper.digits import significant
from chainrule.paper.numbers import Number

DIGITS = 3
"""Significant digits that are asked for."""
KEPT = 14
"""Significant digits that Moodle keeps of a number (PHP's ``precision``)."""
LARGEST_POWER = 300
"""Powers of ten that PHP's floats hold, and their inverses."""


@dataclass(frozen=True)
class Near:
    """A value, and how far from it an answer may be: half a unit of the last digit that is asked for."""

    value: Decimal
    within: Decimal
    unit: Decimal

    @classmethod
    def to(cls, value: Any, places: int | None = None) -> Self | None:
        """What is near to a value; None to what is no number, or is beyond the floats.

        A whole number must be given as it is. ``places``: decimals that every step is rounded to.

        >>> Near.to(Number("1/3")).within, Near.to(Number(5)).within, Near.to(Number("0.3"), 1).within
        (Decimal('0.0005'), Decimal('0'), Decimal('0.05'))
        """
        if not isinstance(value, Number):
            return None
        decimal = Decimal(significant(value, KEPT).text)
        if abs(decimal.adjusted()) > LARGEST_POWER:
            return None
        if places is None and value.exact is not None and value.exact.q == 1:
            kept = abs(decimal).scaleb(1 - KEPT) if decimal.adjusted() >= KEPT - 1 else Decimal(0)
            return cls(decimal, kept, Decimal(1))
        power = decimal.adjusted() - DIGITS + 1
        unit = Decimal(1).scaleb(power if places is None else max(power, -places))
        return cls(decimal, unit / 2, unit)

    @property
    def text(self) -> str:
        """The value as Moodle reads it."""
        return str(self.value)

    @property
    def tolerance(self) -> str:
        """The distance as Moodle reads it."""
        return str(self.within)

    @property
    def cut_off(self) -> Decimal:
        """The value without the digits that are not asked for, as 0.666 of 2/3."""
        return (self.value / self.unit).to_integral_value(ROUND_DOWN) * self.unit

    def accepts(self, answer: Decimal) -> bool:
        """Whether an answer counts as the value: near to it, or cut off."""
        return abs(answer - self.value) <= self.within or answer == self.cut_off

    def right(self) -> list[Choice]:
        """The choices that are right: what is near, and what is cut off where that is not near.

        >>> [(choice.answer, choice.tolerance) for choice in Near.to(Number("2/3")).right()]
        [('0.66666666666667', '0.0005'), ('0.666', '0')]
        """
        choices = [Choice(self.text, True, self.tolerance)]
        if abs(self.cut_off - self.value) > self.within:
            choices.append(Choice(str(self.cut_off), True, "0"))
        return choices
