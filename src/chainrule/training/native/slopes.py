"""The gradient of a kernel as machine code: each slope read once for several numbers under the kernel."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.training.native import machine
from chainrule.training.native.images import each_image
from chainrule.training.native.sizes import Sizes
from chainrule.training.native.writing import Pen, Value

FEW = 8
"""Numbers of a run of the kernel. Below, lines of several rows are summed at once."""


def write_slopes(pen: Pen, x: Value, slopes: Value, sums: Value, part: Value, sizes: Sizes) -> None:
    """Write sums (parts, lines under the kernel, whole filters) of a part of the images and their slopes."""
    size = sizes.lines * sizes.whole
    own = pen.at(sums, pen.times(part, size))

    def empty(i: Value, _: Sequence[Value]) -> Sequence[Value]:
        pen.write(pen.zeros(), pen.at(own, pen.times(i, sizes.lanes)))
        return ()

    pen.loop(size // sizes.lanes, empty)
    own_slopes = sizes.maps[0] * sizes.maps[1] * sizes.filters

    def one(image: Value, numbers: Value) -> None:
        _add_image(pen, numbers, pen.at(slopes, pen.times(image, own_slopes)), own, sizes)

    each_image(pen, x, sizes.sums, part, sizes, one)


def _add_image(pen: Pen, x: Value, slopes: Value, sums: Value, sizes: Sizes) -> None:
    at_once, lines = _block(sizes)
    rows, runs, run = sizes.runs

    def group(group: Value, _: Sequence[Value]) -> Sequence[Value]:
        first = pen.times(group, at_once * sizes.lanes)
        dz, result = pen.at(slopes, first), pen.at(sums, first)
        if run < FEW:
            for start in range(0, sizes.lines, lines):
                some = range(start, min(start + lines, sizes.lines))
                target = pen.at(result, start * sizes.whole)
                _add_lines(pen, x, dz, target, [_offset(sizes, line) for line in some], first, at_once, sizes)
            return ()

        def row(a: Value, _: Sequence[Value]) -> Sequence[Value]:
            def of_run(b: Value, _: Sequence[Value]) -> Sequence[Value]:
                def tile(t: Value, _: Sequence[Value]) -> Sequence[Value]:
                    line = pen.sum(pen.times(a, runs * run), pen.times(b, run), pen.times(t, lines))
                    corner = pen.at(
                        x,
                        pen.times(a, sizes.dilation[0] * sizes.row),
                        pen.times(b, sizes.dilation[1] * sizes.channels),
                        pen.times(t, lines),
                    )
                    target = pen.at(result, pen.times(line, sizes.whole))
                    _add_lines(pen, corner, dz, target, range(lines), first, at_once, sizes)
                    return ()

                pen.loop(run // lines, tile)
                return ()

            pen.loop(runs, of_run)
            return ()

        pen.loop(rows, row)
        return ()

    pen.loop(sizes.whole // sizes.lanes // at_once, group)


def _block(sizes: Sizes) -> tuple[int, int]:
    """Vectors of filters, and lines under the kernel, that are summed at once."""
    room, run = machine.vectors().sums, sizes.runs[2]
    if run < FEW:
        at_once = sizes.vectors_at_once(2)
        groups = -(-sizes.lines // (room // at_once))
        return at_once, -(-sizes.lines // groups)
    blocks = [
        (v, max(t for t in range(1, room // v + 1) if run % t == 0))
        for v in {sizes.vectors_at_once(most) for most in (1, 2, 4)}
    ]
    return max(blocks, key=lambda block: (block[0] * block[1], -abs(block[0] - block[1])))


def _offset(sizes: Sizes, line: int) -> int:
    """Where a line's number lies, from the corner under the kernel."""
    rest, c = divmod(line, sizes.channels)
    a, b = divmod(rest, sizes.kernel[1])
    return a * sizes.dilation[0] * sizes.row + b * sizes.dilation[1] * sizes.channels + c


def _add_lines(
    pen: Pen,
    corner: Value,
    slopes: Value,
    target: Value,
    offsets: Sequence[int],
    first: Value,
    at_once: int,
    sizes: Sizes,
) -> None:
    """Add to some lines of the sums what all places of an image give."""
    rows, columns = sizes.maps
    cells = [(place, v) for place in range(len(offsets)) for v in range(at_once)]
    where = [pen.at(target, place * sizes.whole + v * sizes.lanes) for place, v in cells]

    def row(i: Value, sums: Sequence[Value]) -> Sequence[Value]:
        numbers = pen.at(corner, pen.times(i, sizes.strides[0] * sizes.row))
        line = pen.at(slopes, pen.times(i, columns * sizes.filters))

        def column(j: Value, sums: Sequence[Value]) -> Sequence[Value]:
            place = pen.at(line, pen.times(j, sizes.filters))
            factors = [
                pen.read(pen.at(place, v * sizes.lanes), pen.left(sizes.filters, first, v))
                for v in range(at_once)
            ]
            here = pen.at(numbers, pen.times(j, sizes.strides[1] * sizes.channels))
            results = []
            for offset, before in zip(offsets, range(0, len(cells), at_once), strict=True):
                number = pen.number(pen.at(here, offset))
                for v, factor in enumerate(factors):
                    results.append(pen.multiplied_and_added(number, factor, sums[before + v]))
            return results

        return pen.loop(columns, column, sums)

    sums = pen.loop(rows, row, [pen.read(address) for address in where])
    for value, address in zip(sums, where, strict=True):
        pen.write(value, address)
