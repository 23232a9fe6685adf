"""Examples of the rules of schedules."""

import numpy as np

from chainrule.rules.schedules import cosine, exponential, inverse, polynomial


def examples():
    rate, t, steps = np.array(0.1), np.array(5.0), {"decay_steps": 3.0}
    falling = {**steps, "decay_rate": 0.5}
    yield inverse.inverse_sqrt, (rate, t)
    yield inverse.inverse, (rate, t)
    yield inverse.inverse_time_decay, (rate, t), falling
    yield inverse.inverse_time_staircase, (rate, t), falling
    yield exponential.exponential_decay, (rate, t), falling
    yield exponential.step_decay, (rate, t), falling
    yield exponential.natural_decay, (rate, t), {"k": 0.3}
    yield inverse.inverse_sqrt_decay, (rate, t), steps
    yield cosine.cosine_decay, (rate, np.array(2.0)), {"decay_steps": 7.0, "alpha": 0.1}
    ending = {"decay_steps": 7.0, "end_learning_rate": 0.01, "power": 2.0}
    yield polynomial.polynomial_decay, (rate, t), ending
