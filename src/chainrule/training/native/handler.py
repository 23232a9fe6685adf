"""Functions that XLA calls by name: their work shared among the threads that XLA has.

The layout of what XLA hands over is that of its foreign function interface, ``xla/ffi/api/c_api.h``, which
keeps it for old callers.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from llvmlite import ir

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Shape
from chainrule.training.native.machine import compiled
from chainrule.training.native.writing import BYTE, INT, LONG, POINTER, Pen, Value, long

METADATA = 1
"""The kind of extension by which XLA asks for the version of its interface."""
EXTENSION, API, CONTEXT, INPUTS, RESULTS = 8, 16, 24, 72, 112
"""Bytes from the start of a call's frame to what it points to."""
DATA = 24
"""Bytes from the start of a buffer's description to the address of its numbers."""
DESTROY_ERROR, SCHEDULE = 64, 136
"""Bytes from the start of XLA's table of functions."""
NEXT, DONE, USERS, BUFFERS = 0, 8, 16, 24
"""Bytes of the record that threads share: the next part, parts done, who still holds it, the buffers."""
LEAST = 2**18
"""Multiplications. Below, other threads take longer to come than the work."""

Work = Callable[..., None]
"""Writes the work of one part: of the pen, the inputs, the result, and the part's number."""

_known: set[str] = set()


def called(
    name: str, work: Work, inputs: Sequence[Array], shape: Shape, lanes: int, parts: int, multiplications: int
) -> Array:
    """The result, of this shape, of work that is done in parts; a name stands for one work only."""
    _register(name, work, len(inputs), lanes, parts, multiplications)
    result = jax.ShapeDtypeStruct(shape, jnp.float32)
    return jax.ffi.ffi_call(name, result, vmap_method="sequential")(*inputs)


def _register(name: str, work: Work, inputs: int, lanes: int, parts: int, multiplications: int) -> None:
    """Have XLA know a function, once."""
    if name in _known:
        return
    module = ir.Module(name)
    module.triple = ""
    part = _part(module, inputs, lanes, work)
    task = _task(module, part, parts)
    helpers = min(_cores(), parts) - 1 if multiplications > LEAST else 0
    _handler(module, name, inputs, task, parts, helpers)
    address = compiled(module, name)
    function = ctypes.CFUNCTYPE(ctypes.c_void_p)(address)
    jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(function), platform="cpu")
    _known.add(name)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _function(module: ir.Module, name: str, result: ir.Type, kinds: Sequence[ir.Type]) -> ir.Function:
    return ir.Function(module, ir.FunctionType(result, kinds), name)


def _part(module: ir.Module, inputs: int, lanes: int, work: Work) -> ir.Function:
    part = _function(module, "part", ir.VoidType(), [*[POINTER] * (inputs + 1), LONG])
    part.linkage = "internal"
    for buffer in part.args[:-1]:
        buffer.add_attribute("noalias")
    pen = Pen(part, lanes)
    work(pen, *part.args)
    pen.builder.ret_void()
    return part


def _at(builder: ir.IRBuilder, base: Value, offset: int) -> Value:
    return builder.gep(base, [long(offset)], source_etype=BYTE)


def _address(builder: ir.IRBuilder, base: Value, *offsets: int) -> Value:
    """What lies at an offset, then at one from there, and so on."""
    for offset in offsets:
        base = builder.load(_at(builder, base, offset), align=8, typ=POINTER)
    return base


def _add(builder: ir.IRBuilder, base: Value, offset: int, number: int) -> Value:
    """Add to a number that threads share; what it was before."""
    return builder.atomic_rmw("add", _at(builder, base, offset), long(number), "seq_cst")


def _leave(builder: ir.IRBuilder, record: Value, module: ir.Module) -> None:
    """Let go of the record; the last one gives its memory back."""
    last = builder.icmp_signed("==", _add(builder, record, USERS, -1), long(1))
    with builder.if_then(last):
        builder.call(module.globals["free"], [record])


def _task(module: ir.Module, part: ir.Function, parts: int) -> ir.Function:
    """What each thread does: take the next part, until there is none."""
    for name, result, kind in (("malloc", POINTER, LONG), ("free", ir.VoidType(), POINTER)):
        if name not in module.globals:
            _function(module, name, result, [kind])
    task = _function(module, "task", ir.VoidType(), [POINTER])
    task.linkage = "internal"
    (record,) = task.args
    first, again, body, after = (task.append_basic_block() for _ in range(4))
    builder = ir.IRBuilder(first)
    buffers = [_address(builder, record, BUFFERS + 8 * i) for i in range(len(part.args) - 1)]
    builder.branch(again)
    builder.position_at_end(again)
    taken = _add(builder, record, NEXT, 1)
    builder.cbranch(builder.icmp_signed("<", taken, long(parts)), body, after)
    builder.position_at_end(body)
    builder.call(part, [*buffers, taken])
    _add(builder, record, DONE, 1)
    builder.branch(again)
    builder.position_at_end(after)
    _leave(builder, record, module)
    builder.ret_void()
    return task


def _handler(module: ir.Module, name: str, inputs: int, task: ir.Function, parts: int, helpers: int) -> None:
    """What XLA calls: it asks other threads for help, works as they do, and waits for the last part."""
    handler = _function(module, name, POINTER, [POINTER])
    (frame,) = handler.args
    builder = ir.IRBuilder(handler.append_basic_block())
    nothing = ir.Constant(POINTER, None)
    extension = _address(builder, frame, EXTENSION)
    with builder.if_then(builder.icmp_unsigned("!=", extension, nothing)):
        kind = builder.load(_at(builder, extension, 8), align=4, typ=INT)
        with builder.if_then(builder.icmp_signed("==", kind, ir.Constant(INT, METADATA))):
            _tell_version(builder, _address(builder, frame, API), _address(builder, extension, 24))
            builder.ret(nothing)
    record = builder.call(module.globals["malloc"], [long(BUFFERS + 8 * (inputs + 1))])
    for offset, value in ((NEXT, 0), (DONE, 0), (USERS, 2 + helpers)):
        builder.store(long(value), _at(builder, record, offset), align=8)
    paths = [*((INPUTS, 8 * i) for i in range(inputs)), (RESULTS, 0)]
    for i, path in enumerate(paths):
        numbers = _address(builder, frame, *path, DATA)
        builder.store(numbers, _at(builder, record, BUFFERS + 8 * i), align=8)
    for _ in range(helpers):
        _schedule(builder, frame, task, record)
    builder.call(task, [record])
    waiting, after = handler.append_basic_block(), handler.append_basic_block()
    builder.branch(waiting)
    builder.position_at_end(waiting)
    done = builder.load_atomic(_at(builder, record, DONE), "seq_cst", 8, typ=LONG)
    builder.cbranch(builder.icmp_signed("<", done, long(parts)), waiting, after)
    builder.position_at_end(after)
    _leave(builder, record, module)
    builder.ret(nothing)


def _tell_version(builder: ir.IRBuilder, api: Value, metadata: Value) -> None:
    """That of the caller: nothing newer is used than what it has had from the first."""
    for known, told in ((32, 24), (36, 28)):
        number = builder.load(_at(builder, api, known), align=4, typ=INT)
        builder.store(number, _at(builder, metadata, told), align=4)
    builder.store(ir.Constant(INT, 0), _at(builder, metadata, 32), align=4)


def _schedule(builder: ir.IRBuilder, frame: Value, task: ir.Function, record: Value) -> None:
    """Ask for a thread; where none is to be had, one holds the record less."""
    api, nothing = _address(builder, frame, API), ir.Constant(POINTER, None)
    asked = [long(40), nothing, _address(builder, frame, CONTEXT), task, record]
    error = _called(builder, api, SCHEDULE, asked, POINTER)
    with builder.if_then(builder.icmp_unsigned("!=", error, nothing)):
        _called(builder, api, DESTROY_ERROR, [long(24), nothing, error], ir.VoidType())
        _add(builder, record, USERS, -1)


def _called(builder: ir.IRBuilder, api: Value, which: int, fields: Sequence[Value], result: ir.Type) -> Value:
    """Call one of XLA's functions with a record of these fields."""
    with builder.goto_entry_block():
        record = builder.alloca(LONG, len(fields))
    for place, value in enumerate(fields):
        number = value if value.type == LONG else builder.ptrtoint(value, LONG)
        builder.store(number, builder.gep(record, [long(place)]), align=8)
    address = builder.load(_at(builder, api, which), align=8, typ=LONG)
    function = builder.inttoptr(address, ir.FunctionType(result, [POINTER]).as_pointer())
    return builder.call(function, [record])
