"""The base of all optimizers: what a program, training and paper need of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.doors import missing
from chainrule.layers.layer import Parameter
from chainrule.layers.steps import Step
from chainrule.optimizers.arguments import Arguments
from chainrule.optimizers.schedules.base import LEARNING_RATE

__all__ = ["LEARNING_RATE", "Optimizer", "Written"]

Written = tuple[tuple[Step, ...], dict[str, Parameter]]
"""The steps of an update, and the state that they carry along."""


class Optimizer(Arguments):
    """Writes the steps of the update of every parameter."""

    learning_rate: Any

    def write(
        self, parameters: Mapping[str, Parameter], gradients: Mapping[str, str] | None = None
    ) -> Written:
        """The update's steps, ``W1`` to ``W1_new``, and the state that they carry along.

        ``gradients`` says by what name each parameter's gradient goes; ``dW1`` if it is not given.
        """
        raise missing(self, "write")

    @property
    def rate(self) -> Any:
        """The number that the steps are given as ``learning_rate``; of a schedule, what it starts from."""
        return self.learning_rate

    def current_rate(self, values: Mapping[str, Any]) -> float:
        """The learning rate of the next update of a model with these values; NaN where there is none."""
        return float(self.rate)
