"""Where numbers stand in their order, as machine code: sorted by their digits, the last ones first.

Each pass deals the numbers by one digit into a pile for each of its values, and keeps the order in which
they came (D. E. Knuth, The Art of Computer Programming 3, 5.2.5, algorithm R).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax.numpy as jnp
from llvmlite import ir

from chainrule.rules.arrays import Array
from chainrule.training.native.handler import Work, done
from chainrule.training.native.writing import BYTES, INT, LONG, POINTER, Pen, Value, long

BITS = 32


@dataclass(frozen=True)
class Sorting:
    """So many numbers; ``digit`` is how many bits a pass looks at, few where there are few numbers."""

    numbers: int

    @property
    def digit(self) -> int:
        return 8 if self.numbers < 2**12 else 11

    @property
    def piles(self) -> int:
        return 1 << self.digit

    @property
    def passes(self) -> int:
        return -(-BITS // self.digit)


def places_of(numbers: Array) -> Array:
    """Where the smallest of some uint32 stands, the next, and so on; of equal ones the first comes first."""
    sorting = Sorting(numbers.shape[0])
    work = Work(
        f"places_{sorting.numbers}",
        partial(write_places, sorting=sorting),
        1,
        1,
        sorting.passes * sorting.numbers,
    )
    return done(work, (numbers,), numbers.shape, jnp.int32)


def write_places(pen: Pen, numbers: Value, result: Value, _: Value, sorting: Sorting) -> None:
    """Write all places."""
    count, piles = sorting.numbers, sorting.piles
    room = 4 * count + sorting.passes * piles
    scratch = pen.builder.call(pen.known("malloc", POINTER, [LONG]), [long(BYTES * room)])
    keys, places = ([pen.at(scratch, (which + turn) * count) for turn in range(2)] for which in (0, 2))
    heaps = [pen.at(scratch, 4 * count + turn * piles) for turn in range(sorting.passes)]
    pen.each(sorting.passes * piles, lambda i: put(pen, ir.Constant(INT, 0), heaps[0], i))

    def counted(i: Value) -> None:
        number = get(pen, numbers, i)
        for turn, heap in enumerate(heaps):
            digit = _digit(pen, number, turn, sorting)
            put(pen, pen.builder.add(get(pen, heap, digit), ir.Constant(INT, 1)), heap, digit)

    pen.each(count, counted)
    for heap in heaps:
        _begun(pen, heap, piles)

    def dealt(turn: int) -> None:
        is_last = turn == sorting.passes - 1
        source = (numbers, None) if turn == 0 else (keys[turn % 2], places[turn % 2])
        to = keys[(turn + 1) % 2], result if is_last else places[(turn + 1) % 2]

        def one(i: Value) -> None:
            number = get(pen, source[0], i)
            place = pen.builder.trunc(i, INT) if source[1] is None else get(pen, source[1], i)
            digit = _digit(pen, number, turn, sorting)
            at = get(pen, heaps[turn], digit)
            put(pen, pen.builder.add(at, ir.Constant(INT, 1)), heaps[turn], digit)
            wide = pen.builder.zext(at, LONG)
            put(pen, place, to[1], wide)
            if not is_last:
                put(pen, number, to[0], wide)

        pen.each(count, one)

    for turn in range(sorting.passes):
        dealt(turn)
    pen.builder.call(pen.known("free", ir.VoidType(), [POINTER]), [scratch])


def _begun(pen: Pen, heap: Value, piles: int) -> None:
    """Where each pile begins, instead of how many it has."""

    def one(i: Value, before: Sequence[Value]) -> Sequence[Value]:
        count = get(pen, heap, i)
        put(pen, before[0], heap, i)
        return [pen.builder.add(before[0], count)]

    pen.loop(piles, one, [ir.Constant(INT, 0)])


def _digit(pen: Pen, number: Value, turn: int, sorting: Sorting) -> Value:
    shifted = pen.builder.lshr(number, ir.Constant(INT, turn * sorting.digit))
    return pen.builder.zext(pen.builder.and_(shifted, ir.Constant(INT, sorting.piles - 1)), LONG)


def get(pen: Pen, base: Value, place: Value) -> Value:
    """The whole number at a place of an array."""
    return pen.builder.load(pen.builder.gep(base, [place], source_etype=INT), align=BYTES, typ=INT)


def put(pen: Pen, value: Value, base: Value, place: Value) -> None:
    """Write a whole number at a place of an array."""
    pen.builder.store(value, pen.builder.gep(base, [place], source_etype=INT), align=BYTES)
