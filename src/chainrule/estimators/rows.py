"""The rows that an estimator learns from, with their weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from sklearn.model_selection import train_test_split

from chainrule.data.splitting import check_shares, count_of


@dataclass(frozen=True)
class Rows:
    """Inputs (m, n), targets (m, …) and the rows' weights (m,), or None where all count the same."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.x)

    @property
    def counts(self) -> np.ndarray:
        """The weights, also where all are the same."""
        return np.ones(len(self)) if self.weights is None else self.weights

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

        >>> rows = Rows(np.array([[1.0], [2.0], [1.0]]), np.array([0, 1, 0])).distinct()
        >>> rows.x.tolist(), rows.y.tolist(), rows.weights.tolist()
        ([[2.0], [1.0]], [1, 0], [1.0, 2.0])
        """
        columns = np.column_stack([self.x, self.y.reshape(len(self), -1)])
        table = np.ascontiguousarray(columns, np.float32)
        table += 0  # -0 becomes 0
        # Compared as bytes, since that takes one look at a row and not one at each of its numbers.
        as_bytes = table.view(np.dtype((np.void, table.shape[1] * table.itemsize)))[:, 0]
        _, first, group = np.unique(as_bytes, return_index=True, return_inverse=True)
        added = np.bincount(group, self.weights).astype(np.float64)
        return Rows(self.x[first], self.y[first], added)

    def relative(self) -> Rows:
        """Weights with the mean 1; none where all are the same.

        >>> Rows(np.eye(2), np.arange(2), np.array([1.0, 3.0])).relative().weights.tolist()
        [0.5, 1.5]
        """
        if self.weights is None or (self.weights == self.weights[0]).all():
            return replace(self, weights=None)
        return replace(self, weights=self.weights * (len(self) / self.weights.sum()))

    def split(self, part: float, seed: int, strata: np.ndarray | None) -> tuple[Rows, Rows]:
        """The rows to train on, and this part of them held back, of each of the strata alike.

        Raises ValueError where a side would be left without any row, or without one of the strata.
        """
        name = "validation_fraction"
        if isinstance(part, int):
            raise ValueError(f"{name} must be a part of the rows, above 0 and below 1; got {part}")
        count = count_of(part, len(self), name)
        if strata is not None:
            check_shares(strata, count, name)
        kept, held = train_test_split(
            np.arange(len(self)), test_size=count, random_state=seed, stratify=strata
        )
        return self.at(kept), self.at(held)


def positive(rows: Rows) -> Rows:
    """The rows, or ValueError for weights below 0, or 0 for all of them."""
    if rows.weights is not None:
        if not np.isfinite(rows.weights).all() or (rows.weights < 0).any():
            wrong = rows.weights[~(rows.weights >= 0) | np.isinf(rows.weights)][0]
            raise ValueError(f"weights of rows must be finite and not negative, got {wrong}")
        if not rows.weights.any():
            raise ValueError("the weight is zero for every row: at least one weight must be above zero")
    return rows
