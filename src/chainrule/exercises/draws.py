"""Numbers drawn for a question: such as a person writes on a sheet, and the same again from the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, Literal, TypeVar

T = TypeVar("T")
Difficulty = Literal["easy", "medium", "hard"]
DIFFICULTIES: tuple[Difficulty, ...] = ("easy", "medium", "hard")


class Draw:
    """A source of numbers for one question of a difficulty.

    All of them come from ``Random.random``, whose sequence Python keeps from one version to the next.

    >>> draw = Draw("week 4", "easy")
    >>> draw.integers(3, -5, 5) == Draw("week 4", "easy").integers(3, -5, 5)
    True
    """

    def __init__(self, seed: str, difficulty: Difficulty) -> None:
        self._random = Random(seed)
        self.difficulty = difficulty

    def by(self, easy: T, medium: T, hard: T) -> T:
        """What belongs to the difficulty of the question.

        >>> Draw("", "medium").by(2, 3, 4)
        3
        """
        return {"easy": easy, "medium": medium, "hard": hard}[self.difficulty]

    def below(self, count: int) -> int:
        """A whole number from 0 to ``count`` - 1."""
        return int(self._random.random() * count)

    def integer(self, low: int, high: int, zero: bool = True) -> int:
        """A whole number from ``low`` to ``high``; without ``zero``, any but 0."""
        while True:
            drawn = low + self.below(high - low + 1)
            if drawn or zero:
                return drawn

    def integers(self, count: int, low: int, high: int, zero: bool = True) -> list[int]:
        """So many whole numbers."""
        return [self.integer(low, high, zero) for _ in range(count)]

    def decimal(self, low: float, high: float, step: str = "0.1", zero: bool = True) -> int | Decimal:
        """A multiple of ``step`` from ``low`` to ``high``; a whole number is written as such.

        >>> Draw("1", "easy").decimal(-1, 1, "0.5") in [-1, Decimal("-0.5"), 0, Decimal("0.5"), 1]
        True
        """
        unit = Decimal(step)
        least, most = (round(Decimal(str(bound)) / unit) for bound in (low, high))
        return short(unit * self.integer(least, most, zero))

    def decimals(
        self, count: int, low: float, high: float, step: str = "0.1", zero: bool = True
    ) -> list[int | Decimal]:
        """So many multiples of ``step``."""
        return [self.decimal(low, high, step, zero) for _ in range(count)]

    def matrix(
        self, rows: int, columns: int, low: float, high: float, step: str = "1", zero: bool = True
    ) -> list[list[int | Decimal]]:
        """Rows of multiples of ``step``."""
        return [self.decimals(columns, low, high, step, zero) for _ in range(rows)]

    def different(self, count: int, low: float, high: float, step: str = "1") -> list[int | Decimal]:
        """So many multiples of ``step``, no two alike."""
        unit = Decimal(step)
        least, most = (round(Decimal(str(bound)) / unit) for bound in (low, high))
        return [short(unit * each) for each in self.sample(range(least, most + 1), count)]

    def fraction(self, denominators: Sequence[int] = (2, 3, 4, 5), whole: int = 0) -> int | str:
        """A fraction as text, ``"3/4"``, below ``whole`` + 1; a whole number where it is one."""
        bottom = self.choice(denominators)
        return ratio(Fraction(self.integer(1, bottom * (whole + 1) - 1), bottom))

    def shares(self, count: int, of: int = 10) -> list[int]:
        """Whole numbers, none of them 0, that sum to ``of``.

        >>> sum(Draw("2", "easy").shares(3, 20))
        20
        """
        cuts = sorted(self.sample(range(1, of), count - 1))
        return [high - low for low, high in zip([0, *cuts], [*cuts, of], strict=True)]

    def probabilities(self, count: int, of: int = 10) -> list[int | Decimal]:
        """Decimals, none of them 0, that sum to 1: ``of`` is 10, 20, 50 or 100."""
        return [short(Decimal(share) / of) for share in self.shares(count, of)]

    def chance(self, probability: float = 0.5) -> bool:
        """True so often."""
        return self._random.random() < probability

    def choice(self, among: Sequence[T]) -> T:
        """One of these."""
        return among[self.below(len(among))]

    def sample(self, among: Sequence[T], count: int) -> list[T]:
        """So many of these, no one twice, in any order."""
        left = list(among)
        return [left.pop(self.below(len(left))) for _ in range(count)]

    def shuffled(self, among: Sequence[T]) -> list[T]:
        """All of these, in another order."""
        return self.sample(among, len(among))


def short(number: Decimal) -> int | Decimal:
    """A decimal without zeros at its end, as a whole number where it is one.

    >>> short(Decimal("0.50")), short(Decimal("20.0"))
    (Decimal('0.5'), 20)
    """
    return int(number) if number == int(number) else number.normalize()


def ratio(number: Fraction) -> int | str:
    """A fraction as a sheet has it: text, or a whole number.

    >>> ratio(Fraction(6, 4)), ratio(Fraction(4, 2))
    ('3/2', 2)
    """
    return int(number) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"


def said(values: Any) -> str:
    """Numbers as a sentence has them: a list with commas and "and", a minus sign that is one.

    >>> said([1, Decimal("-0.5"), 2])
    '1, −0.5 and 2'
    """
    if not isinstance(values, list):
        return str(values).replace("-", "−")
    texts = [said(value) for value in values]
    return " and ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part)
