"""Finding a schedule by its table, and writing the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.lookup import build
from chainrule.optimizers.schedules.base import LearningRateSchedule

SCHEDULES: dict[str, type[LearningRateSchedule]] = {}
"""All schedules by their names; the package fills it."""


def get(identifier: Any) -> LearningRateSchedule:
    """A schedule from its table or itself.

    >>> table = {"name": "StepDecay", "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}
    >>> get(table)(10).item()
    0.05
    """
    found: LearningRateSchedule = build("schedule", identifier, SCHEDULES, LearningRateSchedule)
    return found


def serialize(schedule: LearningRateSchedule) -> dict[str, Any]:
    """The table that :func:`deserialize` makes the schedule from again."""
    return schedule.table()


def deserialize(table: Mapping[str, Any]) -> LearningRateSchedule:
    """The schedule of a table that :func:`serialize` made."""
    return get(table)
