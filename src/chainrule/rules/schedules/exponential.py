"""Rates that fall by a factor, smoothly or in steps.

Source: Keras 3, keras.optimizers.schedules, which counts t from 0.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, ceil, exp, floor
from chainrule.rules.rule import Slip, rule
from chainrule.rules.schedules.slips import NO_STEPS, SMOOTH, counted
from chainrule.rules.slipping import CEILING_FOR_FLOOR


@counted
@rule(
    tex=r"<learning_rate> \cdot <decay_rate>^{<t> / <decay_steps>}",
    slips=(
        Slip(
            "no_decay_steps",
            NO_STEPS,
            lambda learning_rate, t, *, decay_rate, decay_steps: learning_rate * decay_rate**t,
            r"<learning_rate> \cdot <decay_rate>^{<t>}",
        ),
        Slip(
            "no_power",
            "the rate is multiplied by the exponent instead of a power",
            lambda learning_rate, t, *, decay_rate, decay_steps: (
                learning_rate * decay_rate * (t / decay_steps)
            ),
            r"<learning_rate> \cdot <decay_rate> \cdot \frac{<t>}{<decay_steps>}",
        ),
    ),
)
def exponential_decay(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The rate times ``decay_rate`` for every ``decay_steps`` updates, smoothly."""
    return learning_rate * decay_rate ** (t / decay_steps)


@counted
@rule(
    tex=r"<learning_rate> \cdot <decay_rate>^{\lfloor <t> / <decay_steps> \rfloor}",
    slips=(
        Slip(
            "no_floor",
            SMOOTH,
            lambda learning_rate, t, *, decay_rate, decay_steps: (
                learning_rate * decay_rate ** (t / decay_steps)
            ),
            r"<learning_rate> \cdot <decay_rate>^{<t> / <decay_steps>}",
        ),
        Slip(
            *CEILING_FOR_FLOOR,
            lambda learning_rate, t, *, decay_rate, decay_steps: (
                learning_rate * decay_rate ** ceil(t / decay_steps)
            ),
            r"<learning_rate> \cdot <decay_rate>^{\lceil <t> / <decay_steps> \rceil}",
        ),
        Slip(
            "no_decay_steps",
            NO_STEPS,
            lambda learning_rate, t, *, decay_rate, decay_steps: learning_rate * decay_rate**t,
            r"<learning_rate> \cdot <decay_rate>^{<t>}",
        ),
    ),
)
def step_decay(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The rate times ``decay_rate`` at every ``decay_steps``-th update: a staircase."""
    return learning_rate * decay_rate ** floor(t / decay_steps)


@counted
@rule(
    tex=r"<learning_rate> \cdot e^{-<k> \cdot <t>}",
    slips=(
        Slip(
            "exponent_sign",
            "the minus in the exponent is left out",
            lambda learning_rate, t, *, k: learning_rate * exp(k * t),
            r"<learning_rate> \cdot e^{<k> \cdot <t>}",
        ),
    ),
)
def natural_decay(learning_rate: Array, t: Array, *, k: Array) -> Array:
    """The rate falling by the factor e^-k in every update."""
    return learning_rate * exp(-(k * t))
