"""Helpers, by their names in Keras."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.config import set_random_seed

__all__ = ["set_random_seed", "to_categorical"]


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """Labels 0, 1, … as one-hot rows; shape (m, num_classes), one more than the largest by default.

    Raises ValueError for what is not a whole number from 0 to num_classes - 1.

    >>> to_categorical([1, 0, 2])
    array([[0., 1., 0.],
           [1., 0., 0.],
           [0., 0., 1.]])
    """
    labels = np.asarray(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if labels.dtype.kind not in "biuf" or not labels.size or (labels != np.floor(labels)).any():
        raise ValueError(f"to_categorical takes whole-number labels, got {labels.dtype}: {labels.flat[:3]}")
    whole = labels.astype(np.int64)
    classes = int(whole.max()) + 1 if num_classes is None else num_classes
    if whole.min() < 0 or whole.max() >= classes:
        wrong = whole.min() if whole.min() < 0 else whole.max()
        raise ValueError(
            f"label {wrong} is out of range: with {classes} classes labels go from 0 to {classes - 1}"
        )
    return np.asarray(np.eye(classes)[whole])
