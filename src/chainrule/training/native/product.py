"""Products of matrices as machine code: a panel of the weights stays near while all rows go over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.training.native import machine
from chainrule.training.native.sizes import at_a_time
from chainrule.training.native.writing import Pen, Value

ENOUGH = 8
"""Panels that are shared among cores. Where there are fewer, they are narrower."""

FEW = 4
"""Rows whose sums alone would leave a processor waiting for each addition before the next."""


@dataclass(frozen=True)
class Product:
    """Of a matrix (rows, inputs) and weights (inputs, filters)."""

    rows: int
    inputs: int
    filters: int

    @property
    def lanes(self) -> int:
        return machine.lanes_for(self.filters)

    @property
    def _all_vectors(self) -> int:
        return -(-self.filters // self.lanes)

    @property
    def vectors(self) -> int:
        """Vectors of filters in a panel: many for few rows, so that there are enough sums to work on."""
        if self.rows <= FEW:
            most = machine.vectors().sums // self.rows
            return max(v for v in range(1, most + 1) if self._all_vectors % v == 0)
        return 2 if self._all_vectors % 2 == 0 and self._all_vectors >= 2 * ENOUGH else 1

    @property
    def panels(self) -> int:
        return self._all_vectors // self.vectors

    @property
    def together(self) -> int:
        """Rows whose sums are held at once."""
        return at_a_time(self.rows, machine.vectors().sums // self.vectors)

    @property
    def name(self) -> str:
        return f"{self.rows}_{self.inputs}_{self.filters}_{self.lanes}_{machine.vectors().sums}"


def write_product(pen: Pen, x: Value, weights: Value, y: Value, panel: Value, product: Product) -> None:
    """Write the columns of y (rows, filters) that a panel of the weights gives."""
    first = pen.times(panel, product.vectors * product.lanes)
    weights, y = pen.at(weights, first), pen.at(y, first)
    left = [pen.left(product.filters, first, v) for v in range(product.vectors)]

    def tile(t: Value, _: Sequence[Value]) -> Sequence[Value]:
        start = pen.tile(t, product.together, product.rows)
        sums = _sums(pen, pen.at(x, pen.times(start, product.inputs)), weights, left, product)
        target = pen.at(y, pen.times(start, product.filters))
        for number, summed in enumerate(sums):
            row, v = divmod(number, product.vectors)
            pen.write(summed, pen.at(target, row * product.filters + v * product.lanes), left[v])
        return ()

    pen.loop(-(-product.rows // product.together), tile)


def _sums(
    pen: Pen, x: Value, weights: Value, left: Sequence[Value | None], product: Product
) -> Sequence[Value]:
    def of_input(i: Value, sums: Sequence[Value]) -> Sequence[Value]:
        line = pen.at(weights, pen.times(i, product.filters))
        factors = [pen.read(pen.at(line, v * product.lanes), left[v]) for v in range(product.vectors)]
        results = []
        for row in range(product.together):
            number = pen.number(pen.at(x, i, row * product.inputs))
            for v, factor in enumerate(factors):
                results.append(pen.multiplied_and_added(number, factor, sums[row * product.vectors + v]))
        return results

    return pen.loop(product.inputs, of_input, [pen.zeros()] * (product.together * product.vectors))
