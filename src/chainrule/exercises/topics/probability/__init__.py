"""Questions about probability: events, Bayes' theorem, tables, random variables, densities."""

from __future__ import annotations

from chainrule.exercises.topics.probability.bayes import several_causes, two_hypotheses
from chainrule.exercises.topics.probability.densities import (
    linear_density,
    normal,
    normal_density,
    uniform,
    uniform_at_points,
    waiting_time,
)
from chainrule.exercises.topics.probability.events import (
    coins,
    independent_events,
    one_die,
    three_events,
    two_dice,
    two_events,
)
from chainrule.exercises.topics.probability.sizes import group, table_of_counts, table_with_verdict
from chainrule.exercises.topics.probability.variables import (
    game,
    heads,
    independent_variables,
    loaded_die,
    random_variable,
    two_variables,
)

__all__ = [
    "coins",
    "game",
    "group",
    "heads",
    "independent_events",
    "independent_variables",
    "linear_density",
    "loaded_die",
    "normal",
    "normal_density",
    "one_die",
    "random_variable",
    "several_causes",
    "table_of_counts",
    "table_with_verdict",
    "three_events",
    "two_dice",
    "two_events",
    "two_hypotheses",
    "two_variables",
    "uniform",
    "uniform_at_points",
    "waiting_time",
]
