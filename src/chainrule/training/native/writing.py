"""How functions for vectors are written down: loops, addresses, vectors in memory, in LLVM's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

from llvmlite import ir

BYTE, INT, LONG, FLOAT = ir.IntType(8), ir.IntType(32), ir.IntType(64), ir.FloatType()
POINTER = ir.PointerType()
BYTES = 4
"""Of a float32."""

Value = Any
"""What llvmlite, which has no types, calls a value."""
Body = Callable[[Value, Sequence[Value]], Sequence[Value]]


def long(number: int) -> ir.Constant:
    return ir.Constant(LONG, number)


class Pen:
    """An IR builder that knows loops, and vectors of so many float32.

    ``short`` is how many turns of a loop are written one after the other instead.
    """

    short = 1

    def __init__(self, function: ir.Function, lanes: int) -> None:
        self.builder = ir.IRBuilder(function.append_basic_block())
        self.function = function
        self.vector = ir.VectorType(FLOAT, lanes)
        self.lanes = lanes

    def with_lanes(self, lanes: int) -> Pen:
        """A pen at the same place for vectors of so many float32."""
        pen = copy(self)
        pen.vector, pen.lanes = ir.VectorType(FLOAT, lanes), lanes
        return pen

    def loop(self, count: int | Value, body: Body, carried: Sequence[Value] = ()) -> list[Value]:
        """``body(index, values)`` so many times, each giving the values of the next; those of the last."""
        builder = self.builder
        last = long(count) if isinstance(count, int) else count
        before = builder.block
        head, block, after = (self.function.append_basic_block() for _ in range(3))
        builder.branch(head)
        builder.position_at_end(head)
        index = builder.phi(LONG)
        index.add_incoming(long(0), before)
        values = []
        for value in carried:
            values.append(builder.phi(value.type))
            values[-1].add_incoming(value, before)
        builder.cbranch(builder.icmp_signed("<", index, last), block, after)
        builder.position_at_end(block)
        results = body(index, values)
        index.add_incoming(builder.add(index, long(1)), builder.block)
        for phi, result in zip(values, results, strict=True):
            phi.add_incoming(result, builder.block)
        builder.branch(head)
        builder.position_at_end(after)
        return values

    def each(self, count: int, body: Callable[[Value], None]) -> None:
        """``body(index)`` so many times."""

        def turn(i: Value, _: Sequence[Value]) -> Sequence[Value]:
            body(i)
            return ()

        self.loop(count, turn)

    def share(self, number: int, parts: int, part: Value, body: Callable[[Value], None]) -> None:
        """Those of so many things that are a part's: nearly as many for each, and at least one."""
        first, following = (
            self.builder.udiv(self.times(self.sum(part, more), number), long(parts)) for more in (0, 1)
        )

        def one(i: Value, _: Sequence[Value]) -> Sequence[Value]:
            body(self.sum(first, i))
            return ()

        self.loop(self.builder.sub(following, first), one)

    def tile(self, number: Value, size: int, length: int) -> Value:
        """Where a tile of a row starts; the last lies over the one before, if they do not come out even."""
        start, last = self.times(number, size), long(length - size)
        return self.builder.select(self.builder.icmp_signed("<", start, last), start, last)

    def left(self, numbers: int, first: Value, vector: int) -> Value | None:
        """How many of so many numbers side by side a vector has, where not all vectors are whole."""
        if numbers % self.lanes == 0:
            return None
        return self.builder.sub(long(numbers - vector * self.lanes), first)

    def sum(self, *terms: Value | int) -> Value:
        """Whole numbers added, the known ones first."""
        total: Value = long(sum(t for t in terms if isinstance(t, int)))
        for term in terms:
            if not isinstance(term, int):
                total = self.builder.add(total, term)
        return total

    def times(self, value: Value, factor: int) -> Value:
        return self.builder.mul(value, long(factor))

    def at(self, base: Value, *offsets: Value | int) -> Value:
        """The address so many float32 after another."""
        return self.builder.gep(base, [self.sum(*offsets)], source_etype=FLOAT)

    def zeros(self) -> ir.Constant:
        return ir.Constant(self.vector, None)

    def number(self, address: Value) -> Value:
        """A number in all places of a vector."""
        return self.everywhere(self.builder.load(address, align=4, typ=FLOAT))

    def read(self, address: Value, numbers: int | Value | None = None) -> Value:
        """A vector; of so many numbers, if it is that of the last filters, and zeros after them."""
        if numbers is None:
            return self.builder.load(address, align=4, typ=self.vector)
        return self._call("load", self.vector, [address, self._mask(numbers), self.zeros()])

    def write(self, vector: Value, address: Value, numbers: int | Value | None = None) -> None:
        """A vector, or the first so many of its numbers."""
        if numbers is None:
            self.builder.store(vector, address, align=4)
        else:
            self._call("store", ir.VoidType(), [vector, address, self._mask(numbers)])

    def copy(self, source: Value, target: Value, numbers: int) -> None:
        """So many numbers from one place to another."""
        whole, rest = divmod(numbers, self.lanes)

        def vector(i: Value, _: Sequence[Value]) -> Sequence[Value]:
            offset = self.times(i, self.lanes)
            self.write(self.read(self.at(source, offset)), self.at(target, offset))
            return ()

        self.loop(whole, vector)
        if rest:
            last = whole * self.lanes
            self.write(self.read(self.at(source, last), rest), self.at(target, last), rest)

    def multiplied_and_added(self, a: Value, b: Value, c: Value) -> Value:
        """a · b + c, rounded once."""
        name = f"llvm.fma.v{self.lanes}f32"
        return self.builder.call(self.known(name, self.vector, [self.vector] * 3), [a, b, c])

    def everywhere(self, value: Value) -> Value:
        places = ir.Constant(ir.VectorType(INT, self.lanes), [0] * self.lanes)
        nothing = ir.Constant(ir.VectorType(value.type, self.lanes), ir.Undefined)
        first = self.builder.insert_element(nothing, value, ir.Constant(INT, 0))
        return self.builder.shuffle_vector(first, nothing, places)

    def _mask(self, numbers: int | Value) -> Value:
        places = ir.Constant(ir.VectorType(LONG, self.lanes), list(range(self.lanes)))
        most = self.everywhere(long(numbers) if isinstance(numbers, int) else numbers)
        return self.builder.icmp_signed("<", places, most)

    def _call(self, what: str, result: Any, inputs: list[Value]) -> Value:
        name = f"llvm.masked.{what}.v{self.lanes}f32.p0"
        return self.builder.call(self.known(name, result, [i.type for i in inputs]), inputs)

    def known(self, name: str, result: Any, kinds: list[Any]) -> ir.Function:
        """A function of LLVM's or of C's."""
        module = self.function.module
        if name in module.globals:
            return module.globals[name]
        return ir.Function(module, ir.FunctionType(result, kinds), name)
