"""Examples of the rules of perceptron."""

import numpy as np

from chainrule.rules.losses import named
from chainrule.rules.perceptron import line, output, row_losses, separation, training, weight_penalties
from rule_examples.drawing import ROWS, draw, targets_of


def examples():
    x, w, b = draw(16, ROWS, 3), draw(17, 3), draw(18)
    yield output.weighted_sum, (x[0], w, b)
    yield output.weighted_sums, (x, w, b)
    yield training.corrected_weights, (w, np.array(0.5), np.array(-1.0), x[0])
    yield row_losses.weights_gradient, (x, draw(19, ROWS))
    yield separation.margins, (np.array([1.0, -1.0, 1.0, -1.0]), x, w, b)
    z, threshold, targets = np.array([0.0, 0.5, 1.0, -2.0]), np.array(1.0), np.array([1.0, 0.0, 1.0, 1.0])
    yield output.threshold_step, (z, threshold)
    yield output.threshold_sign, (z, threshold)
    yield output.sign, (z,)
    yield training.error, (targets, z)
    yield training.corrected_bias, (b, np.array(0.5), np.array(-1.0))
    yield training.mistakes, (targets, np.array([1.0, 0.0, 0.0, 1.0]))
    yield line.line_slope, (w,)
    for crossing in (line.LINE_INTERCEPT, line.LINE_POSITION):
        yield crossing[False], (w, b)
        yield crossing[True], (w, b, threshold)
    for penalty in weight_penalties.PENALTIES.values():
        rho = (np.array(0.2),) if penalty is weight_penalties.PENALTIES["elastic"] else ()
        yield penalty.value, (w, *rho)
        yield penalty.slope, (w, *rho)
    yield weight_penalties.penalized, (b, np.array(0.1), np.array(3.0))
    for loss in named.LOSSES.values():
        if loss.per == "element":
            a = 1 / (1 + np.exp(-draw(20, ROWS)))
            a = 3 * a if loss.name in ("huber", "hinge") else a
            yield row_losses.loss_of_each_row(loss), (targets_of(loss)[:, 0], a)
