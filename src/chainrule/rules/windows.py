"""Windows that go over an input: their padding, how many there are, what lies under them.

An input is (m, h, w, c), or has fewer or more axes between samples and channels. Lengths, strides
and dilation have a number for each of these axes, padding a pair of numbers, before and after.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from chainrule.rules.arrays import Array, ceil, floor, namespace, where, zeros
from chainrule.rules.rule import Shape, Slip, rule
from chainrule.rules.slipping import CEILING_FOR_FLOOR

Pairs = Sequence[tuple[int, int]]
"""How far windows reach out before and after the input, for each axis."""

Padding = str | Pairs
"""Pairs, or what they follow from: ``"valid"``, ``"same"`` or ``"causal"``."""

# n is the length of the input along an axis, f that of the window, s the stride.


def _needed(windows: Array, n: Array, f: Array, s: Array) -> Array:
    """The zeros that so many windows need, and none where the input is long enough."""
    zeros = (windows - 1) * s + f - n
    return where(zeros > 0, zeros, 0 * zeros)


@rule(
    tex=r"\max \left( 0, \left( \left\lceil \frac{<n>}{<s>} \right\rceil - 1 \right) <s> + <f> - <n> \right)",
    slips=(
        Slip(
            "floor_for_ceiling",
            "n/s is rounded down instead of up",
            lambda n, f, s: _needed(floor(n / s), n, f, s),
            r"\left( \left\lfloor \frac{<n>}{<s>} \right\rfloor - 1 \right) <s> + <f> - <n>",
        ),
        Slip(
            "no_minus_one",
            "the 1 is not subtracted",
            lambda n, f, s: _needed(ceil(n / s) + 1, n, f, s),
            r"\left\lceil \frac{<n>}{<s>} \right\rceil <s> + <f> - <n>",
        ),
        Slip("no_stride", "the stride is left out", lambda n, f, s: f - 1 + 0 * n, "<f> - 1"),
    ),
)
def same_padding(n: Array, f: Array, s: Array) -> Array:
    """How many zeros keep the length at ⌈n/s⌉, on both sides together.

    >>> same_padding(np.array([28.0, 28.0]), np.array([5.0, 28.0]), np.array([1.0, 1.0]))
    array([ 4., 27.])
    """
    return _needed(ceil(n / s), n, f, s)


@rule(
    tex=r"\left\lfloor \frac{<zeros>}{2} \right\rfloor",
    slips=(
        Slip(
            *CEILING_FOR_FLOOR,
            lambda zeros: ceil(zeros / 2),
            r"\left\lceil \frac{<zeros>}{2} \right\rceil",
        ),
        Slip("not_halved", "all zeros are put on one side", lambda zeros: zeros, "<zeros>"),
    ),
)
def zeros_before(zeros: Array) -> Array:
    """The zeros above and on the left: half of them, rounded down."""
    return floor(zeros / 2)


@rule(
    tex=r"<zeros> - <before>",
    slips=(
        Slip(
            "same_on_both_sides",
            "as many zeros are put behind as before",
            lambda zeros, before: before,
            "<before>",
        ),
    ),
)
def zeros_after(zeros: Array, before: Array) -> Array:
    """The zeros below and on the right: the rest."""
    return zeros - before


def spans_of(kernel: Shape, dilation: Shape) -> Shape:
    """The lengths that a dilated window spans.

    >>> spans_of((3, 3), (1, 2))
    (3, 5)
    """
    return tuple(d * (f - 1) + 1 for f, d in zip(kernel, dilation, strict=True))


def pairs_of(padding: Padding, lengths: Shape, spans: Shape, strides: Shape) -> Pairs:
    """The padding in pairs, for an input of these lengths.

    With "same" there are as many windows as the stride allows, with "causal" none sees what comes later.

    >>> pairs_of("same", (28, 28), (5, 4), (1, 2))
    ((2, 2), (1, 1))
    >>> pairs_of("causal", (28,), (5,), (1,))
    ((4, 0),)
    """
    if padding == "valid":
        return tuple((0, 0) for _ in lengths)
    if padding == "causal":
        return tuple((f - 1, 0) for f in spans)
    if padding == "same":
        needed = same_padding(*(np.asarray(each, float) for each in (lengths, spans, strides)))
        before = zeros_before(needed)
        both = zip(before, zeros_after(needed, before), strict=True)
        return tuple((int(first), int(last)) for first, last in both)
    assert not isinstance(padding, str)
    return padding


def output_shape(lengths: Shape, kernel: Shape, strides: Shape, dilation: Shape) -> Shape:
    """How many windows there are along each axis, for an input that is padded already.

    >>> output_shape((6, 6), (3, 3), (2, 1), (1, 1))
    (2, 4)
    """
    spans = spans_of(kernel, dilation)
    return tuple((n - f) // s + 1 for n, f, s in zip(lengths, spans, strides, strict=True))


def room_of(lengths: Shape, padding: Pairs) -> Shape:
    """The lengths of an input with its padding."""
    return tuple(n + sum(pair) for n, pair in zip(lengths, padding, strict=True))


def padded(x: Array, padding: Pairs) -> Array:
    """x with zeros around it, along the axes after the first.

    >>> padded(np.ones((1, 1, 2, 1)), [(1, 0), (0, 1)])[0, ..., 0]
    array([[0., 0., 0.],
           [1., 1., 0.]])
    """
    xp = namespace(x)
    for axis, (before, after) in enumerate(padding, start=1):
        around = [zeros((*x.shape[:axis], n, *x.shape[axis + 1 :]), x) for n in (before, after)]
        x = xp.concat([around[0], x, around[1]], axis=axis) if before or after else x
    return x


def without_padding(x: Array, lengths: Shape, padding: Pairs) -> Array:
    """What of a padded x is the input, which had these lengths."""
    inside = (slice(before, before + n) for n, (before, _) in zip(lengths, padding, strict=True))
    return x[(slice(None), *inside)]


def spread(x: Array, steps: Shape) -> Array:
    """x with zeros between its neighbours, so that they are so many steps apart.

    >>> spread(np.ones((1, 3, 1)), (2,))[0, :, 0]
    array([1., 0., 1., 0., 1.])
    """
    xp = namespace(x)
    for axis, step in enumerate(steps, start=1):
        if step == 1:
            continue
        n = x.shape[axis]
        apart = xp.stack([x] + [zeros(x.shape, x)] * (step - 1), axis=axis + 1)
        x = apart.reshape(*x.shape[:axis], n * step, *x.shape[axis + 1 :])
        x = x[(slice(None),) * axis + (slice((n - 1) * step + 1),)]
    return x


def window_places(kernel: Shape) -> list[Shape]:
    """The places of a window, row by row."""
    return list(product(*(range(f) for f in kernel)))


def under(place: Shape, outputs: Shape, strides: Shape, dilation: Shape) -> tuple[slice, ...]:
    """Where a padded input lies under one place of the window, while the window goes over it."""
    starts = [a * d for a, d in zip(place, dilation, strict=True)]
    return (
        slice(None),
        *(slice(a, a + (n - 1) * s + 1, s) for a, n, s in zip(starts, outputs, strides, strict=True)),
    )


def put_back(values: Array, offset: Shape, room: Shape, strides: Shape) -> Array:
    """Values of all windows where they lie in a padded input of these lengths, zeros elsewhere.

    ``offset`` is how far into the window they lie.

    >>> put_back(np.ones((1, 2, 1)), (1,), (5,), (2,))[0, :, 0]
    array([0., 1., 0., 1., 0.])
    """
    values = spread(values, strides)
    around = [(a, n - a - o) for a, n, o in zip(offset, room, values.shape[1:-1], strict=True)]
    return padded(values, around)
