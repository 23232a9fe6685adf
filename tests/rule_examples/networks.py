"""Examples of the rules of networks."""

import numpy as np

from chainrule.rules import networks
from rule_examples.drawing import draw, sizes


def examples():
    W, d, factors = draw(50, 3, 2), draw(51, 3, 2), np.array([0.5, 3.0, -0.25])
    for made in (networks.dense_parameters, networks.dense_weights):
        yield made, sizes(4, 3)
    yield networks.sum_of(3), (W, d, W + 1)
    yield networks.weighted_sum((1.0, 0.5)), (W, d)
    yield networks.product_of(3), (W, d, W + 1)
    yield networks.factorial, sizes(4)
    yield networks.same_layers, sizes(24, 3)
    yield networks.layer_factor, (W, d)
    yield networks.norm, (d,)
    yield networks.ratio, sizes(3, 4)
    yield networks.chain_factors, (factors, factors + 1)
    yield networks.running_product, (factors,)
    yield networks.equal_factors, sizes(3, 5)
    yield networks.largest_over_samples, (-(W**2),)
    yield networks.number_dead, (np.array([-1.0, 0.0, 2.0, -3.0, -4.0]),)
    yield networks.number_different, (np.array([0.0, 1.0, 0.0]),)
