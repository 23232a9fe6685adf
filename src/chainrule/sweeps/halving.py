"""Successive halving: those that do badly stop early, and the others go on for longer.

Source: Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization"
(AISTATS 2016), https://arxiv.org/abs/1502.07943.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Halving:
    """After ``first`` epochs the best 1/``factor`` of the variants go on.

    They do so until ``factor`` times as many epochs are done; of them again the best go on, and so on.

    Raises ValueError for a factor below 2, or less than one epoch.
    """

    factor: int = 3
    first: int = 1

    def __post_init__(self) -> None:
        if self.factor < 2 or self.first < 1:
            raise ValueError(
                f"halving has a factor of at least 2 and at least 1 epoch first; got {self.factor} and "
                f"{self.first}"
            )

    def rounds(self, variants: int, epochs: int) -> list[tuple[int, int]]:
        """How many variants take part in each round, and the epochs that are done behind it.

        >>> Halving(3, 2).rounds(20, 40)
        [(20, 2), (6, 6), (2, 18), (1, 40)]
        """
        found: list[tuple[int, int]] = []
        count, stop = variants, min(self.first, epochs)
        while stop < epochs:
            if count == 1:
                return [*found, (1, epochs)]
            found.append((count, stop))
            count, stop = max(1, count // self.factor), min(stop * self.factor, epochs)
        return [*found, (count, epochs)]
