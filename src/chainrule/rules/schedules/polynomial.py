"""Rates along a power of what is left.

Source: Keras 3, keras.optimizers.schedules, which counts t from 0.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, ceil, constant, where
from chainrule.rules.rule import Slip, rule
from chainrule.rules.schedules.slips import counted


def _left(t: Array, decay_steps: Array) -> Array:
    """What is left of the way, from 1 down to 0."""
    return 1 - where(t < decay_steps, t / decay_steps, constant(1, t))


@counted
@rule(
    tex=r"(<learning_rate> - <end_learning_rate>) \cdot"
    r" \left( 1 - \frac{\min(<t>, <decay_steps>)}{<decay_steps>} \right)^{<power>} + <end_learning_rate>",
    slips=(
        Slip(
            "end_not_subtracted",
            "the last rate is not taken from the first",
            lambda learning_rate, t, *, decay_steps, end_learning_rate, power: (
                learning_rate * _left(t, decay_steps) ** power + end_learning_rate
            ),
            r"<learning_rate> \cdot \left( 1 - \frac{<t>}{<decay_steps>} \right)^{<power>}"
            r" + <end_learning_rate>",
        ),
        Slip(
            "end_not_added",
            "the last rate is not added",
            lambda learning_rate, t, *, decay_steps, end_learning_rate, power: (
                (learning_rate - end_learning_rate) * _left(t, decay_steps) ** power
            ),
            r"(<learning_rate> - <end_learning_rate>) \cdot"
            r" \left( 1 - \frac{<t>}{<decay_steps>} \right)^{<power>}",
        ),
    ),
)
def polynomial_decay(
    learning_rate: Array, t: Array, *, decay_steps: Array, end_learning_rate: Array, power: Array
) -> Array:
    """A power of what is left, from the rate to ``end_learning_rate``: a line for power 1."""
    return (learning_rate - end_learning_rate) * _left(t, decay_steps) ** power + end_learning_rate


@rule(
    tex=r"(<learning_rate> - <end_learning_rate>) \cdot \left( 1 - \frac{<t>}{<decay_steps> \cdot"
    r" \lceil <t> / <decay_steps> \rceil} \right)^{<power>} + <end_learning_rate>"
)
def polynomial_cycle(
    learning_rate: Array, t: Array, *, decay_steps: Array, end_learning_rate: Array, power: Array
) -> Array:
    """The same, rising again whenever the end is reached, and falling ever more slowly."""
    cycles = where(t > 0, ceil(t / decay_steps), constant(1, t))
    return (learning_rate - end_learning_rate) * (1 - t / (decay_steps * cycles)) ** power + end_learning_rate
