"""Rates along a cosine wave.

Sources: Loshchilov, Hutter, "SGDR" (ICLR 2017); Smith, Topin, "Super-convergence" (2018) for one cycle.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, cos, pi, where
from chainrule.rules.rule import Slip, rule
from chainrule.rules.schedules.slips import counted


def _falling_wave(part: Array, t: Array) -> Array:
    """Half a cosine wave, from 1 at part 0 to 0 at part 1; t says which kind of number π is."""
    return (1 + cos(pi(t) * part)) / 2


@counted
@rule(
    tex=r"<learning_rate> \cdot \left( <alpha> + (1 - <alpha>) \cdot"
    r" \frac{1 + \cos(\pi \cdot \min(<t>, <decay_steps>) / <decay_steps>)}{2} \right)",
    slips=(
        Slip(
            "degrees",
            "the cosine is taken of degrees",
            lambda learning_rate, t, *, decay_steps, alpha: (
                learning_rate * (alpha + (1 - alpha) * (1 + cos(pi(t) * pi(t) / 180 * (t / decay_steps))) / 2)
            ),
            r"<learning_rate> \cdot \left( <alpha> + (1 - <alpha>) \cdot"
            r" \frac{1 + \cos(\pi^{\circ} \cdot <t> / <decay_steps>)}{2} \right)",
        ),
        Slip(
            "no_half",
            "the wave is not halved",
            lambda learning_rate, t, *, decay_steps, alpha: (
                learning_rate * (alpha + (1 - alpha) * (1 + cos(pi(t) * (t / decay_steps))))
            ),
            r"<learning_rate> \cdot \left( <alpha> + (1 - <alpha>) \cdot"
            r" (1 + \cos(\pi \cdot <t> / <decay_steps>)) \right)",
        ),
    ),
)
def cosine_decay(learning_rate: Array, t: Array, *, decay_steps: Array, alpha: Array) -> Array:
    """Half a cosine wave, from the rate down to ``alpha`` times the rate; then it stays there."""
    wave = alpha + (1 - alpha) * _falling_wave(t / decay_steps, t)
    return where(t < decay_steps, learning_rate * wave, learning_rate * alpha)


@rule(
    tex=r"\begin{cases} <learning_rate> + (<warmup_target> - <learning_rate>) \cdot"
    r" \frac{<t>}{<warmup_steps>} & \text{if } <t> < <warmup_steps> \\"
    r" <warmup_target> \cdot \left( <alpha> + (1 - <alpha>) \cdot"
    r" \frac{1 + \cos(\pi \cdot \min(<t> - <warmup_steps>, <decay_steps>) / <decay_steps>)}{2}"
    r" \right) & \text{else} \end{cases}"
)
def warm_cosine_decay(
    learning_rate: Array,
    t: Array,
    *,
    decay_steps: Array,
    alpha: Array,
    warmup_target: Array,
    warmup_steps: Array,
) -> Array:
    """A line from the rate up to ``warmup_target``, then half a cosine wave down from there."""
    # Where there is no warm-up, its line is not used: then it may be divided by anything.
    line = learning_rate + (warmup_target - learning_rate) * (t / (warmup_steps if warmup_steps != 0 else 1))
    wave = alpha + (1 - alpha) * _falling_wave((t - warmup_steps) / decay_steps, t)
    fallen = where(t < decay_steps + warmup_steps, warmup_target * wave, warmup_target * alpha)
    return where(t < warmup_steps, line, fallen)


@rule(
    tex=r"\begin{cases} \frac{<learning_rate>}{<div_factor>} + \left( <learning_rate> -"
    r" \frac{<learning_rate>}{<div_factor>} \right) \cdot"
    r" \frac{1 - \cos(\pi \cdot <t> / <rising_steps>)}{2} & \text{if } <t> < <rising_steps> \\"
    r" \text{end} + (<learning_rate> - \text{end}) \cdot"
    r" \frac{1 + \cos(\pi \cdot (<t> - <rising_steps>) / (<total_steps> - <rising_steps>))}{2}"
    r" & \text{if } <t> < <total_steps> \\"
    r" \text{end} = \frac{<learning_rate>}{<div_factor> \cdot <final_div_factor>} & \text{else} \end{cases}"
)
def one_cycle(
    learning_rate: Array,
    t: Array,
    *,
    rising_steps: int,
    total_steps: int,
    div_factor: Array,
    final_div_factor: Array,
) -> Array:
    """Up to the given rate in half a cosine wave, then down in a longer one, far below the beginning."""
    first, last = learning_rate / div_factor, learning_rate / (div_factor * final_div_factor)
    up = first + (learning_rate - first) * (1 - _falling_wave(t / rising_steps, t))
    down = last + (learning_rate - last) * _falling_wave((t - rising_steps) / (total_steps - rising_steps), t)
    return where(t < rising_steps, up, where(t < total_steps, down, last))
