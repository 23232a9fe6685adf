"""Examples of rules that have no file of their own here."""

import numpy as np

from chainrule.rules import affine, clipping, embedding, initializers, penalties
from chainrule.rules.metrics import training
from chainrule.rules.optimizers import adaptive, averages, gradient_steps
from rule_examples.drawing import ROWS, distributions, draw


def examples():
    x, W, b, dz = draw(6, ROWS, 3), draw(7, 3, 3), draw(8, 3), draw(9, ROWS, 3)
    yield affine.affine, (x, W, b)
    yield affine.linear_map, (x, W)
    yield affine.affine_dW, (x, dz)
    yield affine.affine_db, (dz,)
    yield affine.affine_dx, (dz, W)
    yield embedding.embedded, (np.array([2.0, 0.0, 2.0]), W)
    yield embedding.embedded_dW, (np.array([2.0, 0.0, 2.0]), draw(46, 3, 3), W)
    yield gradient_steps.gradient_descent, (W, W + 1, 0.1)
    yield gradient_steps.velocity, (W, W + 1, 0.1), {"momentum": 0.9}
    yield gradient_steps.momentum_step, (W, W + 1)
    yield gradient_steps.nesterov_step, (W, W + 1, W + 2, 0.1), {"momentum": 0.9}
    yield averages.gradient_variance, (W**2 + 1, W)
    yield adaptive.corrected_rate, (np.array(0.1), np.array(3)), {"beta_1": 0.9, "beta_2": 0.999}
    yield clipping.norm_of(2), (W, b)
    yield clipping.clipped_by_norm, (W, np.array(0.5)), {"clipnorm": 0.2}
    yield clipping.clipped_by_value, (W,), {"clipvalue": 0.2}
    yield from (
        (made, (W, W + 1)[: len(made.inputs)]) for made in penalties.regularizer_rules({"l1": 0.5, "l2": 0.1})
    )
    for variance in initializers.VARIANCES.values():
        yield variance, (64, 10)
    yield initializers.uniform_limit, (np.float64(0.02),)
    yield initializers.deviation, (np.float64(0.02),)
    for metric in training.METRICS.values():
        labels = metric.name.startswith("sparse")
        yield metric, (np.array([2, 0, 1, 1]) if labels else distributions(10), distributions(11))
