"""Handwritten digits that come with scikit-learn."""

from __future__ import annotations

import numpy as np

from chainrule.data.dataset import DataSet

WHITE = 16
"""The pixels of the data set go from 0 to 16."""


def digits() -> DataSet:
    """1,797 digits of 8 by 8 pixels: x (1797, 64) float32 from 0 to 1, y (1797,) int32 labels.

    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits (UCI, 1998), its test set.

    >>> data = digits()
    >>> data.x.shape, data.x.dtype.name, data.y[:3].tolist()
    ((1797, 64), 'float32', [0, 1, 2])
    """
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    names = tuple(str(digit) for digit in range(10))
    return DataSet("digits", (x / WHITE).astype(np.float32), y.astype(np.int32), names, (8, 8))
