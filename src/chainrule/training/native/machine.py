"""This processor: how wide its vectors are, and machine code made for it."""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm
from llvmlite import ir

from chainrule.training.native import kept


@dataclass(frozen=True)
class Vectors:
    """What a processor has for float32: numbers in a vector, and vectors that can be summed into at once."""

    lanes: int
    sums: int


@cache
def vectors() -> Vectors:
    """Those of this processor, a few registers left for what is multiplied."""
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return Vectors(lanes=16, sums=26)
    if features.get("avx2") and features.get("fma"):
        return Vectors(lanes=8, sums=12)
    is_arm = llvm.get_process_triple().startswith(("aarch64", "arm64"))
    return Vectors(lanes=4, sums=24 if is_arm else 8)


def lanes_for(numbers: int) -> int:
    """The lanes of vectors for so many numbers side by side: no more than these need."""
    return min(vectors().lanes, max(4, 1 << (numbers - 1).bit_length()))


@cache
def _target() -> llvm.TargetMachine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        # Some are said to prefer half of their vectors' width, for what else runs beside.
        features["prefer-256-bit"] = False
    target = llvm.Target.from_triple(llvm.get_process_triple())
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features.flatten(), opt=3, jit=True
    )


@cache
def _engine() -> llvm.ExecutionEngine:
    library = ctypes.cdll.msvcrt if os.name == "nt" else ctypes.CDLL(None)
    for name in ("malloc", "free", *(["madvise"] if sys.platform == "linux" else [])):
        llvm.add_symbol(name, ctypes.cast(getattr(library, name), ctypes.c_void_p).value)
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())


_made: dict[str, int] = {}
"""Where the functions of this process are."""


def compiled(name: str, module: Callable[[str], ir.Module], improved: bool = True) -> int:
    """The address of a module's function, as machine code that stays for as long as the process does.

    ``module`` writes the module of this name; it is called where its code is not kept. LLVM may leave it as
    it is written, where it is not to be ``improved``: that takes the most of its time.
    """
    if name in _made:
        return _made[name]
    key = f"{_way_of_writing()}\n{name}"
    code = kept.read(key)
    if code is None:
        code = _code(str(module(name)), improved)
        kept.write(key, code)
    engine = _engine()
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _made[name] = int(engine.get_function_address(name))
    return _made[name]


@cache
def _way_of_writing() -> str:
    """What machine code depends on beside its name: who writes it, and who makes it of that."""
    written_by = hashlib.sha256(llvmlite.__version__.encode())
    for file in writers():
        written_by.update(file.read_bytes())
    return written_by.hexdigest()


def writers() -> list[Path]:
    """The files that say how machine code is written."""
    return sorted(Path(__file__).parent.rglob("*.py"))


def _code(written: str, improved: bool) -> bytes:
    """Machine code of what is written in LLVM's language."""
    target = _target()
    parsed = llvm.parse_assembly(written)
    parsed.verify()
    if improved:
        _improve(parsed, target)
    code: bytes = target.emit_object(parsed)
    return code


def _improve(parsed: llvm.ModuleRef, target: llvm.TargetMachine) -> None:
    how = llvm.create_pipeline_tuning_options(speed_level=3)
    # What is in vectors stays as it was written: vectors of vectors would only spill registers.
    how.loop_vectorization = how.slp_vectorization = False
    builder = llvm.create_pass_builder(target, how)
    builder.getModulePassManager().run(parsed, builder)
