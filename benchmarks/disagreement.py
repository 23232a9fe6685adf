"""Whether all contestants of a case have trained the same: their losses must agree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import median
from typing import Any


def disagreement(name: str, found: Mapping[str, Mapping[str, Any]], tolerance: float | None) -> str | None:
    """What differs too far, or None; losses are compared with the one in their middle.

    >>> disagreement("mlp", {"a": {"loss": 0.5}, "b": {"loss": 0.52}, "c": {"loss": 0.51}}, 0.02)
    >>> disagreement("mlp", {"a": {"loss": 0.5}, "b": {"loss": 0.9}, "c": {"loss": 0.51}}, 0.02)
    'mlp: the loss of b is 0.9, more than 0.02 from 0.51, the one in the middle'
    """
    if tolerance is None:
        return None
    losses = {contestant: report["loss"] for contestant, report in found.items()}
    middle = median(losses.values())
    for contestant, loss in losses.items():
        if not math.isfinite(loss) or abs(loss - middle) > tolerance:
            return (
                f"{name}: the loss of {contestant} is {loss:.4g}, more than {tolerance:g} from "
                f"{middle:.4g}, the one in the middle"
            )
    return None
