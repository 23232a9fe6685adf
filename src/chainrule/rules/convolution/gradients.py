"""The gradients of a convolution, which are convolutions themselves.

That in W is one of x with dY; that in x the mathematical one of dY, spread out by the strides, with the
kernel, so that each slope goes back, times a weight, to every number that the weight was laid on.
"""

from __future__ import annotations

from typing import Any

from chainrule.rules.arrays import Array, namespace, total
from chainrule.rules.convolution.feature_maps import turned_slip
from chainrule.rules.convolution.sliding import opposite, shares, times, transposed, turned
from chainrule.rules.rule import Shape, Slip, rule, size
from chainrule.rules.slipping import MEAN_FOR_SUM
from chainrule.rules.windows import (
    Padding,
    padded,
    pairs_of,
    put_back,
    room_of,
    spans_of,
    under,
    window_places,
    without_padding,
)


def _slopes_times_weights(dY: Shape, W: Shape, *_: Shape) -> int:
    """Each number of dY times every weight of its filter."""
    return size(dY) * size(W[:-1])


def _numbers_times_slopes(x: Shape, dY: Shape, *, kernel: Shape, groups: int = 1) -> int:
    """Each number of dY times every number that its window holds."""
    return size(dY) * size(kernel) * x[-1] // groups


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
    slopes = shares(dY, groups)
    views = (x[under(a, dY.shape[1:-1], strides, dilation)] for a in window_places(kernel))
    by_group = namespace(x).stack([shares(view, groups).swapaxes(1, 2) @ slopes for view in views])
    dW = by_group.swapaxes(1, 2).reshape(*kernel, x.shape[-1] // groups, dY.shape[-1])
    return turned(dW) if flip else dW


@rule(
    tex=r"<x> \star <dY>",
    multiplications=_numbers_times_slopes,
    slips=(
        turned_slip(
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
        weights = W[opposite(place, kernel) if flip else place]
        values = times(dY, transposed(weights, groups), groups)
        offset = tuple(a * d for a, d in zip(place, dilation, strict=True))
        part = put_back(values, offset, room, strides)
        summed = part if summed is None else summed + part
    return without_padding(summed, lengths, pairs)


@rule(
    tex=r"<dY> \ast <W>",
    multiplications=_slopes_times_weights,
    slips=(
        turned_slip(
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
            *MEAN_FOR_SUM,
            lambda dY: total(dY.reshape(-1, dY.shape[-1]), axis=0) / size(dY.shape[:-1]),
            r"\frac{1}{n} \sum_{i,j} (<dY>)_{i,j}",
        ),
    ),
)
def convolution_db(dY: Array) -> Array:
    """Gradient of the loss in the biases, a sum over samples and places; shape (k,)."""
    return total(dY.reshape(-1, dY.shape[-1]), axis=0)
