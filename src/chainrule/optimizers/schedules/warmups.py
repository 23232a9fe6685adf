"""Learning rates that rise before they fall: one cycle, and a warm-up before any other schedule."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, ClassVar

from chainrule.doors import whole_number
from chainrule.optimizers.arguments import at_least_0, positive, share
from chainrule.optimizers.schedules.base import LearningRateSchedule
from chainrule.optimizers.schedules.registry import get
from chainrule.rules.rule import Rule
from chainrule.rules.schedules import cosine, pieces


class ConstantRate(LearningRateSchedule):
    """The same rate in every update: what a warm-up may lead to."""

    law = pieces.constant_rate


class OneCycle(LearningRateSchedule):
    """Smith's one cycle: up to the peak in half a cosine wave, then down far below the beginning.

    It begins at peak / ``div_factor``, rises for the part ``pct_start`` of ``total_steps``, and falls to
    peak / (``div_factor`` · ``final_div_factor``); arguments and defaults are those of Optax' and
    PyTorch's schedules of this name. Raises ValueError where ``total_steps`` leaves no step for either part.

    >>> OneCycle(0.1, 100)([0, 30, 100]).round(7).tolist()
    [0.004, 0.1, 4e-07]
    """

    law = cosine.one_cycle
    option_names: ClassVar[tuple[str, ...]] = (
        "rising_steps",
        "total_steps",
        "div_factor",
        "final_div_factor",
    )

    def __init__(
        self,
        peak_learning_rate: Any,
        total_steps: int,
        pct_start: Any = 0.3,
        div_factor: Any = 25.0,
        final_div_factor: Any = 1e4,
        name: str | None = None,
    ) -> None:
        self.peak_learning_rate = positive(peak_learning_rate, "peak_learning_rate")
        self.total_steps = whole_number(total_steps, "total_steps", 2)
        self.pct_start = share(pct_start, "pct_start")
        self.div_factor = positive(div_factor, "div_factor")
        self.final_div_factor = positive(final_div_factor, "final_div_factor")
        self.name = name
        if not 0 < self.rising_steps < self.total_steps:
            raise ValueError(
                f"pct_start={pct_start!r} of total_steps={total_steps!r} leaves no step to rise or to fall"
            )

    @property
    def given_rate(self) -> Any:
        return self.peak_learning_rate

    @property
    def rising_steps(self) -> int:
        """The updates until the peak, counted from the decimal that ``pct_start`` is written as."""
        return math.floor(Fraction(str(float(self.pct_start))) * self.total_steps)

    @property
    def rises_first(self) -> bool:
        return True


class LinearWarmup(LearningRateSchedule):
    """A line from ``initial_learning_rate`` up to a schedule's first rate, then that schedule.

    ``schedule`` may be a number: the rate is then the same after the warm-up. The schedule's updates are
    counted from the end of the warm-up. Raises ValueError for a schedule that has a warm-up of its own.

    >>> LinearWarmup(0.1, 4)([0, 1, 4, 9]).tolist()
    [0.0, 0.025, 0.1, 0.1]
    """

    def __init__(
        self,
        schedule: Any,
        warmup_steps: Any,
        initial_learning_rate: Any = 0.0,
        name: str | None = None,
    ) -> None:
        self.schedule = ConstantRate(schedule) if hasattr(schedule, "__float__") else get(schedule)
        self.warmup_steps = positive(warmup_steps, "warmup_steps")
        self.initial_learning_rate = at_least_0(initial_learning_rate, "initial_learning_rate")
        self.name = name
        if self.schedule.rises_first:
            raise ValueError(f"schedule {type(self.schedule).__name__} has a warm-up of its own")

    @property
    def given_rate(self) -> Any:
        return self.schedule.given_rate

    @property
    def rises_first(self) -> bool:
        return True

    @property
    def rule(self) -> Rule:
        return pieces.warmed_rule(self.schedule.rule)

    @property
    def options(self) -> dict[str, Any]:
        own = {"warmup_steps": self.warmup_steps, "first": self.initial_learning_rate}
        return self.schedule.options | own
