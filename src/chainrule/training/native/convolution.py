"""Convolutions of float32 under JAX on a CPU, by machine code of their own sizes."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

from chainrule.rules.arrays import Array
from chainrule.rules.convolution import sliding
from chainrule.rules.rule import Shape
from chainrule.rules.windows import Padding, Pairs, output_shape, pairs_of, spans_of
from chainrule.training.native.handler import Work, register
from chainrule.training.native.maps import write_maps
from chainrule.training.native.sizes import Sizes
from chainrule.training.native.slopes import write_slopes


def done_here(x: Array, groups: int) -> bool:
    """Whether a convolution of x is one for these functions: of sequences or images, whole, on a CPU."""
    return groups == 1 and x.ndim in (3, 4) and x.dtype == jnp.float32 and jax.default_backend() == "cpu"


def convolution(x: Array, W: Array, *, strides: Shape, padding: Padding, dilation: Shape) -> Array:
    """z (m, …, filters) of x (m, …, channels) under W (…, channels, filters)."""
    pairs = pairs_of(padding, x.shape[1:-1], spans_of(W.shape[:-2], dilation), strides)
    return _maps(_padded(x, pairs), W, strides, dilation)


def convolution_dW(
    x: Array, dz: Array, *, kernel: Shape, strides: Shape, padding: Padding, dilation: Shape
) -> Array:
    """The gradient of W from the input and the slopes of z."""
    pairs = pairs_of(padding, x.shape[1:-1], spans_of(kernel, dilation), strides)
    x, slopes = _as_images(_padded(x, pairs)), _as_images(dz)
    sizes = _sizes(x, _two(kernel), dz.shape[-1], strides, dilation)
    shape = (sizes.sums, sizes.lines * sizes.whole)
    sums = _called("slopes", partial(write_slopes, sizes=sizes), sizes, sizes.sums, x, slopes, shape)
    # A product with ones: XLA's own sums along the first axis take as long as all the rest.
    summed = (jnp.ones(sizes.sums, x.dtype) @ sums).reshape(sizes.lines, sizes.whole)
    return summed[:, : sizes.filters].reshape(*kernel, sizes.channels, sizes.filters)


def convolution_dx(
    dz: Array, W: Array, x: Array, *, strides: Shape, padding: Padding, dilation: Shape
) -> Array:
    """The gradient of x: a convolution of the slopes, apart by the strides, with the kernel turned."""
    lengths, spans = x.shape[1:-1], spans_of(W.shape[:-2], dilation)
    pairs = pairs_of(padding, lengths, spans, strides)
    around = []
    for length, slopes, span, step, (before, _) in zip(
        lengths, dz.shape[1:-1], spans, strides, pairs, strict=True
    ):
        first = span - 1 - before
        around.append((first, length + span - 1 - first - ((slopes - 1) * step + 1), step - 1))
    apart = lax.pad(dz, jnp.zeros((), dz.dtype), [(0, 0, 0), *around, (0, 0, 0)])
    return _maps(apart, sliding.turned(W).swapaxes(-1, -2), (1,) * len(lengths), dilation)


def _maps(x: Array, W: Array, strides: Shape, dilation: Shape) -> Array:
    """A convolution of what is padded already."""
    images = _as_images(x)
    sizes = _sizes(images, _two(W.shape[:-2]), W.shape[-1], strides, dilation)
    kernel = W.reshape(sizes.lines, sizes.filters)
    kernel = jnp.pad(kernel, ((0, 0), (0, sizes.whole - sizes.filters)))
    shape = (sizes.images, *sizes.maps, sizes.filters)
    z = _called("maps", partial(write_maps, sizes=sizes), sizes, sizes.parts, images, kernel, shape)
    return z if x.ndim == 4 else z.reshape(x.shape[0], *shape[2:])


def _padded(x: Array, pairs: Pairs) -> Array:
    return lax.pad(x, jnp.zeros((), x.dtype), [(0, 0, 0), *((a, b, 0) for a, b in pairs), (0, 0, 0)])


def _as_images(x: Array) -> Array:
    """A sequence is an image of one row."""
    return x if x.ndim == 4 else x[:, None]


def _two(lengths: Shape) -> tuple[int, int]:
    return (1, *lengths) if len(lengths) == 1 else (lengths[0], lengths[1])


def _sizes(x: Array, kernel: tuple[int, int], filters: int, strides: Shape, dilation: Shape) -> Sizes:
    steps, apart = _two(strides), _two(dilation)
    maps = output_shape(x.shape[1:3], kernel, steps, apart)
    return Sizes(x.shape[0], x.shape[1:3], x.shape[3], kernel, filters, steps, apart, _two(maps))


def _called(kind: str, work: Work, sizes: Sizes, parts: int, x: Array, other: Array, shape: Shape) -> Array:
    """What this work gives, by a name that says all that its code depends on."""
    name = f"chainrule_{kind}_{sizes.name}_{parts}"
    register(name, work, sizes.lanes, parts, sizes.multiplications)
    call = jax.ffi.ffi_call(name, jax.ShapeDtypeStruct(shape, x.dtype), vmap_method="sequential")
    return call(x, other)
