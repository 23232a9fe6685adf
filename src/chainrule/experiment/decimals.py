"""Numbers of TOML files: decimals while they are read, floats where they are worked with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def floats(value: Any) -> Any:
    """The same table with its decimals as floats.

    >>> floats({"rate": [Decimal("0.5"), 1]})
    {'rate': [0.5, 1]}
    """
    if isinstance(value, dict):
        return {key: floats(one) for key, one in value.items()}
    if isinstance(value, list):
        return [floats(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value


def decimals(value: Any) -> Any:
    """The same table with its floats as the decimals that they are written as.

    >>> decimals({"rate": [0.1, 1]})
    {'rate': [Decimal('0.1'), 1]}
    """
    if isinstance(value, dict):
        return {key: decimals(one) for key, one in value.items()}
    if isinstance(value, list):
        return [decimals(one) for one in value]
    return Decimal(repr(value)) if isinstance(value, float) else value
