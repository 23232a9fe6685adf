"""The pooling of whole planes, and its gradients."""

from __future__ import annotations

from chainrule.rules.arrays import Array, namespace, total
from chainrule.rules.pooling.local_pooling import max_pooling_dx
from chainrule.rules.pooling.pieces import largest_in_windows
from chainrule.rules.rule import Slip, rule, size


def _mean_of_all(x: Array, *, keepdims: bool = False) -> Array:
    return total(x, axis=tuple(range(1, x.ndim - 1)), keepdims=keepdims) / size(x.shape[1:-1])


def _largest_of_all(x: Array, *, keepdims: bool = False) -> Array:
    lengths = x.shape[1:-1]
    y = largest_in_windows(x, pool_size=lengths, strides=lengths, padding="valid")
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


def _back_to_all(dy: Array, x: Array) -> Array:
    """The gradient of each channel at every place of it; shape of x."""
    dy = dy.reshape(x.shape[0], *(1 for _ in x.shape[1:-1]), x.shape[-1])
    return namespace(dy).broadcast_to(dy, x.shape)


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
