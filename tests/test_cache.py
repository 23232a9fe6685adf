"""Compiled programs are kept on disk: a second process compiles nothing, and a broken one is no matter."""

import os
import subprocess
import sys

import pytest

from chainrule.training.native import kept
from marks import but_slow

SCRIPT = """
import jax, numpy as np
hits = []
jax.monitoring.register_event_listener(lambda event, **_: hits.append(event))
import chainrule as keras
x = np.arange(12, dtype=np.float32).reshape(6, 2) / 12
y = x.sum(axis=1, keepdims=True)
draws = keras.layers.Dropout(0.1, seed=1)  # else Python calls machine code alone, and nothing is compiled
model = keras.Sequential([keras.Input((2,)), draws, keras.layers.Dense(1, kernel_initializer="zeros")])
keras.utils.set_random_seed(1)
model.compile(keras.optimizers.SGD(0.1), "mse")
model.fit(x, y, epochs=3, verbose=0)
print(hits.count("/jax/compilation_cache/cache_misses"), model.get_weights()[0].tobytes().hex())
print(jax.config.jax_compilation_cache_dir)
"""


def start(folder, **more):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JAX_")}
    environment |= {"CHAINRULE_CACHE": str(folder), **more}
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stderr == ""
    first, place = found.stdout.splitlines()
    misses, weights = first.split()
    return int(misses), weights, place


def entries(folder):
    return sorted(path.name for path in folder.rglob("*-cache"))


def test_the_second_start_compiles_nothing_and_gives_the_same_bits(tmp_path):
    misses, weights, place = start(tmp_path)
    assert misses > 0
    kept = entries(tmp_path)
    assert kept
    assert place.startswith(str(tmp_path))
    again, same, _ = start(tmp_path)
    assert again == 0
    assert same == weights
    assert entries(tmp_path) == kept


def test_what_a_process_was_killed_while_writing_is_dropped(tmp_path):
    _, weights, _ = start(tmp_path)
    (whole,) = (path for path in tmp_path.rglob("jit_epochs*-cache"))
    size = whole.stat().st_size
    whole.write_bytes(whole.read_bytes()[: size // 2])
    whole.with_name(whole.name.removesuffix("-cache") + "-atime").unlink()
    os.utime(whole, (0, 0))
    misses, same, _ = start(tmp_path)
    assert (misses, same) == (1, weights)
    assert whole.stat().st_size > size * 0.9


@pytest.mark.parametrize("folder", but_slow(["/proc/none"], ["off", "/proc/none"]))
def test_without_a_place_all_is_compiled_anew(folder):
    misses, _, place = start(folder)
    assert place == "None"
    assert misses == 0


def test_a_folder_that_somebody_chose_for_jax_is_left_alone(tmp_path):
    _, _, place = start(tmp_path / "ours", JAX_COMPILATION_CACHE_DIR=str(tmp_path / "theirs"))
    assert place == str(tmp_path / "theirs")
    assert not entries(tmp_path / "ours")


@pytest.fixture
def code(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "folder_of_code", lambda: tmp_path)
    return tmp_path


def test_machine_code_is_kept(code):
    assert kept.read("a") is None
    kept.write("a", b"one\ntwo")
    kept.write("b", b"")
    assert kept.read("a") == b"one\ntwo"
    assert kept.read("b") == b""
    assert len(list(code.iterdir())) == 2


@pytest.mark.parametrize("left", [0, 10, 70])
def test_machine_code_that_is_not_whole_is_made_anew(code, left):
    kept.write("a", b"one two three")
    (file,) = code.iterdir()
    file.write_bytes(file.read_bytes()[:left])
    assert kept.read("a") is None
    kept.write("a", b"one two three")
    assert kept.read("a") == b"one two three"


def test_machine_code_is_made_anew_where_its_folder_has_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "folder_of_code", lambda: tmp_path / "gone")
    kept.write("a", b"code")
    assert kept.read("a") is None


def test_old_machine_code_goes(code, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 4)
    for number, key in enumerate("abcde"):
        kept.write(key, b"code")
        os.utime(max(code.iterdir(), key=lambda file: file.stat().st_mtime), (number, number))
    kept.write("f", b"code")
    assert [kept.read(key) is not None for key in "abf"] == [False, False, True]


def test_a_second_process_takes_machine_code_from_the_first(tmp_path):
    script = """
import jax.numpy as jnp
from chainrule.training.native import dense, machine
made = []
code = machine._code
machine._code = lambda *given: made.append(given) or code(*given)
x = dense.product(jnp.ones((64, 512), jnp.float32), jnp.ones((512, 128), jnp.float32))
print(len(made), float(x.sum()))
"""
    environment = {**os.environ, "CHAINRULE_CACHE": str(tmp_path)}
    command = [sys.executable, "-W", "error", "-c", script]
    starts = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
        for _ in range(2)
    ]
    assert starts == [["1", str(64.0 * 512 * 128)], ["0", str(64.0 * 512 * 128)]]
