"""How many answer sheets of ten answers are marked in a second: on one core, and by all.

    python benchmarks/marking.py [--sheets 2000] [--slip 0.2] [--digits 4]

The sheets answer a network of two layers, rounded at every step to so many decimals; this part of the
students leaves the first bias out, and follows through. Reading the files is part of the time.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from chainrule.marking.answers import read_answers
from chainrule.marking.sheet import mark, mark_files
from chainrule.paper.solving import solve

NAMES = ("z1", "a1", "z2", "loss", "dz2", "dW2", "db2", "dW1", "W1_new", "W2_new")
SHEET = f"""
[[question]]
id = "q1"
topic = "network"
marks = 10
find = [{", ".join(f'"{name}"' for name in NAMES)}]
[question.given]
x = [[1, 2]]
y = [[5]]
loss = "mse"
optimizer = {{ name = "SGD", learning_rate = 0.01 }}
layers = [
  {{ layer = "Dense", units = 2, activation = "relu", W = [[0.2, 0.3], [0.4, 0.7]], b = [0.1, 0.3] }},
  {{ layer = "Dense", units = 1, W = [[0.5], [0.9]], b = [0.2] }},
]
"""


def answered(slips: bool, digits: int) -> str:
    """The answers of a student, who leaves the first bias out or does not."""
    x, W1, b1 = np.array([[1.0, 2.0]]), np.array([[0.2, 0.3], [0.4, 0.7]]), np.array([0.1, 0.3])
    W2, b2 = np.array([[0.5], [0.9]]), 0.2
    z1 = np.round(x @ W1 + (0 if slips else b1), digits)
    z2 = np.round(z1 @ W2 + b2, digits)
    dz2 = np.round(2 * (z2 - 5), digits)
    da1 = np.round(dz2 @ W2.T, digits)
    dW1, dW2 = np.round(x.T @ da1, digits), np.round(z1.T @ dz2, digits)
    values = (z1, z1, z2, (z2 - 5) ** 2, dz2, dW2, dz2[0], dW1, W1 - 0.01 * dW1, W2 - 0.01 * dW2)
    lines = (f"{name} = {np.round(v, digits).tolist()}" for name, v in zip(NAMES, values, strict=True))
    return "\n".join(["[q1]", *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheets", type=int, default=2000)
    parser.add_argument("--slip", type=float, default=0.2, help="the part of the students who slip")
    parser.add_argument("--digits", type=int, default=4)
    given = parser.parse_args()
    slips = np.random.default_rng(0).random(given.sheets) < given.slip
    with tempfile.TemporaryDirectory() as folder:
        for number, slip in enumerate(slips):
            (Path(folder) / f"{number:05}.toml").write_text(answered(bool(slip), given.digits))
        solution = solve(SHEET)
        paths = sorted(Path(folder).iterdir())
        begun = time.perf_counter()
        marked = [mark(solution, read_answers(path)) for path in paths]
        alone = time.perf_counter() - begun
        begun = time.perf_counter()
        again = list(mark_files(solution, [Path(folder)]))
        together = time.perf_counter() - begun
    assert [one.score for one in marked] == [one.score for one in again]
    full = sum(one.score == one.out_of for one in marked)
    print(f"{full} of {len(marked)} without a mistake")
    print(f"{len(paths) / alone:7,.0f} sheets/s on one core")
    print(f"{len(paths) / together:7,.0f} sheets/s on {os.cpu_count()} cores, their start included")


if __name__ == "__main__":
    main()
