"""What XLA hands to a function that it calls by name, and how that function calls XLA.

The layout is that of XLA's foreign function interface, ``xla/ffi/api/c_api.h``, which keeps it for callers
that know no newer one.
"""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from chainrule.training.native.writing import BYTE, INT, LONG, POINTER, Pen, Value, long

EXTENSION, API, CONTEXT, INPUTS, RESULTS = 8, 16, 24, 72, 112
"""Bytes from the start of a call's frame to what it points to."""
DATA, RANK, LENGTHS = 24, 32, 40
"""Bytes from the start of a buffer's description: its numbers, how many axes, and their lengths."""
METADATA = 1
"""The kind of extension by which XLA asks for the version of its interface."""
DESTROY_ERROR, SCHEDULE = 64, 136
"""Bytes from the start of XLA's table of functions."""
NOTHING = ir.Constant(POINTER, None)


def at(builder: ir.IRBuilder, base: Value, offset: int) -> Value:
    """The address so many bytes after another."""
    return builder.gep(base, [long(offset)], source_etype=BYTE)


def address(builder: ir.IRBuilder, base: Value, *offsets: int) -> Value:
    """What lies at an offset, then at one from there, and so on."""
    for offset in offsets:
        base = builder.load(at(builder, base, offset), align=8, typ=POINTER)
    return base


def number(builder: ir.IRBuilder, base: Value, offset: int) -> Value:
    """The whole number at an offset."""
    return builder.load(at(builder, base, offset), align=8, typ=LONG)


def answer_what_it_is(builder: ir.IRBuilder, frame: Value) -> None:
    """Where XLA only asks for the version that a function knows: tell it, and return.

    It is that of the caller, since nothing is used that was not there from the first.
    """
    extension = address(builder, frame, EXTENSION)
    with builder.if_then(builder.icmp_unsigned("!=", extension, NOTHING)):
        kind = builder.load(at(builder, extension, 8), align=4, typ=INT)
        with builder.if_then(builder.icmp_signed("==", kind, ir.Constant(INT, METADATA))):
            api, metadata = address(builder, frame, API), address(builder, extension, 24)
            for known, told in ((32, 24), (36, 28)):
                version = builder.load(at(builder, api, known), align=4, typ=INT)
                builder.store(version, at(builder, metadata, told), align=4)
            builder.store(ir.Constant(INT, 0), at(builder, metadata, 32), align=4)
            builder.ret(NOTHING)


def copies(pen: Pen, frame: Value, axes: int) -> Value:
    """How many examples the result has that ``vmap`` put side by side, where one has so many axes."""
    builder = pen.builder
    buffer = address(builder, frame, RESULTS, 0)
    lengths = address(builder, buffer, LENGTHS)
    more = builder.sub(number(builder, buffer, RANK), long(axes))

    def times(axis: Value, product: Sequence[Value]) -> Sequence[Value]:
        place = builder.gep(lengths, [axis], source_etype=LONG)
        return [builder.mul(product[0], builder.load(place, align=8, typ=LONG))]

    return pen.loop(more, times, [long(1)])[0]


def schedule(builder: ir.IRBuilder, frame: Value, task: ir.Function, record: Value) -> Value:
    """Ask XLA for a thread that does a task with a record; whether there is one."""
    api = address(builder, frame, API)
    asked = [long(40), NOTHING, address(builder, frame, CONTEXT), task, record]
    error = _called(builder, api, SCHEDULE, asked, POINTER)
    refused = builder.icmp_unsigned("!=", error, NOTHING)
    with builder.if_then(refused):
        _called(builder, api, DESTROY_ERROR, [long(24), NOTHING, error], ir.VoidType())
    return builder.not_(refused)


def _called(builder: ir.IRBuilder, api: Value, which: int, fields: Sequence[Value], result: ir.Type) -> Value:
    """Call one of XLA's functions with a record of these fields."""
    with builder.goto_entry_block():
        record = builder.alloca(LONG, len(fields))
    for place, value in enumerate(fields):
        field = value if value.type == LONG else builder.ptrtoint(value, LONG)
        builder.store(field, builder.gep(record, [long(place)]), align=8)
    function = builder.inttoptr(number(builder, api, which), ir.FunctionType(result, [POINTER]).as_pointer())
    return builder.call(function, [record])
