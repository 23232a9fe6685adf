"""The rows that an estimator learns from, with their weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from sklearn.model_selection import train_test_split


@dataclass(frozen=True)
class Rows:
    """Inputs (m, n), targets (m, …) and the rows' weights (m,), or None where all count the same."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.x)

    def at(self, rows: np.ndarray) -> Rows:
        """The rows with these numbers, or where the mask is true."""
        weights = None if self.weights is None else self.weights[rows]
        return Rows(self.x[rows], self.y[rows], weights)

    def counting(self) -> Rows:
        """Those with a weight above 0.

        >>> Rows(np.eye(2), np.arange(2), np.array([0.0, 3.0])).counting().y.tolist()
        [1]
        """
        if self.weights is None or (self.weights > 0).all():
            return self
        return self.at(self.weights > 0)

    def distinct(self) -> Rows:
        """Each different row once, in one order, with the weights of all like it added up.

        >>> rows = Rows(np.array([[2.0], [1.0], [2.0]]), np.array([0, 1, 0])).distinct()
        >>> rows.x.tolist(), rows.y.tolist(), rows.weights.tolist()
        ([[1.0], [2.0]], [1, 0], [1.0, 2.0])
        """
        table = np.column_stack([self.x, self.y.reshape(len(self), -1)])
        _, first, group = np.unique(table, axis=0, return_index=True, return_inverse=True)
        added = np.bincount(group.reshape(-1), self.weights)
        return Rows(self.x[first], self.y[first], added.astype(float))

    def relative(self) -> Rows:
        """Weights with the mean 1; none where all are the same.

        >>> Rows(np.eye(2), np.arange(2), np.array([1.0, 3.0])).relative().weights.tolist()
        [0.5, 1.5]
        """
        if self.weights is None or (self.weights == self.weights[0]).all():
            return replace(self, weights=None)
        return replace(self, weights=self.weights * (len(self) / self.weights.sum()))

    def split(self, part: float, seed: int, stratify: bool) -> tuple[Rows, Rows]:
        """The rows to train on, and this part of them held back; classes keep their shares if asked.

        Raises ValueError where a side would be left without any row, or without one of the classes.
        """
        kept, held = train_test_split(
            np.arange(len(self)), test_size=part, random_state=seed, stratify=self.y if stratify else None
        )
        return self.at(np.sort(kept)), self.at(np.sort(held))
