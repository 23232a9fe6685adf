"""Which runs are trained in one call of their program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import jax
import numpy as np

from chainrule.training.alike import Alike, Candidate
from chainrule.training.room import LEAST, bytes_of, copies_at_once
from chainrule.training.together import Rows


class Chunk(NamedTuple):
    """Runs of one call, filled up to ``size``, and whether each has rows and a key of its own."""

    group: Alike
    members: list[int]
    size: int
    own_rows: bool
    own_keys: bool


def chunks(
    group: Alike,
    members: Sequence[int],
    candidates: Sequence[Candidate],
    sets: Sequence[Rows],
    at_once: int | None,
) -> Iterator[Chunk]:
    """The calls that train some runs of a group.

    Runs with the same rows in the same order are a call where there are enough of them: the rows are
    then read once for all. Otherwise each has its own order, or rows of its own.
    """
    is_random = bool(group.first.program.draws) or group.first.shuffle
    seeds = {number: candidates[number].seed if is_random else 0 for number in members}
    rows = {number: candidates[number].rows for number in members}
    by_key = _by([(rows[number], seeds[number]) for number in members], members)
    by_rows = _by([(rows[number], 0) for number in members], members)
    kept = 0
    if _is_enough(members, by_key):
        ways, own_rows, own_keys = by_key, False, False
    elif _is_enough(members, by_rows):
        ways, own_rows, own_keys = by_rows, False, True
    else:
        ways, own_rows, own_keys = [list(members)], True, True
        kept = bytes_of(map(np.asarray, jax.tree.leaves(sets[rows[members[0]]])))
    most = copies_at_once(group.worked, kept, at_once)
    for way in ways:
        count = -(-len(way) // most)
        size = -(-len(way) // count)
        for start in range(0, len(way), size):
            yield Chunk(group, way[start : start + size], size, own_rows, own_keys)


def _by(ways: Sequence[tuple[int, int]], members: Sequence[int]) -> list[list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    for way, number in zip(ways, members, strict=True):
        found.setdefault(way, []).append(number)
    return list(found.values())


def _is_enough(members: Sequence[int], ways: Sequence[Sequence[int]]) -> bool:
    """Whether the calls of so many ways are worth making."""
    return len(ways) == 1 or len(members) >= LEAST * len(ways)
