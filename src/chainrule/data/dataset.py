"""What a data set is, and how it is split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class DataSet:
    """Inputs x (m, …) and targets y (m, …), a row per sample.

    ``classes`` names the labels 0, 1, … where y holds labels; ``image_shape`` is (height, width) where
    a row of x is an image.

    Raises ValueError for no rows, or different numbers of rows.

    >>> DataSet("two", np.zeros((2, 3)), np.zeros(2)).x.shape
    (2, 3)
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    classes: tuple[str, ...] | None = None
    image_shape: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        rows = [len(array) if array.ndim else 0 for array in (self.x, self.y)]
        if rows[0] != rows[1]:
            raise ValueError(
                f"{self.name}: x has {rows[0]} rows and y has {rows[1]}; give one of each per sample"
            )
        if not self.x.size:
            raise ValueError(f"{self.name}: x is empty, shape {self.x.shape}; give at least one row")


def split(
    x: np.ndarray, y: np.ndarray, test: float | int, seed: int, stratify: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows to train on and rows to test with, drawn by chance: x_train, x_test, y_train, y_test.

    ``test`` is a part of the rows (below 1) or a number of rows; ``stratify`` keeps the share of each
    label in both, as scikit-learn's ``train_test_split``.

    Raises ValueError where a side, or a label's share of it, would be empty.

    >>> x_train, x_test, _, _ = split(np.arange(10), np.arange(10), test=0.2, seed=1)
    >>> len(x_train), len(x_test)
    (8, 2)
    """
    from sklearn.model_selection import train_test_split

    labels = y if stratify else None
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=test, random_state=seed, stratify=labels
    )
    return x_train, x_test, y_train, y_test
