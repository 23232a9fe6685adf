"""The base of all schedules: a rule of the learning rate in an update, from the number of updates done."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from chainrule.layers.steps import Step
from chainrule.optimizers.arguments import Arguments, positive
from chainrule.rules.arrays import Array
from chainrule.rules.rule import Rule

LEARNING_RATE, RATE, UPDATES = "learning_rate", "rate", "t"
"""The given learning rate, the one that a schedule makes of it, and the number of updates done."""


class LearningRateSchedule(Arguments):
    """A rule of the rate in update t, from a given rate; the base of all schedules.

    A schedule of one's own has a ``law``, which is the rule, and ``option_names``, which of its attributes
    are the rule's options.
    """

    law: ClassVar[Rule | None] = None
    option_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, initial_learning_rate: Any, name: str | None = None) -> None:
        self.initial_learning_rate = positive(initial_learning_rate, "initial_learning_rate")
        self.name = name

    @property
    def rule(self) -> Rule:
        """The rule of the rate, from the given rate and the number of updates done."""
        if self.law is None:
            raise NotImplementedError(
                f"schedule {type(self).__name__} has no law: give it the rate as a chainrule.rule of "
                "(learning_rate, t), as law = …, for a __call__ alone cannot be compiled"
            )
        return self.law

    @property
    def given_rate(self) -> Any:
        """The rate that the rule starts from: the initial one, or of one cycle the peak."""
        return self.initial_learning_rate

    @property
    def options(self) -> dict[str, Any]:
        """The rule's options."""
        return {name: getattr(self, name) for name in self.option_names}

    @property
    def rises_first(self) -> bool:
        """Whether it has a warm-up of its own."""
        return False

    def step(self) -> Step:
        """The step that gives the rate of an update, from the given rate and the updates done."""
        return Step(RATE, self.rule, (LEARNING_RATE, UPDATES), self.options)

    def __call__(self, step: Array) -> Array:
        options = {name: _as_float(value) for name, value in self.options.items()}
        found = self.rule(np.float64(float(self.given_rate)), np.asarray(step, np.float64), **options)
        return np.asarray(found)[()]


def _as_float(value: Any) -> Any:
    return value if isinstance(value, int) else float(value)
