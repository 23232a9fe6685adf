"""Units that do not learn: dead ones, and those that are all the same."""

from __future__ import annotations

from chainrule.rules.arrays import Array, absolute, constant, largest, total, where
from chainrule.rules.rule import Slip, rule


@rule(
    tex=r"\max_i (<z>)_{i}",
    slips=(
        Slip(
            "signs_left_out",
            "the sizes are compared without their signs",
            lambda z: largest(absolute(z), axis=0),
            r"\max_i \left| (<z>)_{i} \right|",
        ),
        Slip(
            "mean_for_largest",
            "the mean over the samples is taken, not the largest",
            lambda z: total(z, axis=0) / z.shape[0],
            r"\frac{1}{m} \sum_i (<z>)_{i}",
        ),
    ),
)
def largest_over_samples(z: Array) -> Array:
    """The largest pre-activation of each unit over the samples; shape (k,)."""
    return largest(z, axis=0)


@rule(
    tex=r"\text{number of units with } <top> \le 0",
    slips=(
        Slip(
            "living_counted",
            "the units are counted that still learn",
            lambda top: total(where(top > 0, constant(1, top), constant(0, top))),
            r"\text{number of units with } <top> > 0",
        ),
        Slip(
            "zero_not_counted",
            "a unit whose largest value is 0 is not counted",
            lambda top: total(where(top < 0, constant(1, top), constant(0, top))),
            r"\text{number of units with } <top> < 0",
        ),
    ),
)
def number_dead(top: Array) -> Array:
    """How many units get no pre-activation above 0, so that ReLU gives 0 for every sample.

    >>> import numpy as np
    >>> float(number_dead(np.array([-1.0, 0.0, 2.0])))
    2.0
    """
    return total(where(top <= 0, constant(1, top), constant(0, top)))


@rule(
    tex=r"\text{number of different units in } <kinds>",
    slips=(
        Slip(
            "all_units",
            "all units are counted, those that are the same too",
            lambda kinds: kinds.shape[0],
            r"\text{number of units in } <kinds>",
        ),
    ),
)
def number_different(kinds: Array) -> Array:
    """How many units of a layer differ; ``kinds`` numbers each unit's kind, from 0.

    >>> import numpy as np
    >>> int(number_different(np.array([0, 1, 0])))
    2
    """
    return largest(kinds, axis=0) + 1
