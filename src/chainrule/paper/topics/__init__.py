"""The topics that a question may have: every module of this folder is one, and is found by its name.

A topic has a model ``Given``, what is given in a question, and a function ``solve`` from a question
to its working.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any


@cache
def names() -> tuple[str, ...]:
    """The names of all topics, in the order of the alphabet."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def load(topic: str) -> Any:
    """The module of a topic; imported when a question has it."""
    return import_module(f"{__name__}.{topic}")
