"""The data of the cases, and the first weights: the same for every contestant, made from fixed seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

WRONG = 0.1
"""The part of the rows whose class is drawn by chance, so that no network's loss goes to 0."""


def images(rows: int, shape: Sequence[int] = (28, 28, 1)) -> tuple[np.ndarray, np.ndarray]:
    """Images of ten classes, (rows, height, width, channels) in float32, and their classes.

    An image is its class's coarse pattern with noise of its own.
    """
    random = np.random.default_rng(0)
    height, width, channels = shape
    coarse = random.normal(size=(10, height // 4, width // 4, channels))
    patterns = coarse.repeat(4, axis=1).repeat(4, axis=2).astype(np.float32)
    y = random.integers(0, 10, rows)
    x = random.standard_normal((rows, *shape), np.float32)
    for start in range(0, rows, 1000):  # a copy of all would be the most memory that a contestant holds
        some = slice(start, start + 1000)
        x[some] += 0.5 * patterns[y[some]]
    wrong = random.random(rows) < WRONG
    y[wrong] = random.integers(0, 10, int(wrong.sum()))
    return x, y.astype(np.int64)


def rows_of_images(rows: int, features: int = 784) -> tuple[np.ndarray, np.ndarray]:
    """The like as vectors, (rows, features)."""
    side = round(features**0.5)
    x, y = images(rows, (side, side, 1))
    return x.reshape(rows, -1), y


def digits(rows: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's handwritten digits, 1,797 rows of 64 features from 0 to 1."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return (x / 16).astype(np.float32)[:rows], y[:rows].astype(np.int64)


def first_weights(weights: Sequence[Any], seed: int = 0) -> list[np.ndarray]:
    """Weights in Keras' order with every kernel drawn anew, Glorot uniform; vectors stay as they are."""
    random = np.random.default_rng(seed)
    return [_glorot(random, np.shape(w)) if np.ndim(w) > 1 else np.asarray(w) for w in weights]


def _glorot(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    field = int(np.prod(shape[:-2]))
    limit = (6 / (field * (shape[-2] + shape[-1]))) ** 0.5
    return random.uniform(-limit, limit, shape).astype(np.float32)
