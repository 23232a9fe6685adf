"""Files that are there as a whole or as they were before, whatever happens while they are written."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

Part = bytes | memoryview


def write_whole(path: str | os.PathLike[str], *parts: Part) -> None:
    """Write a file: beside its place, synced to the disk, then renamed over what is there.

    Killed at any moment, or on a full disk, the older file is still there, whole; a link is followed.

    Raises OSError where the disk refuses; nothing is left beside the file then.
    """
    target = Path(os.path.realpath(path))
    try:
        beside = write_beside(target, *parts)
        put_in_place(beside, target)
    except OSError as error:
        raise refusal(path, error) from error


def refusal(path: str | os.PathLike[str], error: OSError) -> OSError:
    """The error of a file that could not be written, by the file's own name."""
    kept = "; the file that was there before is whole" if os.path.isfile(path) else ""
    return OSError(error.errno, f"not saved: {error.strerror or error}{kept}", os.fspath(path))


def write_beside(target: Path, *parts: Part) -> Path:
    """Write and sync a file with a name of its own beside the target; gives its path."""
    # Beside the target, since a file can only be renamed within one file system.
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def put_in_place(beside: Path, target: Path) -> None:
    """Rename a file over another; the folder is synced, so that the new name lasts, too."""
    try:
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a loss of power, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows opens no folders; its file system keeps names in order by itself
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def remove_leftovers(path: str | os.PathLike[str]) -> None:
    """Remove what killed processes left half-written beside a file; no other may be writing it now."""
    target = Path(os.path.realpath(path))
    pattern = re.compile(re.escape(f".{target.name}.") + r"[0-9a-f]{8}\.part")
    for beside in target.parent.iterdir() if target.parent.is_dir() else ():
        if pattern.fullmatch(beside.name):
            beside.unlink(missing_ok=True)
