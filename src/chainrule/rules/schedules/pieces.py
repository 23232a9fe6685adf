"""Rates put together: constant pieces, and a line up to another schedule.

Source: Keras 3, keras.optimizers.schedules, which counts t from 0.
"""

from __future__ import annotations

from functools import cache

from chainrule.rules.arrays import Array, constant, where
from chainrule.rules.rule import Rule, rule


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
