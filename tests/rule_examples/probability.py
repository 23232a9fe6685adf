"""Examples of the rules of probability."""

import numpy as np

from chainrule.rules.probability import densities, events, normal, two_variables, uniform, variables
from rule_examples.drawing import sizes


def examples():
    x, p = np.array([-1.0, 0.0, 2.0]), np.array([0.2, 0.5, 0.3])
    half, third, tenth = np.array(0.5), np.array(1 / 3), np.array(0.1)
    joint, y, means = np.array([[0.1, 0.3], [0.2, 0.1], [0.1, 0.2]]), np.array([1.0, 3.0]), sizes(0.3, 2.2)
    ends = np.array(1.0), np.array(4.0)
    yield events.classical, sizes(2, 6)
    yield events.sum_over("i"), (p,)
    yield events.conditional_beside("P_A"), (tenth, third)
    yield events.added(2), (half, third)
    yield variables.gathered(((0, 1), (2,))), (p,)
    yield variables.cumulative, (p,)
    yield variables.second_moment, (x, p)
    yield variables.variance, (x, p, np.array(0.4))
    yield variables.standard_deviation, (half,)
    yield two_variables.marginal_of_rows, (joint[:2],)
    yield two_variables.marginal_of_columns, (joint[:2],)
    yield two_variables.mean_product, (x, y, joint)
    yield two_variables.covariance_by_definition, (x, y, joint, *means)
    yield two_variables.correlation, (tenth, half, third)
    yield two_variables.variance_of_sum_by_definition, (x, y, joint, *means)
    yield uniform.uniform_pdf, (np.array([2.0, 5.0]), *ends)
    yield uniform.uniform_cdf, (np.array([2.0, 5.0]), *ends)
    yield uniform.uniform_mean, ends
    yield normal.normal_cdf, (x,)
    yield normal.normal_variance, sizes(3)
    yield densities.difference, (half, third)
    yield events.complement, (third,)
    yield events.union, (half, third, tenth)
    yield events.conditional, (tenth, third)
    yield events.product, (half, third)
    yield variables.expectation, (x, p)
    yield variables.variance_by_moments, (np.array(1.4), np.array(0.4))
    yield two_variables.covariance, (half, third, tenth)
    yield two_variables.variance_of_sum, (half, third, tenth)
    yield uniform.uniform_variance, (np.array(-1.0), np.array(2.0))
    yield normal.normal_pdf, (x, np.array(1.0), np.array(2.0))
    yield normal.standard_score, (x, np.array(1.0), np.array(2.0))
