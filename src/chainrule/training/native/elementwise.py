"""Work done number by number, and sums of it, as machine code: one pass over arrays of one shape.

The code is made of the jaxpr of whatever function does the work, so that no formula is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from chainrule.rules.arrays import Array
from chainrule.training.native.equations import Quantity
from chainrule.training.native.handler import Work, all_done
from chainrule.training.native.loops import Loop, is_sum, is_whole
from chainrule.training.native.passing import PARTS, write_loop


def looped(loop: Loop, inputs: Sequence[Array], in_place: Mapping[int, int]) -> list[Array]:
    """The function's results; ``in_place`` says of which input's memory a result may take."""
    used, whole, equations = loop.equations.used, loop.whole, loop.equations
    aliases = {
        used.index(i): whole.index(equations.results[result])
        for i, result in in_place.items()
        if i in used and equations.results[result] in whole
    }
    places = "".join(f"_{result}at{i}" for i, result in aliases.items())
    work = Work(
        f"loop_{loop.name}_{loop.lanes}{places}",
        partial(write_loop, loop=loop),
        loop.lanes,
        PARTS,
        loop.numbers * len(equations.lines),
        in_place=bool(aliases),
    )
    shapes = [quantity.shape for quantity in whole] + [(PARTS, loop.columns)] * len(loop.sums)
    done = all_done(work, [inputs[i] for i in used], shapes, aliases)
    values: dict[Quantity, Any] = dict(zip(equations.given, inputs, strict=True))
    values |= dict(zip(whole, done, strict=False))
    return _results(loop, values, [each.sum(axis=0) for each in done[len(whole) :]])


def _results(loop: Loop, values: dict[Quantity, Any], sums: Sequence[Array]) -> list[Array]:
    """All results, of those that are known and the sums: what is worked of these is left to XLA."""
    totals = iter(sums)

    def value(quantity: Quantity) -> Any:
        return values[quantity] if quantity.known is None else quantity.dtype.type(quantity.known)

    for equation in loop.equations.lines:
        if is_sum(equation):
            values[equation.result] = next(totals)
        elif not is_whole(loop, equation):
            taken = [value(quantity) for quantity in equation.inputs]
            values[equation.result] = equation.primitive.bind(*taken, **equation.params)
    return [value(result) for result in loop.equations.results]
