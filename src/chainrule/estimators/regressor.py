"""The network that tells numbers."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import Tags

from chainrule.estimators.base import NetworkEstimator
from chainrule.estimators.building import Ending, loss_of


class NetworkRegressor(RegressorMixin, NetworkEstimator):  # type: ignore[misc]
    """A network for one number per row, y (m,), or several, y (m, k).

    ``layers`` are the hidden layers: None for one of 100 units, numbers of units as ``(64, 32)``, or a
    list of layers or their tables, of which each fit makes its own; units alone make ``Dense`` layers
    with this ``activation`` and ``kernel_regularizer``. The output layer is added, with the same
    ``kernel_regularizer`` and without activation.

    ``loss`` None means the mean squared error. The other arguments are those of
    :class:`~chainrule.estimators.NetworkClassifier`, and so is what is there after ``fit``, but for
    ``classes_``. Targets far from the size of 1 are better scaled, as by scikit-learn's
    ``TransformedTargetRegressor``.

    >>> regressor = NetworkRegressor((), learning_rate=0.1, random_state=0)
    >>> regressor.fit([[0], [1], [2]], [1, 3, 5]).predict([[3]]).round(1)
    array([7.])
    """

    _y_checks: ClassVar[dict[str, Any]] = {"y_numeric": True}
    n_outputs_: int

    def __init__(
        self,
        layers: Any = None,
        *,
        activation: Any = "relu",
        kernel_regularizer: Any = None,
        optimizer: Any = "adam",
        learning_rate: Any = None,
        loss: Any = None,
        batch_size: int | str = "auto",
        epochs: int = 200,
        shuffle: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        callbacks: Any = None,
        random_state: Any = None,
        warm_start: bool = False,
        verbose: int = 0,
    ) -> None:
        self.layers = layers
        self.activation = activation
        self.kernel_regularizer = kernel_regularizer
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.loss = loss
        self.batch_size = batch_size
        self.epochs = epochs
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.callbacks = callbacks
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """One more epoch on these rows; weights are taken as they are given, also across calls."""
        return self._fit_further(X, y, sample_weight)

    def predict(self, X: Any) -> np.ndarray:
        """The numbers for each row, in the shape that y had: (m,) or (m, k)."""
        found = self._outputs(X)
        return found.reshape(-1) if self._flat else found

    def _targets(self, y: np.ndarray, known: bool) -> np.ndarray:
        with np.errstate(over="ignore"):  # what is too large becomes infinite, which the model refuses
            targets = y.reshape(len(y), -1).astype(np.float32)
        if hasattr(self, "model_") and known:
            if targets.shape[1] != self.n_outputs_:
                raise ValueError(f"y has {targets.shape[1]} columns, and had {self.n_outputs_} before")
        else:
            self.n_outputs_ = targets.shape[1]
            self._flat = y.ndim == 1
        return targets

    def _ending(self) -> Ending:
        return Ending(self.n_outputs_, "linear", loss_of(self.loss, "mse"))
