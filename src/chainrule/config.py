"""The configuration: the one piece of state that is global, as Keras has it."""

from __future__ import annotations

import numpy as np


class _Seeds:
    """A stream of seeds; the same ones again after :func:`set_random_seed`."""

    def __init__(self) -> None:
        self.restart(None)

    def restart(self, seed: int | None) -> None:
        self._sequence = np.random.SeedSequence(seed)

    def next(self) -> int:
        child = self._sequence.spawn(1)[0]
        return int(child.generate_state(1, np.uint32)[0])


_seeds = _Seeds()


def set_random_seed(seed: int) -> None:
    """Make everything random that follows (initial weights, shuffling) come out the same again.

    Name and meaning as ``keras.utils.set_random_seed``.

    >>> set_random_seed(7); first = next_seed()
    >>> set_random_seed(7); next_seed() == first
    True
    """
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed must be a whole number ≥ 0, got {seed!r}")
    _seeds.restart(seed)


def next_seed() -> int:
    """A fresh 32-bit seed of the stream."""
    return _seeds.next()
