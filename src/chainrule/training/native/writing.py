"""How functions for vectors are written down: loops, addresses, vectors in memory, in LLVM's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

BYTE, INT, LONG, FLOAT = ir.IntType(8), ir.IntType(32), ir.IntType(64), ir.FloatType()
POINTER = ir.PointerType()

Value = ir.Value
Body = Callable[[Value, Sequence[Value]], Sequence[Value]]


def long(number: int) -> ir.Constant:
    return ir.Constant(LONG, number)


class Pen:
    """An IR builder that knows loops, and vectors of so many float32."""

    def __init__(self, function: ir.Function, lanes: int) -> None:
        self.builder = ir.IRBuilder(function.append_basic_block())
        self.function = function
        self.vector = ir.VectorType(FLOAT, lanes)
        self.lanes = lanes

    def loop(self, count: int | Value, body: Body, carried: Sequence[Value] = ()) -> list[Value]:
        """``body(index, values)`` so many times, each giving the values of the next; those of the last.

        A count is at least 1.
        """
        builder = self.builder
        last = long(count) if isinstance(count, int) else count
        before, block = builder.block, self.function.append_basic_block()
        builder.branch(block)
        builder.position_at_end(block)
        index = builder.phi(LONG)
        index.add_incoming(long(0), before)
        values = []
        for value in carried:
            values.append(builder.phi(value.type))
            values[-1].add_incoming(value, before)
        results = list(body(index, values))
        following = builder.add(index, long(1))
        index.add_incoming(following, builder.block)
        for phi, result in zip(values, results, strict=True):
            phi.add_incoming(result, builder.block)
        after = self.function.append_basic_block()
        builder.cbranch(builder.icmp_signed("<", following, last), block, after)
        builder.position_at_end(after)
        return results

    def share(self, number: int, parts: int, part: Value, body: Callable[[Value], None]) -> None:
        """Those of so many things that are a part's: nearly as many for each, and at least one."""
        first, following = (
            self.builder.udiv(self.times(self.sum(part, more), number), long(parts)) for more in (0, 1)
        )

        def one(i: Value, _: Sequence[Value]) -> Sequence[Value]:
            body(self.sum(first, i))
            return ()

        self.loop(self.builder.sub(following, first), one)

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
        value = self.builder.load(address, align=4, typ=FLOAT)
        first = self.builder.insert_element(
            ir.Constant(self.vector, ir.Undefined), value, ir.Constant(INT, 0)
        )
        places = ir.Constant(ir.VectorType(INT, self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(first, ir.Constant(self.vector, ir.Undefined), places)

    def read(self, address: Value, numbers: int) -> Value:
        """So many numbers, at most a vector; zeros after them."""
        if numbers >= self.lanes:
            return self.builder.load(address, align=4, typ=self.vector)
        return self._call("load", self.vector, [address, self._mask(numbers), self.zeros()])

    def write(self, vector: Value, address: Value, numbers: int) -> None:
        """The first so many numbers of a vector."""
        if numbers >= self.lanes:
            self.builder.store(vector, address, align=4)
        else:
            self._call("store", ir.VoidType(), [vector, address, self._mask(numbers)])

    def multiplied_and_added(self, a: Value, b: Value, c: Value) -> Value:
        """a · b + c, rounded once."""
        name = f"llvm.fma.v{self.lanes}f32"
        return self.builder.call(self._known(name, self.vector, [self.vector] * 3), [a, b, c])

    def _mask(self, numbers: int) -> ir.Constant:
        kind = ir.IntType(1)
        return ir.Constant(ir.VectorType(kind, self.lanes), [int(i < numbers) for i in range(self.lanes)])

    def _call(self, what: str, result: Any, inputs: list[Value]) -> Value:
        name = f"llvm.masked.{what}.v{self.lanes}f32.p0"
        return self.builder.call(self._known(name, result, [i.type for i in inputs]), inputs)

    def _known(self, name: str, result: Any, kinds: list[Any]) -> ir.Function:
        module = self.function.module
        if name in module.globals:
            return module.globals[name]
        return ir.Function(module, ir.FunctionType(result, kinds), name)
