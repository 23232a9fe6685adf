"""The equations of a function, written one after the other: what works number by number as loops."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from llvmlite import ir

from chainrule.training.native.equations import Equation, Equations, Quantity
from chainrule.training.native.primitives import is_number_by_number
from chainrule.training.native.vectors import KINDS
from chainrule.training.native.whole.loops import added, copy_of, nested, write_loop
from chainrule.training.native.whole.places import (
    Held,
    Known,
    Memory,
    Place,
    address,
    broadcast,
    one,
    reshaped,
    transposed,
    untyped,
    whole_at,
    write,
)
from chainrule.training.native.whole.products import is_by_rows, is_of_matrices, write_matrices
from chainrule.training.native.whole.sums import is_along_an_end, write_reduced
from chainrule.training.native.writing import Pen, Value

COUNTED = 2**12
"""Numbers that are counted. More would be a long text."""
VIEWS = ("broadcast_in_dim", "reshape", "squeeze", "expand_dims", "transpose")
"""The same numbers, seen otherwise."""


def is_written_here(equations: Equations) -> bool:
    """Whether there is a way of writing each equation, and each kind of number is known."""
    kinds = {q.dtype for q in (*equations.given, *equations.results)}
    return kinds <= set(KINDS) and all(map(_is_known, equations.lines))


def _is_known(equation: Equation) -> bool:
    if equation.name in VIEWS:
        return equation.result.dtype in KINDS
    return (
        is_number_by_number(equation)
        or (equation.name == "iota" and _is_short_count(equation.result))
        or (equation.name in ("reduce_sum", "reduce_max", "argmax") and is_along_an_end(equation))
        or (equation.name == "dot_general" and is_of_matrices(equation))
        or (equation.name == "stack" and equation.params["axis"] == 0 and equation.result.dtype in KINDS)
        or (equation.name == "gather" and _takes_one_of_each_row(equation))
    )


def _is_short_count(numbers: Quantity) -> bool:
    """Whether numbers are few enough to be written down."""
    return numbers.dtype in (np.float32, np.int32) and math.prod(numbers.shape) <= COUNTED


def _takes_one_of_each_row(equation: Equation) -> bool:
    """Whether it is ``take_along_axis(x, places, 1)`` of a matrix, with one place for each row."""
    x, places = equation.inputs
    numbers, params = equation.params["dimension_numbers"], equation.params
    return (
        x.dtype == np.float32
        and places.dtype == np.int32
        and len(x.shape) == 2
        and math.prod(places.shape) == x.shape[0]
        and equation.result.shape == (x.shape[0], 1)
        and (tuple(numbers.operand_batching_dims) == (0,) or x.shape[0] == 1)
        and tuple(numbers.start_index_map) == (1,)
        and tuple(params["slice_sizes"]) == (1, 1)
        and params["fill_value"] is not None
        and np.isnan(params["fill_value"])
    )


@dataclass
class Body:
    """A function on its way: where its quantities are, and equations that wait to be done as one loop.

    ``target`` says where a result has to be in the end: over what is given, as new weights over the old.
    """

    pen: Pen
    memory: Memory
    equations: Equations
    places: dict[Quantity, Place]
    target: Mapping[Quantity, tuple[Quantity, Held]]
    waiting: list[Equation] = field(default_factory=list)
    done: set[Equation] = field(default_factory=set)
    roots: dict[Quantity, Quantity] = field(default_factory=dict)
    readers: dict[Quantity, list[Equation]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for equation in self.equations.lines:
            if equation.name in VIEWS:
                self.roots[equation.result] = self.root(equation.inputs[0])
                continue
            for quantity in {self.root(q) for q in equation.inputs}:
                self.readers.setdefault(quantity, []).append(equation)

    def write(self) -> list[Place]:
        """Write it all; gives where the results are."""
        for equation in self.equations.lines:
            if is_number_by_number(equation):
                self._join(equation)
            else:
                self._alone(equation)
        while self.waiting:
            self._finish(self.waiting[0])
        return [self._place(quantity) for quantity in self.equations.results]

    def root(self, quantity: Quantity) -> Quantity:
        """What a quantity is a view of; itself, if it is none."""
        return self.roots.get(quantity, quantity)

    def _place(self, quantity: Quantity) -> Place:
        """Where a quantity is, worked out by now."""
        for equation in self.waiting:
            if equation.result is quantity:
                self._finish(equation)
                break
        if quantity not in self.places and quantity.known is not None:
            self.places[quantity] = Known(quantity.known, quantity.dtype, quantity.shape)
        return self.places[quantity]

    def _whole(self, quantity: Quantity) -> Held:
        """Where a quantity is, its numbers side by side."""
        return self._side_by_side(self._place(quantity))

    def _side_by_side(self, place: Place) -> Held:
        if isinstance(place, Held) and place.is_whole:
            return place
        held = self.memory.new(Quantity(place.shape, place.dtype))
        copy_of(self.pen, place, held)
        return held

    # ----------------------------------------------------------------- number by number

    def _join(self, equation: Equation) -> None:
        """Let an equation wait with those that its inputs wait for; those of other shapes are done first."""
        for quantity in equation.inputs:
            for other in self.waiting:
                if other.result is quantity and quantity.shape != equation.result.shape:
                    self._finish(other)
                    break
        self.waiting.append(equation)

    def _finish(self, equation: Equation) -> None:
        """Write the loop of an equation that waits, with all that wait together with it."""
        group = self._group(equation)
        self.waiting = [each for each in self.waiting if each not in group]
        self.done.update(group)
        own = {each.result for each in group}
        wanted = [each.result for each in group if self._is_wanted(each.result)]
        given = {q: self._place(q) for each in group for q in each.inputs if q not in own}
        results = {q: self._room(q, group) for q in wanted}
        write_loop(self.pen, equation.result.shape, group, given, results)
        self.places |= results

    def _group(self, equation: Equation) -> list[Equation]:
        group = {equation}
        while True:
            quantities = {q for each in group for q in (each.result, *each.inputs)}
            more = {e for e in self.waiting if e.result in quantities or _any(e.inputs, group)} - group
            if not more:
                return [each for each in self.waiting if each in group]
            group |= more

    def _is_wanted(self, quantity: Quantity) -> bool:
        """Whether others read it, or it is a result."""
        is_result = any(self.root(result) is quantity for result in self.equations.results)
        return is_result or any(e not in self.done for e in self.readers.get(quantity, ()))

    def _room(self, quantity: Quantity, group: Sequence[Equation]) -> Held:
        """Where a result goes: over the given one that it takes the place of, if nobody reads that later."""
        if quantity not in self.target:
            return self.memory.new(quantity)
        old, place = self.target[quantity]
        is_read = any(e not in self.done for e in self.readers.get(old, ()))
        is_read |= any(self.root(result) is old for result in self.equations.results)
        is_turned = any(self.root(q) is old and q is not old for each in group for q in each.inputs)
        return self.memory.new(quantity) if is_read or is_turned else place

    # ------------------------------------------------------------------------- others

    def _alone(self, equation: Equation) -> None:
        how: Mapping[str, Callable[[Equation], Place]] = {
            "dot_general": self._product,
            "gather": self._one_of_each_row,
            "iota": self._counted,
            "stack": self._stacked,
            **dict.fromkeys(VIEWS, self._view),
            **dict.fromkeys(("reduce_sum", "reduce_max", "argmax"), self._reduced),
        }
        self.places[equation.result] = how[equation.name](equation)
        self.done.add(equation)

    def _view(self, equation: Equation) -> Place:
        (x,) = equation.inputs
        place, shape = self._place(x), equation.result.shape
        if equation.name == "broadcast_in_dim":
            return broadcast(place, shape, equation.params["broadcast_dimensions"])
        if equation.name == "transpose":
            return transposed(place, equation.params["permutation"])
        return reshaped(place if isinstance(place, Known) else self._side_by_side(place), shape)

    def _reduced(self, equation: Equation) -> Place:
        x = self._whole(equation.inputs[0])
        result = self.memory.new(equation.result)
        write_reduced(self.pen, equation, x, result)
        return result

    def _product(self, equation: Equation) -> Place:
        (contracted, _), places = equation.params["dimension_numbers"], []
        for quantity, (axis,), inner in zip(equation.inputs, contracted, (1, 0), strict=True):
            place = self._place(quantity)
            place = place if axis == inner else transposed(place, (1, 0))
            places.append(place if isinstance(place, Held) else self._side_by_side(place))
        a, b = places
        if not is_by_rows(self.pen, a, b):
            b = self._side_by_side(b)
            is_turned = a.strides == (1, a.shape[0])
            a = a if is_turned else self._side_by_side(a)
        result = self.memory.new(equation.result)
        write_matrices(self.pen, a, b, result)
        return result

    def _one_of_each_row(self, equation: Equation) -> Place:
        x, places = map(self._whole, equation.inputs)
        result, pen = self.memory.new(equation.result), self.pen
        rows, columns = x.shape

        def row(offsets: Sequence[Value | int]) -> None:
            builder = pen.builder
            place = builder.sext(one(pen, places, offsets[0]), ir.IntType(64))
            is_there = builder.icmp_unsigned("<", place, ir.Constant(place.type, columns))
            near = builder.select(is_there, place, ir.Constant(place.type, 0))
            number = one(pen, x, pen.sum(added(pen, 0, offsets[0], columns), near))
            number = builder.select(is_there, number, ir.Constant(number.type, float("nan")))
            write(pen, number, result, offsets[0])

        nested(pen, [(rows, (1,))], [0], row, rows <= pen.short)
        return result

    def _stacked(self, equation: Equation) -> Place:
        """Arrays one after the other."""
        result = self.memory.new(equation.result)
        for i, quantity in enumerate(equation.inputs):
            part = Quantity(quantity.shape, quantity.dtype)
            place = whole_at(address(self.pen, result, i * math.prod(quantity.shape)), part)
            copy_of(self.pen, self._place(quantity), place)
        return result

    def _counted(self, equation: Equation) -> Place:
        """0, 1, 2 … along an axis."""
        shape, axis = equation.result.shape, equation.params["dimension"]
        numbers = np.broadcast_to(np.arange(shape[axis]).reshape([-1, *[1] * (len(shape) - axis - 1)]), shape)
        kind = KINDS[equation.result.dtype]
        module = self.pen.function.module
        array = ir.GlobalVariable(module, ir.ArrayType(kind, numbers.size), module.get_unique_name("counted"))
        array.global_constant, array.linkage = True, "internal"
        array.initializer = ir.Constant(
            array.value_type, numbers.astype(equation.result.dtype).ravel().tolist()
        )
        return whole_at(untyped(array), equation.result)


def _any(quantities: Iterable[Quantity], group: Iterable[Equation]) -> bool:
    return any(q is each.result for q in quantities for each in group)
