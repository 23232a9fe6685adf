"""The feature maps of a convolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainrule.rules.arrays import Array, constant, namespace, where
from chainrule.rules.convolution.sliding import slide
from chainrule.rules.rule import Shape, Slip, rule, size
from chainrule.rules.slipping import NO_BIAS
from chainrule.rules.windows import Padding, output_shape, padded, pairs_of, room_of, spans_of


def multiplications(x: Shape, W: Shape, *_: Shape, strides: Shape, padding: Padding, dilation: Shape) -> int:
    """The multiplications of a convolution: for each place of the map, one with every weight.

    >>> options = {"strides": (1, 1), "padding": ((2, 2), (2, 2)), "dilation": (1, 1)}
    >>> multiplications((1, 28, 28, 192), (5, 5, 192, 32), **options)
    120422400
    """
    pairs = pairs_of(padding, x[1:-1], spans_of(W[:-2], dilation), strides)
    return x[0] * size(output_shape(room_of(x[1:-1], pairs), W[:-2], strides, dilation)) * size(W)


def first_channel(x: Array) -> Array:
    """x with every channel but the first made 0."""
    return where(namespace(x).arange(x.shape[-1]) == 0, x, constant(0, x))


def turned_slip(function: Callable[..., Array], what: str, tex: str, slip: str = "kernel_flipped") -> Slip:
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
        turned_slip(_biased_maps, _FLIPPED, r"<x> \ast <W> + <b>"),
        Slip(
            *NO_BIAS,
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
        turned_slip(_maps, _FLIPPED, r"<x> \ast <W>"),
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
