"""Learning rates that fall, as a line before the update; names and arguments are Keras' where it has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from chainrule.paper.sheet import Table
from chainrule.paper.topics.optimizer.lines import (
    Arguments,
    Line,
    NotNegative,
    Positive,
    Ref,
    Share,
    named,
    now,
)
from chainrule.rules.rule import Rule
from chainrule.rules.schedules import cosine, exponential, inverse, polynomial


class Schedule(Arguments):
    """A learning rate that falls; ``first`` is what the first update counts as."""

    rule: ClassVar[Rule]
    first: int = Field(0, ge=0, le=10**6)

    def line(self) -> Line:
        """The learning rate of update t."""
        count = {0: "t - 1", 1: "t"}.get(self.first, f"t + {self.first - 1}")
        inputs = (Ref("learning_rate"), now("s"))
        return Line("learning_rate", self.law(), inputs, {k: k for k in self.numbers()}, count)

    def law(self) -> Rule:
        return self.rule


class InverseSqrt(Schedule):
    rule = inverse.inverse_sqrt
    first: int = Field(1, ge=1, le=10**6)


class Inverse(Schedule):
    rule = inverse.inverse
    first: int = Field(1, ge=1, le=10**6)


class _Stairs(Schedule):
    decay_steps: Positive = Field(1, validate_default=True)
    decay_rate: NotNegative
    staircase: bool = False
    stairs: ClassVar[Rule]

    def law(self) -> Rule:
        return self.stairs if self.staircase else self.rule


class ExponentialDecay(_Stairs):
    rule, stairs = exponential.exponential_decay, exponential.step_decay
    decay_rate: Positive


class StepDecay(Schedule):
    rule = exponential.step_decay
    decay_rate: Positive
    decay_steps: Positive


class InverseTimeDecay(_Stairs):
    rule, stairs = inverse.inverse_time_decay, inverse.inverse_time_staircase


class NaturalDecay(Schedule):
    rule = exponential.natural_decay
    k: NotNegative


class CosineDecay(Schedule):
    rule = cosine.cosine_decay
    decay_steps: Positive
    alpha: Share = Field(0, validate_default=True)


class PolynomialDecay(Schedule):
    rule = polynomial.polynomial_decay
    decay_steps: Positive
    end_learning_rate: NotNegative = Field(0.0001, validate_default=True)
    power: Positive = Field(1, validate_default=True)


SCHEDULES: Mapping[str, type[Schedule]] = {
    "InverseSqrt": InverseSqrt,
    "Inverse": Inverse,
    "StepDecay": StepDecay,
    "ExponentialDecay": ExponentialDecay,
    "NaturalDecay": NaturalDecay,
    "InverseTimeDecay": InverseTimeDecay,
    "CosineDecay": CosineDecay,
    "PolynomialDecay": PolynomialDecay,
}


def read_schedule(table: Table | None) -> Schedule | None:
    """The schedule of a table. Raises SheetError, naming what is wrong."""
    if table is None:
        return None
    return named("schedule", table, SCHEDULES).of("schedule", table)
