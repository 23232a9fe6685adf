"""Feature maps as machine code: each number of the kernel read once for several places of the map."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.training.native.machine import vectors
from chainrule.training.native.sizes import Sizes
from chainrule.training.native.writing import Pen, Value


def _places(length: int, most: int) -> int:
    """How many places of a row are summed at once: few rests, then many."""
    return min(range(1, min(length, most) + 1), key=lambda p: (-(-length // p) * max(p, 5), -p))


def write_maps(pen: Pen, x: Value, kernel: Value, y: Value, part: Value, sizes: Sizes) -> None:
    """Write y (images, rows, columns, filters) of a part of the images of x, under a kernel of whole vectors."""
    pen.share(sizes.images, sizes.parts, part, lambda image: _write_image(pen, x, kernel, y, image, sizes))


def _write_image(pen: Pen, x: Value, kernel: Value, y: Value, image: Value, sizes: Sizes) -> None:
    rows, columns = sizes.maps
    at_once = sizes.vectors_at_once(2)
    places = _places(columns, vectors().sums // at_once)
    tiles, groups = -(-columns // places), sizes.whole // sizes.lanes // at_once
    x = pen.at(x, pen.times(image, sizes.room[0] * sizes.row))
    y = pen.at(y, pen.times(image, rows * columns * sizes.filters))

    def group(group: Value, _: Sequence[Value]) -> Sequence[Value]:
        first = pen.times(group, at_once * sizes.lanes)
        weights = pen.at(kernel, first)
        full = sizes.whole == sizes.filters or groups > 1

        def row(i: Value, _: Sequence[Value]) -> Sequence[Value]:
            def tile(t: Value, _: Sequence[Value]) -> Sequence[Value]:
                # The last tile of a row lies over the one before, where they do not come out even.
                start = pen.times(t, places)
                most = pen.sum(columns - places)
                start = pen.builder.select(pen.builder.icmp_signed("<", start, most), start, most)
                corner = pen.at(
                    x,
                    pen.times(i, sizes.strides[0] * sizes.row),
                    pen.times(start, sizes.strides[1] * sizes.channels),
                )
                sums = _sums(pen, corner, weights, sizes, places, at_once)
                place = pen.sum(pen.times(i, columns), start)
                target = pen.at(y, pen.times(place, sizes.filters), first)
                for p in range(places):
                    for v in range(at_once):
                        left = sizes.filters - v * sizes.lanes if not full else sizes.lanes
                        pen.write(
                            sums[p * at_once + v], pen.at(target, p * sizes.filters + v * sizes.lanes), left
                        )
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
                factors = [
                    pen.read(pen.at(lines, line, v * sizes.lanes), sizes.lanes) for v in range(at_once)
                ]
                results = []
                for p in range(places):
                    number = pen.number(pen.at(numbers, q, p * sizes.strides[1] * sizes.channels))
                    for v, factor in enumerate(factors):
                        results.append(pen.multiplied_and_added(number, factor, sums[p * at_once + v]))
                return results

            return pen.loop(run, of_number, sums)

        return pen.loop(runs, of_run, sums)

    return pen.loop(kernel_rows, of_row, [pen.zeros()] * (places * at_once))
