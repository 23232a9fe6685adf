"""The images of a part, one after the other, with zeros around and between their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from chainrule.training.native.sizes import Sizes
from chainrule.training.native.writing import BYTES, LONG, POINTER, Pen, Value, long


def each_image(
    pen: Pen, x: Value, parts: int, part: Value, sizes: Sizes, body: Callable[[Value, Value], None]
) -> None:
    """``body(image, numbers)`` for each: its number, and where its padded rows lie.

    Padded in a small place that stays in the cache, an image costs next to nothing; as an array of all
    images XLA would write and read them once more, and keep them until the gradient needs them.
    """
    size = sizes.lengths[0] * sizes.lengths[1] * sizes.channels
    if not sizes.is_padded:
        pen.share(sizes.images, parts, part, lambda image: body(image, pen.at(x, pen.times(image, size))))
        return
    place = _place(pen, sizes)

    def one(image: Value) -> None:
        _put(pen, pen.at(x, pen.times(image, size)), place, sizes)
        body(image, place)

    pen.share(sizes.images, parts, part, one)
    pen.builder.call(pen.known("free", ir.VoidType(), [POINTER]), [place])


def _place(pen: Pen, sizes: Sizes) -> Value:
    """Zeros for one padded image, and a few after it."""
    vectors = -(-sizes.room[0] * sizes.row // pen.lanes)
    place = pen.builder.call(pen.known("malloc", POINTER, [LONG]), [long(vectors * pen.lanes * BYTES)])

    def empty(i: Value, _: Sequence[Value]) -> Sequence[Value]:
        pen.write(pen.zeros(), pen.at(place, pen.times(i, pen.lanes)))
        return ()

    pen.loop(vectors, empty)
    return place


def _put(pen: Pen, image: Value, place: Value, sizes: Sizes) -> None:
    """The numbers of an image where they belong among the zeros."""
    rows, columns = sizes.lengths
    run, runs = (columns * sizes.channels, 1) if sizes.apart[1] == 1 else (sizes.channels, columns)

    def row(i: Value, _: Sequence[Value]) -> Sequence[Value]:
        line = pen.sum(pen.times(i, sizes.apart[0] * sizes.row), sizes.before[0] * sizes.row)
        target = pen.at(place, line, sizes.before[1] * sizes.channels)
        source = pen.at(image, pen.times(i, columns * sizes.channels))

        def one(j: Value, _: Sequence[Value]) -> Sequence[Value]:
            to = pen.at(target, pen.times(j, sizes.apart[1] * sizes.channels))
            pen.copy(pen.at(source, pen.times(j, sizes.channels)), to, run)
            return ()

        pen.loop(runs, one)
        return ()

    pen.loop(rows, row)
