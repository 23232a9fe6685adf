"""Questions about information: distributions, two variables in a table, densities."""

from chainrule.exercises.topics.information.densities import (
    densities_of_powers,
    normal_densities,
    normal_entropy,
    uniform_and_normal,
    uniform_densities,
)
from chainrule.exercises.topics.information.discrete import (
    divergence,
    divergence_both_ways,
    divergence_of_halves,
    entropy,
    entropy_of_halves,
    impossible_outcome,
    one_hot,
)
from chainrule.exercises.topics.information.joint import (
    marginal_distributions,
    mutual_information,
    mutual_information_of_counts,
    mutual_information_of_halves,
)

__all__ = [
    "densities_of_powers",
    "divergence",
    "divergence_both_ways",
    "divergence_of_halves",
    "entropy",
    "entropy_of_halves",
    "impossible_outcome",
    "marginal_distributions",
    "mutual_information",
    "mutual_information_of_counts",
    "mutual_information_of_halves",
    "normal_densities",
    "normal_entropy",
    "one_hot",
    "uniform_and_normal",
    "uniform_densities",
]
