"""What both estimators share: their arguments, and how they are fitted."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from chainrule.callbacks import Callback, EarlyStopping, checked
from chainrule.config import next_seed, seeded
from chainrule.doors import whole_number
from chainrule.estimators.building import Ending, build, hidden_layers, optimizer_of, widths_of
from chainrule.estimators.predicting import outputs
from chainrule.estimators.rows import Rows
from chainrule.model import Sequential

AUTO = 200
"""Rows per batch where nothing is said, as in scikit-learn's own networks."""


class NetworkEstimator(BaseEstimator):
    """The base of :class:`NetworkClassifier` and :class:`NetworkRegressor`."""

    layers: Any
    activation: Any
    kernel_regularizer: Any
    optimizer: Any
    learning_rate: Any
    loss: Any
    batch_size: int | str
    epochs: int
    shuffle: bool
    early_stopping: bool
    validation_fraction: float
    patience: int
    callbacks: Any
    random_state: Any
    warm_start: bool
    verbose: int

    model_: Sequential
    history_: dict[str, list[float]]
    n_iter_: int
    n_features_in_: int

    @abstractmethod
    def _targets(self, y: np.ndarray, again: bool) -> np.ndarray:
        """The targets as the network takes them; ``again`` where it has been fitted before."""

    @abstractmethod
    def _ending(self) -> Ending:
        """The output layer and the loss for the targets that were seen."""

    def _weighted(self, rows: Rows) -> Rows:
        """The rows with the weights that the estimator's own arguments give them."""
        return rows

    _y_checks: dict[str, Any]
    _stratify = False

    @property
    def loss_curve_(self) -> list[float]:
        """The loss of every epoch."""
        return self.history_["loss"]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network on X (m, n) and y; with ``warm_start`` the one that is there, further.

        A weight counts as so many rows: 0 as none, 2 as the row twice. With all rows in one batch and
        hidden layers given by their units the fit is then the same to the last bit, and does not depend
        on the order of the rows; with several batches it is so on average only.

        Raises ValueError for data that does not fit; FloatingPointError where the numbers become NaN or
        infinite.
        """
        again = self.warm_start and hasattr(self, "model_")
        rows = self._rows(X, y, sample_weight, again)
        if not again:
            self._begin()
        held = None
        if self.early_stopping:
            rows, held = rows.split(self.validation_fraction, self._next_seed(), self._stratify)
        if len(rows) <= self._batch_rows(len(rows)) and widths_of(self.layers) is not None:
            rows = rows.distinct()
        rows = rows.relative()
        self._train(rows, held and held.relative(), whole_number(self.epochs, "epochs", 1), again)
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any) -> Self:
        again = hasattr(self, "model_")
        rows = self._rows(X, y, sample_weight, again)
        if not again:
            self._begin()
        self._train(rows, None, 1, again)
        return self

    def _rows(self, X: Any, y: Any, sample_weight: Any, again: bool) -> Rows:
        """The rows that count, checked, with their targets as the network takes them."""
        x, y = validate_data(
            self, X, y, reset=not again, dtype=np.float32, multi_output=True, **self._y_checks
        )
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, x, dtype=np.float64)
            if (weights < 0).any():
                raise ValueError(f"sample_weight must not be negative, got {weights.min()}")
            if not weights.any():
                raise ValueError("sample_weight is zero for every row: at least one weight must be above 0")
        rows = Rows(x, y, weights).counting()
        targets = self._targets(rows.y, again)
        return self._weighted(Rows(rows.x, targets, rows.weights))

    def _begin(self) -> None:
        seed = next_seed() if self.random_state is None else None
        self._random = check_random_state(seed if seed is not None else self.random_state)
        ...
