"""Rules that move numbers and change none: the identity, flattening, other shapes, channels of zeros.

x is (m, …) for m samples; the batch's axis always stays. Source: Keras 3, keras.layers.Flatten and
Reshape.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, namespace, zeros
from chainrule.rules.rule import Shape, Slip, rule


@rule(tex="<x>")
def unchanged(x: Array) -> Array:
    """x as it is: what a layer gives that does nothing when it predicts, and the gradient through it."""
    return x


def _columns_first(x: Array, shape: Shape) -> Array:
    """The numbers of each sample read, and written into another shape, with the first axis fastest."""
    axes = range(x.ndim - 1, 0, -1)
    turned = namespace(x).permute_dims(x, (0, *axes)).reshape(x.shape[0], *shape[::-1])
    return namespace(x).permute_dims(turned, (0, *range(len(shape), 0, -1)))


@rule(
    tex=r"\operatorname{flatten}(<x>)",
    slips=(
        Slip(
            "channel_by_channel",
            "the numbers are read channel by channel, not place by place",
            lambda x: namespace(x).moveaxis(x, -1, 1).reshape(x.shape[0], -1),
            r"\operatorname{flatten}(<x>)",
        ),
        Slip(
            "column_by_column",
            "the numbers are read down the columns, not along the rows",
            lambda x: namespace(x).moveaxis(x, 1, 2).reshape(x.shape[0], -1),
            r"\operatorname{flatten}(<x>)",
        ),
    ),
)
def flattened(x: Array) -> Array:
    """Each sample as one row, its last axis running fastest; shape (m, n).

    >>> import numpy as np
    >>> flattened(np.ones((2, 3, 4))).shape
    (2, 12)
    """
    return x.reshape(x.shape[0], -1)


@rule(
    tex=r"\operatorname{reshape}(<x>)",
    slips=(
        Slip(
            "column_by_column",
            "the numbers are read and written down the columns, not along the rows",
            lambda x, *, shape: _columns_first(x, shape),
            r"\operatorname{reshape}(<x>)",
        ),
    ),
)
def reshaped(x: Array, *, shape: Shape) -> Array:
    """Each sample in another shape, in the order of its numbers; shape (m, *shape)."""
    return x.reshape(x.shape[0], *shape)


@rule(tex=r"\operatorname{reshape}(<da>)")
def reshaped_like(da: Array, x: Array) -> Array:
    """Gradient of the loss in what was given another shape: each number back in its place; shape of x."""
    return da.reshape(x.shape)


@rule(
    tex=r"\operatorname{pad}(<x>)",
    slips=(
        Slip(
            "other_side",
            "the channels of zeros stand on the other side",
            lambda x, *, before, after: _padded_channels(x, before=after, after=before),
            r"\operatorname{pad}(<x>)",
        ),
    ),
)
def padded_channels(x: Array, *, before: int, after: int) -> Array:
    """x with so many channels of zeros before and after its own; shape (m, …, before + c + after)."""
    return _padded_channels(x, before=before, after=after)


def _padded_channels(x: Array, *, before: int, after: int) -> Array:
    around = [zeros((*x.shape[:-1], count), x) for count in (before, after)]
    return namespace(x).concat([around[0], x, around[1]], axis=-1)


@rule(tex=r"\operatorname{crop}(<da>)")
def padded_channels_dx(da: Array, *, before: int, after: int) -> Array:
    """Gradient of the loss in x, which lies between the channels of zeros; shape (m, …, c)."""
    return da[..., before : da.shape[-1] - after]
