"""A checkpoint comes back to the bit, and is whole whenever its writer was killed or the disk was full."""

import errno
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from chainrule import files
from chainrule.training import checkpoint as checkpoint_module
from chainrule.training.checkpoint import (
    Checkpoint,
    CheckpointError,
    check_run,
    digest,
    newest_checkpoint,
    previous,
    read_checkpoint,
    remove_checkpoint,
    write_checkpoint,
)
from chainrule.training.position import Position


def made(epoch=3, size=5, callbacks=(), **position):
    values = {
        "W1": np.full((size, 2), epoch, np.float32),
        "t": np.int32(epoch),
        "on": np.array([True, False]),
    }
    where = {"seed": 7, "epoch": epoch, "values": values, "learning_rate": 0.1, **position}
    return Checkpoint(Position(**where), callbacks, False, {"file": "abc"})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoint.safetensors"


def same(one, other):
    """Equal to the bit: NaN equals NaN, 0 differs from -0, and types count."""
    if isinstance(one, np.ndarray | np.generic):
        other = np.asarray(other)
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, float):
        return isinstance(other, float) and (one.hex() == other.hex())
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return type(one) is type(other) and one == other


def all_of(checkpoint):
    position = {f.name: getattr(checkpoint.position, f.name) for f in fields(Position)}
    return [position, list(map(list, checkpoint.callbacks)), checkpoint.stop_training, dict(checkpoint.run)]


# What is written is read.

NUMBERS = st.sampled_from([np.float32, np.int32, np.uint32, np.bool_, np.float64, np.float16, np.uint8])
ARRAYS = NUMBERS.flatmap(
    lambda kind: arrays_of.arrays(
        kind, arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
    )
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8"))
STATES = st.dictionaries(
    st.text(st.characters(codec="utf-8")).filter(lambda name: name != "array"),
    st.recursive(
        PLAIN | ARRAYS,
        lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from("abc"), inside),
        max_leaves=6,
    ),
    max_size=4,
)


@given(st.dictionaries(st.text("Wb12_", min_size=1), ARRAYS, max_size=4), STATES, st.booleans())
@settings(derandomize=True, deadline=None, max_examples=150)
def test_everything_comes_back_to_the_bit(tmp_path_factory, values, state, stop):
    path = tmp_path_factory.mktemp("c") / "checkpoint.safetensors"
    position = Position(2**32 - 1, 4, values, 0.1, 2, 17, 544, {"loss": 1e-45, "accuracy": math.inf})
    first = Checkpoint(position, [("Own", state), ("History", {})], stop, {"a": "b"})
    write_checkpoint(path, first)
    assert same(all_of(first), all_of(read_checkpoint(path)))


def test_the_numbers_that_json_has_no_words_for_come_back(path):
    losses = [0.1, 1 / 3, 5e-324, -0.0, math.nan, math.inf, -math.inf, 1.7976931348623157e308]
    write_checkpoint(path, made(callbacks=[("History", {"history": {"loss": losses}})]))
    ((_, state),) = read_checkpoint(path).callbacks
    assert [x.hex() for x in state["history"]["loss"]] == [x.hex() for x in losses]


def test_jax_arrays_and_numpy_numbers_are_taken_as_they_are(path):
    import jax.numpy as jnp

    position = Position(1, 2, {"W1": jnp.ones((2, 3)), "t": jnp.int32(4)}, np.float32(0.1))
    write_checkpoint(path, Checkpoint(position, [("Own", {"best": np.float32(0.1)})]))
    found = read_checkpoint(path)
    assert same(np.ones((2, 3), np.float32), found.position.values["W1"])
    assert same(np.array(4, np.int32), found.position.values["t"])
    assert found.position.learning_rate == found.callbacks[0][1]["best"] == float(np.float32(0.1))


@pytest.mark.parametrize(
    "state",
    [{"f": print}, {"a": (1, 2)}, {1: 2}, {"a": {1: 2}}, {"a": [object()]}, {"a": np.array(["x"])}],
    ids=["function", "tuple", "number-as-key", "nested-key", "object", "text-array"],
)
def test_what_is_no_plain_data_is_refused_with_its_place(path, state):
    with pytest.raises(TypeError, match=r"callbacks\[1\] Own.*: a checkpoint holds numbers, text, arrays"):
        write_checkpoint(path, made(callbacks=[("History", {}), ("Own", state)]))
    assert list(path.parent.iterdir()) == []


# Damage is found.


def test_every_flipped_bit_and_every_missing_end_is_found(path):
    write_checkpoint(path, made(size=2))
    whole = path.read_bytes()
    assert len(whole) < 1500
    for place in range(len(whole)):
        for bit in range(8) if place % 7 == 0 else (place % 8,):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            path.write_bytes(damaged)
            with pytest.raises(CheckpointError, match="is no whole checkpoint"):
                read_checkpoint(path)
    for length in range(0, len(whole), 11):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match="is no whole checkpoint"):
            read_checkpoint(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(CheckpointError, match="not those that were written"):
        read_checkpoint(path)


@given(st.binary(max_size=400))
@settings(derandomize=True, deadline=None)
def test_any_other_file_is_refused_in_one_line(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "other.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="is no whole checkpoint") as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_a_model_or_a_checkpoint_of_another_version_is_refused(path, monkeypatch):
    from safetensors.numpy import save_file

    save_file({"W1": np.ones(2, np.float32)}, path)
    with pytest.raises(CheckpointError, match="it has no digest"):
        read_checkpoint(path)
    monkeypatch.setattr(checkpoint_module, "VERSION", 9)
    write_checkpoint(path, made())
    monkeypatch.undo()
    with pytest.raises(CheckpointError, match="format version 9, and this chainrule reads 1"):
        read_checkpoint(path)


def test_missing_files_keep_their_own_error(path):
    with pytest.raises(FileNotFoundError):
        read_checkpoint(path)
    assert newest_checkpoint(path) is None
    assert newest_checkpoint(path.parent / "no folder" / path.name) is None


# The newest that is whole.


def test_the_one_before_is_kept_and_taken_where_the_newest_is_damaged_or_missing(path):
    for epoch in (1, 2, 3):
        write_checkpoint(path, made(epoch))
    assert sorted(path.parent.iterdir()) == [previous(path), path]
    assert newest_checkpoint(path)[0].position.epoch == 3
    path.write_bytes(path.read_bytes()[:-1])
    found, place = newest_checkpoint(path)
    assert (found.position.epoch, place) == (2, previous(path))
    path.unlink()
    assert newest_checkpoint(path)[0].position.epoch == 2
    path.write_bytes(b"")
    previous(path).write_bytes(b"")
    with pytest.raises(CheckpointError, match=f"^{path}"):
        newest_checkpoint(path)


def test_what_a_killed_process_left_is_removed_and_nothing_else(path):
    write_checkpoint(path, made())
    leftovers = [path.parent / f".{path.name}.{name}.part" for name in ("01234567", "deadbeef")]
    others = [
        path.parent / name
        for name in (".checkpoint.safetensors.mine", "notes.part", f".{path.name}.xyz.part")
    ]
    for file in (*leftovers, *others):
        file.write_bytes(b"half")
    assert newest_checkpoint(path) is not None
    assert set(path.parent.iterdir()) == {path, *others}


def test_a_removed_checkpoint_leaves_nothing(path):
    write_checkpoint(path, made(1))
    write_checkpoint(path, made(2))
    (path.parent / f".{path.name}.01234567.part").write_bytes(b"half")
    remove_checkpoint(path)
    remove_checkpoint(path)
    assert list(path.parent.iterdir()) == []


def test_another_run_is_named(path):
    check_run({"data": "1", "layers": "2"}, {"data": "1", "layers": "2"}, path)
    with pytest.raises(CheckpointError, match="is a checkpoint of another run: layers differs"):
        check_run({"data": "1", "layers": "2"}, {"data": "1", "layers": "3"}, path)
    with pytest.raises(CheckpointError, match="data and layers differ;"):
        check_run({"data": "2"}, {"data": "1", "layers": "3"}, path)


def test_a_digest_tells_apart_what_differs():
    x = np.arange(6, dtype=np.float32)
    different = [x, x.reshape(2, 3), x.astype(np.int32), x + 1, "x", 1, {"a": 1}, [1, 2], None]
    assert len({digest(thing) for thing in different}) == len(different)
    assert digest(x.reshape(2, 3).T.copy()) == digest(x.reshape(2, 3).T)


# Killed.

WRITING = """
import itertools, sys
import numpy as np
from chainrule.training.checkpoint import Checkpoint, newest_checkpoint, write_checkpoint
from chainrule.training.position import Position
path = sys.argv[1]
found = newest_checkpoint(path)
for epoch in itertools.count(found[0].position.epoch + 1 if found else 1):
    values = {f"W{i}": np.full((400, 100), epoch, np.float32) for i in range(1, 6)}
    history = {"loss": [float(epoch)] * 500}
    write_checkpoint(path, Checkpoint(Position(7, epoch, values, 0.1), [("History", {"history": history})]))
    print(epoch, flush=True)
"""


@pytest.mark.slow
def test_killed_at_fifty_moments_the_newest_checkpoint_is_whole(path):
    moments = random.Random(5)
    interrupted = 0
    for _ in range(50):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITING, str(path)], stdout=subprocess.PIPE, text=True
        )
        with writer:
            written = int(writer.stdout.readline())  # it has begun to write
            time.sleep(moments.uniform(0, 0.03))
            writer.send_signal(signal.SIGKILL)
            seen = [written, *map(int, writer.stdout.read().split())]
        interrupted += any(file.suffix == ".part" for file in path.parent.iterdir())
        found, _ = newest_checkpoint(path)
        epoch = found.position.epoch
        # The last that is said to be written is there, or the one that was not said any more.
        assert epoch in (seen[-1], seen[-1] + 1)
        assert all((value == epoch).all() for value in found.position.values.values())
        assert found.callbacks[0][1]["history"]["loss"] == [epoch] * 500
    assert interrupted  # some were killed while they wrote


# A full disk.


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a file system can be mounted by root alone")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_file_system_is_one_clear_line_and_the_older_checkpoint_is_whole(small_disk):
    path = small_disk / "checkpoint.safetensors"
    for epoch in (1, 2):
        write_checkpoint(path, made(epoch, size=40_000))  # 320 kB each: no room for a third
    before = {file: file.read_bytes() for file in small_disk.iterdir()}
    with pytest.raises(OSError, match=r"not saved: No space left on device; .* is whole") as caught:
        write_checkpoint(path, made(3, size=80_000))
    assert caught.value.errno == errno.ENOSPC
    assert "\n" not in str(caught.value)
    assert {file: file.read_bytes() for file in small_disk.iterdir()} == before
    assert newest_checkpoint(path)[0].position.epoch == 2


class Full:
    """Makes the disk full at the n-th call of a function of ``os`` or ``pathlib``."""

    def __init__(self, monkeypatch, owner, name, when):
        self.original, self.left = getattr(owner, name), when
        monkeypatch.setattr(owner, name, lambda *given: self(*given))

    def __call__(self, *given):
        self.left -= 1
        if self.left == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.original(*given)


@pytest.mark.parametrize(
    ("owner", "name", "when"),
    [(os, "fsync", 1), (files.Path, "replace", 1), (files.Path, "replace", 2), (os, "fsync", 2)],
    ids=["sync", "rename-old", "rename-new", "sync-folder"],
)
def test_a_disk_full_at_any_step_leaves_a_whole_checkpoint_and_nothing_beside_it(
    path, monkeypatch, owner, name, when
):
    for epoch in (1, 2):
        write_checkpoint(path, made(epoch))
    Full(monkeypatch, owner, name, when)
    with pytest.raises(OSError, match="not saved: No space left on device") as caught:
        write_checkpoint(path, made(3))
    monkeypatch.undo()
    assert caught.value.filename == str(path)
    assert set(path.parent.iterdir()) <= {path, previous(path)}
    assert newest_checkpoint(path)[0].position.epoch == (3 if when == 2 and name == "fsync" else 2)


# Files that are written whole.


def test_a_link_is_followed_and_stays(tmp_path):
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    files.write_whole(link, b"new", memoryview(b" parts"))
    assert link.is_symlink()
    assert real.read_bytes() == b"new parts"
    assert list((tmp_path / "there").iterdir()) == [real]


def test_a_folder_that_is_missing_or_closed_is_an_error_with_the_files_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"not saved: No such file or directory: .*no/file") as caught:
        files.write_whole(tmp_path / "no" / "file", b"x")
    assert "before" not in str(caught.value)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="not saved"):
        files.write_whole(tmp_path / "folder", b"x")
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


def test_what_interrupts_the_writing_leaves_the_old_file_alone(tmp_path, monkeypatch):
    path = tmp_path / "file"
    files.write_whole(path, b"old")

    def interrupted(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
