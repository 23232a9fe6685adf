"""A trained network asked for one row, again and again: what a call costs."""

from __future__ import annotations

from functools import partial

from measuring import Case, Contestant
from peers import answers

from cases.mlp import network, torch_network

CALLS = 300


def contestants(rows: int, calls: int) -> dict[str, Contestant]:
    """Everyone who is asked for so many rows, so many times in each stretch."""
    return {
        "chainrule": partial(answers.chainrule, network, rows, calls),
        "pytorch_eager": partial(answers.pytorch, torch_network, False, rows, calls),
        "pytorch_compiled": partial(answers.pytorch, torch_network, True, rows, calls),
        "keras_predict": partial(answers.keras, network, False, rows, calls),
        "keras_on_batch": partial(answers.keras, network, True, rows, calls),
        "numpy": partial(answers.numpy, rows, calls),
        "sklearn": partial(answers.sklearn, (128,), rows, calls),
    }


CASE = Case(
    "One row through 784-128-10",
    "call",
    contestants(1, CALLS),
    aims={"pytorch": 2, "keras": 20},
    tolerance=0.001,
)
