"""Equations that work number by number, on arrays of one shape, as one loop over vectors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from jax.extend.core.primitives import copy_p

from chainrule.rules.rule import Shape
from chainrule.training.native import machine
from chainrule.training.native.equations import Equation, Quantity
from chainrule.training.native.primitives import written
from chainrule.training.native.whole.places import Held, Place, broadcast, read, write
from chainrule.training.native.writing import Pen, Value


def write_loop(
    pen: Pen,
    shape: Shape,
    equations: Sequence[Equation],
    given: Mapping[Quantity, Place],
    results: Mapping[Quantity, Held],
) -> None:
    """Write the results of equations, in their order, from what they are given."""
    places = {q: _over(place, shape) for q, place in given.items()}
    names = [*places, *results]
    axes = merged(shape, [each.strides for each in (*places.values(), *results.values())])
    (length, last), outer = axes[-1], axes[:-1]
    lanes = machine.vectors().lanes

    def vector(offsets: Sequence[Value | int], count: int) -> None:
        at = dict(zip(names, offsets, strict=True))
        step = dict(zip(names, last, strict=True))
        known = {q: read(pen, place, at[q], step[q], count) for q, place in places.items()}
        for equation in equations:
            known[equation.result] = written(pen, equation, [known[q] for q in equation.inputs])
        for q, place in results.items():
            write(pen, known[q], place, at[q])

    def row(offsets: Sequence[Value | int]) -> None:
        whole, rest = divmod(length, lanes)
        further = [lanes * stride for stride in last]
        nested(pen, [(whole, further)], offsets, lambda o: vector(o, lanes), is_short)
        if rest:
            vector(_moved(pen, offsets, whole, further), rest)

    is_short = math.prod(n for n, _ in outer) * -(-length // lanes) <= pen.short
    nested(pen, outer, [0] * len(names), row, is_short)


def copy_of(pen: Pen, source: Place, target: Held) -> None:
    """Copy an array, however it lies."""
    given, result = (Quantity(target.shape, target.dtype) for _ in range(2))
    write_loop(pen, target.shape, [Equation(copy_p, (given,), result, {})], {given: source}, {result: target})


def _over(place: Place, shape: Shape) -> Place:
    """An array that JAX would repeat along axes, or a single number, with these axes."""
    axes = range(len(shape)) if place.shape else ()
    return broadcast(place, shape, axes)


def merged(shape: Shape, strides: Sequence[Shape]) -> list[tuple[int, Shape]]:
    """The axes that a loop needs, with each array's stride: those of length 1 left out, others joined.

    Two are joined where the numbers of every array lie along both as along one; there is always an axis.

    >>> merged((2, 3, 4), [(12, 4, 1), (0, 0, 0)])
    [(24, (1, 0))]
    >>> merged((2, 4), [(4, 1), (0, 1)])
    [(2, (4, 0)), (4, (1, 1))]
    """
    axes: list[tuple[int, Shape]] = []
    for axis, length in enumerate(shape):
        own = tuple(each[axis] for each in strides)
        if length == 1:
            continue
        if axes and axes[-1][1] == tuple(stride * length for stride in own):
            axes[-1] = (axes[-1][0] * length, own)
        else:
            axes.append((length, own))
    return axes or [(1, (1,) * len(strides))]


def nested(
    pen: Pen,
    axes: Sequence[tuple[int, Sequence[int]]],
    offsets: Sequence[Value | int],
    body: Callable[[Sequence[Value | int]], None],
    is_short: bool,
) -> None:
    """Loops along axes, each with the strides of several arrays; ``body`` is given where these stand."""
    if not axes:
        body(offsets)
        return
    (length, strides), inner = axes[0], axes[1:]
    if is_short or length == 1:
        for i in range(length):
            nested(pen, inner, _moved(pen, offsets, i, strides), body, is_short)
        return

    def turn(i: Value, _: Sequence[Value]) -> Sequence[Value]:
        nested(pen, inner, _moved(pen, offsets, i, strides), body, is_short)
        return ()

    pen.loop(length, turn)


def _moved(
    pen: Pen, offsets: Sequence[Value | int], steps: Value | int, strides: Sequence[int]
) -> list[Value | int]:
    """The offsets so many steps on."""
    return [added(pen, offset, steps, stride) for offset, stride in zip(offsets, strides, strict=True)]


def added(pen: Pen, offset: Value | int, steps: Value | int, stride: int) -> Value | int:
    """offset + steps · stride."""
    if isinstance(steps, int):
        more: Value | int = steps * stride
    elif stride == 0:
        more = 0
    else:
        more = pen.times(steps, stride)
    if isinstance(offset, int) and isinstance(more, int):
        return offset + more
    return pen.sum(offset, more)
