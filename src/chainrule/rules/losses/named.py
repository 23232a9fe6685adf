"""The losses by their names."""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.rules.losses.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from chainrule.rules.losses.margins import hinge, perceptron
from chainrule.rules.losses.regression import huber, mean_absolute_error, mean_squared_error
from chainrule.rules.losses.term import LossTerm

LOSSES: Mapping[str, LossTerm] = {
    entry.name: entry
    for entry in (
        mean_squared_error,
        mean_absolute_error,
        huber,
        binary_crossentropy,
        categorical_crossentropy,
        sparse_categorical_crossentropy,
        hinge,
        perceptron,
        kl_divergence,
    )
}
