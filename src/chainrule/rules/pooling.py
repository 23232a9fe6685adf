"""Pooling: the largest number, or the mean, of every window of every channel.

As in Keras, x is (m, h, w, c) and y (m, h', w', c), with more or fewer axes in between. ``pool_size``
and ``strides`` have a number for each of these axes, ``padding`` a pair: how far windows reach out
before the input and after it; or it is ``"valid"`` or ``"same"``. What lies outside counts for nothing,
neither as a largest number nor in a mean (which is divided by how many numbers there are), as in Keras.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016), section 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chainrule.rules.arrays import Array, is_exact, largest_of, namespace, total, where, zeros
from chainrule.rules.rule import Shape, Slip, rule, size
from chainrule.rules.windows import (
    Padding,
    Pairs,
    output_shape,
    padded,
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


_MEAN_FOR_LARGEST = "the mean of each window is taken instead of its largest number"
_LARGEST_FOR_MEAN = "the largest number of each window is taken instead of its mean"
_NOT_DIVIDED = "the sum of each window is not divided"
_ZEROS_COUNTED = "the padding is counted as zeros"
_EVENLY = "each gradient is shared out over its window"
_EVERYWHERE = "each gradient goes to every place of its window"
_LARGEST_TEX = r"\max_{\text{window}} <x>"
_MEAN_TEX = r"\frac{1}{\text{numbers in the window}} \sum_{\text{window}} <x>"
_BACK_TEX = r"\sum_{\text{windows}} \frac{<dy>}{\text{numbers in the window}}"


def _with_zeros(x: Array, padding: Padding, pool_size: Shape, strides: Shape) -> Array:
    return padded(x, pairs_of(padding, x.shape[1:-1], pool_size, strides))


def _largest(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    pairs = pairs_of(padding, x.shape[1:-1], pool_size, strides)
    return largest_of([_view(x, p) for p in _places(x.shape[1:-1], pool_size, strides, pairs)])


def _means(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding, divided: bool = True) -> Array:
    pairs = pairs_of(padding, x.shape[1:-1], pool_size, strides)
    places = list(_places(x.shape[1:-1], pool_size, strides, pairs))
    summed = _sum_where([_view(x, p) for p in places], [p.inside for p in places])
    return summed / _counts(places, x) if divided else summed


def _shared(
    dy: Array, lengths: Shape, *, pool_size: Shape, strides: Shape, padding: Padding, divided: bool = True
) -> Array:
    """Each gradient laid on every number of its window, divided by how many there are."""
    pairs = pairs_of(padding, lengths, pool_size, strides)
    places, room = list(_places(lengths, pool_size, strides, pairs)), room_of(lengths, pairs)
    shared = dy / _counts(places, dy) if divided else dy
    parts = [put_back(shared, p.offset, room, strides) for p in places]
    inside = (np.broadcast_to(p.inside, shared.shape) for p in places)
    hits = [put_back(at, p.offset, room, strides) for at, p in zip(inside, places, strict=True)]
    return without_padding(_sum_where(parts, hits), lengths, pairs)


def _to_largest(x: Array, dy: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """Each gradient laid on the first largest number of its window."""
    lengths = x.shape[1:-1]
    pairs = pairs_of(padding, lengths, pool_size, strides)
    y = _largest(x, pool_size=pool_size, strides=strides, padding=pairs)
    taken = namespace(x).zeros(y.shape, dtype=bool)
    places, firsts = list(_places(lengths, pool_size, strides, pairs)), []
    for place in places:
        firsts.append((_view(x, place) == y) & place.inside & ~taken)
        taken = taken | firsts[-1]
    room = room_of(lengths, pairs)
    parts = [put_back(dy, p.offset, room, strides) for p in places]
    hits = [put_back(first, p.offset, room, strides) for first, p in zip(firsts, places, strict=True)]
    return without_padding(_sum_where(parts, hits), lengths, pairs)


_LARGEST_SLIPS = (
    Slip("mean_for_largest", _MEAN_FOR_LARGEST, _means, _MEAN_TEX),
    Slip(
        "padding_counted",
        _ZEROS_COUNTED,
        lambda x, **options: _largest(_with_zeros(x, **options), **{**options, "padding": "valid"}),
        r"\max_{\text{window}} (<x>, 0)",
    ),
)
_MEAN_SLIPS = (
    Slip("largest_for_mean", _LARGEST_FOR_MEAN, _largest, _LARGEST_TEX),
    Slip(
        "not_divided",
        _NOT_DIVIDED,
        lambda x, **options: _means(x, **options, divided=False),
        r"\sum_{\text{window}} <x>",
    ),
    Slip(
        "padding_counted",
        _ZEROS_COUNTED,
        lambda x, **options: _means(_with_zeros(x, **options), **{**options, "padding": "valid"}),
        r"\frac{1}{\text{places of the window}} \sum_{\text{window}} <x>",
    ),
)
_LARGEST_BACK_SLIPS = (
    Slip(
        "shared_evenly",
        _EVENLY,
        lambda x, dy, **options: _shared(dy, x.shape[1:-1], **options),
        _BACK_TEX,
    ),
    Slip(
        "to_every_place",
        _EVERYWHERE,
        lambda x, dy, **options: _shared(dy, x.shape[1:-1], **options, divided=False),
        r"\sum_{\text{windows}} <dy>",
    ),
)
_MEAN_BACK_SLIPS = (
    Slip(
        "not_divided",
        "each gradient goes undivided to every place of its window",
        lambda dy, x, **options: _shared(dy, x.shape[1:-1], **options, divided=False),
        r"\sum_{\text{windows}} <dy>",
    ),
    Slip(
        "largest_for_mean",
        "each gradient goes to the largest number of its window alone",
        lambda dy, x, **options: _to_largest(x, dy, **options),
        r"\text{each } <dy> \text{ goes to the largest number of its window}",
    ),
)


@rule(tex=_LARGEST_TEX, slips=_LARGEST_SLIPS)
def max_pooling(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """The largest number of every window; shape (m, h', w', c).

    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> max_pooling(x, pool_size=(2, 2), strides=(2, 2), padding=((0, 0), (0, 0)))[0, ..., 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    return _largest(x, pool_size=pool_size, strides=strides, padding=padding)


@rule(
    tex=r"\text{each } <dy> \text{ goes to the first largest number of its window}",
    slips=_LARGEST_BACK_SLIPS,
)
def max_pooling_dx(x: Array, dy: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """Gradient of the loss in the input of a max pooling; shape (m, h, w, c).

    Of equal largest numbers the first takes the gradient, row by row, as in JAX and PyTorch.
    """
    return _to_largest(x, dy, pool_size=pool_size, strides=strides, padding=padding)


@rule(tex=_MEAN_TEX, slips=_MEAN_SLIPS)
def average_pooling(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """The mean of every window; shape (m, h', w', c).

    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> average_pooling(x, pool_size=(2, 2), strides=(2, 2), padding=((0, 0), (0, 0)))[0, ..., 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    return _means(x, pool_size=pool_size, strides=strides, padding=padding)


@rule(tex=_BACK_TEX, slips=_MEAN_BACK_SLIPS)
def average_pooling_dx(dy: Array, x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """Gradient of the loss in the input x of an average pooling, of which the shape is taken; as x."""
    return _shared(dy, x.shape[1:-1], pool_size=pool_size, strides=strides, padding=padding)


def _mean_of_all(x: Array, *, keepdims: bool = False) -> Array:
    return total(x, axis=tuple(range(1, x.ndim - 1)), keepdims=keepdims) / size(x.shape[1:-1])


def _largest_of_all(x: Array, *, keepdims: bool = False) -> Array:
    lengths = x.shape[1:-1]
    y = _largest(x, pool_size=lengths, strides=lengths, padding="valid")
    return y if keepdims else y.reshape(x.shape[0], x.shape[-1])


@rule(
    tex=r"\max_{\text{places}} <x>",
    slips=(
        Slip(
            "mean_for_largest",
            "the mean of each channel is taken instead of its largest number",
            _mean_of_all,
            r"\frac{1}{\text{places}} \sum_{\text{places}} <x>",
        ),
    ),
)
def global_max_pooling(x: Array, *, keepdims: bool = False) -> Array:
    """The largest number of every channel; shape (m, c), or (m, 1, 1, c) with ``keepdims``.

    >>> global_max_pooling(np.array([[[1.0, 5.0], [3.0, 4.0]]]))
    array([[3., 5.]])
    """
    return _largest_of_all(x, keepdims=keepdims)


@rule(
    tex=r"\text{each } <dy> \text{ goes to the first largest number of its channel}",
    slips=(
        Slip(
            "shared_evenly",
            "each gradient is shared out over its channel",
            lambda x, dy: _back_to_all(dy, x) / size(x.shape[1:-1]),
            r"\frac{<dy>}{\text{places}}",
        ),
        Slip(
            "to_every_place",
            "each gradient goes to every place of its channel",
            lambda x, dy: _back_to_all(dy, x),
            "<dy>",
        ),
    ),
)
def global_max_pooling_dx(x: Array, dy: Array) -> Array:
    """Gradient of the loss in the input of a global max pooling; shape (m, h, w, c).

    Of equal largest numbers the first takes the gradient, row by row, as in the windows above.
    """
    lengths = x.shape[1:-1]
    dy = dy.reshape(x.shape[0], *(1 for _ in lengths), x.shape[-1])
    return max_pooling_dx.function(x, dy, pool_size=lengths, strides=lengths, padding="valid")


def _back_to_all(dy: Array, x: Array) -> Array:
    """The gradient of each channel at every place of it; shape of x."""
    dy = dy.reshape(x.shape[0], *(1 for _ in x.shape[1:-1]), x.shape[-1])
    return namespace(dy).broadcast_to(dy, x.shape)


@rule(
    tex=r"\frac{1}{\text{places}} \sum_{\text{places}} <x>",
    slips=(
        Slip(
            "largest_for_mean",
            "the largest number of each channel is taken instead of its mean",
            _largest_of_all,
            r"\max_{\text{places}} <x>",
        ),
        Slip(
            "not_divided",
            "the sum of each channel is not divided",
            lambda x, *, keepdims=False: total(x, axis=tuple(range(1, x.ndim - 1)), keepdims=keepdims),
            r"\sum_{\text{places}} <x>",
        ),
    ),
)
def global_average_pooling(x: Array, *, keepdims: bool = False) -> Array:
    """The mean of every channel; shape (m, c), or (m, 1, 1, c) with ``keepdims``.

    >>> global_average_pooling(np.array([[[1.0, 5.0], [3.0, 4.0]]]))
    array([[2. , 4.5]])
    """
    return _mean_of_all(x, keepdims=keepdims)


@rule(
    tex=r"\frac{<dy>}{\text{places}}",
    slips=(
        Slip(
            "not_divided",
            "each gradient goes undivided to every place of its channel",
            lambda dy, x: _back_to_all(dy, x),
            "<dy>",
        ),
    ),
)
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


def _lone(X: Array) -> Array:
    return X[None, ..., None]


def _of_a_map(slips: tuple[Slip, ...]) -> tuple[Slip, ...]:
    """Slips of the layer as slips of one channel, from X."""

    def alone(slip: Slip) -> Slip:
        return replace(
            slip,
            function=lambda X, **options: slip.function(_lone(X), **options)[0, ..., 0],
            tex=slip.tex.replace("<x>", "<X>"),
        )

    return tuple(map(alone, slips))


@rule(tex=r"\max_{\text{window}} <X>", slips=_of_a_map(_LARGEST_SLIPS))
def map_of_largest(X: Array, *, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Max pooling of one channel."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return max_pooling.function(X[None, ..., None], **options)[0, ..., 0]


@rule(tex=average_pooling.tex.replace("<x>", "<X>"), slips=_of_a_map(_MEAN_SLIPS))
def map_of_means(X: Array, *, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Average pooling of one channel."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return average_pooling.function(X[None, ..., None], **options)[0, ..., 0]


def _back_of_a_map(slip: Slip) -> Slip:
    def function(X: Array, dY: Array, **options: Any) -> Array:
        return slip.function(_lone(X), _lone(dY), **options)[0, ..., 0]

    return replace(slip, function=function, tex=slip.tex.replace("<dy>", "<dY>"))


@rule(
    tex=max_pooling_dx.tex.replace("<dy>", "<dY>"),
    as_whole=True,
    slips=tuple(map(_back_of_a_map, _LARGEST_BACK_SLIPS)),
)
def map_of_largest_dX(X: Array, dY: Array, *, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Gradient of the loss in one channel before a max pooling."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return max_pooling_dx.function(X[None, ..., None], dY[None, ..., None], **options)[0, ..., 0]


@rule(
    tex=average_pooling_dx.tex.replace("<dy>", "<dY>"),
    slips=(
        Slip(
            "not_divided",
            _MEAN_BACK_SLIPS[0].what,
            lambda dY, *, lengths, **options: _shared(_lone(dY), lengths, **options, divided=False)[
                0, ..., 0
            ],
            r"\sum_{\text{windows}} <dY>",
        ),
    ),
)
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
