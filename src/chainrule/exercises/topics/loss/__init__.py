"""Questions about losses: of given targets and predictions, sample by sample, and the gradient."""

from chainrule.exercises.topics.loss.errors import (
    gradient_of_squares,
    half_of_the_mean_square,
    huber,
    mean_absolute_error,
    mean_squared_error,
    root_mean_squared_error,
    two_outputs,
)
from chainrule.exercises.topics.loss.margins import hinge, perceptron
from chainrule.exercises.topics.loss.probabilities import (
    binary_crossentropy,
    binary_crossentropy_of_one,
    binary_crossentropy_of_scores,
    categorical_crossentropy,
    categorical_crossentropy_of_scores,
    kl_divergence,
    sparse_categorical_crossentropy,
)

__all__ = [
    "binary_crossentropy",
    "binary_crossentropy_of_one",
    "binary_crossentropy_of_scores",
    "categorical_crossentropy",
    "categorical_crossentropy_of_scores",
    "gradient_of_squares",
    "half_of_the_mean_square",
    "hinge",
    "huber",
    "kl_divergence",
    "mean_absolute_error",
    "mean_squared_error",
    "perceptron",
    "root_mean_squared_error",
    "sparse_categorical_crossentropy",
    "two_outputs",
]
