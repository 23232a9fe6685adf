"""Learning rates that fall: the rate in an update, from the first rate and the update's number t.

Sources: Keras 3, keras.optimizers.schedules, which counts t from 0; the courses' η/√t counts from 1.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, cos, exp, floor, pi, sqrt, where
from chainrule.rules.rule import rule


@rule(tex=r"\frac{<learning_rate>}{\sqrt{<t>}}")
def inverse_sqrt(learning_rate: Array, t: Array) -> Array:
    """The rate of AdaGrad's analysis, and the courses'.

    >>> import numpy as np
    >>> inverse_sqrt(np.float64(0.1), np.float64(4)).item()
    0.05
    """
    return learning_rate / sqrt(t)


@rule(tex=r"\frac{<learning_rate>}{<t>}")
def inverse(learning_rate: Array, t: Array) -> Array:
    """The rate of Robbins and Monro (1951)."""
    return learning_rate / t


@rule(tex=r"\frac{<learning_rate>}{1 + <decay_rate> \cdot \frac{<t>}{<decay_steps>}}")
def inverse_time_decay(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The rate divided by 1 and a bit more in every update."""
    return learning_rate / (1 + decay_rate * (t / decay_steps))


@rule(
    tex=r"\frac{<learning_rate>}{1 + <decay_rate> \cdot \left\lfloor \frac{<t>}{<decay_steps>} \right\rfloor}"
)
def inverse_time_staircase(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The same, falling only at every ``decay_steps``-th update."""
    return learning_rate / (1 + decay_rate * floor(t / decay_steps))


@rule(tex=r"<learning_rate> \cdot <decay_rate>^{<t> / <decay_steps>}")
def exponential_decay(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The rate times ``decay_rate`` for every ``decay_steps`` updates, smoothly."""
    return learning_rate * decay_rate ** (t / decay_steps)


@rule(tex=r"<learning_rate> \cdot <decay_rate>^{\lfloor <t> / <decay_steps> \rfloor}")
def step_decay(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The rate times ``decay_rate`` at every ``decay_steps``-th update: a staircase."""
    return learning_rate * decay_rate ** floor(t / decay_steps)


@rule(tex=r"<learning_rate> \cdot e^{-<k> \cdot <t>}")
def natural_decay(learning_rate: Array, t: Array, *, k: Array) -> Array:
    """The rate falling by the factor e^-k in every update."""
    return learning_rate * exp(-(k * t))


@rule(
    tex=r"<learning_rate> \cdot \left( <alpha> + (1 - <alpha>) \cdot"
    r" \frac{1 + \cos(\pi \cdot \min(<t>, <decay_steps>) / <decay_steps>)}{2} \right)"
)
def cosine_decay(learning_rate: Array, t: Array, *, decay_steps: Array, alpha: Array) -> Array:
    """Half a cosine wave, from the rate down to ``alpha`` times the rate; then it stays there."""
    done = where(t < decay_steps, t, constant(decay_steps, t))
    return learning_rate * (alpha + (1 - alpha) * (1 + cos(pi(t) * (done / decay_steps))) / 2)


@rule(
    tex=r"(<learning_rate> - <end_learning_rate>) \cdot"
    r" \left( 1 - \frac{\min(<t>, <decay_steps>)}{<decay_steps>} \right)^{<power>} + <end_learning_rate>"
)
def polynomial_decay(
    learning_rate: Array, t: Array, *, decay_steps: Array, end_learning_rate: Array, power: Array
) -> Array:
    """A power of what is left, from the rate to ``end_learning_rate``: a line for power 1."""
    done = where(t < decay_steps, t, constant(decay_steps, t))
    return (learning_rate - end_learning_rate) * (1 - done / decay_steps) ** power + end_learning_rate
