"""Worked and marked: questions solved, and answer sheets marked; there is nobody to compare with."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from marking import SHEET, answered
from measuring import Case, Measured

SHEETS = 400
SLIPS = 5
"""Every fifth student leaves the first bias out."""


def solve(small: bool) -> Measured:
    """A question on a network of two layers: every quantity of an update."""
    from chainrule.paper.solving import solve as solved

    begun = time.perf_counter()
    solved(SHEET)
    first = time.perf_counter() - begun
    count = 3 if small else 50
    begun = time.perf_counter()
    for _ in range(count):
        solved(SHEET)
    return Measured((time.perf_counter() - begun) / count, first)


def check(small: bool) -> Measured:
    """An answer sheet, read from its file and marked on one core."""
    from chainrule.marking.answers import read_answers
    from chainrule.marking.sheet import mark
    from chainrule.paper.solving import solve as solved

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number in range(20 if small else SHEETS):
            paths.append(Path(folder) / f"{number:05}.toml")
            paths[-1].write_text(answered(number % SLIPS == 0, 4))
        begun = time.perf_counter()
        solution = solved(SHEET)
        mark(solution, read_answers(paths[0]))
        first = time.perf_counter() - begun
        begun = time.perf_counter()
        for path in paths:
            mark(solution, read_answers(path))
        return Measured((time.perf_counter() - begun) / len(paths), first)


CASE = Case("Solve and check", "question or sheet", {"chainrule_solve": solve, "chainrule_check": check})
