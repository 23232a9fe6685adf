"""Learning rates that fall: Keras' schedules, and two that it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

from chainrule.doors import flag
from chainrule.optimizers.arguments import at_least_0, positive, share
from chainrule.optimizers.schedules.base import LearningRateSchedule
from chainrule.rules.rule import Rule
from chainrule.rules.schedules import cosine, exponential, inverse, pieces, polynomial


class _Decay(LearningRateSchedule):
    """A rate that falls with the updates, counted in ``decay_steps``."""

    option_names: ClassVar[tuple[str, ...]] = ("decay_steps",)

    def __init__(self, initial_learning_rate: Any, decay_steps: Any, name: str | None = None) -> None:
        super().__init__(initial_learning_rate, name)
        self.decay_steps = positive(decay_steps, "decay_steps")


class _Stairs(_Decay):
    """A rate that falls smoothly, or only at every ``decay_steps``-th update."""

    option_names: ClassVar[tuple[str, ...]] = ("decay_rate", "decay_steps")
    smooth: ClassVar[Rule]
    stairs: ClassVar[Rule]

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, name)
        self.decay_rate = at_least_0(decay_rate, "decay_rate")
        self.staircase = flag(staircase, "staircase")

    @property
    def rule(self) -> Rule:
        return self.stairs if self.staircase else self.smooth


class ExponentialDecay(_Stairs):
    """initial · decay_rate^(t / decay_steps), Keras' arguments. Raises ValueError for steps or a rate of 0.

    >>> ExponentialDecay(0.1, 10, 0.5)([0, 10, 20]).tolist()
    [0.1, 0.05, 0.025]
    """

    smooth, stairs = exponential.exponential_decay, exponential.step_decay

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)
        positive(decay_rate, "decay_rate")


class InverseTimeDecay(_Stairs):
    """initial / (1 + decay_rate · t / decay_steps), Keras' arguments.

    >>> InverseTimeDecay(0.1, 10, 1)(10).item()
    0.05
    """

    smooth, stairs = inverse.inverse_time_decay, inverse.inverse_time_staircase


class StepDecay(_Decay):
    """The rate times ``decay_rate`` at every ``decay_steps``-th update.

    >>> StepDecay(0.1, 10, 0.5)([9, 10, 19, 20]).tolist()
    [0.1, 0.05, 0.05, 0.025]
    """

    law = exponential.step_decay
    option_names: ClassVar[tuple[str, ...]] = ("decay_rate", "decay_steps")

    def __init__(
        self, initial_learning_rate: Any, decay_steps: Any, decay_rate: Any, name: str | None = None
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, name)
        self.decay_rate = positive(decay_rate, "decay_rate")


class InverseSquareRootDecay(_Decay):
    """initial / √(1 + t / decay_steps).

    With ``decay_steps`` 1 it is η/√t with t counted from 1; behind a :class:`LinearWarmup` of as many
    steps it is the schedule of Vaswani et al., "Attention is all you need" (2017).

    >>> InverseSquareRootDecay(0.1)([0, 3]).tolist()
    [0.1, 0.05]
    """

    law = inverse.inverse_sqrt_decay

    def __init__(self, initial_learning_rate: Any, decay_steps: Any = 1, name: str | None = None) -> None:
        super().__init__(initial_learning_rate, decay_steps, name)


class PolynomialDecay(_Decay):
    """From the initial rate to ``end_learning_rate`` in ``decay_steps``, a line for power 1; as in Keras.

    With ``cycle`` it rises again whenever the end is reached.

    >>> PolynomialDecay(0.1, 10, 0.0)([0, 5, 10, 50]).tolist()
    [0.1, 0.05, 0.0, 0.0]
    """

    option_names: ClassVar[tuple[str, ...]] = ("decay_steps", "end_learning_rate", "power")

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        end_learning_rate: Any = 0.0001,
        power: Any = 1.0,
        cycle: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, name)
        self.end_learning_rate = at_least_0(end_learning_rate, "end_learning_rate")
        self.power = positive(power, "power")
        self.cycle = flag(cycle, "cycle")

    @property
    def rule(self) -> Rule:
        return polynomial.polynomial_cycle if self.cycle else polynomial.polynomial_decay


class CosineDecay(_Decay):
    """Half a cosine wave down to ``alpha`` times the rate, as in Keras; with a warm-up where asked for.

    The warm-up is a line of ``warmup_steps`` updates from the initial rate to ``warmup_target``, from
    which the wave then falls. Raises ValueError for an ``alpha`` outside [0, 1], or warm-up steps
    without a target.

    >>> CosineDecay(0.1, 10)([0, 5, 10]).round(3).tolist()
    [0.1, 0.05, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        alpha: Any = 0.0,
        name: str | None = None,
        warmup_target: Any = None,
        warmup_steps: Any = 0,
    ) -> None:
        self.initial_learning_rate = at_least_0(initial_learning_rate, "initial_learning_rate")
        self.name = name
        self.decay_steps = positive(decay_steps, "decay_steps")
        self.alpha = share(alpha, "alpha")
        self.warmup_target = None if warmup_target is None else positive(warmup_target, "warmup_target")
        self.warmup_steps = at_least_0(warmup_steps, "warmup_steps")
        if warmup_target is None:
            if warmup_steps != 0:
                raise ValueError(f"warmup_steps={warmup_steps!r} needs a warmup_target")
            positive(initial_learning_rate, "initial_learning_rate")

    @property
    def rises_first(self) -> bool:
        return self.warmup_target is not None

    @property
    def rule(self) -> Rule:
        return cosine.warm_cosine_decay if self.rises_first else cosine.cosine_decay

    @property
    def options(self) -> dict[str, Any]:
        names = ["decay_steps", "alpha"] + ["warmup_target", "warmup_steps"] * self.rises_first
        return {name: getattr(self, name) for name in names}


class PiecewiseConstantDecay(LearningRateSchedule):
    """A rate up to each boundary, and one behind the last; the boundary itself has the rate before it.

    Raises ValueError unless the boundaries rise, and there is one value more than boundaries.

    >>> PiecewiseConstantDecay([100, 200], [0.1, 0.05, 0.01])([100, 101, 201]).tolist()
    [0.1, 0.05, 0.01]
    """

    def __init__(self, boundaries: Sequence[Any], values: Sequence[Any], name: str | None = None) -> None:
        for given, found in (("boundaries", boundaries), ("values", values)):
            if isinstance(found, str) or not isinstance(found, Sequence):
                raise TypeError(f"{given} must be a list of numbers, got {found!r}")
        if len(values) != len(boundaries) + 1 or not boundaries:
            raise ValueError(
                f"values must be one more than boundaries, and there are {len(values)} for {len(boundaries)}"
            )
        self.boundaries = [at_least_0(b, f"boundaries[{k}]") for k, b in enumerate(boundaries)]
        self.values = [at_least_0(v, f"values[{k}]") for k, v in enumerate(values)]
        positive(self.values[0], "values[0]")
        self.name = name
        if any(not low < high for low, high in pairwise(boundaries)):
            raise ValueError(f"boundaries must rise, got {list(boundaries)!r}")

    @property
    def given_rate(self) -> Any:
        return self.values[0]

    @property
    def rule(self) -> Rule:
        return pieces.piecewise_rule(len(self.boundaries))

    @property
    def options(self) -> dict[str, Any]:
        boundaries = {f"b{k}": b for k, b in enumerate(self.boundaries, start=1)}
        return boundaries | {f"v{k}": v for k, v in enumerate(self.values[1:], start=1)}
