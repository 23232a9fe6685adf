"""The bytes that a compiled program reads and writes."""

from __future__ import annotations

import math
import re
from typing import Any

DEFINED = re.compile(r"^ *(?:ROOT )?(%[\w.-]+) = (\(.*?\)|\S+) ([\w-]+)\(([^)]*)", re.MULTILINE)
"""An instruction in the text of a program: its name, its shape, what it does, and of what."""
ARRAY = re.compile(r"([a-z]+(\d*)\w*)\[([\d,]*)\]")
"""A shape, of one array: its type, the bits of a number, and its lengths."""
WORKSPACE = "s8"
"""The type of the room that a library's product is given to work in; no number of a network has it."""


def bytes_accessed(compiled: Any) -> float | None:
    """What XLA counts, and the calls of libraries, which XLA counts as none; None where it counts nothing.

    ``compiled`` is a compiled function of JAX.
    """
    counted = compiled.cost_analysis() or {}
    if "bytes accessed" not in counted:
        return None
    return float(counted["bytes accessed"]) + bytes_of_calls(compiled.as_text())


def bytes_of_calls(program: str) -> int:
    """The bytes of what all calls of libraries in a program take and give, without room to work in.

    >>> bytes_of_calls('''
    ...   %a = f32[4,2]{1,0} parameter(0)
    ...   %b = bf16[2,3]{1,0} parameter(1)
    ...   ROOT %c.1 = (f32[4,3]{1,0}, s8[100]{0}) custom-call(%a, %b), custom_call_target="product"
    ... ''')
    92
    """
    instructions = DEFINED.findall(program)
    shapes = {name: shape for name, shape, _, _ in instructions}
    return sum(
        _bytes(shape) + sum(_bytes(shapes[one]) for one in re.findall(r"%[\w.-]+", operands))
        for _, shape, does, operands in instructions
        if does == "custom-call"
    )


def _bytes(shape: str) -> int:
    return sum(
        math.prod(map(int, filter(None, lengths.split(",")))) * max(1, int(bits or 8) // 8)
        for kind, bits, lengths in ARRAY.findall(shape)
        if kind != WORKSPACE
    )
