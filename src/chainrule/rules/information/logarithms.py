"""Logarithms to a base, and the slips of taking another."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache, wraps

from chainrule.rules.arrays import Array, constant, log, log2, where
from chainrule.rules.rule import Rule, Slip

Logarithm = Callable[[Array], Array]


def weighted_log(p: Array, q: Array, logarithm: Logarithm = log) -> Array:
    """p log q, which is 0 where p is 0, whatever q is."""
    nothing = p == 0
    return where(nothing, constant(0, q), p * logarithm(where(nothing, constant(1, q), q)))


@cache
def logarithm_to(base: str) -> Logarithm:
    """The logarithm to a base, given as text.

    >>> import numpy as np
    >>> logarithm_to("2")(np.array([8.0])), logarithm_to("10")(np.array([100.0]))
    (array([3.]), array([2.]))
    """
    if base == "2":
        return log2
    if base == "e":
        return log
    return lambda x: log(x) / log(constant(Decimal(base), x))


def log_tex(base: str) -> str:
    """The logarithm's name in TeX."""
    return r"\ln" if base == "e" else rf"\log_{{{base}}}"


_OTHER_BASES = {
    "e": ("natural_logarithm", "the natural logarithm is taken"),
    "10": ("common_logarithm", "the logarithm to base 10 is taken"),
    "2": ("binary_logarithm", "the logarithm to base 2 is taken"),
}


def _other_bases(base: str, rule_to: Callable[[str], Rule]) -> tuple[Slip, ...]:
    """The slips of a logarithm to another base, from the rule for a base."""
    others = {other: said for other, said in _OTHER_BASES.items() if other != base}
    return tuple(Slip(*said, (made := rule_to(other)).function, made.tex) for other, said in others.items())


def with_other_bases(made: Callable[[str], Rule]) -> Callable[[str], Rule]:
    """Rules made for a base, each with the slips of the other bases."""

    @wraps(made)
    def for_base(base: str) -> Rule:
        rule = made(base)
        return rule.with_slips(*_other_bases(base, made))

    return cache(for_base)
