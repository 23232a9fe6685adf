"""The configuration: the one piece of state that is global, as Keras has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from chainrule.lookup import suggest

POLICIES = {"float32": None, "mixed_bfloat16": "bfloat16"}
"""What layers may compute in, by the policy's name as Keras has it; None for the weights' own float32."""
FULL_PRECISION = "float32"


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


_policy: ContextVar[str] = ContextVar("policy", default=FULL_PRECISION)


def set_dtype_policy(policy: str) -> None:
    """What models that are made from now on compute in: ``"float32"``, or ``"mixed_bfloat16"``.

    With the latter, weights are kept in float32 and layers compute in bfloat16; losses, normalization and
    updates stay in float32. It is faster where the device multiplies bfloat16 faster, as GPUs do and most
    processors do not. Name and meaning as ``keras.config.set_dtype_policy``.

    Raises ValueError for another policy.

    >>> set_dtype_policy("mixed_bfloat16"); dtype_policy()
    'mixed_bfloat16'
    >>> set_dtype_policy("float32")
    """
    if policy not in POLICIES:
        raise ValueError(f"dtype policy: {suggest(str(policy), POLICIES)}; got {policy!r}")
    _policy.set(policy)


def dtype_policy() -> str:
    """The policy that models made from now on have."""
    return _policy.get()
