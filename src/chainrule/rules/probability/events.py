"""Events: their probabilities, conditions, and Bayes' theorem.

Source: Grinstead and Snell, Introduction to Probability (1997), chapters 1 and 4.
"""

from __future__ import annotations

import operator
from functools import cache, reduce

from chainrule.rules.arrays import Array, constant, total, where
from chainrule.rules.rule import Rule, Slip, rule
from chainrule.rules.slipping import ADDED


@rule(
    tex=r"\frac{<favourable>}{<possible>}",
    slips=(
        Slip(
            "odds",
            "the favourable are divided by the others, not by all",
            lambda favourable, possible: favourable / (possible - favourable),
            r"\frac{<favourable>}{<possible> - <favourable>}",
        ),
        Slip(
            "others_counted",
            "the outcomes are counted that are not favourable",
            lambda favourable, possible: (possible - favourable) / possible,
            r"\frac{<possible> - <favourable>}{<possible>}",
        ),
    ),
)
def classical(favourable: Array, possible: Array) -> Array:
    """Probability where all outcomes are equally likely; Laplace's definition.

    >>> import numpy as np
    >>> classical(np.array(3.0), np.array(6.0))
    np.float64(0.5)
    """
    return favourable / possible


def sum_over(condition: str) -> Rule:
    """The sum of the probabilities given; ``condition`` says in TeX over what."""
    multiplied = Slip(
        "multiplied",
        "the probabilities are multiplied",
        lambda p: reduce(operator.mul, p),
        rf"\prod_{{{condition}}} <p>",
    )
    return Rule("sum_over", total, tex=rf"\sum_{{{condition}}} <p>", named=("p",), slips=(multiplied,))


@rule(tex=r"1 - <p>", slips=(Slip("not_turned", "the probability is not taken from 1", lambda p: p, "<p>"),))
def complement(p: Array) -> Array:
    """Probability that the event does not happen."""
    return 1 - p


@rule(
    tex=r"<p> + <q> - <both>",
    slips=(
        Slip("counted_twice", "what both share is counted twice", lambda p, q, both: p + q, "<p> + <q>"),
        Slip("multiplied", "the probabilities are multiplied", lambda p, q, both: p * q, r"<p> \cdot <q>"),
        Slip(
            "one_alone",
            "only what happens of one alone is counted",
            lambda p, q, both: p + q - 2 * both,
            "<p> + <q> - 2 <both>",
        ),
    ),
)
def union(p: Array, q: Array, both: Array) -> Array:
    """Probability that at least one of two events happens; inclusion and exclusion."""
    return p + q - both


@rule(
    tex=r"\frac{<both>}{<condition>}",
    slips=(
        Slip("not_divided", "nothing is divided by the condition", lambda both, condition: both, "<both>"),
    ),
)
def conditional(both: Array, condition: Array) -> Array:
    """Probability of one event given another."""
    return both / condition


def conditional_beside(event: str) -> Rule:
    """The rule of a conditional probability, where the event's own probability is the quantity named."""
    tex = rf"P(\text{{{event.removeprefix('P_').replace('_', ' ')}}})"
    return conditional.with_slips(
        Slip(
            "swapped_condition",
            "event and condition are exchanged: P(A | B) and P(B | A) differ",
            lambda both, condition, own: both / own,
            rf"\frac{{<both>}}{{{tex}}}",
            also=(event,),
        ),
        Slip(
            "condition_ignored",
            "the condition is ignored",
            lambda both, condition, own: own,
            tex,
            also=(event,),
        ),
    )


@rule(
    tex=r"<p> \cdot <q>",
    slips=(
        Slip(*ADDED, lambda p, q: p + q, "<p> + <q>"),
        Slip("not_multiplied", "the second factor is left out", lambda p, q: p, "<p>"),
    ),
)
def product(p: Array, q: Array) -> Array:
    """Product of two probabilities: of independent events, or of a likelihood and a prior."""
    return p * q


@rule(tex=r"\left[ <both> = <expected> \right]")
def equal(both: Array, expected: Array) -> Array:
    """Whether two probabilities are equal: 1 or 0."""
    return where(both == expected, constant(1, both), constant(0, both))


@cache
def added(parts: int) -> Rule:
    """The sum of so many quantities, each by its name: the rule of total probability, for one.

    >>> added(2).tex
    '<part1> + <part2>'
    """
    names = tuple(f"part{i}" for i in range(1, parts + 1))
    tex = " + ".join(f"<{name}>" for name in names)
    slips = (
        Slip(
            "multiplied",
            "they are multiplied",
            lambda *values: reduce(operator.mul, values),
            r" \cdot ".join(f"<{name}>" for name in names),
        ),
        Slip("first_alone", "the first alone is taken", lambda *values: values[0], f"<{names[0]}>"),
    )
    return Rule(
        "added",
        lambda *values: reduce(operator.add, values),
        tex=tex,
        named=names,
        slips=slips if parts > 1 else (),
    )


@rule(tex="<p>")
def same(p: Array) -> Array:
    """What another quantity already is."""
    return p
