"""Noise that is added while training, so that a network learns not to rely on any one digit.

Source: Bishop, "Training with noise is equivalent to Tikhonov regularization" (Neural Computation 1995);
Keras 3, keras.layers.GaussianNoise.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.rule import rule, size


@rule(tex=r"<x> + <stddev> \cdot <n>", multiplications=lambda x, n: size(x))
def with_noise(x: Array, n: Array, *, stddev: Array) -> Array:
    """x with normal noise, from draws n of mean 0 and deviation 1; shape of x.

    >>> import numpy as np
    >>> with_noise(np.array([1.0, 2.0]), np.array([-1.0, 0.5]), stddev=0.5)
    array([0.5 , 2.25])
    """
    return x + stddev * n
