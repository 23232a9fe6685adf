"""What the counts share: the numbers of a shape, names and formulas of many terms, slips with biases."""

from __future__ import annotations

from chainrule.rules.arrays import Array, namespace

LONGEST_FORMULA = 6
"""Terms of a sum. Of a longer one the first few and the last are written."""


def product(shape: Array) -> Array:
    return namespace(shape).prod(shape)


def numbered(stem: str, count: int) -> tuple[str, ...]:
    return tuple(f"{stem}{i}" for i in range(1, count + 1))


def shortened(terms: list[str]) -> list[str]:
    return terms if len(terms) <= LONGEST_FORMULA else [*terms[:3], r"\cdots", terms[-1]]
