"""Feature maps as machine code: each number of the kernel read once for several places of the map."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.training.native import machine
from chainrule.training.native.images import each_image
from chainrule.training.native.sizes import Sizes, at_a_time
from chainrule.training.native.writing import Pen, Value


def write_maps(pen: Pen, x: Value, kernel: Value, y: Value, part: Value, sizes: Sizes) -> None:
    """Write y (images, rows, columns, filters) of a part of the images, under a kernel of whole vectors."""
    size = sizes.maps[0] * sizes.maps[1] * sizes.filters

    def one(image: Value, numbers: Value) -> None:
        _write_image(pen, numbers, kernel, pen.at(y, pen.times(image, size)), sizes)

    each_image(pen, x, sizes.parts, part, sizes, one)


def _write_image(pen: Pen, x: Value, kernel: Value, y: Value, sizes: Sizes) -> None:
    rows, columns = sizes.maps
    at_once = sizes.vectors_at_once(2)
    places = at_a_time(columns, machine.vectors().sums // at_once)
    tiles, groups = -(-columns // places), sizes.whole // sizes.lanes // at_once

    def group(group: Value, _: Sequence[Value]) -> Sequence[Value]:
        first = pen.times(group, at_once * sizes.lanes)
        weights = pen.at(kernel, first)

        def row(i: Value, _: Sequence[Value]) -> Sequence[Value]:
            def tile(t: Value, _: Sequence[Value]) -> Sequence[Value]:
                start = pen.tile(t, places, columns)
                corner = pen.at(
                    x,
                    pen.times(i, sizes.strides[0] * sizes.row),
                    pen.times(start, sizes.strides[1] * sizes.channels),
                )
                sums = _sums(pen, corner, weights, sizes, places, at_once)
                place = pen.sum(pen.times(i, columns), start)
                target = pen.at(y, pen.times(place, sizes.filters), first)
                for number, summed in enumerate(sums):
                    p, v = divmod(number, at_once)
                    cell = pen.at(target, p * sizes.filters + v * sizes.lanes)
                    pen.write(summed, cell, pen.left(sizes.filters, first, v))
                return ()

            pen.loop(tiles, tile)
            return ()

        pen.loop(rows, row)
        return ()

    pen.loop(groups, group)


def _sums(
    pen: Pen, corner: Value, weights: Value, sizes: Sizes, places: int, at_once: int
) -> Sequence[Value]:
    """The sums of so many places of a row and vectors of filters, over everything under the kernel."""
    kernel_rows, runs, run = sizes.runs

    def of_row(a: Value, sums: Sequence[Value]) -> Sequence[Value]:
        def of_run(b: Value, sums: Sequence[Value]) -> Sequence[Value]:
            numbers = pen.at(
                corner,
                pen.times(a, sizes.dilation[0] * sizes.row),
                pen.times(b, sizes.dilation[1] * sizes.channels),
            )
            line = pen.sum(pen.times(a, runs * run), pen.times(b, run))
            lines = pen.at(weights, pen.times(line, sizes.whole))

            def of_number(q: Value, sums: Sequence[Value]) -> Sequence[Value]:
                line = pen.times(q, sizes.whole)
                factors = [pen.read(pen.at(lines, line, v * sizes.lanes)) for v in range(at_once)]
                results = []
                for p in range(places):
                    number = pen.number(pen.at(numbers, q, p * sizes.strides[1] * sizes.channels))
                    for v, factor in enumerate(factors):
                        results.append(pen.multiplied_and_added(number, factor, sums[p * at_once + v]))
                return results

            return pen.loop(run, of_number, sums)

        return pen.loop(runs, of_run, sums)

    return pen.loop(kernel_rows, of_row, [pen.zeros()] * (places * at_once))
