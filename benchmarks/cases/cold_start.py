"""Cold start: the whole process, from the shell to a trained network, with imports and compiling.

Each script of benchmarks/cold starts twice, the first time with empty caches; the second start is what is
compared. Keras is given JAX's cache of compiled programs, which it does not use by itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from measuring import Case, Measured

SCRIPTS = Path(__file__).parents[1] / "cold"


def started(library: str, small: bool) -> Measured:
    """The library's script, started twice."""
    with tempfile.TemporaryDirectory() as caches:
        first, _ = _start(library, caches)
        second, output = _start(library, caches)
    loss, accuracy = map(float, output.split())
    return Measured(second, first, loss, accuracy)


def _start(library: str, caches: str) -> tuple[float, str]:
    environment = {**os.environ, "CHAINRULE_CACHE": caches}
    if library == "keras":
        environment |= {
            "KERAS_BACKEND": "jax",
            "JAX_COMPILATION_CACHE_DIR": caches,
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        }
    command = [sys.executable, str(SCRIPTS / f"digits_{library}.py")]
    begun = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise RuntimeError(f"{command[1]} ended with status {done.returncode}:\n{done.stderr}")
    return seconds, done.stdout


CASE = Case(
    "Cold start to a trained digits MLP",
    "second start",
    {library: partial(started, library) for library in ("chainrule", "pytorch", "keras", "sklearn")},
    aims={"sklearn": 1},
    tolerance=0.05,
)
