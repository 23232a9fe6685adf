"""Callbacks that end a run: for want of improvement, or at the first number that is not finite."""

from __future__ import annotations

from typing import Any

from chainrule.callbacks.base import Callback, Logs, State
from chainrule.callbacks.monitor import MonitorCallback, limit
from chainrule.doors import whole_number


class EarlyStopping(MonitorCallback):
    """Stop when a log has not improved for ``patience`` epochs; arguments are Keras'.

    An improvement is a change by more than ``min_delta``. With a ``baseline``, only what is better than
    it ends the waiting. ``restore_best_weights`` gives the model the weights of its best epoch at the
    end. Nothing is watched before ``start_from_epoch``. ``verbose=1`` says when it stops.

    Raises ValueError or TypeError for arguments that make no sense.

    >>> from chainrule import Sequential, layers
    >>> model = Sequential([layers.Dense(1, kernel_initializer="zeros")])
    >>> model.compile("sgd", "mse")
    >>> stop = EarlyStopping(monitor="loss", patience=2)
    >>> history = model.fit([[0.0]], [0.0], epochs=10, verbose=0, callbacks=[stop])
    >>> len(history.epoch)  # the first epoch is the best, two more do not improve on it
    3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = whole_number(patience, "patience", 0)
        self.verbose = verbose
        self.baseline = limit(baseline, "baseline")
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = whole_number(start_from_epoch, "start_from_epoch", 0)
        self._begin()

    def _begin(self) -> None:
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = None
        self.best_weights: list[Any] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._begin()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        current = self.watched(logs or {})
        if current is None or epoch < self.start_from_epoch:
            return
        improved = self.is_improvement(current, self.best)
        if improved:
            self.best = current
        if improved or (self.restore_best_weights and self.best_weights is None):
            self._keep(epoch)
        self.wait += 1
        if improved and (self.baseline is None or self.is_improvement(current, self.baseline)):
            self.wait = 0
        elif not improved and self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def state(self) -> State:
        return self.kept("wait", "stopped_epoch", "best_epoch", "best_weights")


class TerminateOnNaN(Callback):
    """End the run quietly, rather than by an error, where the numbers become NaN or infinite.

    Without it ``fit`` raises a FloatingPointError that names the step and the layer; with it the run
    ends as if it were done, and the message is printed. Either way the model keeps the weights of the
    last epoch that went well. ``raise_error=True`` asks for the error again.
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def absorbs(self, error: FloatingPointError) -> bool:
        """Whether the run should end without the error; says so."""
        if not self.raise_error:
            print(f"TerminateOnNaN: {error}")
        return not self.raise_error
