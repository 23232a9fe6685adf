"""Work done number by number, and sums of it, as machine code: one pass over arrays of one shape.

The code is made of the jaxpr of whatever function does the work, so that no formula is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from chainrule.rules.arrays import Array
from chainrule.training.native.handler import Work, all_done
from chainrule.training.native.loops import Loop, is_sum, is_whole
from chainrule.training.native.passing import PARTS, write_loop


def looped(loop: Loop, inputs: Sequence[Array], in_place: Mapping[int, int]) -> list[Array]:
    """The function's results; ``in_place`` says of which input's memory a result may take."""
    used, whole = loop.listing.used, loop.whole
    aliases = {
        used.index(i): whole.index(loop.listing.results[result])
        for i, result in in_place.items()
        if i in used and loop.listing.results[result] in whole
    }
    places = "".join(f"_{result}at{i}" for i, result in aliases.items())
    work = Work(
        f"loop_{loop.name}_{loop.lanes}{places}",
        partial(write_loop, loop=loop),
        loop.lanes,
        PARTS,
        loop.numbers * len(loop.listing.lines),
        in_place=bool(aliases),
    )
    kinds = loop.listing.kinds
    shapes = [kinds[value].shape for value in whole] + [(PARTS, loop.columns)] * len(loop.sums)
    done = all_done(work, [inputs[i] for i in used], shapes, aliases)
    values: dict[int, Any] = {**dict(enumerate(inputs)), **loop.listing.constants}
    values |= dict(zip(whole, done, strict=False))
    return _results(loop, values, [each.sum(axis=0) for each in done[len(whole) :]])


def _results(loop: Loop, values: dict[int, Any], sums: Sequence[Array]) -> list[Array]:
    """All results, of those that are known and the sums: what is worked of these is left to XLA."""
    totals = iter(sums)
    for line in loop.listing.lines:
        if is_sum(line):
            values[line.results[0]] = next(totals)
        elif not is_whole(loop, line):
            taken = [values[value] for value in line.inputs]
            values[line.results[0]] = line.primitive.bind(*taken, **line.options)
    return [values[result] for result in loop.listing.results]
