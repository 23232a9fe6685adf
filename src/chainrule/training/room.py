"""How many copies of a network are trained at once: what one takes, and what the device has."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jax

CACHE = 2**20
"""Bytes of values and batches that are worked on a processor at a time: more would not stay in its cache."""
LEAST = 8
"""Copies that are worked at a time at least, where there is memory for them."""
SHARE = 0.5
"""The part of the memory that is free now that copies may take."""
UNKNOWN = 4 * 2**30
"""Bytes that are counted on where the system does not say how many are free."""


def bytes_of(arrays: Iterable[Any]) -> int:
    """The bytes that arrays take, or what stands for their shapes.

    >>> import numpy as np
    >>> bytes_of([np.zeros((2, 3), np.float32)])
    24
    """
    return sum(int(array.size) * array.dtype.itemsize for array in arrays)


def copies_at_once(worked: int, kept: int, cap: int | None = None) -> int:
    """How many copies are trained at once, at most ``cap``.

    ``worked`` are the bytes that one update of a copy goes through, ``kept`` those of data of its own.

    Raises MemoryError where there is no room for one.
    """
    device = jax.devices()[0]
    room = int(SHARE * free_bytes(device)) // (worked + kept)
    if room < 1:
        raise MemoryError(f"one network takes {worked + kept:,} bytes, more than half of what is free")
    room *= len(jax.devices()) if device.platform != "cpu" else 1
    if cap is not None:
        return min(cap, room)
    if device.platform == "cpu":
        return min(room, max(LEAST, CACHE // worked) * len(jax.devices()))
    return room


def free_bytes(device: Any) -> int:
    """The bytes that are free on a device; for a processor, those that the system has left."""
    found: Mapping[str, int] | None = device.memory_stats()
    if found and "bytes_limit" in found:
        return found["bytes_limit"] - found.get("bytes_in_use", 0)
    return min((*_free_of_system(), *_left_of_group()), default=UNKNOWN)


def _free_of_system() -> tuple[int, ...]:
    table = Path("/proc/meminfo")
    if table.exists():
        for line in table.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return (int(line.split()[1]) * 1024,)
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        return (os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),)
    return ()


def _left_of_group() -> tuple[int, ...]:
    """What the control group of a container leaves."""
    limit, used = (Path("/sys/fs/cgroup") / name for name in ("memory.max", "memory.current"))
    if not (limit.exists() and used.exists()) or (most := limit.read_text().strip()) == "max":
        return ()
    return (max(0, int(most) - int(used.read_text())),)
