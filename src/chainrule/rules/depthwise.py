"""Depthwise convolution: every channel is convolved by itself, with filters of its own.

x is (m, h, w, c), the kernel W (fh, fw, c, d) with d filters for each channel, the map
(m, h', w', c · d): the maps of the first channel first. It is a convolution in as many groups as there
are channels; strides, padding and dilation are those of rules/convolution.
Source: Chollet, "Xception" (2017).
"""

from __future__ import annotations

from typing import Any

from chainrule.rules.arrays import Array
from chainrule.rules.convolution.feature_maps import convolution, convolution_without_bias, multiplications
from chainrule.rules.convolution.gradients import convolution_dW, convolution_dx
from chainrule.rules.convolution.sliding import turned
from chainrule.rules.rule import Shape, Slip, rule, size
from chainrule.rules.slipping import NO_BIAS
from chainrule.rules.windows import Padding


def in_groups(W: Array) -> Array:
    """The kernel as that of a convolution in groups; shape (fh, fw, 1, c · d)."""
    return W.reshape(*W.shape[:-2], 1, -1)


def _slopes_times_filter(dz: Shape, W: Shape, *_: Shape) -> int:
    """Each number of dz times every weight of its flat filter."""
    return size(dz) * size(W[:-2])


def _numbers_times_slopes(x: Shape, dz: Shape, *, kernel: Shape) -> int:
    """Each number of dz times every number of its channel that its window holds."""
    return size(dz) * size(kernel)


def _maps(x: Array, W: Array, **options: Any) -> Array:
    return convolution_without_bias.function(x, in_groups(W), groups=x.shape[-1], **options)


_FLIPPED = "the kernel is turned by 180° before it is laid on"


@rule(
    tex=r"<x> \star_{\text{channel}} <W> + <b>",
    multiplications=multiplications,
    slips=(
        Slip(
            "kernel_flipped",
            _FLIPPED,
            lambda x, W, b, **options: _maps(x, turned(W), **options) + b,
            r"<x> \ast_{\text{channel}} <W> + <b>",
        ),
        Slip(
            *NO_BIAS,
            lambda x, W, b, **options: _maps(x, W, **options) + 0 * b,
            r"<x> \star_{\text{channel}} <W>",
        ),
    ),
)
def depthwise_convolution(
    x: Array, W: Array, b: Array, *, strides: Shape, padding: Padding, dilation: Shape
) -> Array:
    """The feature maps of a depthwise layer; shape (m, h', w', c · d).

    >>> import numpy as np
    >>> x, W = np.array([[[1.0, 10.0], [2.0, 20.0]]]), np.array([[[1.0, 2.0], [3.0, 4.0]]])
    >>> depthwise_convolution(x, W, np.zeros(4), strides=(1,), padding="valid", dilation=(1,))
    array([[[ 1.,  2., 30., 40.],
            [ 2.,  4., 60., 80.]]])
    """
    options = {"strides": strides, "padding": padding, "dilation": dilation, "groups": x.shape[-1]}
    return convolution.function(x, in_groups(W), b, **options)


@rule(
    tex=r"<x> \star_{\text{channel}} <W>",
    multiplications=multiplications,
    slips=(
        Slip(
            "kernel_flipped",
            _FLIPPED,
            lambda x, W, **options: _maps(x, turned(W), **options),
            r"<x> \ast_{\text{channel}} <W>",
        ),
    ),
)
def depthwise_without_bias(x: Array, W: Array, *, strides: Shape, padding: Padding, dilation: Shape) -> Array:
    """The feature maps of a depthwise layer without bias; shape (m, h', w', c · d)."""
    options = {"strides": strides, "padding": padding, "dilation": dilation, "groups": x.shape[-1]}
    return convolution_without_bias.function(x, in_groups(W), **options)


def _kernel_gradient(x: Array, dz: Array, *, kernel: Shape, **options: Any) -> Array:
    dW = convolution_dW.function(x, dz, kernel=kernel, groups=x.shape[-1], **options)
    return dW.reshape(*kernel, x.shape[-1], -1)


@rule(
    tex=r"<x> \star_{\text{channel}} <dz>",
    multiplications=_numbers_times_slopes,
    slips=(
        Slip(
            "kernel_flipped",
            "the gradient is turned by 180°, as if the kernel had been",
            lambda x, dz, **options: turned(_kernel_gradient(x, dz, **options)),
            r"\text{half turn of } <x> \star_{\text{channel}} <dz>",
        ),
    ),
)
def depthwise_dW(
    x: Array, dz: Array, *, kernel: Shape, strides: Shape, padding: Padding, dilation: Shape
) -> Array:
    """Gradient of the loss in the kernel, whose lengths are ``kernel``; shape (fh, fw, c, d)."""
    return _kernel_gradient(x, dz, kernel=kernel, strides=strides, padding=padding, dilation=dilation)


@rule(
    tex=r"<dz> \ast_{\text{channel}} <W>",
    multiplications=_slopes_times_filter,
    slips=(
        Slip(
            "kernel_not_flipped",
            "the kernel is laid on the gradient without being turned",
            lambda dz, W, x, **options: convolution_dx.function(
                dz, in_groups(turned(W)), x, groups=x.shape[-1], **options
            ),
            r"<dz> \star_{\text{channel}} <W>",
        ),
    ),
)
def depthwise_dx(
    dz: Array, W: Array, x: Array, *, strides: Shape, padding: Padding, dilation: Shape
) -> Array:
    """Gradient of the loss in the input x, of which the shape is taken; shape (m, h, w, c)."""
    options = {"strides": strides, "padding": padding, "dilation": dilation, "groups": x.shape[-1]}
    return convolution_dx.function(dz, in_groups(W), x, **options)
