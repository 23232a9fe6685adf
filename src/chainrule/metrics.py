"""Metrics by their names in Keras; ``"accuracy"`` means the one that fits the loss."""

from __future__ import annotations

from chainrule.lookup import suggest
from chainrule.losses import Loss
from chainrule.rules.metrics import METRICS
from chainrule.rules.rule import Rule

ALIASES = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
_ACCURACY = {
    "sparse_categorical_crossentropy": "sparse_categorical_accuracy",
    "categorical_crossentropy": "categorical_accuracy",
    "kl_divergence": "categorical_accuracy",
}


def get(identifier: str, loss: Loss) -> Rule:
    """The rule of a metric; ``"accuracy"`` (or ``"acc"``) is chosen by the loss, as Keras does.

    Raises ValueError for a name that is not known.

    >>> from chainrule.losses import get as loss
    >>> get("accuracy", loss("sparse_categorical_crossentropy")).name
    'sparse_categorical_accuracy'
    """
    if identifier in ("accuracy", "acc"):
        identifier = _ACCURACY.get(loss.entry.name, "binary_accuracy")
    name = ALIASES.get(identifier, identifier)
    if name not in METRICS:
        known = (*METRICS, *ALIASES, "accuracy")
        raise ValueError(f"unknown metric {identifier!r}: {suggest(identifier, known)}")
    return METRICS[name]
