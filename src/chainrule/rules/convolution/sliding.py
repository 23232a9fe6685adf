"""A kernel slid over an input, and the pieces of that."""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Shape
from chainrule.rules.windows import output_shape, under, window_places


def turned(W: Array) -> Array:
    """The kernel turned by 180°: backwards along every axis but the last two."""
    return W[(slice(None, None, -1),) * (W.ndim - 2)]


def shares(x: Array, groups: int) -> Array:
    """All places of all samples by groups of channels; shape (groups, places, c / groups)."""
    return x.reshape(-1, groups, x.shape[-1] // groups).swapaxes(0, 1)


def times(x: Array, weights: Array, groups: int) -> Array:
    """At every place the channels of x times weights (c / groups, k), each group with its own."""
    if groups == 1:
        return x @ weights
    by_group = shares(x, groups) @ shares(weights, groups)
    return by_group.swapaxes(0, 1).reshape(*x.shape[:-1], weights.shape[-1])


def transposed(weights: Array, groups: int) -> Array:
    """Weights (c / groups, k) the other way, from filters to channels; shape (k / groups, c)."""
    by_group = shares(weights, groups)
    return by_group.transpose(2, 0, 1).reshape(by_group.shape[2], -1)


def slide(x: Array, W: Array, strides: Shape, dilation: Shape, flip: bool = False, groups: int = 1) -> Array:
    """The kernel slid over an input that is padded already: of each window, the sum of products.

    A sum over the places of the window, each a shifted view of x times the weights of that place.
    """
    kernel = W.shape[:-2]
    outputs = output_shape(x.shape[1:-1], kernel, strides, dilation)
    summed = None
    for place in window_places(kernel):
        weights = W[opposite(place, kernel) if flip else place]
        part = times(x[under(place, outputs, strides, dilation)], weights, groups)
        summed = part if summed is None else summed + part
    return summed


def opposite(place: Shape, kernel: Shape) -> Shape:
    return tuple(f - 1 - a for f, a in zip(kernel, place, strict=True))
