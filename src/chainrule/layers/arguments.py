"""Checks of what layers are made with."""

from __future__ import annotations

from typing import Any

from chainrule import activations
from chainrule.doors import real_number, whole_number
from chainrule.rules.activations.activation import Activation


def number(value: Any, name: str, least: float | None = None, below: float | None = None) -> Any:
    """The value, or TypeError unless it is a number, ValueError unless it is finite and in its range.

    Exact numbers stay as they are, so that layers with them can be worked by hand.

    >>> number(0.5, "rate", 0, below=1)
    0.5
    >>> number(1, "rate", 0, below=1)
    Traceback (most recent call last):
    ValueError: rate must be at least 0 and less than 1, got 1
    """
    bounds = f"be at least {least}" + ("" if below is None else f" and less than {below}")
    return real_number(
        value, name, bounds, lambda v: (least is None or v >= least) and (below is None or v < below)
    )


def seed(value: Any) -> int | None:
    """A layer's seed, or None; ValueError or TypeError unless it is a whole number from 0 to 2³² - 1."""
    if value is None:
        return None
    found = whole_number(value, "seed", 0)
    if found >= 2**32:
        raise ValueError(f"seed must be less than 2^32, got {found}")
    return found


def activation(value: Any, layer: str) -> Activation:
    """The activation inside a layer of this kind; ValueError for one that has weights of its own."""
    found = activations.get(value)
    if found.gradients:
        raise ValueError(
            f"activation {found.name!r} has a trained slope, so it is a layer of its own: add PReLU() after "
            f"the {layer} layer"
        )
    return found
