"""What varies in a sweep, and the variants that come of it: all combinations, or some drawn by chance."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

MOST_VARIANTS = 100_000
Search = Literal["grid", "random"]
Scale = Literal["linear", "log"]


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``, drawn evenly on a linear or a logarithmic scale.

    Where both ends are whole numbers, whole numbers are drawn, both ends among them.

    Raises ValueError unless low < high, and 0 < low on a logarithmic scale.

    >>> Range(0, 1, "log")
    Traceback (most recent call last):
    ValueError: a range on a logarithmic scale begins above 0; got low = 0
    """

    low: float
    high: float
    scale: Scale = "linear"

    def __post_init__(self) -> None:
        if self.scale not in ("linear", "log"):
            raise ValueError(f"the scale of a range is 'linear' or 'log'; got {self.scale!r}")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"a range goes from low up to high; got {self.low} and {self.high}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"a range on a logarithmic scale begins above 0; got low = {self.low}")

    def drawn(self, generator: np.random.Generator) -> Any:
        """A number of the range."""
        whole = isinstance(self.low, int) and isinstance(self.high, int)
        low, high = (self.low - 0.5, self.high + 0.5) if whole else (self.low, self.high)
        if self.scale == "log":
            found = math.exp(generator.uniform(math.log(max(low, self.low / 2)), math.log(high)))
        else:
            found = generator.uniform(low, high)
        return min(max(round(found), self.low), self.high) if whole else float(f"{found:.6g}")


Choices = Mapping[str, Range | Sequence[Any]]


def variants_of(
    over: Choices, search: Search | None = None, count: int | None = None, seed: int = 0
) -> list[dict[str, Any]]:
    """The values of what varies, for each variant.

    ``search`` is "grid" for all combinations of lists, or "random" for ``count`` that are drawn by chance,
    from the seed; by default "random" where there is a range. Drawn ones differ from one another.

    Raises ValueError for nothing that varies, an empty list, or too many variants.

    >>> variants_of({"rate": [0.1, 0.2], "units": [8]})
    [{'rate': 0.1, 'units': 8}, {'rate': 0.2, 'units': 8}]
    >>> variants_of({"units": Range(1, 64)}, count=3, seed=1)
    [{'units': 33}, {'units': 61}, {'units': 10}]
    """
    if not over:
        raise ValueError("over: nothing varies; name a key and its values, as learning_rate = [0.1, 0.01]")
    for name, values in over.items():
        if not isinstance(values, Range) and not len(values):
            raise ValueError(f"over.{name}: an empty list; give the values that it takes")
    ranges = [name for name, values in over.items() if isinstance(values, Range)]
    if (search or ("random" if ranges or count is not None else "grid")) == "random":
        return _drawn(over, count, seed)
    if ranges:
        raise ValueError(f'over.{ranges[0]}: a range is drawn from; give search = "random", or a list')
    if count is not None:
        raise ValueError('count: a grid has all combinations; give search = "random", or leave count out')
    total = math.prod(len(values) for values in over.values() if not isinstance(values, Range))
    _check_count(total)
    lists = [values for values in over.values() if not isinstance(values, Range)]
    return [dict(zip(over, each, strict=True)) for each in itertools.product(*lists)]


def _drawn(over: Choices, count: int | None, seed: int) -> list[dict[str, Any]]:
    if count is None:
        raise ValueError("count: is missing; say how many variants are drawn")
    _check_count(count)
    generator = np.random.default_rng(seed)
    found: dict[str, dict[str, Any]] = {}
    for _ in range(20 * count):
        values = {
            name: each.drawn(generator)
            if isinstance(each, Range)
            else each[int(generator.integers(len(each)))]
            for name, each in over.items()
        }
        found.setdefault(repr(values), values)
        if len(found) == count:
            return list(found.values())
    raise ValueError(f"count: {count} variants are asked for, and only {len(found)} that differ were found")


def _check_count(count: int) -> None:
    if count > MOST_VARIANTS:
        raise ValueError(f"{count:,} variants; at most {MOST_VARIANTS:,} are trained: give fewer values")
