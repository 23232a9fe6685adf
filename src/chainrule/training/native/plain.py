"""Functions that Python calls with NumPy's arrays: the thread that calls does their work."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from llvmlite import ir

from chainrule.training.native.frame import address
from chainrule.training.native.handler import Work, part_of
from chainrule.training.native.machine import compiled
from chainrule.training.native.writing import POINTER, Pen, long

Bound = Callable[[], object]
"""Machine code with what it works on."""


def plain(work: Work, arrays: int) -> Callable[[Sequence[np.ndarray]], Bound]:
    """The work of one part, to be bound to so many arrays, whose numbers lie side by side.

    Each call of what is bound reads some and writes others, as the work says, while other threads of Python
    go on. It knows where the arrays are, and does not keep them.
    """
    name = f"chainrule_plain_{work.name}"
    code = compiled(name, partial(_module, work=work, arrays=arrays), work.improved)
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(code)
    record = ctypes.c_void_p * arrays

    def bound(given: Sequence[np.ndarray]) -> Bound:
        return partial(function, record(*[array.ctypes.data for array in given]))

    return bound


def _module(name: str, work: Work, arrays: int) -> ir.Module:
    """A function of a record of addresses."""
    module = ir.Module(name)
    module.triple = ""
    part = part_of(module, work, arrays)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [POINTER]), name)
    pen = Pen(function, 1)
    pen.builder.call(part, [*(address(pen.builder, function.args[0], 8 * i) for i in range(arrays)), long(0)])
    pen.builder.ret_void()
    return module
