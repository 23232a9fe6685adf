"""scikit-learn: MLPClassifier with the same batches and solver."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from measuring import Measured, Trial, timed_training

if TYPE_CHECKING:
    from peers.training import Task


def trained(task: Task, hidden: tuple[int, ...], small: bool) -> Measured:
    """The network with these hidden layers, trained by scikit-learn."""
    x, y = task.arrays(small)

    def build() -> Trial:
        model = classifier(task, hidden)

        def train(epochs: int) -> None:
            model.set_params(max_iter=epochs)
            fitted(model, x, y)

        return Trial(train, model.predict_proba)

    return timed_training(build, x, y, task.epochs)


def classifier(task: Task, hidden: tuple[int, ...], seed: int = 0) -> Any:
    """A classifier that goes on where it stopped and never stops early."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        hidden,
        solver=task.optimizer.lower(),
        alpha=0.0,
        batch_size=task.batch_size,
        learning_rate_init=task.rate,
        random_state=seed,
        tol=0.0,
        n_iter_no_change=10**9,
        warm_start=True,
    )


def fitted(model: Any, x: Any, y: Any) -> Any:
    """Train as many epochs as it was told, without the warning that it could go on."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x, y)
