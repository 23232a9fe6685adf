"""What a window takes from the input and gives back to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chainrule.rules.arrays import Array, is_exact, largest_of, namespace, where, zeros
from chainrule.rules.rule import Shape
from chainrule.rules.windows import (
    Padding,
    Pairs,
    output_shape,
    pairs_of,
    put_back,
    room_of,
    window_places,
    without_padding,
)


@dataclass(frozen=True)
class _Place:
    """One place of the window, while the window goes over the input.

    ``rows`` are, for each axis, the input's indices under it, those outside moved to the edge;
    ``inside`` says which are not outside; both are known from the shapes alone.
    """

    offset: Shape
    rows: tuple[np.ndarray, ...]
    inside: np.ndarray


def places_of(lengths: Shape, pool_size: Shape, strides: Shape, padding: Pairs) -> Iterator[_Place]:
    outputs = output_shape(room_of(lengths, padding), pool_size, strides, (1,) * len(lengths))
    for place in window_places(pool_size):
        reached = [
            np.arange(o) * s + a - before
            for o, s, a, (before, _) in zip(outputs, strides, place, padding, strict=True)
        ]
        inside = np.ones((), dtype=bool)
        for rows, n in zip(reached, lengths, strict=True):
            inside = inside[..., None] & (rows >= 0) & (rows < n)
        edge = tuple(np.clip(rows, 0, n - 1) for rows, n in zip(reached, lengths, strict=True))
        yield _Place(place, edge, inside[..., None])


def _view(x: Array, place: _Place) -> Array:
    """What lies under one place of the window, at each of the window's places; shape as y."""
    for axis, rows in enumerate(place.rows, start=1):
        x = namespace(x).take(x, rows, axis=axis)
    return x


def _counts(places: list[_Place], like: Array) -> np.ndarray:
    """How many numbers each window holds."""
    counts = np.asarray(sum(place.inside.astype(int) for place in places))
    return counts if is_exact(like) else counts.astype(like.dtype)


def _sum_where(parts: list[Array], masks: list[Array]) -> Array:
    """Place by place, the sum of the parts whose mask is true there."""
    if not is_exact(*parts):
        return sum(
            where(mask, part, zeros(part.shape, part)) for part, mask in zip(parts, masks, strict=True)
        )
    made = zeros(parts[0].shape, parts[0])
    summed = np.zeros(made.shape, dtype=bool)
    for part, mask in zip(parts, masks, strict=True):
        for place in np.argwhere(np.broadcast_to(mask, made.shape)):
            at = tuple(place)
            made[at] = made[at] + part[at] if summed[at] else part[at]
            summed[at] = True
    return made


def largest_in_windows(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    pairs = pairs_of(padding, x.shape[1:-1], pool_size, strides)
    return largest_of([_view(x, p) for p in places_of(x.shape[1:-1], pool_size, strides, pairs)])


def means_of_windows(
    x: Array, *, pool_size: Shape, strides: Shape, padding: Padding, divided: bool = True
) -> Array:
    pairs = pairs_of(padding, x.shape[1:-1], pool_size, strides)
    places = list(places_of(x.shape[1:-1], pool_size, strides, pairs))
    summed = _sum_where([_view(x, p) for p in places], [p.inside for p in places])
    return summed / _counts(places, x) if divided else summed


def shared_out(
    dy: Array, lengths: Shape, *, pool_size: Shape, strides: Shape, padding: Padding, divided: bool = True
) -> Array:
    """Each gradient laid on every number of its window, divided by how many there are."""
    pairs = pairs_of(padding, lengths, pool_size, strides)
    places, room = list(places_of(lengths, pool_size, strides, pairs)), room_of(lengths, pairs)
    shared = dy / _counts(places, dy) if divided else dy
    parts = [put_back(shared, p.offset, room, strides) for p in places]
    inside = (np.broadcast_to(p.inside, shared.shape) for p in places)
    hits = [put_back(at, p.offset, room, strides) for at, p in zip(inside, places, strict=True)]
    return without_padding(_sum_where(parts, hits), lengths, pairs)


def to_largest(x: Array, dy: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """Each gradient laid on the first largest number of its window."""
    lengths = x.shape[1:-1]
    pairs = pairs_of(padding, lengths, pool_size, strides)
    y = largest_in_windows(x, pool_size=pool_size, strides=strides, padding=pairs)
    taken = namespace(x).zeros(y.shape, dtype=bool)
    places, firsts = list(places_of(lengths, pool_size, strides, pairs)), []
    for place in places:
        firsts.append((_view(x, place) == y) & place.inside & ~taken)
        taken = taken | firsts[-1]
    room = room_of(lengths, pairs)
    parts = [put_back(dy, p.offset, room, strides) for p in places]
    hits = [put_back(first, p.offset, room, strides) for first, p in zip(firsts, places, strict=True)]
    return without_padding(_sum_where(parts, hits), lengths, pairs)
