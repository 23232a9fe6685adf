"""Where a training run stands between two calls of its program: all that it needs to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Position:
    """A place in a run.

    ``epoch`` and ``chunk`` count from 0; ``update`` is how many updates of the chunk are done, ``sums``
    are those of the epoch's logs so far, ``rows`` over how many rows. ``values`` are the weights, the
    layers' and the optimizer's state; ``seed`` is the run's, from which its random numbers come.
    ``learning_rate`` is the one that callbacks may have changed.
    """

    seed: int
    epoch: int
    values: Mapping[str, Any]
    learning_rate: float
    chunk: int = 0
    update: int = 0
    rows: int = 0
    sums: Mapping[str, float] = field(default_factory=dict)
