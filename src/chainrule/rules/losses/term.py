"""What one prediction costs, and the slope of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Slip


@dataclass(frozen=True)
class LossTerm:
    """What one prediction costs, and the slope of that in the prediction.

    ``logits`` maps an activation's name to the same term as a function of (y, z), where a is that
    activation of z, arranged so that no float overflows, and to the slope in z. ``slips`` are slips in
    the term, ``slope_slips`` in the slope, before they are divided.
    """

    name: str
    term: Callable[..., Array]
    slope: Callable[..., Array]
    tex: str
    slope_tex: str
    per: str = "element"
    options: Mapping[str, Any] = field(default_factory=dict)
    logits: Mapping[str, FusedTerm] = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()
    slope_slips: tuple[Slip, ...] = ()
    targets: str = "number"
    multiplications: int = 1


@dataclass(frozen=True)
class FusedTerm:
    """A loss term together with the activation before it: ∂/∂z is simpler than its two factors."""

    stable_term: Callable[..., Array]
    slope: Callable[..., Array]
    slope_tex: str
