"""Whether the numbers of a question are as they should be: none flat, none dead, none 0."""

from __future__ import annotations

import numpy as np

from chainrule.paper.workings import Working


def values(working: Working, name: str) -> np.ndarray:
    """A quantity as floats, with samples in rows."""
    return np.asarray(working.tape[name].value).astype(float)


def is_zero(working: Working, name: str) -> bool:
    """Whether every number of a quantity is 0."""
    return not values(working, name).any()


def is_moderate(working: Working, *names: str, least: float = 0.05, most: float = 4) -> bool:
    """Whether all z are neither 0 nor so large that sigmoid or tanh are flat there."""
    sizes = [np.abs(values(working, name)) for name in names]
    return all(size.min() >= least and size.max() <= most for size in sizes)


def is_spread(working: Working, name: str, most: float, least: float = 0.2) -> bool:
    """Whether the scores of each sample are apart, and not so far that softmax leaves one class only."""
    scores = values(working, name)
    spread = scores.max(axis=-1) - scores.min(axis=-1)
    return bool((spread >= least).all() and (spread <= most).all())


def is_live(working: Working, *names: str) -> bool:
    """Whether none of these quantities, gradients mostly, is 0 altogether."""
    return not any(is_zero(working, name) for name in names)
