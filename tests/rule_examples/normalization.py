"""Examples of the rules of normalization."""

import numpy as np

from chainrule.rules.normalization import (
    feature_scaling,
    gradients,
    scale_and_shift,
    standardizing,
    statistics,
)
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
    yield statistics.batch_mean, (x,)
    yield statistics.population_variance, (x, mean)
    yield statistics.sample_variance, (x, mean)
    yield standardizing.deviation, (var,)
    yield standardizing.safe_deviation, (var,), {"epsilon": 0.1}
    yield standardizing.safe_deviation_outside, (var,), {"epsilon": 0.1}
    yield standardizing.normalized, (x, mean, deviation)
    yield scale_and_shift.scale_and_shift, (xhat, gamma, beta)
    yield scale_and_shift.scaled, (xhat, gamma)
    yield scale_and_shift.shifted, (xhat, beta)
    yield statistics.moving_average, (mean, mean + 1), {"momentum": 0.99}
    yield scale_and_shift.scale_dgamma, (dy, xhat)
    yield scale_and_shift.scale_dbeta, (dy,)
    yield scale_and_shift.scale_dxhat, (dy, gamma)
    yield gradients.batch_dvar, (dy, x, mean, deviation)
    yield gradients.batch_dmean, (dy, deviation)
    yield gradients.batch_dx, (dy, x, mean, deviation, gamma, beta)
    yield standardizing.normalized_dx, (dy, deviation)
    each, spread = draw(30, ROWS, 1), draw(31, ROWS, 1) ** 2
    yield statistics.layer_mean, (x,)
    yield statistics.layer_variance, (x, each)
    yield gradients.layer_dvar, (dy, x, each, spread)
    yield gradients.layer_dmean, (dy, spread)
    yield gradients.layer_dx, (dy, x, each, spread, each, each + 1)
    bounds = (mean - 5, mean + 7)
    yield feature_scaling.unit_scaled, (x, *bounds)
    yield feature_scaling.min_max_scaled, (x, *bounds, np.array(-1.0), np.array(2.0))
