"""Pooling: the largest number, or the mean, of every window of every channel.

As in Keras, x is (m, h, w, c) and y (m, h', w', c), with more or fewer axes in between. ``pool_size``
and ``strides`` have a number for each of these axes, ``padding`` a pair: how far windows reach out
before the input and after it; or it is ``"valid"`` or ``"same"``. What lies outside counts for nothing,
neither as a largest number nor in a mean (which is divided by how many numbers there are), as in Keras.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016), section 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chainrule.rules.arrays import Array, is_exact, largest_of, namespace, total, where, zeros
from chainrule.rules.rule import Shape, rule, size
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


def _places(lengths: Shape, pool_size: Shape, strides: Shape, padding: Pairs) -> Iterator[_Place]:
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


@rule(tex=r"\max_{\text{window}} <x>")
def max_pooling(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """The largest number of every window; shape (m, h', w', c).

    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> max_pooling(x, pool_size=(2, 2), strides=(2, 2), padding=((0, 0), (0, 0)))[0, ..., 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    pairs = pairs_of(padding, x.shape[1:-1], pool_size, strides)
    return largest_of([_view(x, p) for p in _places(x.shape[1:-1], pool_size, strides, pairs)])


@rule(tex=r"\text{each } <dy> \text{ goes to the first largest number of its window}")
def max_pooling_dx(x: Array, dy: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """Gradient of the loss in the input of a max pooling; shape (m, h, w, c).

    Of equal largest numbers the first takes the gradient, row by row, as in JAX and PyTorch.
    """
    lengths = x.shape[1:-1]
    pairs = pairs_of(padding, lengths, pool_size, strides)
    y = max_pooling.function(x, pool_size=pool_size, strides=strides, padding=pairs)
    taken = namespace(x).zeros(y.shape, dtype=bool)
    places, firsts = list(_places(lengths, pool_size, strides, pairs)), []
    for place in places:
        firsts.append((_view(x, place) == y) & place.inside & ~taken)
        taken = taken | firsts[-1]
    room = room_of(lengths, pairs)
    parts = [put_back(dy, p.offset, room, strides) for p in places]
    hits = [put_back(first, p.offset, room, strides) for first, p in zip(firsts, places, strict=True)]
    return without_padding(_sum_where(parts, hits), lengths, pairs)


@rule(tex=r"\frac{1}{\text{numbers in the window}} \sum_{\text{window}} <x>")
def average_pooling(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """The mean of every window; shape (m, h', w', c).

    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> average_pooling(x, pool_size=(2, 2), strides=(2, 2), padding=((0, 0), (0, 0)))[0, ..., 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    pairs = pairs_of(padding, x.shape[1:-1], pool_size, strides)
    places = list(_places(x.shape[1:-1], pool_size, strides, pairs))
    return _sum_where([_view(x, p) for p in places], [p.inside for p in places]) / _counts(places, x)


@rule(tex=r"\sum_{\text{windows}} \frac{<dy>}{\text{numbers in the window}}")
def average_pooling_dx(dy: Array, x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """Gradient of the loss in the input x of an average pooling, of which the shape is taken; as x."""
    lengths = x.shape[1:-1]
    pairs = pairs_of(padding, lengths, pool_size, strides)
    places, room = list(_places(lengths, pool_size, strides, pairs)), room_of(lengths, pairs)
    shared = dy / _counts(places, dy)
    parts = [put_back(shared, p.offset, room, strides) for p in places]
    inside = (np.broadcast_to(p.inside, shared.shape) for p in places)
    hits = [put_back(at, p.offset, room, strides) for at, p in zip(inside, places, strict=True)]
    return without_padding(_sum_where(parts, hits), lengths, pairs)


@rule(tex=r"\max_{\text{places}} <x>")
def global_max_pooling(x: Array, *, keepdims: bool = False) -> Array:
    """The largest number of every channel; shape (m, c), or (m, 1, 1, c) with ``keepdims``.

    >>> global_max_pooling(np.array([[[1.0, 5.0], [3.0, 4.0]]]))
    array([[3., 5.]])
    """
    lengths = x.shape[1:-1]
    y = max_pooling.function(x, pool_size=lengths, strides=lengths, padding="valid")
    return y if keepdims else y.reshape(x.shape[0], x.shape[-1])


@rule(tex=r"\text{each } <dy> \text{ goes to the first largest number of its channel}")
def global_max_pooling_dx(x: Array, dy: Array) -> Array:
    """Gradient of the loss in the input of a global max pooling; shape (m, h, w, c).

    Of equal largest numbers the first takes the gradient, row by row, as in the windows above.
    """
    lengths = x.shape[1:-1]
    dy = dy.reshape(x.shape[0], *(1 for _ in lengths), x.shape[-1])
    return max_pooling_dx.function(x, dy, pool_size=lengths, strides=lengths, padding="valid")


@rule(tex=r"\frac{1}{\text{places}} \sum_{\text{places}} <x>")
def global_average_pooling(x: Array, *, keepdims: bool = False) -> Array:
    """The mean of every channel; shape (m, c), or (m, 1, 1, c) with ``keepdims``.

    >>> global_average_pooling(np.array([[[1.0, 5.0], [3.0, 4.0]]]))
    array([[2. , 4.5]])
    """
    axes = tuple(range(1, x.ndim - 1))
    return total(x, axis=axes, keepdims=keepdims) / size(x.shape[1:-1])


@rule(tex=r"\frac{<dy>}{\text{places}}")
def global_average_pooling_dx(dy: Array, x: Array) -> Array:
    """Gradient of the loss in the input x of a global average pooling; shape (m, h, w, c)."""
    lengths = x.shape[1:-1]
    shared = dy.reshape(x.shape[0], *(1 for _ in lengths), x.shape[-1]) / size(lengths)
    return namespace(dy).broadcast_to(shared, x.shape)


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


# ---------------------------------------------------------- on paper: matrices, one at a time


@rule(tex=r"\max_{\text{window}} <X>")
def map_of_largest(X: Array, *, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Max pooling of one channel."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return max_pooling.function(X[None, ..., None], **options)[0, ..., 0]


@rule(tex=average_pooling.tex.replace("<x>", "<X>"))
def map_of_means(X: Array, *, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Average pooling of one channel."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return average_pooling.function(X[None, ..., None], **options)[0, ..., 0]


@rule(tex=max_pooling_dx.tex.replace("<dy>", "<dY>"), as_whole=True)
def map_of_largest_dX(X: Array, dY: Array, *, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Gradient of the loss in one channel before a max pooling."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return max_pooling_dx.function(X[None, ..., None], dY[None, ..., None], **options)[0, ..., 0]


@rule(tex=average_pooling_dx.tex.replace("<dy>", "<dY>"))
def map_of_means_dX(dY: Array, *, lengths: Shape, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Gradient of the loss in one channel, of these lengths, before an average pooling."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    X = np.empty((1, *lengths, 1))
    return average_pooling_dx.function(dY[None, ..., None], X, **options)[0, ..., 0]


def winners(X: np.ndarray, pool_size: Shape, strides: Shape, padding: Pairs) -> list[list[Shape]]:
    """Of one channel and every window, row by row, where its largest numbers lie, the first of them first.

    >>> winners(np.array([[1, 2], [2, 0]]), (2, 2), (2, 2), ((0, 0), (0, 0)))
    [[(0, 1), (1, 0)]]
    """
    y = map_of_largest.function(X, pool_size=pool_size, strides=strides, padding=padding)
    found: list[list[Shape]] = [[] for _ in range(y.size)]
    for place in _places(X.shape, pool_size, strides, padding):
        for i, at in enumerate(np.ndindex(y.shape)):
            source = tuple(int(rows[a]) for rows, a in zip(place.rows, at, strict=True))
            if place.inside[(*at, 0)] and X[source] == y[at]:
                found[i].append(source)
    return found
