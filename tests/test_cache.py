"""Compiled programs are kept on disk: a second process compiles nothing, and a broken one is no matter."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import jax, numpy as np
hits = []
jax.monitoring.register_event_listener(lambda event, **_: hits.append(event))
import chainrule as keras
x = np.arange(12, dtype=np.float32).reshape(6, 2) / 12
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
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


@pytest.mark.parametrize("folder", ["off", "/proc/none"])
def test_without_a_place_all_is_compiled_anew(folder):
    misses, _, place = start(folder)
    assert place == "None"
    assert misses == 0


def test_a_folder_that_somebody_chose_for_jax_is_left_alone(tmp_path):
    _, _, place = start(tmp_path / "ours", JAX_COMPILATION_CACHE_DIR=str(tmp_path / "theirs"))
    assert place == str(tmp_path / "theirs")
    assert not (tmp_path / "ours").exists()
