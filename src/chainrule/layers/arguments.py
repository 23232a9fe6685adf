"""Checks of the numbers that layers are made with."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from chainrule.doors import whole_number


def number(value: Any, name: str, least: float, below: float | None = None) -> Any:
    """The value, or TypeError unless it is a number, ValueError unless it lies in its range.

    Exact numbers stay as they are, so that layers with them can be worked by hand.

    >>> number(0.5, "rate", 0, below=1)
    0.5
    >>> number(1, "rate", 0, below=1)
    Traceback (most recent call last):
    ValueError: rate must be at least 0 and less than 1, got 1
    """
    if isinstance(value, bool | np.bool_) or not hasattr(value, "__float__") or np.ndim(value):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    is_below = isfinite(float(value)) if below is None else value < below
    if not value >= least or not is_below:
        bounds = f"at least {least}" + (" and finite" if below is None else f" and less than {below}")
        raise ValueError(f"{name} must be {bounds}, got {value}")
    return value


def seed(value: Any) -> int | None:
    """A layer's seed, or None; ValueError or TypeError unless it is a whole number from 0 to 2³² - 1."""
    if value is None:
        return None
    found = whole_number(value, "seed", 0)
    if found >= 2**32:
        raise ValueError(f"seed must be less than 2^32, got {found}")
    return found
