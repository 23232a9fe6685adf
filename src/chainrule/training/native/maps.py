"""Feature maps as machine code: each number of the kernel read once for several places of the map."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from chainrule.training.native import machine
from chainrule.training.native.images import each_image
from chainrule.training.native.sizes import Sizes, at_a_time
from chainrule.training.native.writing import Pen, Value, long


def write_maps(pen: Pen, x: Value, kernel: Value, y: Value, part: Value, sizes: Sizes) -> None:
    """Write y (images, rows, columns, filters) of a part of the images, under a kernel of whole vectors."""
    size = sizes.maps[0] * sizes.maps[1] * sizes.filters

    def one(image: Value, numbers: Value) -> None:
        _write_image(pen, numbers, kernel, pen.at(y, pen.times(image, size)), sizes)

    each_image(pen, x, sizes.parts, part, sizes, one)


def _write_image(pen: Pen, x: Value, kernel: Value, y: Value, sizes: Sizes) -> None:
    """Write the maps of an image: of places with the same zeros under the kernel, then of others."""
    rows, columns = map(min, sizes.apart, sizes.maps)
    for first in product(range(rows), range(columns)):
        _write_places(pen, x, kernel, y, first, sizes)


def _write_places(pen: Pen, x: Value, kernel: Value, y: Value, first: tuple[int, int], sizes: Sizes) -> None:
    """Write the places from the first on, as far apart as the numbers of the image."""
    rows, columns = (
        -(-(length - start) // apart)
        for length, start, apart in zip(sizes.maps, first, sizes.apart, strict=True)
    )
    at_once = sizes.vectors_at_once(2)
    places = at_a_time(columns, machine.vectors().sums // at_once)
    tiles, groups = -(-columns // places), sizes.whole // sizes.lanes // at_once

    def group(group: Value, _: Sequence[Value]) -> Sequence[Value]:
        filters = pen.times(group, at_once * sizes.lanes)
        weights = pen.at(kernel, filters)

        def row(i: Value, _: Sequence[Value]) -> Sequence[Value]:
            i = pen.sum(first[0], pen.times(i, sizes.apart[0]))

            def tile(t: Value, _: Sequence[Value]) -> Sequence[Value]:
                start = pen.tile(t, places, columns)
                start = pen.sum(first[1], pen.times(start, sizes.apart[1]))
                corner = pen.at(
                    x,
                    pen.times(i, sizes.strides[0] * sizes.row),
                    pen.times(start, sizes.strides[1] * sizes.channels),
                )
                sums = _sums(pen, corner, weights, sizes, first, places, at_once)
                place = pen.sum(pen.times(i, sizes.maps[1]), start)
                target = pen.at(y, pen.times(place, sizes.filters), filters)
                for number, summed in enumerate(sums):
                    p, v = divmod(number, at_once)
                    cell = pen.at(target, p * sizes.apart[1] * sizes.filters + v * sizes.lanes)
                    pen.write(summed, cell, pen.left(sizes.filters, filters, v))
                return ()

            pen.loop(tiles, tile)
            return ()

        pen.loop(rows, row)
        return ()

    pen.loop(groups, group)


def _sums(
    pen: Pen,
    corner: Value,
    weights: Value,
    sizes: Sizes,
    first: tuple[int, int],
    places: int,
    at_once: int,
) -> Sequence[Value]:
    """The sums of so many places of a row and vectors of filters, over the numbers under the kernel."""
    kernel_rows, runs, run = sizes.runs

    def of_run(a: Value, b: Value, run: int, sums: Sequence[Value]) -> Sequence[Value]:
        numbers = pen.at(
            corner,
            pen.times(a, sizes.dilation[0] * sizes.row),
            pen.times(b, sizes.dilation[1] * sizes.channels),
        )
        line = pen.sum(pen.times(a, sizes.kernel[1] * sizes.channels), pen.times(b, sizes.channels))
        lines = pen.at(weights, pen.times(line, sizes.whole))

        def of_number(q: Value, sums: Sequence[Value]) -> Sequence[Value]:
            line = pen.times(q, sizes.whole)
            factors = [pen.read(pen.at(lines, line, v * sizes.lanes)) for v in range(at_once)]
            results = []
            for p in range(places):
                apart = sizes.apart[1] * sizes.strides[1] * sizes.channels
                number = pen.number(pen.at(numbers, q, p * apart))
                for v, factor in enumerate(factors):
                    results.append(pen.multiplied_and_added(number, factor, sums[p * at_once + v]))
            return results

        return pen.loop(run, of_number, sums)

    sums: Sequence[Value] = [pen.zeros()] * (places * at_once)
    if sizes.apart == (1, 1):

        def of_row(a: Value, sums: Sequence[Value]) -> Sequence[Value]:
            return pen.loop(runs, lambda b, sums: of_run(a, b, run, sums), sums)

        return pen.loop(kernel_rows, of_row, sums)
    for a, b in product(*(sizes.met(axis, first[axis]) for axis in (0, 1))):
        sums = of_run(long(a), long(b), sizes.channels, sums)
    return sums
