"""Learning rates that change from update to update; Keras' schedules, and those that it lacks.

A schedule stands for an optimizer's learning rate. Called with the number of updates done, or an array of
such numbers, it gives the rate of the next, as in Keras.
"""

from __future__ import annotations

from chainrule.lookup import with_aliases
from chainrule.optimizers.schedules.base import LEARNING_RATE, RATE, UPDATES, LearningRateSchedule
from chainrule.optimizers.schedules.decays import (
    CosineDecay,
    ExponentialDecay,
    InverseSquareRootDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    StepDecay,
)
from chainrule.optimizers.schedules.registry import SCHEDULES, deserialize, get, serialize
from chainrule.optimizers.schedules.warmups import ConstantRate, LinearWarmup, OneCycle

__all__ = [
    "LEARNING_RATE",
    "RATE",
    "SCHEDULES",
    "UPDATES",
    "ConstantRate",
    "CosineDecay",
    "ExponentialDecay",
    "InverseSquareRootDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "LinearWarmup",
    "OneCycle",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "StepDecay",
    "deserialize",
    "get",
    "serialize",
]

SCHEDULES.update(
    with_aliases(
        (
            ConstantRate,
            CosineDecay,
            ExponentialDecay,
            InverseSquareRootDecay,
            InverseTimeDecay,
            LinearWarmup,
            OneCycle,
            PiecewiseConstantDecay,
            PolynomialDecay,
            StepDecay,
        )
    )
)
