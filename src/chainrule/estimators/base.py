"""What both estimators share: how they are fitted, and how they predict."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from chainrule.callbacks import Callback, EarlyStopping, checked
from chainrule.config import next_seed, seeded
from chainrule.doors import whole_number
from chainrule.estimators.building import Ending, build, hidden_layers, optimizer_of, widths_of
from chainrule.estimators.predicting import outputs
from chainrule.estimators.rows import Rows, positive
from chainrule.estimators.sharing import shared_programs

AUTO = 200
"""Rows per batch where nothing is said, as in scikit-learn's own networks."""


class NetworkEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """The base of ``NetworkClassifier`` and ``NetworkRegressor``, which say what a network ends with."""

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

    _y_checks: ClassVar[dict[str, Any]] = {}

    @abstractmethod
    def _targets(self, y: np.ndarray, known: bool) -> np.ndarray:
        """The targets as the network takes them; ``known`` where it is known what is in them."""

    @abstractmethod
    def _ending(self) -> Ending:
        """The output layer and the loss, for the targets that were seen."""

    def _weighted(self, rows: Rows) -> Rows:
        """The rows, with the weights that the estimator's own arguments give them."""
        return rows

    def _strata(self, rows: Rows) -> np.ndarray | None:
        """The classes of which the rows held back have their share."""
        return None

    @property
    def loss_curve_(self) -> list[float]:
        """The loss of every epoch."""
        check_is_fitted(self, "history_")
        return self.history_["loss"]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network on X (m, n) and y; with ``warm_start`` the one that is there, further.

        A row with the weight 2 counts as two like it, one with the weight 0 as none. Where all rows are
        one batch and the hidden layers are given by their units, the fit is then the same to the last
        bit, and the order of the rows does not matter; in several batches this holds on average.

        Raises ValueError or TypeError for data and arguments that make no sense; FloatingPointError
        where the numbers become NaN or infinite.
        """
        again = bool(self.warm_start) and hasattr(self, "model_")
        rows = self._rows(X, y, sample_weight, again, known=again)
        if not again:
            self._begin()
        held = None
        if self.early_stopping:
            rows, held = rows.split(self.validation_fraction, self._seed(), self._strata(rows))
        if len(rows) <= self._batch_rows(len(rows)) and widths_of(self.layers) is not None:
            rows = rows.distinct()
        return self._train(rows.relative(), held and held.relative(), whole_number(self.epochs, "epochs", 1))

    def _fit_further(self, X: Any, y: Any, sample_weight: Any) -> Self:
        """One more epoch, the first of a new network where there is none yet."""
        again = hasattr(self, "model_")
        rows = self._rows(X, y, sample_weight, again, known=True)
        if not again:
            self._begin()
        return self._train(rows, None, 1)

    def _rows(self, X: Any, y: Any, sample_weight: Any, again: bool, known: bool) -> Rows:
        """The rows that count, checked, with their targets as the network takes them."""
        checks = {"dtype": np.float32, "multi_output": True, **self._y_checks}
        with _quietly():
            x, y = validate_data(self, X, y, reset=not again, **checks)
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, x, dtype=np.float64)
        rows = positive(Rows(x, y, weights)).counting()
        return self._weighted(Rows(rows.x, self._targets(rows.y, known), rows.weights))

    def _begin(self) -> None:
        """A new network, with weights and an order of the rows that ``random_state`` decides."""
        if self.random_state is None:
            self._random = np.random.RandomState(next_seed())
        else:
            self._random = np.random.RandomState(check_random_state(self.random_state).randint(2**31))
        penalty, ending = self.kernel_regularizer, self._ending()
        optimizer = optimizer_of(self.optimizer, self.learning_rate)
        hidden = hidden_layers(self.layers, self.activation, penalty)
        with seeded(self._seed()):
            self.model_ = build(self.n_features_in_, hidden, ending, penalty, optimizer)
        if (widths := widths_of(self.layers)) is not None:
            sizes = (self.n_features_in_, *widths)
            self.model_.programs = shared_programs(sizes, self.activation, penalty, ending, optimizer)
        self.history_: dict[str, list[float]] = {}
        self.n_iter_ = 0

    def _seed(self) -> int:
        return int(self._random.randint(2**31))

    def _train(self, rows: Rows, held: Rows | None, epochs: int) -> Self:
        weighted = rows.weights is not None or (held is not None and held.weights is not None)
        with seeded(self._seed()):
            done = self.model_.fit(
                rows.x,
                rows.y,
                batch_size=self._batch_rows(len(rows)),
                epochs=epochs,
                verbose=int(self.verbose),
                callbacks=self._told(held),
                validation_data=held and (held.x, held.y, *([held.counts] if weighted else [])),
                shuffle=bool(self.shuffle),
                sample_weight=rows.counts if weighted else None,
            )
        for name, values in done.history.items():
            self.history_.setdefault(name, []).extend(values)
        self.n_iter_ += len(done.epoch)
        return self

    def _batch_rows(self, rows: int) -> int:
        if self.batch_size == "auto":
            return min(AUTO, rows)
        return min(whole_number(self.batch_size, "batch_size", 1), rows)

    def _told(self, held: Rows | None) -> list[Callback]:
        given = checked(self.callbacks)
        if held is None:
            return given
        stop = EarlyStopping(patience=self.patience, restore_best_weights=True)
        return [*given, stop]

    def _outputs(self, X: Any) -> np.ndarray:
        """The network's outputs for X, (m, units), as float64."""
        check_is_fitted(self, "model_")
        with _quietly():
            x = validate_data(self, X, reset=False, dtype=np.float32)
        return outputs(self.model_, x)


def _quietly() -> Any:
    """Without a warning for numbers too large for float32: they become infinite, and are refused as such."""
    return np.errstate(over="ignore", invalid="ignore")
