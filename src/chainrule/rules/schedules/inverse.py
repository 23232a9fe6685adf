"""Rates divided by the number of the update, or by its root.

Source: Keras 3, keras.optimizers.schedules, which counts t from 0; the courses' η/√t counts from 1;
Vaswani et al., "Attention is all you need" (2017) for the inverse square root behind a warm-up.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, ceil, floor, sqrt
from chainrule.rules.rule import Slip, rule
from chainrule.rules.schedules.slips import NO_STEPS, SMOOTH, counted, earlier
from chainrule.rules.slipping import CEILING_FOR_FLOOR, NO_ROOT


@rule(
    tex=r"\frac{<learning_rate>}{\sqrt{<t>}}",
    slips=(
        Slip(
            *NO_ROOT,
            lambda learning_rate, t: learning_rate / t,
            r"\frac{<learning_rate>}{<t>}",
        ),
        earlier(lambda learning_rate, t: learning_rate / sqrt(t), r"\frac{<learning_rate>}{\sqrt{<t>}}"),
    ),
)
def inverse_sqrt(learning_rate: Array, t: Array) -> Array:
    """The rate of AdaGrad's analysis, and the courses'.

    >>> import numpy as np
    >>> inverse_sqrt(np.float64(0.1), np.float64(4)).item()
    0.05
    """
    return learning_rate / sqrt(t)


@rule(
    tex=r"\frac{<learning_rate>}{<t>}",
    slips=(
        earlier(lambda learning_rate, t: learning_rate / t, r"\frac{<learning_rate>}{<t>}"),
        Slip(
            "root_taken",
            "the root of t is taken",
            lambda learning_rate, t: learning_rate / sqrt(t),
            r"\frac{<learning_rate>}{\sqrt{<t>}}",
        ),
    ),
)
def inverse(learning_rate: Array, t: Array) -> Array:
    """The rate of Robbins and Monro (1951)."""
    return learning_rate / t


@counted
@rule(
    tex=r"\frac{<learning_rate>}{1 + <decay_rate> \cdot \frac{<t>}{<decay_steps>}}",
    slips=(
        Slip(
            "no_decay_steps",
            NO_STEPS,
            lambda learning_rate, t, *, decay_rate, decay_steps: learning_rate / (1 + decay_rate * t),
            r"\frac{<learning_rate>}{1 + <decay_rate> \cdot <t>}",
        ),
    ),
)
def inverse_time_decay(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The rate divided by 1 and a bit more in every update."""
    return learning_rate / (1 + decay_rate * (t / decay_steps))


@counted
@rule(
    tex=r"\frac{<learning_rate>}{1 + <decay_rate> \cdot"
    r" \left\lfloor \frac{<t>}{<decay_steps>} \right\rfloor}",
    slips=(
        Slip(
            "no_floor",
            SMOOTH,
            lambda learning_rate, t, *, decay_rate, decay_steps: (
                learning_rate / (1 + decay_rate * (t / decay_steps))
            ),
            r"\frac{<learning_rate>}{1 + <decay_rate> \cdot \frac{<t>}{<decay_steps>}}",
        ),
        Slip(
            *CEILING_FOR_FLOOR,
            lambda learning_rate, t, *, decay_rate, decay_steps: (
                learning_rate / (1 + decay_rate * ceil(t / decay_steps))
            ),
            r"\frac{<learning_rate>}{1 + <decay_rate> \cdot \left\lceil \frac{<t>}{<decay_steps>}"
            r" \right\rceil}",
        ),
    ),
)
def inverse_time_staircase(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The same, falling only at every ``decay_steps``-th update."""
    return learning_rate / (1 + decay_rate * floor(t / decay_steps))


@counted
@rule(
    tex=r"\frac{<learning_rate>}{\sqrt{1 + <t> / <decay_steps>}}",
    slips=(
        Slip(
            *NO_ROOT,
            lambda learning_rate, t, *, decay_steps: learning_rate / (1 + t / decay_steps),
            r"\frac{<learning_rate>}{1 + <t> / <decay_steps>}",
        ),
    ),
)
def inverse_sqrt_decay(learning_rate: Array, t: Array, *, decay_steps: Array) -> Array:
    """The rate divided by the root of 1 and the updates done; η/√t where ``decay_steps`` is 1.

    >>> import numpy as np
    >>> inverse_sqrt_decay(np.float64(0.1), np.float64(3), decay_steps=1).item()
    0.05
    """
    return learning_rate / sqrt(1 + t / decay_steps)
