"""Which cases of a test with many run in the fast suite."""

from collections.abc import Container, Iterable
from typing import Any

import pytest


def but_slow(quick: Container, cases: Iterable) -> list[Any]:
    """All cases, those that are not among the quick ones marked as slow."""
    return [
        case
        if case in quick
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)
        for case in cases
    ]
