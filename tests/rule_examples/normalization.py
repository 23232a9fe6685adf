"""Examples of the rules of normalization."""

import numpy as np

from chainrule.rules import normalization
from rule_examples.drawing import COLUMNS, ROWS, draw


def examples():
    x, dy, xhat = draw(23, ROWS, COLUMNS), draw(24, ROWS, COLUMNS), draw(25, ROWS, COLUMNS)
    mean, var, gamma, beta = (
        draw(26, COLUMNS),
        draw(27, COLUMNS) ** 2,
        draw(28, COLUMNS),
        draw(29, COLUMNS),
    )
    deviation = np.sqrt(var)
    yield normalization.batch_mean, (x,)
    yield normalization.population_variance, (x, mean)
    yield normalization.sample_variance, (x, mean)
    yield normalization.deviation, (var,)
    yield normalization.safe_deviation, (var,), {"epsilon": 0.1}
    yield normalization.safe_deviation_outside, (var,), {"epsilon": 0.1}
    yield normalization.normalized, (x, mean, deviation)
    yield normalization.scale_and_shift, (xhat, gamma, beta)
    yield normalization.scaled, (xhat, gamma)
    yield normalization.shifted, (xhat, beta)
    yield normalization.moving_average, (mean, mean + 1), {"momentum": 0.99}
    yield normalization.scale_dgamma, (dy, xhat)
    yield normalization.scale_dbeta, (dy,)
    yield normalization.scale_dxhat, (dy, gamma)
    yield normalization.batch_dvar, (dy, x, mean, deviation)
    yield normalization.batch_dmean, (dy, deviation)
    yield normalization.batch_dx, (dy, x, mean, deviation, gamma, beta)
    yield normalization.normalized_dx, (dy, deviation)
    each, spread = draw(30, ROWS, 1), draw(31, ROWS, 1) ** 2
    yield normalization.layer_mean, (x,)
    yield normalization.layer_variance, (x, each)
    yield normalization.layer_dvar, (dy, x, each, spread)
    yield normalization.layer_dmean, (dy, spread)
    yield normalization.layer_dx, (dy, x, each, spread, each, each + 1)
    bounds = (mean - 5, mean + 7)
    yield normalization.unit_scaled, (x, *bounds)
    yield normalization.min_max_scaled, (x, *bounds, np.array(-1.0), np.array(2.0))
