"""Examples of the rules of optimizers."""

import numpy as np

from chainrule.rules import descent
from chainrule.rules.optimizers import adaptive, averages, gradient_steps
from rule_examples.drawing import draw, sizes


def examples():
    theta, v, d, r = draw(41, 3), draw(42, 3), draw(43, 3), draw(44, 3) ** 2 + 2
    rate, t, fading = np.array(0.1), np.array(3.0), {"momentum": 0.9}
    yield gradient_steps.downhill_velocity, (v, d, rate), fading
    yield gradient_steps.step_down, (theta, v)
    yield gradient_steps.gradient_step, (d, rate)
    yield gradient_steps.look_ahead, (theta, v), fading
    yield gradient_steps.look_ahead_downhill, (theta, v), fading
    yield averages.gradient_average, (v, d), {"beta": 0.9}
    yield averages.squares_sum, (r, d)
    yield averages.squares_average, (r, d), {"rho": 0.9}
    yield averages.bias_corrected, (v, t), {"beta": 0.9}
    yield adaptive.adaptive_step, (d, r, rate), {"epsilon": 0.1}
    yield adaptive.adaptive_step_outside, (d, r, rate), {"epsilon": 0.1}
    yield averages.largest_so_far, (r + v, r)
    yield gradient_steps.gathered_steps, (v, d), fading
    yield adaptive.decayed, (theta, rate), {"weight_decay": 0.04}
    yield descent.number_of_updates, sizes(3, 400, 150)
    yield descent.batches_per_epoch, sizes(400, 150)
    yield descent.rows_in_last_batch, sizes(400, 3, 150)
    yield descent.rows_per_batch, sizes(400, 10)
    yield descent.updates_in_epochs, sizes(5, 3)
