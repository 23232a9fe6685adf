"""Metrics by their names in Keras; ``"accuracy"`` means the one that fits the loss."""

from __future__ import annotations

from chainrule.lookup import suggest
from chainrule.losses import Loss
from chainrule.rules.metrics.training import METRICS
from chainrule.rules.rule import Rule

ALIASES = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}


def get(identifier: str, loss: Loss, outputs: int | None = None) -> Rule:
    """The rule of a metric for a network of so many outputs.

    ``"accuracy"`` (or ``"acc"``) is chosen as Keras does: sparse where the targets are labels, binary
    for one output, categorical for several. Without ``outputs`` the loss says whether one is meant.

    Raises ValueError for a name that is not known.

    >>> from chainrule.losses import get as loss
    >>> get("accuracy", loss("sparse_categorical_crossentropy")).name
    'sparse_categorical_accuracy'
    """
    if identifier in ("accuracy", "acc"):
        identifier = _accuracy(loss, outputs)
    name = ALIASES.get(identifier, identifier)
    if name not in METRICS:
        known = (*METRICS, *ALIASES, "accuracy")
        raise ValueError(f"unknown metric {identifier!r}: {suggest(identifier, known)}")
    return METRICS[name]


def _accuracy(loss: Loss, outputs: int | None) -> str:
    if loss.entry.targets == "label":
        return "sparse_categorical_accuracy"
    several = loss.entry.per == "row" if outputs is None else outputs > 1
    return "categorical_accuracy" if several else "binary_accuracy"
