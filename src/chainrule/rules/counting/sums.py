"""Sums of counts: over layers, over a batch, in bytes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import cache, reduce

from chainrule.rules.arrays import Array, constant
from chainrule.rules.counting.terms import numbered, product, shortened
from chainrule.rules.rule import Rule, Slip, rule


@cache
def sum_of(count: int, one_by_one: tuple[int, ...] = ()) -> Rule:
    """The rule that adds so many counts; ``one_by_one`` are those of 1×1 convolutions, from 0.

    >>> sum_of(2).tex, sum_of(9).tex
    ('<p1> + <p2>', '<p1> + <p2> + <p3> + \\\\cdots + <p9>')
    >>> [slip.id for slip in sum_of(3, (0,)).slips]
    ['last_left_out', 'one_by_one_left_out']
    """
    names = numbered("p", count)

    def tex(places: Sequence[int]) -> str:
        return " + ".join(shortened([f"<{names[i]}>" for i in places]))

    def add_up(places: Sequence[int]) -> Callable[..., Array]:
        return lambda *counts: reduce(operator.add, [counts[i] for i in places])

    def left_out(slip: str, what: str, without: Sequence[int]) -> Slip:
        places = [i for i in range(count) if i not in without]
        return Slip(slip, what, add_up(places), tex(places))

    slips = [left_out("last_left_out", "the last is left out", [count - 1])] if count > 1 else []
    if 0 < len(one_by_one) < count:
        slips.append(left_out("one_by_one_left_out", "the 1×1 convolutions are left out", one_by_one))
    return Rule("sum", add_up(range(count)), tex(range(count)), named=names, slips=tuple(slips))


@rule(tex=r"0")
def nothing(shape: Array) -> Array:
    """No parameters, or no multiplications, whatever the shape."""
    return constant(0, shape[0])


@cache
def values_of(count: int) -> Rule:
    """The rule that counts the numbers in so many outputs."""

    def add_up(*shapes: Array) -> Array:
        total = product(shapes[0])
        for shape in shapes[1:]:
            total = total + product(shape)
        return total

    without_input = Slip(
        "input_left_out",
        "the input is left out",
        lambda first, *others: add_up(*others),
        r"\sum \text{product of each shape but the first}",
    )
    tex = r"\sum \text{product of each shape}"
    return Rule(
        "values",
        add_up,
        tex,
        named=numbered("shape", count),
        slips=(without_input,) if count > 1 else (),
    )


@rule(
    tex=r"<rows> \cdot <count>",
    slips=(Slip("one_sample", "one sample is counted, not the batch", lambda rows, count: count, "<count>"),),
)
def for_a_batch(rows: Array, count: Array) -> Array:
    """A count for all samples of a batch."""
    return rows * count


@rule(
    tex=r"<bytes> \cdot <count>",
    slips=(
        Slip(
            "in_bits",
            "bits are counted, not bytes",
            lambda count, bytes: 8 * bytes * count,  # noqa: A006
            r"8 \cdot <bytes> \cdot <count>",
        ),
        Slip(
            "bytes_left_out",
            "the numbers are counted, not the bytes that each takes",
            lambda count, bytes: count,  # noqa: A006
            "<count>",
        ),
    ),
)
def in_bytes(count: Array, bytes: Array) -> Array:  # noqa: A002 - the name of the unit
    """The memory that so many numbers take."""
    return bytes * count
