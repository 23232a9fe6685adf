"""The network that tells classes apart."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags, column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from chainrule.estimators.base import NetworkEstimator
from chainrule.estimators.building import Ending, loss_of
from chainrule.estimators.rows import Rows, positive


class NetworkClassifier(ClassifierMixin, NetworkEstimator):  # type: ignore[misc]
    """A network for classes: two, several, or any number of labels per row.

    ``layers`` are the hidden layers: None for one of 100 units, numbers of units as ``(64, 32)``, or a
    list of layers or their tables, of which each fit makes its own; units alone make ``Dense`` layers
    with this ``activation`` and ``kernel_regularizer``. The output layer is added, with the same
    ``kernel_regularizer``: a sigmoid for two classes and for labels, a softmax for more classes.

    ``loss`` None means cross-entropy. ``batch_size`` "auto" is 200 rows, or all where there are fewer.
    ``class_weight`` is a table from classes to weights, or "balanced". With ``early_stopping`` a
    ``validation_fraction`` of the rows is held back, training ends when their loss has not become less
    for ``patience`` epochs, and the weights of the best epoch are kept. ``random_state`` None takes the
    next of chainrule's own seeds (``chainrule.utils.set_random_seed``).

    After ``fit``: ``classes_``, ``n_features_in_``, ``feature_names_in_`` (for data with named columns),
    ``model_`` (a ``Sequential``), ``history_``, ``loss_curve_`` and ``n_iter_``, the epochs done.

    >>> classifier = NetworkClassifier((8,), learning_rate=0.1, random_state=0)
    >>> classifier.fit([[0, 0], [0, 1], [1, 0], [1, 1]], ["same", "other", "other", "same"])
    NetworkClassifier(layers=(8,), learning_rate=0.1, random_state=0)
    >>> classifier.predict([[0, 1]]).tolist()
    ['other']
    """

    def __init__(
        self,
        layers: Any = None,
        *,
        activation: Any = "relu",
        kernel_regularizer: Any = None,
        optimizer: Any = "adam",
        learning_rate: Any = None,
        loss: Any = None,
        class_weight: Any = None,
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
        self.class_weight = class_weight
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
        tags.classifier_tags.multi_label = True
        return tags

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """One more epoch on these rows; the first call needs all ``classes`` that there will be.

        Weights are taken as they are given, so that they count across calls too.

        Raises ValueError for classes that are missing or not known.
        """
        if self.class_weight == "balanced":
            raise ValueError('class_weight="balanced" needs all rows at once: give a table of weights')
        if not hasattr(self, "model_"):
            if classes is None:
                raise ValueError("classes must be given at the first call of partial_fit")
            self._know(np.unique(classes), _is_multilabel(y))
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"classes {classes!r} are not those of the first call, {self.classes_.tolist()}")
        return self._fit_further(X, y, sample_weight)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class of each row (m,); or for labels 0 or 1 for each, (m, labels)."""
        found = self.predict_proba(X)
        if self._multilabel:
            return (found > 0.5).astype(int)
        classes: np.ndarray = self.classes_[np.argmax(found, axis=1)]
        return classes

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, (m, classes), in the order of ``classes_``; of each label alike."""
        found = self._outputs(X)
        if self._multilabel:
            return found
        if found.shape[1] == 1:
            return np.hstack([1 - found, found])
        probabilities: np.ndarray = found / found.sum(axis=1, keepdims=True)
        return probabilities

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of :meth:`predict_proba`; minus infinity where that is 0."""
        with np.errstate(divide="ignore"):
            logarithms: np.ndarray = np.log(self.predict_proba(X))
        return logarithms

    def _know(self, classes: np.ndarray, multilabel: bool) -> None:
        self.classes_ = classes
        self._multilabel = multilabel
        if len(classes) < 2 and not multilabel:
            (only,) = classes.tolist()
            raise ValueError(f"a classifier needs at least two classes, and y has one class: {only!r}")

    def _targets(self, y: np.ndarray, known: bool) -> np.ndarray:
        multilabel = _is_multilabel(y)
        if not multilabel:
            y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        if not known:
            self._know(np.arange(y.shape[1]) if multilabel else np.unique(y), multilabel)
        if multilabel != self._multilabel or (multilabel and y.shape[1] != len(self.classes_)):
            raise ValueError(
                "y is of another kind than that of the first fit: labels for each row, or classes"
            )
        return y.astype(np.float32) if multilabel else self._encoded(self._codes(y))

    def _codes(self, y: np.ndarray) -> np.ndarray:
        """The place of each row's class in ``classes_``."""
        found, places = np.unique(y, return_inverse=True)
        unknown = set(found.tolist()) - set(self.classes_.tolist())
        if unknown:
            raise ValueError(
                f"y has classes that are not known: {sorted(unknown, key=str)}; known are "
                f"{self.classes_.tolist()}"
            )
        codes: np.ndarray = np.searchsorted(self.classes_, found)[places]
        return codes

    def _ending(self) -> Ending:
        two = len(self.classes_) == 2
        usual = "binary_crossentropy" if two or self._multilabel else "sparse_categorical_crossentropy"
        loss = loss_of(self.loss, usual)
        takes = loss.entry.targets
        if takes == "sign" or (self._multilabel and takes in ("label", "distribution")):
            what = "labels 0 or 1 for each row" if self._multilabel else "probabilities of classes"
            raise ValueError(f"loss {loss.name!r} is not one of {what}: leave it out for cross-entropy")
        if self._multilabel:
            return Ending(len(self.classes_), "sigmoid", loss)
        if two and takes not in ("label", "distribution"):
            return Ending(1, "sigmoid", loss)
        return Ending(len(self.classes_), "softmax", loss)

    def _encoded(self, codes: np.ndarray) -> np.ndarray:
        """Classes as the loss takes them: numbers from 0, 0 or 1 in a column, or one-hot rows."""
        ending = self._ending()
        if ending.loss.entry.targets == "label":
            return codes
        if ending.units == 1:
            return codes.astype(np.float32)[:, None]
        one_hot: np.ndarray = np.eye(ending.units, dtype=np.float32)[codes]
        return one_hot

    def _decoded(self, targets: np.ndarray) -> np.ndarray:
        """The place of each row's class again, from what :meth:`_encoded` gave."""
        is_one_hot = targets.shape[1:] not in ((), (1,))
        codes: np.ndarray = np.argmax(targets, axis=1) if is_one_hot else targets.reshape(-1).astype(int)
        return codes

    def _strata(self, rows: Rows) -> np.ndarray | None:
        return None if self._multilabel else self._decoded(rows.y)

    def _weighted(self, rows: Rows) -> Rows:
        if self.class_weight is None:
            return rows
        if self._multilabel:
            raise ValueError("class_weight is for classes, and y has labels for each row: give sample_weight")
        codes = self._decoded(rows.y)
        weights = np.ones(len(rows)) if rows.weights is None else rows.weights
        if self.class_weight == "balanced":
            sums = np.bincount(codes, weights, len(self.classes_))
            of_class = weights.sum() / (len(self.classes_) * np.where(sums > 0, sums, 1))
        else:
            of_class = compute_class_weight(self.class_weight, classes=self.classes_, y=self.classes_)
        return positive(Rows(rows.x, rows.y, weights * of_class[codes]))


def _is_multilabel(y: Any) -> bool:
    return bool(type_of_target(y, input_name="y") == "multilabel-indicator")
