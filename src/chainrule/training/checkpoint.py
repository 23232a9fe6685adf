"""Checkpoints: all that a run needs to go on as if it had never stopped, in one safetensors file.

The arrays are the file's tensors. Everything else is JSON in its metadata, in which a table
``{"array": "name"}`` stands for an array. A digest of the whole file, taken with zeros in its own
place, is in the metadata too: safetensors has no checksum of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.files import put_in_place, refusal, remove_leftovers, sync_folder, write_beside
from chainrule.training.position import Position

KEY, DIGEST = "chainrule_checkpoint", "sha256"
VERSION = 1
ARRAY = "array"
UNSET = "0" * 64
PLAIN = (bool, int, float, str, type(None))
DTYPES = ("bool", "uint8", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64")


@dataclass(frozen=True)
class Checkpoint:
    """A run between two calls of its program.

    ``callbacks`` holds the class and the state of each callback that keeps one, in order; ``run`` says in
    a few named digests what run it is, so that no other goes on from it.
    """

    position: Position
    callbacks: Sequence[tuple[str, Mapping[str, Any]]] = ()
    stop_training: bool = False
    run: Mapping[str, str] = field(default_factory=dict)


class CheckpointError(ValueError):
    """A checkpoint that is damaged, or another run's."""


def previous(path: str | os.PathLike[str]) -> Path:
    """Where the checkpoint before the newest is kept.

    >>> previous("runs/lenet/checkpoint.safetensors").name
    'checkpoint.previous.safetensors'
    """
    path = Path(path)
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def write_checkpoint(path: str | os.PathLike[str], checkpoint: Checkpoint) -> None:
    """Write a checkpoint; the one that was there becomes the :func:`previous` one.

    At every moment the newest, or if that is not in its place the previous one, is whole.

    Raises OSError where the disk refuses: then the older ones are whole, and nothing is left beside
    them. Raises TypeError for a callback's state that is no plain data.
    """
    target = Path(os.path.realpath(path))
    parts = _packed(checkpoint)
    try:
        beside = write_beside(target, *parts)
        try:
            if target.exists():
                target.replace(previous(target))
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        put_in_place(beside, target)
    except OSError as error:
        raise refusal(path, error) from error


def read_checkpoint(path: str | os.PathLike[str]) -> Checkpoint:
    """What :func:`write_checkpoint` wrote, to the bit; runs no code from the file.

    Raises CheckpointError for a file that is damaged or no checkpoint; OSError where it cannot be read.
    """
    content = bytearray(Path(path).read_bytes())
    try:
        return _unpacked(content)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise CheckpointError(f"{path} is no whole checkpoint ({reason}): remove it to begin anew") from error


def newest_checkpoint(path: str | os.PathLike[str]) -> tuple[Checkpoint, Path] | None:
    """The newest whole checkpoint and its file: that of the path, else the previous one; None for none.

    What killed processes left half-written beside it is removed.

    Raises CheckpointError where there are files and none is whole; OSError where one cannot be read.
    """
    remove_leftovers(path)
    damage: CheckpointError | None = None
    for file in (Path(path), previous(path)):
        try:
            return read_checkpoint(file), file
        except FileNotFoundError:
            continue
        except CheckpointError as error:
            damage = damage or error
    if damage is not None:
        raise damage
    return None


def remove_checkpoint(path: str | os.PathLike[str]) -> None:
    """Remove a checkpoint, the previous one, and what is left half-written beside it."""
    remove_leftovers(path)
    # The previous one first: were it left alone, a killed run would go on from it.
    previous(path).unlink(missing_ok=True)
    Path(path).unlink(missing_ok=True)
    if Path(path).parent.is_dir():
        sync_folder(Path(path).parent)


def check_run(found: Mapping[str, str], expected: Mapping[str, str], place: object) -> None:
    """Raise CheckpointError, with what differs, unless a checkpoint is of the run that wants to go on."""
    names = {**expected, **found}
    different = [name for name in names if found.get(name) != expected.get(name)]
    if different:
        raise CheckpointError(
            f"{place} is a checkpoint of another run: {' and '.join(different)} differ"
            f"{'s' if len(different) == 1 else ''}; start a new run, or give back what was changed"
        )


def digest(*things: Any) -> str:
    """A digest of arrays, text and plain data, for :attr:`Checkpoint.run`.

    >>> digest("a", np.arange(3)) == digest("a", np.arange(3)), digest("a") == digest("b")
    (True, False)
    """
    found = hashlib.sha256()
    for thing in things:
        if isinstance(thing, np.ndarray):
            found.update(f"{thing.dtype}{thing.shape}".encode())
            found.update(np.asarray(thing, order="C").data)
        else:
            found.update(json.dumps(thing, sort_keys=True, default=str).encode())
    return found.hexdigest()


def _packed(checkpoint: Checkpoint) -> tuple[bytes | memoryview, ...]:
    from safetensors.numpy import save

    arrays: dict[str, np.ndarray] = {}
    position = {f.name: getattr(checkpoint.position, f.name) for f in fields(Position)}
    position["values"] = {name: np.asarray(value) for name, value in position["values"].items()}
    table = {
        "version": VERSION,
        "position": _plain(position, "position", arrays),
        "callbacks": [
            [kind, _plain(state, f"callbacks[{number}] {kind}", arrays)]
            for number, (kind, state) in enumerate(checkpoint.callbacks)
        ],
        "stop_training": checkpoint.stop_training,
        "run": dict(checkpoint.run),
    }
    metadata = {KEY: json.dumps(table), DIGEST: UNSET}
    content = save(arrays, metadata=metadata)
    start = _digest_place(content)
    found = hashlib.sha256(content).hexdigest()
    return content[:start], found.encode(), memoryview(content)[start + len(found) :]


def _digest_place(content: bytes | bytearray) -> int:
    # Inside the JSON text these quotes would be escaped, so the first place is the only one.
    mark = f'"{DIGEST}":"'.encode()
    place = content.find(mark)
    if place < 0:
        raise ValueError("it has no digest")
    return place + len(mark)


def _unpacked(content: bytearray) -> Checkpoint:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    start = _digest_place(content)
    stop = start + len(UNSET)
    claimed = bytes(content[start:stop])
    content[start:stop] = UNSET.encode()
    if hashlib.sha256(content).hexdigest().encode() != claimed:
        raise ValueError("its bytes are not those that were written")
    whole = bytes(content)
    try:
        arrays = load(whole)
    except SafetensorError as error:
        raise ValueError(str(error)) from None
    length = int.from_bytes(whole[:8], "little")
    table = json.loads(json.loads(whole[8 : 8 + length])["__metadata__"][KEY])
    if table["version"] != VERSION:
        raise ValueError(f"it has format version {table['version']!r}, and this chainrule reads {VERSION}")
    return Checkpoint(
        Position(**_full(table["position"], arrays)),
        [(kind, _full(state, arrays)) for kind, state in table["callbacks"]],
        table["stop_training"],
        table["run"],
    )


def _plain(value: Any, place: str, arrays: dict[str, np.ndarray]) -> Any:
    """The value as JSON can hold it; its arrays are put among the others, by their places."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, np.ndarray) and value.dtype.name in DTYPES:
        arrays[place] = np.asarray(value, order="C")
        return {ARRAY: place}
    if isinstance(value, list):
        return [_plain(item, f"{place}[{number}]", arrays) for number, item in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value) and set(value) != {ARRAY}:
        return {key: _plain(item, f"{place}.{key}", arrays) for key, item in value.items()}
    raise TypeError(
        f"{place}: a checkpoint holds numbers, text, arrays of numbers, lists, and tables by text, not "
        f"{value!r} ({type(value).__name__})"
    )


def _full(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_full(item, arrays) for item in value]
    if isinstance(value, dict):
        if set(value) == {ARRAY}:
            return arrays[value[ARRAY]]
        return {key: _full(item, arrays) for key, item in value.items()}
    return value
