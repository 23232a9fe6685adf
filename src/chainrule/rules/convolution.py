"""Convolution: sizes, feature maps and their gradients, over one, two or more axes.

As in Keras, x is (m, h, w, c), the kernel W (fh, fw, c, k), b (k,) and the map (m, h', w', k), for m
samples, c channels and k filters; with one axis less or more, the same without w or with a depth.
``strides`` and ``dilation`` have a number for each of these axes, ``padding`` a pair of numbers of
zeros, before and after; or it is ``"valid"``, ``"same"`` or ``"causal"``. In ``groups``, each share of
the filters sees its own share of the channels alone, and W is (fh, fw, c / groups, k).

What networks call convolution is cross-correlation, written ⋆: the kernel is laid on the input as
it is. With ``flip`` it is turned by 180° first, as mathematics has it, written ∗.

The gradients are convolutions themselves: that in W is one of x with dY; that in x the mathematical
one of dY, spread out by the strides, with the kernel, so that each slope goes back, times a weight, to
every number that the weight was laid on.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016); for groups
Krizhevsky, Sutskever, Hinton (NeurIPS 2012).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainrule.rules.arrays import Array, ceil, constant, floor, namespace, total, where
from chainrule.rules.rule import Shape, Slip, rule, size
from chainrule.rules.windows import (
    Padding,
    output_shape,
    padded,
    pairs_of,
    put_back,
    room_of,
    spans_of,
    under,
    window_places,
    without_padding,
)

# ------------------------------------------------------------------------------------ sizes
# n is the length of the input along an axis, f that of the filter, s the stride, d the dilation. What
# padding "same" needs stands in rules/windows.py.


@rule(
    tex=r"<d> \cdot (<f> - 1) + 1",
    slips=(
        Slip("length_times_dilation", "f is multiplied by d", lambda f, d: f * d, r"<f> \cdot <d>"),
        Slip("no_plus_one", "the 1 is not added", lambda f, d: d * (f - 1), r"<d> \cdot (<f> - 1)"),
        Slip("no_dilation", "the dilation is left out", lambda f, d: f, "<f>"),
    ),
)
def effective_size(f: Array, d: Array) -> Array:
    """The length that a dilated filter spans."""
    return d * (f - 1) + 1


_ROOM = "<n> + <before> + <after> - <f>"


@rule(
    tex=r"\left\lfloor \frac{<n> + <before> + <after> - <f>}{<s>} \right\rfloor + 1",
    slips=(
        Slip(
            "ceiling_for_floor",
            "it is rounded up instead of down",
            lambda n, f, before, after, s: ceil((n + before + after - f) / s) + 1,
            rf"\left\lceil \frac{{{_ROOM}}}{{<s>}} \right\rceil + 1",
        ),
        Slip(
            "padding_on_one_side",
            "the padding is counted on one side only",
            lambda n, f, before, after, s: floor((n + before - f) / s) + 1,
            r"\left\lfloor \frac{<n> + <before> - <f>}{<s>} \right\rfloor + 1",
        ),
        Slip(
            "no_padding",
            "the padding is left out",
            lambda n, f, before, after, s: floor((n - f) / s) + 1,
            r"\left\lfloor \frac{<n> - <f>}{<s>} \right\rfloor + 1",
        ),
        Slip(
            "no_plus_one",
            "the 1 is not added",
            lambda n, f, before, after, s: floor((n + before + after - f) / s),
            rf"\left\lfloor \frac{{{_ROOM}}}{{<s>}} \right\rfloor",
        ),
        Slip(
            "one_in_the_fraction",
            "the 1 is added before dividing",
            lambda n, f, before, after, s: floor((n + before + after - f + 1) / s),
            rf"\left\lfloor \frac{{{_ROOM} + 1}}{{<s>}} \right\rfloor",
        ),
        Slip(
            "no_stride",
            "the stride is left out",
            lambda n, f, before, after, s: n + before + after - f + 1,
            f"{_ROOM} + 1",
        ),
    ),
)
def output_size(n: Array, f: Array, before: Array, after: Array, s: Array) -> Array:
    """The length of the feature map, with so many zeros before and after the input.

    >>> import numpy as np
    >>> output_size(np.array(28.0), np.array(5.0), np.array(2.0), np.array(2.0), np.array(1.0))
    np.float64(28.0)
    """
    return floor((n + before + after - f) / s) + 1


@rule(
    tex=r"(<n> - 1) \cdot <s> + <f> - <n>",
    slips=(
        Slip(
            "no_minus_one",
            "the 1 is not subtracted",
            lambda n, f, s: n * s + f - n,
            r"<n> \cdot <s> + <f> - <n>",
        ),
        Slip("no_stride", "the stride is left out", lambda n, f, s: f - 1 + 0 * n, "<f> - 1"),
    ),
)
def keeping_padding(n: Array, f: Array, s: Array) -> Array:
    """How many zeros an axis needs for the map to be as long as the input, whatever the stride."""
    return (n - 1) * s + f - n


@rule(
    tex=r"\frac{<zeros>}{2}",
    slips=(Slip("not_halved", "all zeros are put on one side", lambda zeros: zeros, "<zeros>"),),
)
def padding_on_each_side(zeros: Array) -> Array:
    """The zeros of an axis shared out evenly; not always a whole number."""
    return zeros / 2


@rule(tex=r"\left( <size>, <k> \right)", as_whole=True)
def shape_of_maps(size: Array, k: Array) -> Array:
    """The lengths of a map, and how many maps there are: one for each filter."""
    return namespace(size).concat([size, k.reshape(1)])


@rule(
    tex=r"<r> + (<f> - 1) \cdot <jump>",
    slips=(
        Slip("no_jump", "the strides before are left out", lambda r, f, jump: r + f - 1, "<r> + <f> - 1"),
        Slip(
            "no_minus_one",
            "the 1 is not subtracted",
            lambda r, f, jump: r + f * jump,
            r"<r> + <f> \cdot <jump>",
        ),
        Slip("multiplied", "the lengths are multiplied", lambda r, f, jump: r * f, r"<r> \cdot <f>"),
    ),
)
def receptive_field(r: Array, f: Array, jump: Array) -> Array:
    """How many inputs one output sees, along an axis.

    r and jump are those of the layer before: what one of its outputs sees, and how many inputs lie
    between neighbouring outputs. Source: Araujo, Norris, Sim, "Computing receptive fields of
    convolutional neural networks", Distill (2019).
    """
    return r + (f - 1) * jump


@rule(
    tex=r"<jump> \cdot <s>",
    slips=(
        Slip("no_jump", "the strides before are left out", lambda jump, s: s, "<s>"),
        Slip("added", "the strides are added", lambda jump, s: jump + s, "<jump> + <s>"),
    ),
)
def receptive_jump(jump: Array, s: Array) -> Array:
    """How many inputs lie between the starts of what neighbouring outputs see."""
    return jump * s


# ------------------------------------------------------------------------------- the pieces


def turned(W: Array) -> Array:
    """The kernel turned by 180°: backwards along every axis but the last two."""
    return W[(slice(None, None, -1),) * (W.ndim - 2)]


def _shares(x: Array, groups: int) -> Array:
    """All places of all samples by groups of channels; shape (groups, places, c / groups)."""
    return x.reshape(-1, groups, x.shape[-1] // groups).swapaxes(0, 1)


def _times(x: Array, weights: Array, groups: int) -> Array:
    """At every place the channels of x times weights (c / groups, k), each group with its own."""
    if groups == 1:
        return x @ weights
    by_group = _shares(x, groups) @ _shares(weights, groups)
    return by_group.swapaxes(0, 1).reshape(*x.shape[:-1], weights.shape[-1])


def _transposed(weights: Array, groups: int) -> Array:
    """Weights (c / groups, k) the other way, from filters to channels; shape (k / groups, c)."""
    by_group = _shares(weights, groups)
    return by_group.transpose(2, 0, 1).reshape(by_group.shape[2], -1)


def slide(x: Array, W: Array, strides: Shape, dilation: Shape, flip: bool = False, groups: int = 1) -> Array:
    """The kernel slid over an input that is padded already: of each window, the sum of products.

    A sum over the places of the window, each a shifted view of x times the weights of that place.
    """
    kernel = W.shape[:-2]
    outputs = output_shape(x.shape[1:-1], kernel, strides, dilation)
    summed = None
    for place in window_places(kernel):
        weights = W[_opposite(place, kernel) if flip else place]
        part = _times(x[under(place, outputs, strides, dilation)], weights, groups)
        summed = part if summed is None else summed + part
    return summed


def _opposite(place: Shape, kernel: Shape) -> Shape:
    return tuple(f - 1 - a for f, a in zip(kernel, place, strict=True))


# ------------------------------------------------------------------------ the layer's rules


def multiplications(x: Shape, W: Shape, *_: Shape, strides: Shape, padding: Padding, dilation: Shape) -> int:
    """The multiplications of a convolution: for each place of the map, one with every weight.

    >>> options = {"strides": (1, 1), "padding": ((2, 2), (2, 2)), "dilation": (1, 1)}
    >>> multiplications((1, 28, 28, 192), (5, 5, 192, 32), **options)
    120422400
    """
    pairs = pairs_of(padding, x[1:-1], spans_of(W[:-2], dilation), strides)
    return x[0] * size(output_shape(room_of(x[1:-1], pairs), W[:-2], strides, dilation)) * size(W)


def _slopes_times_weights(dY: Shape, W: Shape, *_: Shape) -> int:
    """Each number of dY times every weight of its filter."""
    return size(dY) * size(W[:-1])


def _numbers_times_slopes(x: Shape, dY: Shape, *, kernel: Shape, groups: int = 1) -> int:
    """Each number of dY times every number that its window holds."""
    return size(dY) * size(kernel) * x[-1] // groups


def first_channel(x: Array) -> Array:
    """x with every channel but the first made 0."""
    return where(namespace(x).arange(x.shape[-1]) == 0, x, constant(0, x))


def _turned(function: Callable[..., Array], what: str, tex: str, slip: str = "kernel_flipped") -> Slip:
    """The slip of a function that takes the kernel turned, or not, the other way than it is."""

    def slipped(*arrays: Array, flip: bool = False, **options: Any) -> Array:
        return function(*arrays, flip=not flip, **options)

    return Slip(slip, what, slipped, tex)


def _one_channel(function: Callable[..., Array], tex: str) -> Slip:
    def slipped(x: Array, *others: Array, **options: Any) -> Array:
        return function(first_channel(x), *others, **options)

    return Slip("one_channel", "the first channel alone is counted", slipped, tex)


def _maps(
    x: Array,
    W: Array,
    *,
    strides: Shape,
    padding: Padding,
    dilation: Shape,
    flip: bool = False,
    groups: int = 1,
) -> Array:
    pairs = pairs_of(padding, x.shape[1:-1], spans_of(W.shape[:-2], dilation), strides)
    return slide(padded(x, pairs), W, strides, dilation, flip, groups)


def _biased_maps(x: Array, W: Array, b: Array, **options: Any) -> Array:
    return _maps(x, W, **options) + b


_FLIPPED = "the kernel is turned by 180° before it is laid on"


@rule(
    tex=r"<x> \star <W> + <b>",
    multiplications=multiplications,
    slips=(
        _turned(_biased_maps, _FLIPPED, r"<x> \ast <W> + <b>"),
        Slip(
            "no_bias",
            "the bias is left out",
            lambda x, W, b, **options: _maps(x, W, **options) + 0 * b,
            r"<x> \star <W>",
        ),
        _one_channel(_biased_maps, r"(<x>)_{1} \star (<W>)_{1} + <b>"),
    ),
)
def convolution(
    x: Array,
    W: Array,
    b: Array,
    *,
    strides: Shape,
    padding: Padding,
    dilation: Shape,
    flip: bool = False,
    groups: int = 1,
) -> Array:
    """The feature maps of a layer; shape (m, h', w', k).

    >>> import numpy as np
    >>> x, W = np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    >>> options = {"strides": (1, 1), "padding": "valid", "dilation": (1, 1)}
    >>> convolution(x, W, np.array([1.0]), **options)[0, ..., 0]
    array([[ 9., 13.],
           [21., 25.]])
    """
    how: dict[str, Any] = {"strides": strides, "padding": padding, "dilation": dilation}
    return _maps(x, W, **how, flip=flip, groups=groups) + b


@rule(
    tex=r"<x> \star <W>",
    multiplications=multiplications,
    slips=(
        _turned(_maps, _FLIPPED, r"<x> \ast <W>"),
        _one_channel(_maps, r"(<x>)_{1} \star (<W>)_{1}"),
    ),
)
def convolution_without_bias(
    x: Array,
    W: Array,
    *,
    strides: Shape,
    padding: Padding,
    dilation: Shape,
    flip: bool = False,
    groups: int = 1,
) -> Array:
    """The feature maps of a layer without bias; shape (m, h', w', k)."""
    how: dict[str, Any] = {"strides": strides, "padding": padding, "dilation": dilation}
    return _maps(x, W, **how, flip=flip, groups=groups)


def _kernel_gradient(
    x: Array,
    dY: Array,
    *,
    kernel: Shape,
    strides: Shape,
    padding: Padding,
    dilation: Shape,
    flip: bool = False,
    groups: int = 1,
) -> Array:
    x = padded(x, pairs_of(padding, x.shape[1:-1], spans_of(kernel, dilation), strides))
    slopes = _shares(dY, groups)
    views = (x[under(a, dY.shape[1:-1], strides, dilation)] for a in window_places(kernel))
    by_group = namespace(x).stack([_shares(view, groups).swapaxes(1, 2) @ slopes for view in views])
    dW = by_group.swapaxes(1, 2).reshape(*kernel, x.shape[-1] // groups, dY.shape[-1])
    return turned(dW) if flip else dW


@rule(
    tex=r"<x> \star <dY>",
    multiplications=_numbers_times_slopes,
    slips=(
        _turned(
            _kernel_gradient,
            "the gradient is turned by 180°, as if the kernel had been",
            r"\text{half turn of } <x> \star <dY>",
        ),
    ),
)
def convolution_dW(
    x: Array,
    dY: Array,
    *,
    kernel: Shape,
    strides: Shape,
    padding: Padding,
    dilation: Shape,
    flip: bool = False,
    groups: int = 1,
) -> Array:
    """Gradient of the loss in the kernel, whose lengths are ``kernel``; shape (fh, fw, c / groups, k)."""
    how: dict[str, Any] = {"strides": strides, "padding": padding, "dilation": dilation}
    return _kernel_gradient(x, dY, kernel=kernel, **how, flip=flip, groups=groups)


def _input_gradient(
    dY: Array,
    W: Array,
    x: Array,
    *,
    strides: Shape,
    padding: Padding,
    dilation: Shape,
    flip: bool = False,
    groups: int = 1,
) -> Array:
    kernel, lengths = W.shape[:-2], x.shape[1:-1]
    pairs = pairs_of(padding, lengths, spans_of(kernel, dilation), strides)
    room, summed = room_of(lengths, pairs), None
    for place in window_places(kernel):
        weights = W[_opposite(place, kernel) if flip else place]
        values = _times(dY, _transposed(weights, groups), groups)
        offset = tuple(a * d for a, d in zip(place, dilation, strict=True))
        part = put_back(values, offset, room, strides)
        summed = part if summed is None else summed + part
    return without_padding(summed, lengths, pairs)


@rule(
    tex=r"<dY> \ast <W>",
    multiplications=_slopes_times_weights,
    slips=(
        _turned(
            _input_gradient,
            "the kernel is laid on the gradient without being turned",
            r"<dY> \star <W>",
            "kernel_not_flipped",
        ),
    ),
)
def convolution_dx(
    dY: Array,
    W: Array,
    x: Array,
    *,
    strides: Shape,
    padding: Padding,
    dilation: Shape,
    flip: bool = False,
    groups: int = 1,
) -> Array:
    """Gradient of the loss in the input x, of which the shape is taken; shape (m, h, w, c)."""
    how: dict[str, Any] = {"strides": strides, "padding": padding, "dilation": dilation}
    return _input_gradient(dY, W, x, **how, flip=flip, groups=groups)


@rule(
    tex=r"\sum_{i,j} (<dY>)_{i,j}",
    slips=(
        Slip(
            "mean_for_sum",
            "the mean is taken instead of the sum",
            lambda dY: total(dY.reshape(-1, dY.shape[-1]), axis=0) / size(dY.shape[:-1]),
            r"\frac{1}{n} \sum_{i,j} (<dY>)_{i,j}",
        ),
    ),
)
def convolution_db(dY: Array) -> Array:
    """Gradient of the loss in the biases, a sum over samples and places; shape (k,)."""
    return total(dY.reshape(-1, dY.shape[-1]), axis=0)
