"""What a data set is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class DataSet:
    """Inputs x (m, …) and targets y (m, …), a row per sample.

    ``classes`` names the labels 0, 1, … where y holds labels; ``image_shape`` is (height, width), or
    (height, width, 3) in colour, where a row of x is an image. ``x_test`` and ``y_test`` are rows that
    those who made the set kept for the test.

    Raises ValueError for no rows, or different numbers of rows.

    >>> DataSet("two", np.zeros((2, 3)), np.zeros(2)).x.shape
    (2, 3)
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    classes: tuple[str, ...] | None = None
    image_shape: tuple[int, ...] | None = None
    x_test: np.ndarray | None = None
    y_test: np.ndarray | None = None

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of a row of x."""
        return self.x.shape[1:]

    def __post_init__(self) -> None:
        _check(self.name, self.x, self.y)
        if (self.x_test is None) != (self.y_test is None):
            raise ValueError(f"{self.name}: x_test and y_test go together")
        if self.x_test is not None and self.y_test is not None:
            _check(f"{self.name}, test", self.x_test, self.y_test)
            if self.x_test.shape[1:] != self.x.shape[1:]:
                raise ValueError(
                    f"{self.name}: a row of x has shape {self.x.shape[1:]}, of x_test {self.x_test.shape[1:]}"
                )


def _check(name: str, x: np.ndarray, y: np.ndarray) -> None:
    for what, array in (("x", x), ("y", y)):
        if not array.ndim:
            raise ValueError(f"{name}: {what} is the single number {array}; give a row per sample")
    rows = [len(array) for array in (x, y)]
    if rows[0] != rows[1]:
        raise ValueError(f"{name}: x has {rows[0]} rows and y has {rows[1]}; give one of each per sample")
    if not x.size:
        raise ValueError(f"{name}: x is empty, shape {x.shape}; give at least one row")
