"""JAX's primitives that work number by number, as instructions for vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from llvmlite import ir

from chainrule.training.native.writing import Pen, Value

Writer = Callable[[Pen, Sequence[Value], Mapping[str, Any]], Value]


def _by_builder(name: str) -> Writer:
    return lambda pen, values, _: getattr(pen.builder, name)(*values)


def _by_llvm(name: str) -> Writer:
    def write(pen: Pen, values: Sequence[Value], _: Mapping[str, Any]) -> Value:
        kinds = [pen.vector] * len(values)
        return pen.builder.call(pen.known(f"llvm.{name}.v{pen.lanes}f32", pen.vector, kinds), values)

    return write


def _compared(sign: str) -> Writer:
    ordered = "fcmp_unordered" if sign == "!=" else "fcmp_ordered"
    return lambda pen, values, _: getattr(pen.builder, ordered)(sign, *values)


def _power(pen: Pen, values: Sequence[Value], options: Mapping[str, Any]) -> Value:
    result = values[0]
    for _ in range(options["y"] - 1):
        result = pen.builder.fmul(result, values[0])
    return result


def _same(pen: Pen, values: Sequence[Value], options: Mapping[str, Any]) -> Value:
    return values[0]


def _selected(pen: Pen, values: Sequence[Value], options: Mapping[str, Any]) -> Value:
    which, if_false, if_true = values
    return pen.builder.select(which, if_true, if_false)


WRITERS: Mapping[str, Writer] = {
    "add": _by_builder("fadd"),
    "add_any": _by_builder("fadd"),
    "sub": _by_builder("fsub"),
    "mul": _by_builder("fmul"),
    "div": _by_builder("fdiv"),
    "neg": _by_builder("fneg"),
    "sqrt": _by_llvm("sqrt"),
    "abs": _by_llvm("fabs"),
    "max": _by_llvm("maximum"),
    "min": _by_llvm("minimum"),
    "square": lambda pen, values, _: pen.builder.fmul(values[0], values[0]),
    "integer_pow": _power,
    "gt": _compared(">"),
    "ge": _compared(">="),
    "lt": _compared("<"),
    "le": _compared("<="),
    "eq": _compared("=="),
    "ne": _compared("!="),
    "select_n": _selected,
    "broadcast_in_dim": _same,
    "convert_element_type": _same,
    "reshape": _same,
    "copy": _same,
}
"""How each of JAX's primitives is written that works number by number."""


def divided_by_one_for_all(pen: Pen, value: Value, divisor: Value) -> Value:
    """A quotient whose divisor is the same for many: its inverse is worked out once, before the loop."""
    return pen.builder.fmul(value, pen.builder.fdiv(ir.Constant(pen.vector, [1.0] * pen.lanes), divisor))
