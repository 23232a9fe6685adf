"""Machine code kept on disk, beside the programs that call it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from chainrule.training.cache import folder_of_code

MOST = 4096
"""Files. Beyond them, half of those go that were not used for longest."""


def read(key: str) -> bytes | None:
    """The code by its key, if it is there, whole, and can be read."""
    place = _place(key)
    if place is None:
        return None
    try:
        digest, _, code = place.read_bytes().partition(b"\n")
        os.utime(place)
    except OSError:
        return None
    return code if digest == _digest(code) else None


def write(key: str, code: bytes) -> None:
    """Keep the code, whole or not at all; where there is no place or no room for it, it is made anew."""
    place = _place(key)
    if place is None:
        return
    try:
        handle, beside = tempfile.mkstemp(dir=place.parent)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_digest(code) + b"\n" + code)
        os.replace(beside, place)
    except OSError:
        Path(beside).unlink(missing_ok=True)
    _drop_old(place.parent)


def _digest(code: bytes) -> bytes:
    return hashlib.sha256(code).hexdigest().encode()


def _place(key: str) -> Path | None:
    folder = folder_of_code()
    return None if folder is None else folder / hashlib.sha256(key.encode()).hexdigest()


def _drop_old(folder: Path) -> None:
    """Let the older half go where there are too many; another process may do the same."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    if len(names) > MOST:
        for name in sorted(names, key=lambda name: _used(folder / name))[: MOST // 2]:
            (folder / name).unlink(missing_ok=True)


def _used(file: Path) -> float:
    """When a file was used last; long ago, if it has gone."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
