"""Convolution: sizes, feature maps and their gradients.

n is the length of the input along an axis, f that of the filter, s the stride, d the dilation.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, floor
from chainrule.rules.rule import rule


@rule(tex=r"<d> (<f> - 1) + 1")
def effective_size(f: Array, d: Array) -> Array:
    """The length that a dilated filter spans."""
    return d * (f - 1) + 1


@rule(tex=r"\left\lfloor \frac{<n> + <before> + <after> - <f>}{<s>} \right\rfloor + 1")
def output_size(n: Array, f: Array, before: Array, after: Array, s: Array) -> Array:
    """The length of the feature map, with so many zeros before and after the input.

    >>> import numpy as np
    >>> output_size(np.array(28.0), np.array(5.0), np.array(2.0), np.array(2.0), np.array(1.0))
    np.float64(28.0)
    """
    return floor((n + before + after - f) / s) + 1
