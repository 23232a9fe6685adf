"""What each step is computed in, where layers compute in less than full precision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chainrule.config import FULL_PRECISION
from chainrule.layers.steps import Step
from chainrule.network.names import TARGET, WEIGHTS
from chainrule.network.places import Placed


def computed(steps: Iterable[Step], compute: str, places: Sequence[Placed]) -> tuple[Step, ...]:
    """The steps, computed in this type; those that need it in full precision.

    These are the steps of layers that normalize, whose variances lose too much, steps that take random
    numbers, whose chances would be rounded, and those that hold an output against its target.
    """
    precise = {place.number for place in places if place.layer.full_precision}
    drawn = {name for place in places for name in place.draws}
    return tuple(
        replace(step, compute=FULL_PRECISION if _is_precise(step, precise, drawn) else compute)
        for step in steps
    )


def _is_precise(step: Step, precise: set[str], drawn: set[str]) -> bool:
    judges = any(name in (TARGET, WEIGHTS) or name.startswith(f"{TARGET}_") for name in step.inputs)
    return judges or step.layer in precise or not drawn.isdisjoint(step.inputs)
