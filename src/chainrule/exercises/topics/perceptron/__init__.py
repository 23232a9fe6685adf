"""Questions about the perceptron: its output, its line, its training, its losses."""

from __future__ import annotations

from chainrule.exercises.topics.perceptron.lines import (
    classes_and_line,
    gate_and_line,
    linearly_separable,
    upright_line,
)
from chainrule.exercises.topics.perceptron.losses import (
    logistic_loss,
    loss_of_each_row,
    loss_with_penalty,
    step_down_loss,
)
from chainrule.exercises.topics.perceptron.output import (
    output_of_sigmoid,
    output_of_step,
)
from chainrule.exercises.topics.perceptron.training import (
    epoch_of_training,
    first_corrections,
    two_epochs_of_training,
)

__all__ = [
    "classes_and_line",
    "epoch_of_training",
    "first_corrections",
    "gate_and_line",
    "linearly_separable",
    "logistic_loss",
    "loss_of_each_row",
    "loss_with_penalty",
    "output_of_sigmoid",
    "output_of_step",
    "step_down_loss",
    "two_epochs_of_training",
    "upright_line",
]
