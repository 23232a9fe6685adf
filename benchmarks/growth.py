"""How the cost of training grows, with rows, width, depth, batch, and the number of networks at once.

    python benchmarks/growth.py RESULT.json [--quick]

Each in a process of its own, so that the sizes before do not fill the memory; run.py runs this too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from problems import rows_of_images

NAME = "growth"
FEATURES = 64
REPEATS = 3
LEAST = 0.1
"""Seconds that a stretch takes at least; it has as many epochs as that needs."""


@dataclass(frozen=True)
class Axis:
    """What is varied: its title, its sizes, and the seconds that one size takes, of what."""

    title: str
    of: str
    sizes: Sequence[int]
    quick: Sequence[int]
    seconds: Callable[[int], float]


def epoch(hidden: Sequence[int], rows: int, batch: int) -> float:
    """Seconds of an epoch of a perceptron with these hidden layers."""
    from chainrule import Input, Sequential
    from chainrule.layers import Dense

    x, y = rows_of_images(rows, FEATURES)
    layers = [Dense(units, activation="relu") for units in hidden]
    model = Sequential([Input((FEATURES,)), *layers, Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")

    def train(epochs: int) -> None:
        model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)

    return least(train)


def least(train: Callable[[int], None]) -> float:
    """Seconds of an epoch: the least of some stretches, after one to warm up and one to find their length."""
    train(1)
    begun = time.perf_counter()
    train(1)
    epochs = max(1, round(LEAST / (time.perf_counter() - begun)))
    stretches = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        train(epochs)
        stretches.append((time.perf_counter() - begun) / epochs)
    return min(stretches)


def update(hidden: Sequence[int], batch: int, updates: int = 16) -> float:
    """Seconds of an update."""
    return epoch(hidden, batch * updates, batch) / updates


def at_once(networks: int) -> float:
    """Seconds of an epoch of so many networks together."""
    from cases.many import all_at_once

    train = all_at_once(*rows_of_images(512, FEATURES))

    def trained(epochs: int) -> None:
        for _ in range(epochs):
            train(networks, 1)

    return least(trained)


AXES = {
    "rows": Axis(
        "rows",
        "epoch, batches of 32",
        [2**n for n in range(10, 18)],
        [64, 128],
        lambda n: epoch([128], n, 32),
    ),
    "width": Axis(
        "units in each of 3 hidden layers",
        "update, 128 rows",
        [2**n for n in range(5, 12)],
        [8, 16],
        lambda n: update([n] * 3, 128),
    ),
    "depth": Axis(
        "hidden layers of 256 units",
        "update, 128 rows",
        [1, 2, 4, 8, 16, 32],
        [1, 2],
        lambda n: update([256] * n, 128),
    ),
    "batch": Axis(
        "rows in a batch", "update", [2**n for n in range(3, 13)], [8, 16], lambda n: update([256, 256], n)
    ),
    "networks": Axis(
        "networks at once",
        "epoch of all, 512 rows each",
        [2**n for n in range(9)],
        [1, 2],
        at_once,
    ),
}


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The slope of a straight line through the larger half of the points, both axes logarithmic.

    The smaller half is left out: what each update costs whatever its size hides there how cost grows.

    >>> round(exponent([1, 2, 4, 8], [9.0, 4.0, 16.0, 64.0]), 6)
    2.0
    """
    import numpy as np

    start = len(sizes) // 2 if len(sizes) > 3 else 0
    slope, _ = np.polyfit(np.log(sizes[start:]), np.log(seconds[start:]), 1)
    return float(slope)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("result", type=Path)
    parser.add_argument("--axis", choices=AXES, help="measure this one alone, and print it")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    if given.axis:
        axis = AXES[given.axis]
        sizes = axis.quick if given.quick else axis.sizes
        print(json.dumps({"sizes": list(sizes), "seconds": [axis.seconds(size) for size in sizes]}))
        return
    found: dict[str, Any] = {}
    for name in AXES:
        command = [sys.executable, __file__, str(given.result), "--axis", name]
        command += ["--quick"] if given.quick else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found[name] = json.loads(done.stdout.splitlines()[-1])
        power = exponent(found[name]["sizes"], found[name]["seconds"])
        print(f"  growth with {AXES[name].title}: exponent {power:.2f}", flush=True)
    given.result.write_text(json.dumps({"axes": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
