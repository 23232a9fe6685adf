"""How JAX's primitives that work number by number are written for vectors of any length."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from llvmlite import ir

from chainrule.training.native import functions
from chainrule.training.native.equations import Equation
from chainrule.training.native.vectors import BIT, KINDS, Vector, constant
from chainrule.training.native.writing import FLOAT, INT, Pen, Value

Writer = Callable[[Pen, Sequence[Value], Mapping[str, Any]], Value]


def _is_float(value: Value) -> bool:
    return bool(value.type.element == FLOAT)


def _by_builder(of_floats: str, of_whole: str) -> Writer:
    return lambda pen, values, _: getattr(pen.builder, of_floats if _is_float(values[0]) else of_whole)(
        *values
    )


def _by_function(function: Callable[..., Vector]) -> Writer:
    return lambda pen, values, _: function(*(Vector(pen, value) for value in values)).value


def _by_llvm(name: str) -> Writer:
    return _by_function(lambda x, *others: x.by_llvm(name, *others))


def _compared(sign: str) -> Writer:
    def write(pen: Pen, values: Sequence[Value], _: Mapping[str, Any]) -> Value:
        if _is_float(values[0]):
            which = pen.builder.fcmp_unordered if sign == "!=" else pen.builder.fcmp_ordered
            return which(sign, *values)
        is_bit = values[0].type.element == BIT
        which = pen.builder.icmp_unsigned if is_bit else pen.builder.icmp_signed
        return which(sign, *values)

    return write


def _bounded(name: str, sign: str) -> Writer:
    """The larger or the smaller of two; NaN where one is."""

    def write(pen: Pen, values: Sequence[Value], params: Mapping[str, Any]) -> Value:
        if _is_float(values[0]):
            return _by_llvm(name)(pen, values, params)
        return pen.builder.select(pen.builder.icmp_signed(sign, *values), *values)

    return write


def _power(pen: Pen, values: Sequence[Value], params: Mapping[str, Any]) -> Value:
    base, exponent = values[0], abs(params["y"])
    result, square = None, base
    while exponent:
        if exponent % 2:
            result = square if result is None else pen.builder.fmul(result, square)
        exponent //= 2
        square = pen.builder.fmul(square, square) if exponent else square
    if params["y"] < 0:
        return pen.builder.fdiv(constant(1.0, FLOAT, base.type.count), result)
    return result


def _sign(x: Vector) -> Vector:
    return x.known(1.0).by_llvm("copysign", x).where(x.compared("!=", 0.0), x)


def _converted(pen: Pen, values: Sequence[Value], params: Mapping[str, Any]) -> Value:
    (value,) = values
    old, new = value.type.element, KINDS[np.dtype(params["new_dtype"])]
    kind = ir.VectorType(new, value.type.count)
    if old == new:
        return value
    if new == BIT:
        zeros = ir.Constant(value.type, None)
        if old == FLOAT:
            return pen.builder.fcmp_unordered("!=", value, zeros)
        return pen.builder.icmp_signed("!=", value, zeros)
    if new == INT:
        return pen.builder.zext(value, kind)
    return pen.builder.uitofp(value, kind) if old == BIT else pen.builder.sitofp(value, kind)


WRITERS: Mapping[str, Writer] = {
    "add": _by_builder("fadd", "add"),
    "add_any": _by_builder("fadd", "add"),
    "sub": _by_builder("fsub", "sub"),
    "mul": _by_builder("fmul", "mul"),
    "div": _by_builder("fdiv", "sdiv"),
    "neg": _by_builder("fneg", "neg"),
    "max": _bounded("maximum", ">"),
    "min": _bounded("minimum", "<"),
    "clamp": _by_function(
        lambda low, x, high: x.by_llvm("maximum", low).by_llvm("minimum", high),
    ),
    "abs": _by_llvm("fabs"),
    "sqrt": _by_llvm("sqrt"),
    "floor": _by_llvm("floor"),
    "ceil": _by_llvm("ceil"),
    "rsqrt": _by_function(lambda x: x.known(1.0) / x.by_llvm("sqrt")),
    "square": _by_builder("fmul", "mul"),
    "integer_pow": _power,
    "sign": _by_function(_sign),
    "exp": _by_function(functions.exp),
    "expm1": _by_function(functions.expm1),
    "log": _by_function(functions.log),
    "log1p": _by_function(functions.log1p),
    "tanh": _by_function(functions.tanh),
    "logistic": _by_function(functions.logistic),
    "gt": _compared(">"),
    "ge": _compared(">="),
    "lt": _compared("<"),
    "le": _compared("<="),
    "eq": _compared("=="),
    "ne": _compared("!="),
    "and": lambda pen, values, _: pen.builder.and_(*values),
    "or": lambda pen, values, _: pen.builder.or_(*values),
    "not": lambda pen, values, _: pen.builder.not_(*values),
    "is_finite": lambda pen, values, _: Vector(pen, values[0]).by_llvm("fabs").compared("<", np.inf),
    "select_n": lambda pen, values, _: pen.builder.select(values[0], values[2], values[1]),
    "convert_element_type": _converted,
    "copy": lambda pen, values, _: values[0],
    "stop_gradient": lambda pen, values, _: values[0],
}
"""By the names of the primitives."""

OF_BITS = {"and", "or", "not", "copy", "eq", "ne"}
OF_WHOLE = OF_BITS | {"add", "add_any", "sub", "mul", "square", "max", "min", "neg", "gt", "ge", "lt", "le"}
"""Those that are written for other numbers than floats too, beside choices and conversions."""


def is_number_by_number(equation: Equation) -> bool:
    """Whether it is one of those that are written here, of kinds of numbers that are."""
    kinds = [quantity.dtype for quantity in (*equation.inputs, equation.result)]
    if equation.name not in WRITERS or not all(kind in KINDS for kind in kinds):
        return False
    first = KINDS[kinds[0]]
    if equation.name == "select_n":
        return bool(first == BIT)
    if equation.name == "convert_element_type":
        return not (first == FLOAT and KINDS[kinds[-1]] == INT)
    if first == FLOAT:
        return equation.name not in ("and", "or", "not") and equation.params.get("y") != 0
    return equation.name in (OF_WHOLE if first == INT else OF_BITS)


def written(pen: Pen, equation: Equation, values: Sequence[Value]) -> Value:
    """The equation's result for vectors of its inputs."""
    if equation.name == "square":
        values = [values[0], values[0]]
    return WRITERS[equation.name](pen, values, equation.params)
