"""Convolutions of float32 under JAX on a CPU, by machine code of their own sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

from chainrule.rules.arrays import Array
from chainrule.rules.convolution import sliding
from chainrule.rules.rule import Shape
from chainrule.rules.windows import Padding, pairs_of, spans_of
from chainrule.training.native.handler import Work, done
from chainrule.training.native.maps import write_maps
from chainrule.training.native.sizes import Sizes
from chainrule.training.native.slopes import write_slopes


def done_here(x: Array, groups: int) -> bool:
    """Whether a convolution of x is one for these functions: of sequences or images, whole, on a CPU."""
    return groups == 1 and x.ndim in (3, 4) and x.dtype == jnp.float32 and jax.default_backend() == "cpu"


def convolution(x: Array, W: Array, *, strides: Shape, padding: Padding, dilation: Shape) -> Array:
    """z (m, …, filters) of x (m, …, channels) under W (…, channels, filters)."""
    return _maps(x, W, _around(x, W.shape[:-2], strides, padding, dilation), strides, dilation)


def convolution_dW(
    x: Array, dz: Array, *, kernel: Shape, strides: Shape, padding: Padding, dilation: Shape
) -> Array:
    """The gradient of W from the input and the slopes of z."""
    around = _around(x, kernel, strides, padding, dilation)
    sizes = _sizes(x, kernel, dz.shape[-1], around, strides, dilation)
    shape = (sizes.sums, sizes.lines * sizes.whole)
    sums = _done("slopes", partial(write_slopes, sizes=sizes), sizes, sizes.sums, (x, dz), shape)
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
    if any(before < 0 or after < 0 for before, after, _ in around):
        dz = lax.pad(dz, jnp.zeros((), dz.dtype), [(0, 0, 0), *around, (0, 0, 0)])
        around = [(0, 0, 0)] * len(around)
    return _maps(dz, sliding.turned(W).swapaxes(-1, -2), around, (1,) * len(lengths), dilation)


Around = Sequence[tuple[int, int, int]]
"""Of each axis: zeros before the first number, after the last, and between two."""


def _around(x: Array, kernel: Shape, strides: Shape, padding: Padding, dilation: Shape) -> Around:
    pairs = pairs_of(padding, x.shape[1:-1], spans_of(kernel, dilation), strides)
    return [(before, after, 0) for before, after in pairs]


def _maps(x: Array, W: Array, around: Around, strides: Shape, dilation: Shape) -> Array:
    """A convolution of x with zeros around and between its numbers."""
    sizes = _sizes(x, W.shape[:-2], W.shape[-1], around, strides, dilation)
    kernel = W.reshape(sizes.lines, sizes.filters)
    kernel = jnp.pad(kernel, ((0, 0), (0, sizes.whole - sizes.filters)))
    shape = (sizes.images, *sizes.maps[-len(strides) :], sizes.filters)
    return _done("maps", partial(write_maps, sizes=sizes), sizes, sizes.parts, (x, kernel), shape)


def _sizes(x: Array, kernel: Shape, filters: int, around: Around, strides: Shape, dilation: Shape) -> Sizes:
    """All of images: a sequence is one of a single row."""
    room = tuple(
        before + (n - 1) * (between + 1) + 1 + after
        for n, (before, after, between) in zip(x.shape[1:-1], around, strict=True)
    )
    return Sizes(
        images=x.shape[0],
        lengths=_two(x.shape[1:-1], 1),
        before=_two(tuple(before for before, _, _ in around), 0),
        apart=_two(tuple(between + 1 for _, _, between in around), 1),
        room=_two(room, 1),
        channels=x.shape[-1],
        kernel=_two(kernel, 1),
        filters=filters,
        strides=_two(strides, 1),
        dilation=_two(dilation, 1),
    )


def _two(numbers: Shape, other: int) -> tuple[int, int]:
    return (other, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])


def _done(
    kind: str, write: Callable[..., None], sizes: Sizes, parts: int, inputs: Sequence[Array], shape: Shape
) -> Array:
    work = Work(f"{kind}_{sizes.name}", write, sizes.lanes, parts, sizes.multiplications)
    return done(work, inputs, shape)
