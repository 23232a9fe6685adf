"""Examples of the rules of networks."""

import numpy as np

from chainrule.rules.networks import counts, gradients, units
from rule_examples.drawing import draw, sizes


def examples():
    W, d, factors = draw(50, 3, 2), draw(51, 3, 2), np.array([0.5, 3.0, -0.25])
    for made in (counts.dense_parameters, counts.dense_weights):
        yield made, sizes(4, 3)
    yield counts.sum_of(3), (W, d, W + 1)
    yield counts.weighted_sum((1.0, 0.5)), (W, d)
    yield counts.product_of(3), (W, d, W + 1)
    yield counts.factorial, sizes(4)
    yield counts.same_layers, sizes(24, 3)
    yield gradients.layer_factor, (W, d)
    yield gradients.norm, (d,)
    yield gradients.ratio, sizes(3, 4)
    yield gradients.chain_factors, (factors, factors + 1)
    yield gradients.running_product, (factors,)
    yield gradients.equal_factors, sizes(3, 5)
    yield units.largest_over_samples, (-(W**2),)
    yield units.number_dead, (np.array([-1.0, 0.0, 2.0, -3.0, -4.0]),)
    yield units.number_different, (np.array([0.0, 1.0, 0.0]),)
