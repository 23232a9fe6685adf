"""What the rounds of a case come to: who is how many times as fast as whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

OWN = "chainrule"
Rounds = Sequence[Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Ratio:
    """How many times as fast, or as small, as a library chainrule is: of each round, and in the middle."""

    library: str
    contestant: str
    rounds: tuple[float, ...]

    @property
    def middle(self) -> float:
        return median(self.rounds)


def library_of(contestant: str) -> str:
    """
    >>> library_of("pytorch_compiled")
    'pytorch'
    """
    return contestant.split("_")[0]


def libraries(rounds: Rounds) -> list[str]:
    """The libraries that chainrule is compared with, in their order."""
    found = dict.fromkeys(library_of(contestant) for contestant in rounds[0])
    return [library for library in found if library != OWN]


def best_of(rounds: Rounds, library: str, key: str = "seconds") -> str:
    """The contestant of a library with the least of something, in the median of the rounds."""
    contestants = [contestant for contestant in rounds[0] if library_of(contestant) == library]
    return min(contestants, key=lambda contestant: median_of(rounds, contestant, key))


def median_of(rounds: Rounds, contestant: str, key: str = "seconds") -> float:
    """The median over the rounds."""
    return float(median(found[contestant][key] for found in rounds))


def ratios(rounds: Rounds, key: str = "seconds") -> list[Ratio]:
    """Chainrule against the best contestant of every library; each round is compared within itself.

    >>> found = [{"chainrule": {"seconds": 1.0}, "numpy": {"seconds": s}} for s in (2.0, 4.0, 3.0)]
    >>> ratios(found)[0].rounds, ratios(found)[0].middle
    ((2.0, 4.0, 3.0), 3.0)
    """
    own = best_of(rounds, OWN, key)
    made = []
    for library in libraries(rounds):
        best = best_of(rounds, library, key)
        made.append(Ratio(library, best, tuple(found[best][key] / found[own][key] for found in rounds)))
    return made


def rate(rounds: Rounds) -> float:
    """The machine's products of matrices in operations per second: the best library's, median over rounds."""
    return median(1e9 / min(_seconds(found.values())) for found in rounds)


def _seconds(found: Iterable[Mapping[str, Any]]) -> list[float]:
    return [float(one["seconds"]) for one in found]
