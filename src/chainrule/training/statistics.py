"""Sums over a batch under JAX, as of batch normalization and of biases, by faster code where there is any."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.layers.steps import Kernels
from chainrule.rules.arrays import Array
from chainrule.rules.convolution.gradients import convolution_db
from chainrule.rules.normalization import gradients, scale_and_shift, statistics
from chainrule.rules.rule import Rule
from chainrule.training.native import summing


def _faster(rule: Rule, function: Callable[..., Array]) -> dict[Rule, Callable[..., Array]]:
    """The function for batches that are large, the rule's own for others."""
    return {rule: lambda x, *others: (function if summing.done_here(x) else rule)(x, *others)}


def _mean(x: Array) -> Array:
    return summing.column_sums(x) / statistics.count(x)


def _variance(x: Array, mean: Array) -> Array:
    return summing.squares_less(x, mean) / statistics.count(x)


def _dvar(dxhat: Array, x: Array, mean: Array, deviation: Array) -> Array:
    return -summing.products_less(dxhat, x, mean) / (2 * deviation**3)


def _dmean(dxhat: Array, deviation: Array) -> Array:
    return -summing.column_sums(dxhat) / deviation


STATISTICS: Kernels = {
    **_faster(statistics.batch_mean, _mean),
    **_faster(statistics.population_variance, _variance),
    **_faster(gradients.batch_dvar, _dvar),
    **_faster(gradients.batch_dmean, _dmean),
    **_faster(scale_and_shift.scale_dgamma, summing.products),
    **_faster(scale_and_shift.scale_dbeta, summing.column_sums),
    **_faster(convolution_db, summing.column_sums),
}
