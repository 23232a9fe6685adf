"""The sum of outer products of rows as machine code: the gradient of a dense layer's weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.training.native import machine
from chainrule.training.native.writing import Pen, Value

PARTS = 32
"""Lines of the result are shared among cores in so many parts at most."""


@dataclass(frozen=True)
class Outer:
    """Of inputs (rows, lines) and slopes (rows, filters)."""

    rows: int
    lines: int
    filters: int

    @property
    def lanes(self) -> int:
        return machine.lanes_for(self.filters)

    @property
    def all_vectors(self) -> int:
        """Vectors that hold the filters, the last perhaps in part."""
        return -(-self.filters // self.lanes)

    @property
    def block(self) -> tuple[int, int]:
        """Lines, and vectors of filters, whose sums are held at once."""
        count, room = self.all_vectors, machine.vectors().sums
        blocks = [
            (t, v) for v in (1, 2, 4) for t in range(1, room // v + 1) if count % v == self.lines % t == 0
        ]
        return max(blocks, key=lambda block: (block[0] * block[1], -abs(block[0] - 4 * block[1])))

    @property
    def parts(self) -> int:
        return min(PARTS, self.lines // self.block[0])

    @property
    def name(self) -> str:
        return f"{self.rows}_{self.lines}_{self.filters}_{self.lanes}_{machine.vectors().sums}"


def write_outer(pen: Pen, x: Value, slopes: Value, result: Value, part: Value, outer: Outer) -> None:
    """Write the lines of a part of the result (lines, filters)."""
    lines, vectors = outer.block
    width = vectors * outer.lanes

    def tile(tile: Value) -> None:
        first = pen.times(tile, lines)

        def group(group: Value, _: Sequence[Value]) -> Sequence[Value]:
            start = pen.times(group, width)
            left = [pen.left(outer.filters, start, v) for v in range(vectors)]
            sums = _sums(pen, pen.at(x, first), pen.at(slopes, start), left, outer)
            corner = pen.at(result, pen.times(first, outer.filters), start)
            for number, summed in enumerate(sums):
                t, v = divmod(number, vectors)
                pen.write(summed, pen.at(corner, t * outer.filters + v * outer.lanes), left[v])
            return ()

        pen.loop(outer.all_vectors // vectors, group)

    pen.share(outer.lines // lines, outer.parts, part, tile)


def _sums(pen: Pen, x: Value, slopes: Value, left: Sequence[Value | None], outer: Outer) -> Sequence[Value]:
    lines, vectors = outer.block

    def row(i: Value, sums: Sequence[Value]) -> Sequence[Value]:
        numbers = pen.at(x, pen.times(i, outer.lines))
        place = pen.at(slopes, pen.times(i, outer.filters))
        factors = [pen.read(pen.at(place, v * outer.lanes), left[v]) for v in range(vectors)]
        results = []
        for t in range(lines):
            number = pen.number(pen.at(numbers, t))
            for v, factor in enumerate(factors):
                results.append(pen.multiplied_and_added(number, factor, sums[t * vectors + v]))
        return results

    return pen.loop(outer.rows, row, [pen.zeros()] * (lines * vectors))
