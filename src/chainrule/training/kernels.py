"""Faster functions for some rules under JAX; a test holds each equal to its rule.

Convolutions of float32 on a processor are machine code (:mod:`chainrule.training.native`). Others, in groups
or other types, are one matrix product of patches, everything under a window in a row, and weights; where
filters see one channel alone, a sum of shifted products. Pooling compares shifted views. XLA's own
convolutions take many times as long in compiled loops on a processor, their gradients above all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from chainrule.layers.steps import Kernels, Step
from chainrule.rules import depthwise
from chainrule.rules.arrays import Array
from chainrule.rules.convolution import feature_maps, gradients, sliding
from chainrule.rules.embedding import embedded_dW
from chainrule.rules.pooling import global_pooling, local_pooling
from chainrule.rules.rule import Shape
from chainrule.rules.sampling import sampled
from chainrule.rules.windows import (
    Padding,
    Pairs,
    output_shape,
    padded,
    pairs_of,
    room_of,
    spans_of,
    under,
    window_places,
    without_padding,
)
from chainrule.training.native import convolution as native
from chainrule.training.products import PRODUCTS

# ------------------------------------------------------------------------- numbers once worked


def _kept(x: Array) -> Array:
    """x, divided by 1 (a NaN by 2, which stays one), so that it is worked out once.

    A division counts as dear with XLA, which keeps what it gives. What is cheap, as ReLU, XLA works out
    anew for each of the windows that hold a number, and a chain of such layers again and again: updates
    of LeNet-5 take three times as long. An ``optimization_barrier`` does not prevent it on a CPU.
    """
    return x / jnp.where(jnp.isnan(x), 2, 1).astype(x.dtype)


# --------------------------------------------------------------------------- windows as views


def _padded(x: Array, padding: Pairs, value: float = 0.0) -> Array:
    around = [(before, after, 0) for before, after in padding]
    return lax.pad(x, jnp.asarray(value, x.dtype), [(0, 0, 0), *around, (0, 0, 0)])


def _views(
    x: Array, window: Shape, strides: Shape, padding: Padding, dilation: Shape, outside: float = 0.0
) -> list[Array]:
    """What lies under each place of the window, place by place; each of shape (m, h', w', c)."""
    pairs = pairs_of(padding, x.shape[1:-1], spans_of(window, dilation), strides)
    x = _padded(_kept(x), pairs, outside)
    outputs = output_shape(x.shape[1:-1], window, strides, dilation)
    return [x[under(place, outputs, strides, dilation)] for place in window_places(window)]


def _folded(
    parts: Array, lengths: Shape, window: Shape, strides: Shape, padding: Padding, dilation: Shape
) -> Array:
    """The sum of parts put back where the views lie; (m, h', w', fh, fw, c) becomes (m, h, w, c)."""
    pairs = pairs_of(padding, lengths, spans_of(window, dilation), strides)
    room, places = room_of(lengths, pairs), 1 + len(window)

    def folded(parts: Array, axis: int) -> Array:
        """The rows of the later axes first, so that fewer and longer ones are added along this axis."""
        if axis == len(window):
            return parts
        shares = (lax.index_in_dim(parts, a, places, keepdims=False) for a in range(window[axis]))
        rows = [
            _stretched(folded(share, axis + 1), axis + 1, a * dilation[axis], strides[axis], room[axis])
            for a, share in enumerate(shares)
        ]
        return reduce(jnp.add, rows)

    return without_padding(folded(parts, 0), lengths, pairs)


def _stretched(x: Array, axis: int, offset: int, step: int, length: int) -> Array:
    """x along an axis of this length: from the offset on, so many steps apart, zeros elsewhere."""
    after = length - offset - ((x.shape[axis] - 1) * step + 1)
    pads = [(0, 0, 0)] * x.ndim
    pads[axis] = (offset, after, step - 1)
    return lax.pad(x, jnp.zeros((), x.dtype), pads)


# ------------------------------------------------------------------------------ convolution
# In the products n are places of all samples, p places of the window, g groups, c channels and k filters
# of a group. Without groups they are plain matrix products, which XLA does without moving numbers first.


def _patches(x: Array, kernel: Shape, windows: Mapping[str, Any]) -> Array:
    """Everything under each window in a row; shape (n, p · channels)."""
    side_by_side = jnp.concatenate(_views(x, kernel, **windows), axis=-1)
    return side_by_side.reshape(-1, side_by_side.shape[-1])


def _in_groups(patches: Array, kernel: Shape, groups: int) -> Array:
    return patches.reshape(patches.shape[0], math.prod(kernel), groups, -1)


def _weights(W: Array, groups: int) -> Array:
    """The kernel by places and groups; shape (p, c, g, k)."""
    return W.reshape(-1, W.shape[-2], groups, W.shape[-1] // groups)


def _maps(x: Array, kernel: Shape, strides: Shape, padding: Padding, dilation: Shape) -> Shape:
    """The lengths of the feature maps."""
    pairs = pairs_of(padding, x.shape[1:-1], spans_of(kernel, dilation), strides)
    return output_shape(room_of(x.shape[1:-1], pairs), kernel, strides, dilation)


def _convolution(x: Array, W: Array, *, flip: bool = False, groups: int = 1, **windows: Any) -> Array:
    W = sliding.turned(W) if flip else W
    kernel = W.shape[:-2]
    if native.done_here(x, groups):
        return native.convolution(x, W, **windows)
    if W.shape[-2] == 1:
        views = _views(x, kernel, **windows)
        return reduce(jnp.add, map(_times_channels, views, _weights(W, groups)[:, 0]))
    patches = _patches(x, kernel, windows)
    if groups == 1:
        z = patches @ W.reshape(-1, W.shape[-1])
    else:
        z = jnp.einsum("npgc,pcgk->ngk", _in_groups(patches, kernel, groups), _weights(W, groups))
    return z.reshape(x.shape[0], *_maps(x, kernel, **windows), W.shape[-1])


def _times_channels(view: Array, weights: Array) -> Array:
    """Each channel times weights (channels, k) of its own; all side by side."""
    if len(weights) == 1:
        return view @ weights
    return (view[..., None] * weights).reshape(*view.shape[:-1], -1)


def _convolution_dW(
    x: Array, dY: Array, *, kernel: Shape, flip: bool = False, groups: int = 1, **windows: Any
) -> Array:
    channels, filters = x.shape[-1] // groups, dY.shape[-1]
    if native.done_here(x, groups):
        dW = native.convolution_dW(x, dY, kernel=kernel, **windows)
    elif groups == 1:
        dW = _patches(x, kernel, windows).T @ dY.reshape(-1, filters)
    elif channels == 1:
        slopes = dY.reshape(*dY.shape[:-1], groups, -1)
        before = tuple(range(dY.ndim - 1))
        dW = jnp.stack([(v[..., None] * slopes).sum(before) for v in _views(x, kernel, **windows)])
    else:
        patches = _in_groups(_patches(x, kernel, windows), kernel, groups)
        dW = jnp.einsum("npgc,ngk->pcgk", patches, dY.reshape(-1, groups, filters // groups))
    dW = dW.reshape(*kernel, channels, filters)
    return sliding.turned(dW) if flip else dW


def _convolution_dx(
    dY: Array, W: Array, x: Array, *, flip: bool = False, groups: int = 1, **windows: Any
) -> Array:
    W = sliding.turned(W) if flip else W
    if native.done_here(dY, groups):
        return native.convolution_dx(dY, W, x, **windows)
    if groups == 1:
        parts = dY.reshape(-1, dY.shape[-1]) @ W.reshape(-1, W.shape[-1]).T
    else:
        slopes = dY.reshape(-1, groups, dY.shape[-1] // groups)
        parts = jnp.einsum("ngk,pcgk->npgc", slopes, _weights(W, groups))
    parts = parts.reshape(*dY.shape[:-1], *W.shape[:-2], x.shape[-1])
    return _folded(parts, x.shape[1:-1], W.shape[:-2], **windows)


def _with_bias(function: Callable[..., Array]) -> Callable[..., Array]:
    return lambda x, W, b, **options: function(x, W, **options) + b


def _depthwise(x: Array, W: Array, **windows: Any) -> Array:
    return _convolution(x, depthwise.in_groups(W), groups=x.shape[-1], **windows)


def _depthwise_dW(x: Array, dz: Array, **options: Any) -> Array:
    dW = _convolution_dW(x, dz, groups=x.shape[-1], **options)
    return dW.reshape(*options["kernel"], x.shape[-1], -1)


def _depthwise_dx(dz: Array, W: Array, x: Array, **windows: Any) -> Array:
    return _convolution_dx(dz, depthwise.in_groups(W), x, groups=x.shape[-1], **windows)


# ---------------------------------------------------------------------------------- pooling


def _pooled(x: Array, pool_size: Shape, strides: Shape, padding: Padding, outside: float) -> list[Array]:
    return _views(x, pool_size, strides, padding, (1,) * len(pool_size), outside)


def _put_back(parts: list[Array], x: Array, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    pairs = pairs_of(padding, x.shape[1:-1], pool_size, strides)
    room, summed = room_of(x.shape[1:-1], pairs), jnp.zeros((), x.dtype)
    for place, part in zip(window_places(pool_size), parts, strict=True):
        for axis, offset in enumerate(place):
            part = _stretched(part, axis + 1, offset, strides[axis], room[axis])
        summed = summed + part
    return without_padding(summed, x.shape[1:-1], pairs)


def _max_pooling(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    return reduce(jnp.maximum, _pooled(x, pool_size, strides, padding, -jnp.inf))


def _max_pooling_dx(x: Array, dy: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    views = _pooled(x, pool_size, strides, padding, -jnp.inf)
    y, taken, parts = reduce(jnp.maximum, views), jnp.zeros(dy.shape, bool), []
    for view in views:
        first = (view == y) & ~taken
        taken = taken | first
        parts.append(jnp.where(first, dy, jnp.zeros((), dy.dtype)))
    return _put_back(parts, x, pool_size, strides, padding)


def _counts(x: Array, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    """How many numbers each window holds: known from the shapes, while compiling."""
    lengths, dilation = x.shape[1:-1], (1,) * len(pool_size)
    ones = padded(np.ones((1, *lengths, 1)), pairs_of(padding, lengths, pool_size, strides))
    outputs = output_shape(ones.shape[1:-1], pool_size, strides, dilation)
    held = sum(ones[under(place, outputs, strides, dilation)] for place in window_places(pool_size))
    return jnp.asarray(held, x.dtype)


def _average_pooling(x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    views = _pooled(x, pool_size, strides, padding, 0.0)
    return sum(views) / _counts(x, pool_size, strides, padding)


def _average_pooling_dx(dy: Array, x: Array, *, pool_size: Shape, strides: Shape, padding: Padding) -> Array:
    shared = dy / _counts(x, pool_size, strides, padding)
    return _put_back([shared] * math.prod(pool_size), x, pool_size, strides, padding)


def _global_max_pooling(x: Array, *, keepdims: bool = False) -> Array:
    return x.max(axis=tuple(range(1, x.ndim - 1)), keepdims=keepdims)


def _global_max_pooling_dx(x: Array, dy: Array) -> Array:
    places = x.reshape(x.shape[0], -1, x.shape[-1])
    first = jnp.arange(places.shape[1])[:, None] == places.argmax(axis=1, keepdims=True)
    dy = dy.reshape(x.shape[0], 1, x.shape[-1])
    return jnp.where(first, dy, jnp.zeros((), dy.dtype)).reshape(x.shape)


# -------------------------------------------------------------------------------- embedding


def _embedded_dW(x: Array, da: Array, W: Array) -> Array:
    """Each place's slopes added to its id's row, where the product needs a number for every id and row."""
    ids = x.astype(int).reshape(-1)
    return jnp.zeros(W.shape, da.dtype).at[ids].add(da.reshape(-1, da.shape[-1]))


# --------------------------------------------------------------------------------- sampling


def _sampled(x: Array, rows: Array, columns: Array, **how: Any) -> Array:
    return _kept(sampled(x, rows, columns, **how))


KERNELS: Kernels = {
    feature_maps.convolution: _with_bias(_convolution),
    feature_maps.convolution_without_bias: _convolution,
    gradients.convolution_dW: _convolution_dW,
    gradients.convolution_dx: _convolution_dx,
    depthwise.depthwise_convolution: _with_bias(_depthwise),
    depthwise.depthwise_without_bias: _depthwise,
    depthwise.depthwise_dW: _depthwise_dW,
    depthwise.depthwise_dx: _depthwise_dx,
    embedded_dW: _embedded_dW,
    local_pooling.max_pooling: _max_pooling,
    local_pooling.max_pooling_dx: _max_pooling_dx,
    local_pooling.average_pooling: _average_pooling,
    local_pooling.average_pooling_dx: _average_pooling_dx,
    global_pooling.global_max_pooling: _global_max_pooling,
    global_pooling.global_max_pooling_dx: _global_max_pooling_dx,
    sampled: _sampled,
    **PRODUCTS,
}


def are_but_products(steps: Iterable[Step]) -> bool:
    """Whether all faster functions of the steps are products of matrices, and no convolutions or the like."""
    return all(step.rule in PRODUCTS or step.rule not in KERNELS for step in steps)
