"""The order of an epoch's rows as machine code: drawn and sorted as :mod:`chainrule.training.order` does.

Random bits are those of Threefry with 20 rounds on two numbers of 32 bits (J. K. Salmon et al., Parallel
Random Numbers: As Easy as 1, 2, 3, SC 2011), keys those that JAX derives by it.
"""

from __future__ import annotations

import math

from llvmlite import ir

from chainrule.training.native.sorting import Sorting, get, put, write_places
from chainrule.training.native.writing import BYTES, INT, LONG, POINTER, Pen, Value, long

Pair = tuple[Value, Value]
"""A key, two counts, or what comes of them: 64 bits, the higher half first."""

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA
"""Threefry's own constants: by how many bits each round turns, and what makes a third key of two."""
_LARGEST = 2**32 - 1


def rounds_of(rows: int) -> int:
    """How often so many rows are shuffled: it is unlikely then that two drew the same number each time."""
    return math.ceil(3 * math.log(max(1, rows)) / math.log(_LARGEST))


def write_order(pen: Pen, seed: Pair, epoch: Value, order: Value, rows: int) -> None:
    """Write the order of an epoch, rows int32; that of ``shuffled(fold_in(key, epoch), rows)``."""
    builder = pen.builder
    key = hashed(builder, seed, (_int(0), epoch))
    room = -(-rows // pen.lanes) * pen.lanes
    scratch = builder.call(pen.known("malloc", POINTER, [LONG]), [long(BYTES * (room + 2 * rows))])
    numbers, places, before = (pen.at(scratch, start) for start in (0, room, room + rows))
    pen.each(rows, lambda i: put(pen, builder.trunc(i, INT), order, i))
    for _ in range(rounds_of(rows)):
        key, own = (hashed(builder, key, (_int(0), _int(which))) for which in (0, 1))
        _write_bits(pen, own, numbers, room)
        write_places(pen, numbers, places, long(0), Sorting(rows))
        pen.copy(order, before, rows)
        pen.each(
            rows,
            lambda i: put(pen, get(pen, before, builder.zext(get(pen, places, i), LONG)), order, i),
        )
    builder.call(pen.known("free", ir.VoidType(), [POINTER]), [scratch])


def hashed(builder: ir.IRBuilder, key: Pair, counts: Pair) -> Pair:
    """Threefry's two numbers for two counts; single numbers, or vectors of them."""
    kind = counts[1].type

    def number(value: int) -> Value:
        return ir.Constant(kind, [value] * kind.count if isinstance(kind, ir.VectorType) else value)

    keys = [*key, builder.xor(builder.xor(*key), number(PARITY))]
    a, b = builder.add(counts[0], keys[0]), builder.add(counts[1], keys[1])
    for turn in range(5):
        for bits in ROTATIONS[turn % 2]:
            a = builder.add(a, b)
            turned = builder.or_(builder.shl(b, number(bits)), builder.lshr(b, number(32 - bits)))
            b = builder.xor(a, turned)
        a = builder.add(a, keys[(turn + 1) % 3])
        b = builder.add(builder.add(b, keys[(turn + 2) % 3]), number(turn + 1))
    return a, b


def _write_bits(pen: Pen, key: Pair, numbers: Value, room: int) -> None:
    """Random bits for so many numbers, whole vectors."""
    builder, lanes = pen.builder, pen.lanes
    kind = ir.VectorType(INT, lanes)
    first, second = (pen.everywhere(each) for each in key)
    steps = ir.Constant(kind, list(range(lanes)))

    def vector(i: Value) -> None:
        start = pen.times(i, lanes)
        counts = builder.add(pen.everywhere(builder.trunc(start, INT)), steps)
        a, b = hashed(builder, (first, second), (ir.Constant(kind, None), counts))
        builder.store(builder.xor(a, b), pen.at(numbers, start), align=BYTES)

    pen.each(room // lanes, vector)


def _int(value: int) -> ir.Constant:
    return ir.Constant(INT, value)
