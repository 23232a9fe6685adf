"""Densities in pieces, and integrals over them.

Source: Grinstead and Snell, Introduction to Probability (1997), chapter 5.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from chainrule.rules.arrays import Array, constant
from chainrule.rules.probability.slips import NOTHING
from chainrule.rules.rule import Rule, Slip, rule
from chainrule.rules.slipping import ADDED


@rule(
    tex=r"<high> - <low>",
    slips=(
        Slip(*ADDED, lambda high, low: high + low, "<high> + <low>"),
        Slip(NOTHING, "nothing is subtracted", lambda high, low: high + 0 * low, "<high>"),
    ),
)
def difference(high: Array, low: Array) -> Array:
    """How much larger one quantity is: of F at both ends, the probability of an interval."""
    return high - low


@rule(tex="0")
def outside(x: Array) -> Array:
    """Density where it has no formula, or distribution function below everything: 0."""
    return constant(0, x)


def level(value: Any, tex: str) -> Rule:
    """A density that has the same value everywhere on its interval."""
    return Rule("level", lambda x: constant(value, x), tex=tex)


@dataclass(frozen=True)
class Integration:
    """One integral: how it is worked from both limits, and how it is written.

    ``antiderivative`` is empty where none is known, and ``at`` gives its value at one limit. A limit that
    is infinite is given here, with its TeX; a finite one is an input of the rule.
    """

    function: Callable[[Any, Any], Any]
    integrand: str
    antiderivative: str = ""
    low: float | None = None
    high: float | None = None
    at: Callable[[Any], Any] | None = None

    def limits(self, i: int) -> tuple[str, ...]:
        """Names of the limits that are inputs."""
        ends = ((f"low{i}", self.low), (f"high{i}", self.high))
        return tuple(name for name, fixed in ends if fixed is None)

    def tex(self, i: int) -> tuple[str, str]:
        """The integral, and the antiderivative between the limits."""
        low = f"<low{i}>" if self.low is None else r"-\infty"
        high = f"<high{i}>" if self.high is None else r"\infty"
        between = rf"\left[ {self.antiderivative} \right]_{{{low}}}^{{{high}}}" if self.antiderivative else ""
        return rf"\int_{{{low}}}^{{{high}}} {self.integrand} \, dx", between


def definite_integral(parts: tuple[Integration, ...]) -> Rule:
    r"""The sum of integrals over one interval or several; the finite limits are the rule's inputs.

    >>> definite_integral((Integration(lambda a, b: b**2 - a**2, "2 x", "x^2"),)).tex
    '\\int_{<low1>}^{<high1>} 2 x \\, dx = \\left[ x^2 \\right]_{<low1>}^{<high1>}'
    """

    def each(limits: tuple[Array, ...]) -> Iterator[tuple[Integration, Any, Any]]:
        left = [limit[()] for limit in limits]
        for part in parts:
            low = left.pop(0) if part.low is None else part.low
            yield part, low, left.pop(0) if part.high is None else part.high

    def function(*limits: Array) -> Array:
        values = [part.function(low, high) for part, low, high in each(limits)]
        return np.asarray(reduce(operator.add, values), dtype=object)

    def upper_alone(*limits: Array) -> Array:
        values = [part.at(high) for part, _, high in each(limits) if part.at is not None]
        return np.asarray(reduce(operator.add, values), dtype=object)

    what = "the lower limit is not put in"

    whole, between = zip(*(part.tex(i) for i, part in enumerate(parts, 1)), strict=True)
    tex = " + ".join(whole) + (" = " + " + ".join(between) if all(between) else "")
    names = tuple(name for i, part in enumerate(parts, 1) for name in part.limits(i))
    at_high = (rf"\left[ {p.antiderivative} \right]^{{{_upper(p, i)}}}" for i, p in enumerate(parts, 1))
    slip = Slip("lower_limit_left_out", what, upper_alone, " + ".join(at_high))
    slips = (slip,) if all(part.at for part in parts) else ()
    return Rule("definite_integral", function, tex=tex, named=names, slips=slips)


def _upper(part: Integration, i: int) -> str:
    return f"<high{i}>" if part.high is None else r"\infty"
