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

from chainrule.rules.arrays import Array, floor, namespace, total
from chainrule.rules.rule import Shape, rule, size
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


@rule(tex=r"<d> \cdot (<f> - 1) + 1")
def effective_size(f: Array, d: Array) -> Array:
    """The length that a dilated filter spans."""
    return d * (f - 1) + 1


@rule(tex=r"\left\lfloor \frac{<n> + <before> + <after> - <f>}{<s>} \right\rfloor + 1")
def output_size(n: Array, f: Array, before: Array, after: Array, s: Array) -> Array:
    """The length of the feature map, with so many zeros before and after the input.

    >>> import numpy as np
    >>> output_size(np.array(28.0), np.array(5.0), np.array(2.0), np.array(2.0), np.array(1.0))
    np.float64(28.0)
    """
    return floor((n + before + after - f) / s) + 1


@rule(tex=r"(<n> - 1) \cdot <s> + <f> - <n>")
def keeping_padding(n: Array, f: Array, s: Array) -> Array:
    """How many zeros an axis needs for the map to be as long as the input, whatever the stride."""
    return (n - 1) * s + f - n


@rule(tex=r"\frac{<zeros>}{2}")
def padding_on_each_side(zeros: Array) -> Array:
    """The zeros of an axis shared out evenly; not always a whole number."""
    return zeros / 2


@rule(tex=r"\left( <size>, <k> \right)", as_whole=True)
def shape_of_maps(size: Array, k: Array) -> Array:
    """The lengths of a map, and how many maps there are: one for each filter."""
    return namespace(size).concat([size, k.reshape(1)])


@rule(tex=r"<r> + (<f> - 1) \cdot <jump>")
def receptive_field(r: Array, f: Array, jump: Array) -> Array:
    """How many inputs one output sees, along an axis.

    r and jump are those of the layer before: what one of its outputs sees, and how many inputs lie
    between neighbouring outputs. Source: Araujo, Norris, Sim, "Computing receptive fields of
    convolutional neural networks", Distill (2019).
    """
    return r + (f - 1) * jump


@rule(tex=r"<jump> \cdot <s>")
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


@rule(tex=r"<x> \star <W> + <b>", multiplications=multiplications)
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
    pairs = pairs_of(padding, x.shape[1:-1], spans_of(W.shape[:-2], dilation), strides)
    return slide(padded(x, pairs), W, strides, dilation, flip, groups) + b


@rule(tex=r"<x> \star <W>", multiplications=multiplications)
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
    pairs = pairs_of(padding, x.shape[1:-1], spans_of(W.shape[:-2], dilation), strides)
    return slide(padded(x, pairs), W, strides, dilation, flip, groups)


@rule(tex=r"<x> \star <dY>", multiplications=_numbers_times_slopes)
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
    x = padded(x, pairs_of(padding, x.shape[1:-1], spans_of(kernel, dilation), strides))
    slopes = _shares(dY, groups)
    views = (x[under(a, dY.shape[1:-1], strides, dilation)] for a in window_places(kernel))
    by_group = namespace(x).stack([_shares(view, groups).swapaxes(1, 2) @ slopes for view in views])
    dW = by_group.swapaxes(1, 2).reshape(*kernel, x.shape[-1] // groups, dY.shape[-1])
    return turned(dW) if flip else dW


@rule(tex=r"<dY> \ast <W>", multiplications=_slopes_times_weights)
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


@rule(tex=r"\sum_{i,j} (<dY>)_{i,j}")
def convolution_db(dY: Array) -> Array:
    """Gradient of the loss in the biases, a sum over samples and places; shape (k,)."""
    return total(dY.reshape(-1, dY.shape[-1]), axis=0)
