"""A function that is done once in each call, as machine code that Python calls."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from chainrule.training.native import machine
from chainrule.training.native.equations import Equations, Quantity
from chainrule.training.native.handler import Work
from chainrule.training.native.plain import Bound, plain
from chainrule.training.native.whole.body import Body
from chainrule.training.native.whole.loops import copy_of
from chainrule.training.native.whole.places import Memory, Place, whole_at
from chainrule.training.native.writing import Pen, Value


def function_of(equations: Equations) -> Callable[[Sequence[np.ndarray]], Bound]:
    """The function, to be bound to arrays as the equations say: those given, then those for the results."""
    written = hashlib.sha256(equations.written.encode()).hexdigest()
    lanes = machine.vectors().lanes
    work = Work(
        f"once_{written[:32]}_{lanes}",
        partial(write_once, equations=equations),
        lanes,
        parts=1,
        multiplications=equations.multiplications,
        improved=False,  # loops are written as they should be
    )
    return plain(work, len(equations.given) + len(equations.results))


def write_once(pen: Pen, *buffers: Value, equations: Equations) -> None:
    """Write the function of what is given, and of where its results are to be."""
    *arrays, _ = buffers
    memory = Memory(pen)
    places: dict[Quantity, Place] = {
        quantity: whole_at(base, quantity) for quantity, base in zip(equations.given, arrays, strict=False)
    }
    found = Body(pen, memory, equations, places, {}).write()
    bases = arrays[len(equations.given) :]
    for quantity, place, base in zip(equations.results, found, bases, strict=True):
        copy_of(pen, place, whole_at(base, quantity))
    memory.give_back()
