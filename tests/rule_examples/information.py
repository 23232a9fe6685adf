"""Examples of the rules of information."""

import numpy as np

from chainrule.rules import information
from rule_examples.drawing import sizes


def examples():
    p, q = np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.1, 0.3])
    for base in ("2", "e"):
        yield information.entropy(base), (p,)
        yield information.cross_entropy(base), (p, q)
        yield information.kl_divergence(base), (p, q)
        yield information.mutual_information(base), (np.array([[0.1, 0.4], [0.3, 0.2]]), p[1:], q[1:] + 0.1)
        yield information.uniform_entropy(base), sizes(1, 4)
        yield information.cross_entropy_to_uniform(base), sizes(1, 4, 0, 5)
        yield information.kl_of_uniforms(base), sizes(1, 4, 0, 5)
        yield information.normal_entropy(base), sizes(3)
        yield information.cross_entropy_to_normal(base), sizes(1, 2, 3, 4)
        yield information.kl_of_normals(base), sizes(1, 2, 3, 4)
    yield information.conditional_entropy("H_Y"), sizes(1.5, 0.6)
