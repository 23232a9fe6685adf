"""Examples of the rules of activations."""

import numpy as np

from chainrule.rules.activations.named import ACTIVATIONS
from chainrule.rules.activations.rectifiers import capped_relu
from chainrule.rules.activations.softmax import SOFTMAX_JACOBIAN, SOFTMAX_POWERS, SOFTMAX_SHARES
from rule_examples.drawing import COLUMNS, ROWS, distributions, draw


def examples():
    z, da = draw(1, ROWS, COLUMNS), draw(2, ROWS, COLUMNS)
    z[0, 0] = 0  # where several have a corner
    for entry in (*ACTIVATIONS.values(), capped_relu):
        trained = [np.array([-0.4, -0.7, 0.1])] * len(entry.gradients)
        a = entry.forward(z, *trained)
        yield entry.forward, (z, *trained)
        yield entry.backward, (da, z, a, *trained)
        if entry.derivative:
            yield entry.derivative, (z, a, *trained)
        for gradient in entry.gradients.values():
            yield gradient, (da, z), {"shared": ()}
    yield SOFTMAX_POWERS, (z,)
    yield SOFTMAX_SHARES, (np.exp(z), np.exp(z).sum(axis=-1))
    yield SOFTMAX_JACOBIAN, (distributions(3)[0],)
