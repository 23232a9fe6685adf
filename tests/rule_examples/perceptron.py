"""Examples of the rules of perceptron."""

import numpy as np

from chainrule.rules import losses, perceptron
from rule_examples.drawing import ROWS, draw, targets_of


def examples():
    x, w, b = draw(16, ROWS, 3), draw(17, 3), draw(18)
    yield perceptron.weighted_sum, (x[0], w, b)
    yield perceptron.weighted_sums, (x, w, b)
    yield perceptron.corrected_weights, (w, np.array(0.5), np.array(-1.0), x[0])
    yield perceptron.weights_gradient, (x, draw(19, ROWS))
    yield perceptron.margins, (np.array([1.0, -1.0, 1.0, -1.0]), x, w, b)
    z, threshold, targets = np.array([0.0, 0.5, 1.0, -2.0]), np.array(1.0), np.array([1.0, 0.0, 1.0, 1.0])
    yield perceptron.threshold_step, (z, threshold)
    yield perceptron.threshold_sign, (z, threshold)
    yield perceptron.sign, (z,)
    yield perceptron.error, (targets, z)
    yield perceptron.corrected_bias, (b, np.array(0.5), np.array(-1.0))
    yield perceptron.mistakes, (targets, np.array([1.0, 0.0, 0.0, 1.0]))
    yield perceptron.line_slope, (w,)
    for crossing in (perceptron.LINE_INTERCEPT, perceptron.LINE_POSITION):
        yield crossing[False], (w, b)
        yield crossing[True], (w, b, threshold)
    for penalty in perceptron.PENALTIES.values():
        rho = (np.array(0.2),) if penalty is perceptron.PENALTIES["elastic"] else ()
        yield penalty.value, (w, *rho)
        yield penalty.slope, (w, *rho)
    yield perceptron.penalized, (b, np.array(0.1), np.array(3.0))
    for loss in losses.LOSSES.values():
        if loss.per == "element":
            a = 1 / (1 + np.exp(-draw(20, ROWS)))
            a = 3 * a if loss.name in ("huber", "hinge") else a
            yield perceptron.loss_of_each_row(loss), (targets_of(loss)[:, 0], a)
