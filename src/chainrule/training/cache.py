"""Compiled programs kept on disk, so that the second start does not compile."""

from __future__ import annotations

import hashlib
import os
import platform
import time
from functools import cache
from pathlib import Path

import jax
from platformdirs import user_cache_path

SWITCH = "CHAINRULE_CACHE"
"""The environment variable that says where compiled programs are kept; ``off`` for nowhere."""
LARGEST = 512 * 2**20
"""Bytes. Beyond them, what was not used for longest goes."""
WRITING = 60.0
"""Seconds. An entry that is younger may be in the middle of being written by another process."""
PROGRAM, USED = "-cache", "-atime"
"""How JAX's files of an entry end: the program, and when it was used, which is written after it."""


def keep_compiled() -> None:
    """Have JAX keep what it compiles, where nobody has said yet whether it should.

    The place is the user's cache folder, or what ``CHAINRULE_CACHE`` names; a folder that cannot be
    written is no place, and then all is compiled anew in each process.
    """
    if jax.config.values["jax_compilation_cache_dir"] is not None:
        return
    folder = _folder("compiled")
    if folder is None:
        return
    _drop_broken(folder)
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_compilation_cache_max_size", LARGEST)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


@cache
def folder_of_code() -> Path | None:
    """Where machine code is kept, or None where nothing is."""
    return _folder("code")


def _folder(kind: str) -> Path | None:
    """The folder for one kind of what is kept, made if need be; None for nowhere."""
    asked = os.environ.get(SWITCH, "")
    if asked == "off":
        return None
    folder = (Path(asked) if asked else user_cache_path("chainrule")) / kind / _processor()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _processor() -> str:
    """A name for what this processor can do: a program compiled for one may not run on another."""
    known = platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        lines = cpus.read_text(encoding="utf-8", errors="replace").splitlines()
        known += next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def _drop_broken(folder: Path) -> None:
    """Remove what a process was killed while writing: JAX would warn of it at each start, for ever."""
    for program in folder.glob(f"*{PROGRAM}"):
        used = program.with_name(program.name.removesuffix(PROGRAM) + USED)
        if not used.exists() and time.time() - program.stat().st_mtime > WRITING:
            program.unlink(missing_ok=True)
