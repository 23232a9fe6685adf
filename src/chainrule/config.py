"""The configuration: the one piece of state that is global, as Keras has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np


class _Seeds:
    """A stream of seeds; the same ones again after :func:`set_random_seed`."""

    def __init__(self, seed: int | None = None) -> None:
        self.restart(seed)

    def restart(self, seed: int | None) -> None:
        self._sequence = np.random.SeedSequence(seed)

    def next(self) -> int:
        child = self._sequence.spawn(1)[0]
        return int(child.generate_state(1, np.uint32)[0])


_everywhere = _Seeds()
_here: ContextVar[_Seeds] = ContextVar("seeds", default=_everywhere)


def set_random_seed(seed: int) -> None:
    """Make everything random that follows (initial weights, shuffling) come out the same again.

    Name and meaning as ``keras.utils.set_random_seed``.

    >>> set_random_seed(7); first = next_seed()
    >>> set_random_seed(7); next_seed() == first
    True
    """
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed must be a whole number ≥ 0, got {seed!r}")
    _here.get().restart(seed)


def next_seed() -> int:
    """A fresh 32-bit seed of the stream."""
    return _here.get().next()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside, seeds come from a stream of its own, as after ``set_random_seed(seed)``.

    The stream outside is neither read nor moved, and other threads do not notice.

    >>> with seeded(7): inside = next_seed()
    >>> set_random_seed(7); next_seed() == inside
    True
    """
    token = _here.set(_Seeds(seed))
    try:
        yield
    finally:
        _here.reset(token)
