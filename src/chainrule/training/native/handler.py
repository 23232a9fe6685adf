"""Functions that XLA calls by name: their work is done in parts, by the threads that XLA has."""

from __future__ import annotations

import ctypes
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from llvmlite import ir

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Shape
from chainrule.training.native.frame import (
    DATA,
    INPUTS,
    NOTHING,
    RESULTS,
    address,
    answer_what_it_is,
    at,
    copies,
    number,
    schedule,
)
from chainrule.training.native.machine import compiled
from chainrule.training.native.writing import BYTES, INT, LONG, POINTER, Pen, Value, long

NEXT, DONE, USERS, ALL, BUFFERS = 0, 8, 16, 24, 32
"""Bytes of the record that threads share: the next part, parts done, who still holds it, parts in all."""
LEAST = 2**18
"""Multiplications. Below, other threads take longer to come than the work."""

PAGE, ADVICE = 2**21, 14
"""Bytes of a large page, and how Linux calls them (MADV_HUGEPAGE)."""
LARGE = 2**20
"""Bytes of a result for which large pages are asked."""

_known: set[str] = set()


@dataclass(frozen=True)
class Work:
    """What a function does: ``write`` writes a part of it, of the pen, inputs, results, the part's number.

    A name stands for one work only, in every process: compiled programs that are kept refer to it.
    ``in_place``: a result may lie where an input does, each number written after it was read. ``improved``:
    LLVM is to look for a better way of writing it.
    """

    name: str
    write: Callable[..., None]
    lanes: int
    parts: int
    multiplications: int
    in_place: bool = False
    improved: bool = True


def done(work: Work, inputs: Sequence[Array], shape: Shape, dtype: Any = jnp.float32) -> Array:
    """The result, of this shape; under ``vmap`` one for each example, as of a call for each."""
    return all_done(work, inputs, [shape], {}, dtype)[0]


def all_done(
    work: Work,
    inputs: Sequence[Array],
    shapes: Sequence[Shape],
    in_place: Mapping[int, int],
    dtype: Any = jnp.float32,
) -> list[Array]:
    """Several results, of these shapes; ``in_place`` says of which input's memory a result may take."""
    name = registered(work, [i.shape for i in inputs], shapes)
    results = [jax.ShapeDtypeStruct(shape, dtype) for shape in shapes]
    call = jax.ffi.ffi_call(
        name, results, vmap_method="broadcast_all", input_output_aliases=dict(in_place) or None
    )
    return list(call(*inputs))


def registered(
    work: Work, inputs: Sequence[Shape], results: Sequence[Shape], shared: Sequence[int] = ()
) -> str:
    """The name by which XLA calls a work, made and told to XLA where it was not before.

    The shapes are those of one example; ``shared`` are the inputs that are the same for all of them.
    """
    name = "_".join([f"chainrule_{work.name}", *(["of", *map(str, shared)] if shared else [])])
    if name not in _known:
        module = partial(_module, work=work, inputs=inputs, results=results, shared=shared)
        function = ctypes.CFUNCTYPE(ctypes.c_void_p)(compiled(f"{name}_{_cores()}", module, work.improved))
        jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(function), platform="cpu")
        _known.add(name)
    return name


def _module(
    name: str, work: Work, inputs: Sequence[Shape], results: Sequence[Shape], shared: Sequence[int]
) -> ir.Module:
    """A function of buffers of these shapes."""
    module = ir.Module(name)
    module.triple = ""
    sizes = [math.prod(shape) for shape in (*inputs, *results)]
    for i in shared:
        sizes[i] = 0  # from one example to the next
    task = _task(module, part_of(module, work, len(sizes)), work.parts, sizes)
    paths = [(INPUTS, 8 * i) for i in range(len(inputs))] + [(RESULTS, 8 * i) for i in range(len(results))]
    _handler(module, name, work, task, paths, sizes[len(inputs) :], len(results[0]))
    return module


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _function(module: ir.Module, name: str, result: ir.Type, kinds: Sequence[ir.Type]) -> ir.Function:
    return ir.Function(module, ir.FunctionType(result, kinds), name)


def part_of(module: ir.Module, work: Work, buffers: int) -> ir.Function:
    """A function of so many buffers, and of the number of the part of the work that it does."""
    part = _function(module, "part", ir.VoidType(), [*[POINTER] * buffers, LONG])
    part.linkage = "internal"
    if not work.in_place:
        for buffer in part.args[:-1]:
            buffer.add_attribute("noalias")
    pen = Pen(part, work.lanes)
    work.write(pen, *part.args)
    pen.builder.ret_void()
    return part


def _add(builder: ir.IRBuilder, record: Value, offset: int, more: int) -> Value:
    """Add to a number that threads share; what it was before."""
    return builder.atomic_rmw("add", at(builder, record, offset), long(more), "seq_cst")


def _leave(pen: Pen, record: Value) -> None:
    """Let go of the record; the last one gives its memory back."""
    last = pen.builder.icmp_signed("==", _add(pen.builder, record, USERS, -1), long(1))
    with pen.builder.if_then(last):
        pen.builder.call(pen.known("free", ir.VoidType(), [POINTER]), [record])


def _task(module: ir.Module, part: ir.Function, parts: int, sizes: Sequence[int]) -> ir.Function:
    """What each thread does: take the next part of any example, until there is none."""
    task = _function(module, "task", ir.VoidType(), [POINTER])
    task.linkage = "internal"
    (record,) = task.args
    pen = Pen(task, 1)
    builder = pen.builder
    again, body, after = (task.append_basic_block() for _ in range(3))
    buffers = [address(builder, record, BUFFERS + 8 * i) for i in range(len(sizes))]
    all_parts = number(builder, record, ALL)
    builder.branch(again)
    builder.position_at_end(again)
    taken = _add(builder, record, NEXT, 1)
    builder.cbranch(builder.icmp_signed("<", taken, all_parts), body, after)
    builder.position_at_end(body)
    example, own = builder.udiv(taken, long(parts)), builder.urem(taken, long(parts))
    inputs = [pen.at(each, pen.times(example, size)) for each, size in zip(buffers, sizes, strict=True)]
    builder.call(part, [*inputs, own])
    _add(builder, record, DONE, 1)
    builder.branch(again)
    builder.position_at_end(after)
    _leave(pen, record)
    builder.ret_void()
    return task


def _handler(
    module: ir.Module,
    name: str,
    work: Work,
    task: ir.Function,
    paths: Sequence[tuple[int, int]],
    results: Sequence[int],
    axes: int,
) -> None:
    """What XLA calls: it asks other threads for help, works as they do, and waits for the last part."""
    handler = _function(module, name, POINTER, [POINTER])
    (frame,) = handler.args
    pen = Pen(handler, 1)
    builder = pen.builder
    answer_what_it_is(builder, frame)
    examples = copies(pen, frame, axes)
    parts = pen.times(examples, work.parts)
    is_large = builder.icmp_signed(">", pen.times(examples, work.multiplications), long(LEAST))
    helpers = builder.select(is_large, _less(builder, parts, long(_cores())), long(1))
    helpers = builder.sub(helpers, long(1))
    record = builder.call(pen.known("malloc", POINTER, [LONG]), [long(BUFFERS + 8 * len(paths))])
    users = pen.sum(2, helpers)
    for offset, value in ((NEXT, long(0)), (DONE, long(0)), (USERS, users), (ALL, parts)):
        builder.store(value, at(builder, record, offset), align=8)
    for i, path in enumerate(paths):
        numbers = address(builder, frame, *path, DATA)
        builder.store(numbers, at(builder, record, BUFFERS + 8 * i), align=8)
        number = i - (len(paths) - len(results))
        if number >= 0 and sys.platform == "linux" and BYTES * results[number] >= LARGE:
            _ask_for_large_pages(pen, numbers, pen.times(examples, BYTES * results[number]))

    def ask(_: Value, __: Sequence[Value]) -> Sequence[Value]:
        with builder.if_then(builder.not_(schedule(builder, frame, task, record))):
            _add(builder, record, USERS, -1)
        return ()

    pen.loop(helpers, ask)
    builder.call(task, [record])
    waiting, after = handler.append_basic_block(), handler.append_basic_block()
    builder.branch(waiting)
    builder.position_at_end(waiting)
    ready = builder.load_atomic(at(builder, record, DONE), "seq_cst", 8, typ=LONG)
    builder.cbranch(builder.icmp_signed("<", ready, parts), waiting, after)
    builder.position_at_end(after)
    _leave(pen, record)
    builder.ret(NOTHING)


def _ask_for_large_pages(pen: Pen, start: Value, size: Value) -> None:
    """Tell Linux that memory which is about to be written may lie in large pages.

    XLA takes a program's memory anew for each call. In pages of 4 KiB, who first writes it waits for them
    longer than for its own work, and all others for the address of the next.
    """
    builder = pen.builder
    first = builder.and_(builder.ptrtoint(start, LONG), long(-PAGE))
    last = builder.and_(pen.sum(builder.ptrtoint(start, LONG), size, PAGE - 1), long(-PAGE))
    advise = pen.known("madvise", INT, [POINTER, LONG, INT])
    builder.call(
        advise, [builder.inttoptr(first, POINTER), builder.sub(last, first), ir.Constant(INT, ADVICE)]
    )


def _less(builder: ir.IRBuilder, a: Value, b: Value) -> Value:
    return builder.select(builder.icmp_signed("<", a, b), a, b)
