"""What Keras' optimizers have in common: the rate, its schedule, weight decay, clipping, the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainrule.doors import missing
from chainrule.initializers import Initializer, Zeros
from chainrule.layers.layer import Parameter
from chainrule.layers.steps import Step
from chainrule.optimizers.arguments import at_least_0, is_zero, positive
from chainrule.optimizers.base import LEARNING_RATE, Optimizer, Written
from chainrule.optimizers.clipping import KINDS, clipped
from chainrule.optimizers.schedules import RATE, UPDATES, LearningRateSchedule
from chainrule.optimizers.schedules import get as get_schedule
from chainrule.rules.optimizers.adaptive import decayed, next_update
from chainrule.rules.rule import Rule

NEW, DECAYED = "_new", "_decayed"


@dataclass(frozen=True)
class Moved:
    """A parameter in its update, all by their names: itself, where it moves from, its gradient, the rate."""

    name: str
    start: str
    gradient: str
    rate: str

    def carried(self, letter: str, rule: Rule, *inputs: str, **options: Any) -> Step:
        """The step that renews what is kept beside the parameter: ``vW1_new`` from ``vW1`` and inputs."""
        kept = letter + self.name
        return Step(kept + NEW, rule, (kept, *inputs), options)

    def own(self, letter: str, rule: Rule, *inputs: str, **options: Any) -> Step:
        """A step of this parameter on the way, as ``sW1``."""
        return Step(letter + self.name, rule, inputs, options)

    def new(self, rule: Rule, *inputs: str, **options: Any) -> Step:
        """The step that gives the parameter's new value."""
        return Step(self.name + NEW, rule, inputs, options)


class Descent(Optimizer):
    """An optimizer that moves every parameter by itself, along its gradient; arguments are Keras'.

    ``learning_rate`` may be a schedule (:mod:`chainrule.optimizers.schedules`). ``weight_decay`` makes
    every parameter smaller before its step. Gradients are clipped by the norm of each (``clipnorm``),
    of all together (``global_clipnorm``), or number by number (``clipvalue``); by one of them at most.

    A class says what it keeps beside each parameter (``slots``), and writes a parameter's steps
    (``moved``). Raises ValueError or TypeError for an argument that cannot be.
    """

    counts = False
    """Whether the steps need the number of the update, even where the rate is no schedule."""

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: Any,
        clipnorm: Any,
        clipvalue: Any,
        global_clipnorm: Any,
        name: str | None,
    ) -> None:
        self._learning_rate = _rate(learning_rate)
        self.weight_decay = None if weight_decay is None else at_least_0(weight_decay, "weight_decay")
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.name = name
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        for kind in given:
            setattr(self, kind, positive(getattr(self, kind), kind))
        if len(given) > 1:
            raise ValueError(f"only one of {', '.join(KINDS)} can be given, got {' and '.join(given)}")

    @property
    def learning_rate(self) -> Any:
        """The learning rate: a number, which may be set anew, or a schedule."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        found = _rate(value)
        if self.schedule is not None and not isinstance(found, LearningRateSchedule):
            raise TypeError(
                f"the learning rate follows the schedule {type(self.schedule).__name__} and cannot be set to "
                f"{value!r}: make the optimizer with a number to be able to set it"
            )
        self._learning_rate = found

    @property
    def schedule(self) -> LearningRateSchedule | None:
        """The schedule that the learning rate follows, if any."""
        return self._learning_rate if isinstance(self._learning_rate, LearningRateSchedule) else None

    @property
    def rate(self) -> Any:
        return self._learning_rate if self.schedule is None else self.schedule.given_rate

    def current_rate(self, values: Mapping[str, Any]) -> float:
        if self.schedule is None:
            return float(self._learning_rate)
        return float(self.schedule(int(values.get(UPDATES, 0))))

    def slots(self) -> dict[str, Initializer]:
        """What is kept beside each parameter: its letter, and its first values."""
        return {}

    def shared(self, rate: str) -> tuple[list[Step], str]:
        """The steps that come once, before those of all parameters, and the name of the rate behind them."""
        return [], rate

    def moved(self, at: Moved) -> list[Step]:
        """The steps of one parameter, which end with its new value."""
        raise missing(self, "moved")

    def write(
        self, parameters: Mapping[str, Parameter], gradients: Mapping[str, str] | None = None
    ) -> Written:
        if not parameters:
            return (), {}
        steps, rate, followed = self._prepared(gradients or {name: f"d{name}" for name in parameters})
        for name in parameters:
            start = name
            if not is_zero(self.weight_decay):
                start = name + DECAYED
                steps.append(
                    Step(start, decayed, (name, self._plain_rate), {"weight_decay": self.weight_decay})
                )
            steps += self.moved(Moved(name, start, followed[name], rate))
        state = {
            letter + name: Parameter(p.shape, first, dtype=p.dtype)
            for letter, first in self.slots().items()
            for name, p in parameters.items()
        }
        if self.counts or self.schedule is not None:
            state[UPDATES] = Parameter((), Zeros(), dtype="int32")
        return tuple(steps), state

    @property
    def _plain_rate(self) -> str:
        return LEARNING_RATE if self.schedule is None else RATE

    def _prepared(self, gradients: Mapping[str, str]) -> tuple[list[Step], str, Mapping[str, str]]:
        """What comes first: the count, the rate, and the gradients as they are followed."""
        steps: list[Step] = []
        if self.schedule is not None:
            steps.append(self.schedule.step())
        if self.counts or self.schedule is not None:
            steps.append(Step(UPDATES + NEW, next_update, (UPDATES,)))
        own, rate = self.shared(self._plain_rate)
        steps += own
        for kind in KINDS:
            if (limit := getattr(self, kind)) is not None:
                clips, gradients = clipped(gradients, kind, limit)
                steps += clips
        return steps, rate, gradients


def _rate(value: Any) -> Any:
    """A learning rate: a number greater than 0, or a schedule."""
    if isinstance(value, Mapping | LearningRateSchedule):
        return get_schedule(value)
    return positive(value, LEARNING_RATE)
