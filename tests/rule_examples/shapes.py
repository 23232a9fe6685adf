"""Examples of the rules of shapes."""

import numpy as np

from chainrule.rules import costs, shapes
from chainrule.rules.losses import regression
from rule_examples.drawing import COLUMNS, ROWS, draw, sizes


def examples():
    x = draw(52, 2, 3, 4, 2)
    yield shapes.flattened, (x,)
    yield shapes.reshaped, (x,), {"shape": (4, 6)}
    yield shapes.padded_channels, (x,), {"before": 1, "after": 2}
    y, a = draw(53, ROWS, COLUMNS), draw(54, ROWS, COLUMNS)
    yield costs.sample_loss_rule(regression.mean_squared_error, "mean", COLUMNS), (y, a)
    yield costs.cost_rule(regression.mean_squared_error, "mean", COLUMNS), (np.array([1.0, 2.0, 4.0]),)
    yield costs.root, sizes(3)
    yield costs.root_gradient, (y, np.array(2.5))
