"""Examples of the rules of penalties."""

import numpy as np

from chainrule.rules import penalties
from rule_examples.drawing import draw


def examples():
    W, d = draw(21, 3, 2), draw(22, 3, 2)
    rate, strength, rows = np.array(0.1), np.array(0.3), np.array(4.0)
    for factor in penalties.FACTORS:
        scaling = (strength, rows)[: len(penalties.strength_inputs(factor))]
        yield penalties.decay_rule(factor), (rate, *scaling)
        for kind in penalties.KINDS:
            yield penalties.penalty_rule(kind, factor, 2), (*scaling, W, d)
            yield penalties.penalized_gradient_rule(kind, factor), (d, W, *scaling)
    yield penalties.weight_decay, (W, d, rate, np.array(0.9))
