"""Examples of the rules of dropout."""

import numpy as np

from chainrule.rules import dropout
from rule_examples.drawing import ROWS, draw


def examples():
    x, rate, keep = draw(32, ROWS, 2), np.array(0.2), {"keep": 0.8}
    mask = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    yield dropout.keep_probability, (rate,)
    yield dropout.drawn_mask, (np.array([0.1, 0.3, 0.9]),), keep
    yield dropout.inverted_dropout, (x, mask), keep
    yield dropout.classic_dropout, (x, mask)
    yield dropout.classic_test, (x,), keep
    yield dropout.inverted_test, (x,)
    yield dropout.inverted_expected, (x,), keep
    yield dropout.classic_expected, (x,), keep
    yield dropout.mask_probabilities, (mask,), keep
    yield dropout.mean_over_masks, (np.array([0.4, 0.3, 0.2, 0.1]), x)
    yield dropout.inverted_dx, (x, mask), keep
    yield dropout.classic_dx, (x, mask)
    yield dropout.summed, (x[:, 0],)
