"""The pooling of windows, and its gradients."""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.pooling.pieces import largest_in_windows, means_of_windows, shared_out, to_largest
from chainrule.rules.rule import Shape, Slip, rule
from chainrule.rules.windows import Padding, padded, pairs_of

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


LARGEST_SLIPS = (
    Slip("mean_for_largest", _MEAN_FOR_LARGEST, means_of_windows, _MEAN_TEX),
    Slip(
        "padding_counted",
        _ZEROS_COUNTED,
        lambda x, **options: largest_in_windows(_with_zeros(x, **options), **{**options, "padding": "valid"}),
        r"\max_{\text{window}} (<x>, 0)",
    ),
)


MEAN_SLIPS = (
    Slip("largest_for_mean", _LARGEST_FOR_MEAN, largest_in_windows, _LARGEST_TEX),
    Slip(
        "not_divided",
        _NOT_DIVIDED,
        lambda x, **options: means_of_windows(x, **options, divided=False),
        r"\sum_{\text{window}} <x>",
    ),
    Slip(
        "padding_counted",
        _ZEROS_COUNTED,
        lambda x, **options: means_of_windows(_with_zeros(x, **options), **{**options, "padding": "valid"}),
        r"\frac{1}{\text{places of the window}} \sum_{\text{window}} <x>",
    ),
)


LARGEST_BACK_SLIPS = (
    Slip(
        "shared_evenly",
        _EVENLY,
        lambda x, dy, **options: shared_out(dy, x.shape[1:-1], **options),
        _BACK_TEX,
    ),
    Slip(
        "to_every_place",
        _EVERYWHERE,
        lambda x, dy, **options: shared_out(dy, x.shape[1:-1], **options, divided=False),
        r"\sum_{\text{windows}} <dy>",
    ),
)


MEAN_BACK_SLIPS = (
    Slip(
        "not_divided",
        "each gradient goes undivided to every place of its window",
        lambda dy, x, **options: shared_out(dy, x.shape[1:-1], **options, divided=False),
        r"\sum_{\text{windows}} <dy>",
    ),
    Slip(
        "largest_for_mean",
        "each gradient goes to the largest number of its window alone",
        lambda dy, x, **options: to_largest(x, dy, **options),
        r"\text{each } <dy> \text{ goes to the largest number of its window}",
    ),
)


@rule(tex=_LARGEST_TEX, slips=LARGEST_SLIPS)
def max_pooling(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """The largest number of every window; shape (m, h', w', c).

    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> max_pooling(x, pool_size=(2, 2), strides=(2, 2), padding=((0, 0), (0, 0)))[0, ..., 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    return largest_in_windows(x, pool_size=pool_size, strides=strides, padding=padding)


@rule(
    tex=r"\text{each } <dy> \text{ goes to the first largest number of its window}",
    slips=LARGEST_BACK_SLIPS,
)
def max_pooling_dx(x: Array, dy: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """Gradient of the loss in the input of a max pooling; shape (m, h, w, c).

    Of equal largest numbers the first takes the gradient, row by row, as in JAX and PyTorch.
    """
    return to_largest(x, dy, pool_size=pool_size, strides=strides, padding=padding)


@rule(tex=_MEAN_TEX, slips=MEAN_SLIPS)
def average_pooling(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """The mean of every window; shape (m, h', w', c).

    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> average_pooling(x, pool_size=(2, 2), strides=(2, 2), padding=((0, 0), (0, 0)))[0, ..., 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    return means_of_windows(x, pool_size=pool_size, strides=strides, padding=padding)


@rule(tex=_BACK_TEX, slips=MEAN_BACK_SLIPS)
def average_pooling_dx(dy: Array, x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """Gradient of the loss in the input x of an average pooling, of which the shape is taken; as x."""
    return shared_out(dy, x.shape[1:-1], pool_size=pool_size, strides=strides, padding=padding)
