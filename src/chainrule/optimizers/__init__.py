"""Optimizers: how parameters follow their gradients; Keras' classes, names and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.lookup import build, with_aliases
from chainrule.optimizers import schedules
from chainrule.optimizers.adagrad import Adagrad
from chainrule.optimizers.adam import Adam, AdamW
from chainrule.optimizers.base import LEARNING_RATE, Optimizer
from chainrule.optimizers.rmsprop import RMSprop
from chainrule.optimizers.sgd import SGD
from chainrule.optimizers.transformations import Optax, is_transformation

__all__ = [
    "LEARNING_RATE",
    "OPTIMIZERS",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Optax",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

OPTIMIZERS = with_aliases((SGD, Adagrad, RMSprop, Adam, AdamW), adamw=AdamW, rmsprop=RMSprop)


def get(identifier: Any) -> Optimizer:
    """An optimizer from its name, its table, an Optax transformation or itself.

    A table's learning rate may be the table of a schedule.

    >>> get({"name": "SGD", "learning_rate": 0.5}).learning_rate
    0.5
    """
    if is_transformation(identifier):
        return Optax(identifier)
    found: Optimizer = build("optimizer", identifier, OPTIMIZERS, Optimizer)
    return found


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """The table that :func:`deserialize` makes the optimizer from again.

    Raises ValueError for an Optax transformation, which is made of functions.
    """
    return optimizer.table()


def deserialize(table: Mapping[str, Any]) -> Optimizer:
    """The optimizer of a table that :func:`serialize` made."""
    return get(table)
