"""Questions about optimizers: counts of updates, paths of a parameter, learning rates that fall."""

from chainrule.exercises.topics.optimizer.adaptive import (
    adagrad,
    adagrad_with_epsilon,
    adam,
    adam_of_keras,
    adamw,
    centered_rmsprop,
    rmsprop,
    rmsprop_with_momentum,
)
from chainrule.exercises.topics.optimizer.counts import (
    all_rows_or_one,
    batches_of_a_number,
    batches_of_a_size,
)
from chainrule.exercises.topics.optimizer.descent import (
    descent_in_a_valley,
    descent_on_a_parabola,
    gradient_descent,
    weight_decay,
)
from chainrule.exercises.topics.optimizer.momentum import (
    momentum_added,
    momentum_averaged,
    momentum_subtracted,
    nesterov,
    nesterov_looking_ahead,
)
from chainrule.exercises.topics.optimizer.rates import (
    cosine_decay,
    exponential_decay,
    inverse_time_decay,
    natural_decay,
    path_with_falling_rate,
    polynomial_decay,
    rate_over_number,
    step_decay,
)

__all__ = [
    "adagrad",
    "adagrad_with_epsilon",
    "adam",
    "adam_of_keras",
    "adamw",
    "all_rows_or_one",
    "batches_of_a_number",
    "batches_of_a_size",
    "centered_rmsprop",
    "cosine_decay",
    "descent_in_a_valley",
    "descent_on_a_parabola",
    "exponential_decay",
    "gradient_descent",
    "inverse_time_decay",
    "momentum_added",
    "momentum_averaged",
    "momentum_subtracted",
    "natural_decay",
    "nesterov",
    "nesterov_looking_ahead",
    "path_with_falling_rate",
    "polynomial_decay",
    "rate_over_number",
    "rmsprop",
    "rmsprop_with_momentum",
    "step_decay",
    "weight_decay",
]
