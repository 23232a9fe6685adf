"""From an estimator's arguments to a compiled model."""

from __future__ import annotations

import copy
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chainrule import losses, optimizers
from chainrule.layers import Dense, Input
from chainrule.layers.layer import Layer
from chainrule.layers.registry import deserialize
from chainrule.losses import Loss
from chainrule.model import Sequential
from chainrule.optimizers import Optimizer

WIDTHS = (100,)
"""The hidden layers where nothing is said: one, of as many units as scikit-learn's networks have."""


@dataclass(frozen=True)
class Ending:
    """What a network ends with: its output layer and its loss."""

    units: int
    activation: str
    loss: Loss


def widths_of(layers: Any) -> tuple[int, ...] | None:
    """The hidden layers' units, where nothing but numbers of units is given; otherwise None.

    >>> widths_of(None), widths_of((64, 32)), widths_of([64, Dense(32)])
    ((100,), (64, 32), None)
    """
    if layers is None:
        return WIDTHS
    given = _entries(layers)
    return tuple(map(operator.index, given)) if all(map(_is_number, given)) else None


def hidden_layers(layers: Any, activation: Any, kernel_regularizer: Any) -> list[Layer]:
    """New layers from ``layers``: numbers of units, layers and tables of layers.

    Raises TypeError for what is none of them, ValueError for units below 1.
    """

    def made(entry: Any) -> Layer:
        if _is_number(entry):
            return Dense(entry, activation=activation, kernel_regularizer=kernel_regularizer)
        if isinstance(entry, Layer):
            return copy.deepcopy(entry)
        if isinstance(entry, Mapping):
            return deserialize(entry)
        raise TypeError(
            "layers takes numbers of units, layers, or tables as {'class_name': 'Dense', 'config': {'units': "
            f"3}}}}; got {type(entry).__name__} {entry!r}"
        )

    return [made(entry) for entry in (WIDTHS if layers is None else _entries(layers))]


def optimizer_of(given: Any, learning_rate: Any) -> Optimizer:
    """A new optimizer, with this learning rate where one is given.

    Raises ValueError for a learning rate beside an Optax transformation.
    """
    made = copy.deepcopy(optimizers.get(given))
    if learning_rate is None:
        return made
    if isinstance(made, optimizers.Optax):
        raise ValueError("learning_rate must be None: an Optax transformation has its own")
    return type(made)(**{**made.get_config(), optimizers.LEARNING_RATE: learning_rate})


def loss_of(given: Any, usual: str) -> Loss:
    """The loss, or the usual one; ValueError for one of outputs that are not yet behind the activation."""
    loss = losses.get(usual if given is None else given)
    if loss.from_logits:
        raise ValueError("loss must not be from_logits: the output layer that is added has its activation")
    return loss


def _is_number(entry: Any) -> bool:
    return hasattr(entry, "__index__") and not isinstance(entry, bool)


def _entries(layers: Any) -> list[Any]:
    if isinstance(layers, str | Mapping) or not isinstance(layers, Iterable):
        raise TypeError(f"layers must be a tuple of units, as (64, 32), or a list of layers; got {layers!r}")
    return list(layers)


def build(
    features: int, hidden: list[Layer], ending: Ending, kernel_regularizer: Any, optimizer: Optimizer
) -> Sequential:
    """The compiled model; its weights come from the seeds of :mod:`chainrule.config`."""
    model = Sequential([Input((features,)), *hidden])
    shape = model.output_shape[1:] if hidden else (features,)
    if len(shape) != 1:
        raise ValueError(
            f"the last of the layers gives {shape} for a row, and the output layer takes flat inputs: "
            "end with Flatten()"
        )
    model.add(Dense(ending.units, ending.activation, kernel_regularizer=kernel_regularizer))
    model.compile(optimizer, ending.loss)
    return model
