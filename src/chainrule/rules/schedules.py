"""Learning rates that fall or rise: the rate in an update, from a given rate and the update's number t.

Sources: Keras 3, keras.optimizers.schedules, which counts t from 0; the courses' η/√t counts from 1;
Loshchilov, Hutter, "SGDR" (ICLR 2017) for the cosine; Vaswani et al., "Attention is all you need" (2017)
for the inverse square root behind a warm-up; Smith, Topin, "Super-convergence" (2018) for one cycle.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from chainrule.rules.arrays import Array, ceil, constant, cos, exp, floor, pi, sqrt, where
from chainrule.rules.rule import Rule, Slip, rule


def _later(function: Callable[..., Array], tex: str) -> Slip:
    """The slip of a rule that counts updates from 0."""

    def counted(learning_rate: Array, t: Array, **options: Array) -> Array:
        return function(learning_rate, t + 1, **options)

    return Slip("counted_from_one", "the updates are counted from 1", counted, _with_count(tex, "+ 1"))


def _earlier(function: Callable[..., Array], tex: str) -> Slip:
    """The slip of a rule that counts updates from 1."""

    def counted(learning_rate: Array, t: Array, **options: Array) -> Array:
        return function(learning_rate, t - 1, **options)

    return Slip("counted_from_zero", "the updates are counted from 0", counted, _with_count(tex, "- 1"))


def _with_count(tex: str, more: str) -> str:
    return tex.replace("<t>", f"(<t> {more})")


def _counted(made: Rule) -> Rule:
    """A rule of updates counted from 0 with the slip of counting them from 1."""
    counted = made.with_slips(_later(made.function, made.tex))
    object.__setattr__(counted, "__doc__", made.__doc__)
    return counted


_SMOOTH = "it falls smoothly instead of in steps"
_ROUNDED_UP = "it is rounded up instead of down"
_NO_STEPS = "the number of steps that the rate falls in is left out"


@rule(
    tex=r"\frac{<learning_rate>}{\sqrt{<t>}}",
    slips=(
        Slip(
            "no_root",
            "the root is left out",
            lambda learning_rate, t: learning_rate / t,
            r"\frac{<learning_rate>}{<t>}",
        ),
        _earlier(lambda learning_rate, t: learning_rate / sqrt(t), r"\frac{<learning_rate>}{\sqrt{<t>}}"),
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
        _earlier(lambda learning_rate, t: learning_rate / t, r"\frac{<learning_rate>}{<t>}"),
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


@_counted
@rule(
    tex=r"\frac{<learning_rate>}{1 + <decay_rate> \cdot \frac{<t>}{<decay_steps>}}",
    slips=(
        Slip(
            "no_decay_steps",
            _NO_STEPS,
            lambda learning_rate, t, *, decay_rate, decay_steps: learning_rate / (1 + decay_rate * t),
            r"\frac{<learning_rate>}{1 + <decay_rate> \cdot <t>}",
        ),
    ),
)
def inverse_time_decay(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The rate divided by 1 and a bit more in every update."""
    return learning_rate / (1 + decay_rate * (t / decay_steps))


@_counted
@rule(
    tex=r"\frac{<learning_rate>}{1 + <decay_rate> \cdot"
    r" \left\lfloor \frac{<t>}{<decay_steps>} \right\rfloor}",
    slips=(
        Slip(
            "no_floor",
            _SMOOTH,
            lambda learning_rate, t, *, decay_rate, decay_steps: (
                learning_rate / (1 + decay_rate * (t / decay_steps))
            ),
            r"\frac{<learning_rate>}{1 + <decay_rate> \cdot \frac{<t>}{<decay_steps>}}",
        ),
        Slip(
            "ceiling_for_floor",
            _ROUNDED_UP,
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


@_counted
@rule(
    tex=r"<learning_rate> \cdot <decay_rate>^{<t> / <decay_steps>}",
    slips=(
        Slip(
            "no_decay_steps",
            _NO_STEPS,
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


@_counted
@rule(
    tex=r"<learning_rate> \cdot <decay_rate>^{\lfloor <t> / <decay_steps> \rfloor}",
    slips=(
        Slip(
            "no_floor",
            _SMOOTH,
            lambda learning_rate, t, *, decay_rate, decay_steps: (
                learning_rate * decay_rate ** (t / decay_steps)
            ),
            r"<learning_rate> \cdot <decay_rate>^{<t> / <decay_steps>}",
        ),
        Slip(
            "ceiling_for_floor",
            _ROUNDED_UP,
            lambda learning_rate, t, *, decay_rate, decay_steps: (
                learning_rate * decay_rate ** ceil(t / decay_steps)
            ),
            r"<learning_rate> \cdot <decay_rate>^{\lceil <t> / <decay_steps> \rceil}",
        ),
        Slip(
            "no_decay_steps",
            _NO_STEPS,
            lambda learning_rate, t, *, decay_rate, decay_steps: learning_rate * decay_rate**t,
            r"<learning_rate> \cdot <decay_rate>^{<t>}",
        ),
    ),
)
def step_decay(learning_rate: Array, t: Array, *, decay_rate: Array, decay_steps: Array) -> Array:
    """The rate times ``decay_rate`` at every ``decay_steps``-th update: a staircase."""
    return learning_rate * decay_rate ** floor(t / decay_steps)


@_counted
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


@_counted
@rule(
    tex=r"\frac{<learning_rate>}{\sqrt{1 + <t> / <decay_steps>}}",
    slips=(
        Slip(
            "no_root",
            "the root is left out",
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


@_counted
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


def _falling_wave(part: Array, t: Array) -> Array:
    """Half a cosine wave, from 1 at part 0 to 0 at part 1; t says which kind of number π is."""
    return (1 + cos(pi(t) * part)) / 2


def _left(t: Array, decay_steps: Array) -> Array:
    """What is left of the way, from 1 down to 0."""
    return 1 - where(t < decay_steps, t / decay_steps, constant(1, t))


@_counted
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


@cache
def piecewise_rule(count: int) -> Rule:
    """The given rate up to the boundary ``b1``, then the value ``v1`` up to ``b2``, and so on.

    ``count`` is how many boundaries there are; the update that is one has the value before it, as in Keras.

    >>> import numpy as np
    >>> options = {"b1": 2, "b2": 5, "v1": 0.5, "v2": 0.1}
    >>> [piecewise_rule(2)(np.float64(1), np.float64(t), **options).item() for t in (2, 3, 5, 6)]
    [1.0, 0.5, 0.5, 0.1]
    """
    cases = [r"<learning_rate> & \text{if } <t> \le <b1>"]
    cases += [rf"<v{k}> & \text{{if }} <t> \le <b{k + 1}>" for k in range(1, count)]
    cases += [rf"<v{count}> & \text{{else}}"]

    def function(learning_rate: Array, t: Array, **options: Array) -> Array:
        rate = learning_rate
        for k in range(1, count + 1):
            rate = where(t > options[f"b{k}"], constant(options[f"v{k}"], learning_rate), rate)
        return rate

    tex = r"\begin{cases} " + r" \\ ".join(cases) + r" \end{cases}"
    return Rule("piecewise_constant", function, tex, named=("learning_rate", "t"))


@rule(tex=r"<learning_rate>")
def constant_rate(learning_rate: Array, t: Array) -> Array:
    """The same rate in every update."""
    return learning_rate


@cache
def warmed_rule(after: Rule) -> Rule:
    """A line up to the given rate, and then another rule, whose updates are counted from there.

    >>> import numpy as np
    >>> rate = warmed_rule(constant_rate)
    >>> [rate(1.0, np.float64(t), warmup_steps=4, first=0.0).item() for t in (0, 1, 4, 9)]
    [0.0, 0.25, 1.0, 1.0]
    """

    def function(
        learning_rate: Array, t: Array, *, warmup_steps: Array, first: Array, **options: Array
    ) -> Array:
        line = first + (learning_rate - first) * (t / warmup_steps)
        since = where(t > warmup_steps, t - warmup_steps, constant(0, t))
        return where(t < warmup_steps, line, after.function(learning_rate, since, **options))

    later = after.tex.replace("<t>", "(<t> - <warmup_steps>)")
    tex = (
        r"\begin{cases} <first> + (<learning_rate> - <first>) \cdot \frac{<t>}{<warmup_steps>}"
        rf" & \text{{if }} <t> < <warmup_steps> \\ {later} & \text{{else}} \end{{cases}}"
    )
    return Rule(f"warm_{after.name}", function, tex, named=("learning_rate", "t"))
