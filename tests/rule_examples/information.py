"""Examples of the rules of information."""

import numpy as np

from chainrule.rules.information import continuous, discrete
from rule_examples.drawing import sizes


def examples():
    p, q = np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.1, 0.3])
    for base in ("2", "e"):
        yield discrete.entropy(base), (p,)
        yield discrete.cross_entropy(base), (p, q)
        yield discrete.kl_divergence(base), (p, q)
        yield discrete.mutual_information(base), (np.array([[0.1, 0.4], [0.3, 0.2]]), p[1:], q[1:] + 0.1)
        yield continuous.uniform_entropy(base), sizes(1, 4)
        yield continuous.cross_entropy_to_uniform(base), sizes(1, 4, 0, 5)
        yield continuous.kl_of_uniforms(base), sizes(1, 4, 0, 5)
        yield continuous.normal_entropy(base), sizes(3)
        yield continuous.cross_entropy_to_normal(base), sizes(1, 2, 3, 4)
        yield continuous.kl_of_normals(base), sizes(1, 2, 3, 4)
    yield discrete.conditional_entropy("H_Y"), sizes(1.5, 0.6)
