"""The cases, a file each; a case's name is its file's."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from measuring import Case

ORDER = (
    "mlp",
    "xor",
    "many",
    "lenet5",
    "cnn",
    "resnet20",
    "wide",
    "one_row",
    "many_rows",
    "cold_start",
    "marking",
    "limit",
)
NAMES = (
    *ORDER,
    *sorted(p.stem for p in Path(__file__).parent.glob("[a-z]*.py") if p.stem not in ORDER),
)


def case(name: str) -> Case:
    """The case of this name; ValueError for another."""
    if name not in NAMES:
        raise ValueError(f"there is no case {name!r}; there are {', '.join(NAMES)}")
    found: Case = import_module(f"cases.{name}").CASE
    return found
