"""Every rule of every table: its two forms agree, its TeX can be filled, its slips are mistakes."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import chainrule.rules
from chainrule.rules import (
    affine,
    calculus,
    clipping,
    convolution,
    costs,
    counting,
    depthwise,
    descent,
    dropout,
    embedding,
    information,
    initializers,
    linear_algebra,
    losses,
    maps,
    metrics,
    networks,
    normalization,
    optimizers,
    penalties,
    perceptron,
    pooling,
    probability,
    sampling,
    schedules,
    shapes,
    windows,
)
from chainrule.rules.activations import (
    ACTIVATIONS,
    SOFTMAX_JACOBIAN,
    SOFTMAX_POWERS,
    SOFTMAX_SHARES,
    Activation,
    capped_relu,
)
from chainrule.rules.arrays import constant, is_exact
from chainrule.rules.rule import Name, Rule, rule

DIVISIONS = {"element": ["mean", "sum", "1/m", "1/2", "1/2m"], "row": ["mean", "sum"]}
ROWS, COLUMNS = 4, 3


def _draw(seed, *shape):
    return np.random.default_rng(seed).normal(0, 1.5, shape)


def _share(seed):
    powers = np.exp(_draw(seed, ROWS, COLUMNS))
    return powers / powers.sum(axis=1, keepdims=True)


def _activation_rules():
    z, da = _draw(1, ROWS, COLUMNS), _draw(2, ROWS, COLUMNS)
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
    yield SOFTMAX_JACOBIAN, (_share(3)[0],)


def _targets(loss):
    if loss.name.startswith("sparse"):
        return np.array([2, 0, 1, 1])
    if loss.per == "row":
        return _share(3)
    if loss.name in ("hinge", "perceptron"):
        return np.sign(_draw(3, ROWS, COLUMNS))
    return (_draw(3, ROWS, COLUMNS) > 0) * 0.8


def _loss_rules():
    z = _draw(4, ROWS, COLUMNS)
    for loss in losses.LOSSES.values():
        y = _targets(loss)
        a = _share(5) if loss.per == "row" else ACTIVATIONS["sigmoid"].forward(z)
        a = 3 * a if loss.name in ("huber", "hinge") else a  # so that every case is met
        for divide_by in DIVISIONS[loss.per]:
            yield losses.loss_rule(loss, divide_by), (y, a)
            yield losses.loss_gradient_rule(loss, divide_by), (y, a)
            for activation in loss.logits:
                behind = ACTIVATIONS[activation].forward(z)
                yield losses.loss_rule(loss, divide_by, activation), (y, behind, z)
                yield losses.fused_gradient_rule(loss, divide_by, activation), (y, behind)


def _other_rules():
    x, W, b, dz = _draw(6, ROWS, 3), _draw(7, 3, 3), _draw(8, 3), _draw(9, ROWS, 3)
    yield affine.affine, (x, W, b)
    yield affine.linear_map, (x, W)
    yield affine.affine_dW, (x, dz)
    yield affine.affine_db, (dz,)
    yield affine.affine_dx, (dz, W)
    yield embedding.embedded, (np.array([2.0, 0.0, 2.0]), W)
    yield embedding.embedded_dW, (np.array([2.0, 0.0, 2.0]), _draw(46, 3, 3), W)
    yield optimizers.gradient_descent, (W, W + 1, 0.1)
    yield optimizers.velocity, (W, W + 1, 0.1), {"momentum": 0.9}
    yield optimizers.momentum_step, (W, W + 1)
    yield optimizers.nesterov_step, (W, W + 1, W + 2, 0.1), {"momentum": 0.9}
    yield optimizers.gradient_variance, (W**2 + 1, W)
    yield optimizers.corrected_rate, (np.array(0.1), np.array(3)), {"beta_1": 0.9, "beta_2": 0.999}
    yield clipping.norm_of(2), (W, b)
    yield clipping.clipped_by_norm, (W, np.array(0.5)), {"clipnorm": 0.2}
    yield clipping.clipped_by_value, (W,), {"clipvalue": 0.2}
    yield from (
        (made, (W, W + 1)[: len(made.inputs)]) for made in penalties.regularizer_rules({"l1": 0.5, "l2": 0.1})
    )
    for variance in initializers.VARIANCES.values():
        yield variance, (64, 10)
    yield initializers.uniform_limit, (np.float64(0.02),)
    yield initializers.deviation, (np.float64(0.02),)
    for metric in metrics.METRICS.values():
        labels = metric.name.startswith("sparse")
        yield metric, (np.array([2, 0, 1, 1]) if labels else _share(10), _share(11))


def _counting_rules():
    kernel, units, groups, multiplier = np.array([3.0, 5.0]), np.array(8.0), np.array(2.0), np.array(3.0)
    shape, output, plane = np.array([9.0, 8.0, 4.0]), np.array([7.0, 4.0, 8.0]), np.array([9.0, 8.0])
    window = (plane, kernel, np.array([2.0, 2.0]), np.array([1.0, 2.0]), np.array([3.0, 3.0]))
    yield counting.convolution_shape, (*window, units)
    yield counting.pooling_shape, (*window, shape)
    yield counting.depthwise_shape, (*window, shape, multiplier)
    yield counting.flat_shape, (shape,)
    yield counting.concatenated(2), (plane, shape, shape)
    yield counting.added(2), (plane, shape, shape)
    for made in (counting.convolution_parameters, counting.convolution_weights):
        yield made, (kernel, shape, units)
    for made in (counting.grouped_parameters, counting.grouped_weights):
        yield made, (kernel, shape, units, groups)
    for made in (counting.depthwise_parameters, counting.depthwise_weights):
        yield made, (kernel, shape, multiplier)
    for made in (counting.separable_parameters, counting.separable_weights):
        yield made, (kernel, shape, multiplier, units)
    for made in (counting.dense_parameters, counting.dense_weights, counting.dense_multiplications):
        yield made, (np.array([9.0]), units)
    yield counting.dense_multiplications_at_places, (shape, units)
    yield counting.normalization_parameters, (shape, np.array(4.0))
    yield counting.moving_averages, (shape,)
    yield counting.convolution_multiplications, (output, kernel, shape)
    yield counting.grouped_multiplications, (output, kernel, shape, groups)
    yield counting.depthwise_multiplications, (output, kernel)
    yield counting.separable_multiplications, (output, kernel, shape, multiplier)
    yield counting.sum_of(3, (0,)), _sizes(3, 4, 5)
    yield counting.values_of(2), (shape, output)
    yield counting.for_a_batch, _sizes(32, 7)
    yield counting.in_bytes, _sizes(7, 4)
    for made in (counting.saving, counting.ratio, counting.break_even):
        yield made, _sizes(120, 30)
    yield counting.percent_saved, (np.array([30.0]), np.array([120.0]))
    yield counting.multiplications_per_width, (shape, output, kernel)
    for made in (counting.largest_saving_width, counting.width_within):
        yield made, _sizes(100, 30)


def _network_rules():
    W, d, factors = _draw(50, 3, 2), _draw(51, 3, 2), np.array([0.5, 3.0, -0.25])
    for made in (networks.dense_parameters, networks.dense_weights):
        yield made, _sizes(4, 3)
    yield networks.sum_of(3), (W, d, W + 1)
    yield networks.weighted_sum((1.0, 0.5)), (W, d)
    yield networks.product_of(3), (W, d, W + 1)
    yield networks.factorial, _sizes(4)
    yield networks.same_layers, _sizes(24, 3)
    yield networks.layer_factor, (W, d)
    yield networks.norm, (d,)
    yield networks.ratio, _sizes(3, 4)
    yield networks.chain_factors, (factors, factors + 1)
    yield networks.running_product, (factors,)
    yield networks.equal_factors, _sizes(3, 5)
    yield networks.largest_over_samples, (-(W**2),)
    yield networks.number_dead, (np.array([-1.0, 0.0, 2.0, -3.0, -4.0]),)
    yield networks.number_different, (np.array([0.0, 1.0, 0.0]),)


def _shape_rules():
    x = _draw(52, 2, 3, 4, 2)
    yield shapes.flattened, (x,)
    yield shapes.reshaped, (x,), {"shape": (4, 6)}
    yield shapes.padded_channels, (x,), {"before": 1, "after": 2}
    y, a = _draw(53, ROWS, COLUMNS), _draw(54, ROWS, COLUMNS)
    yield costs.sample_loss_rule(losses.mean_squared_error, "mean", COLUMNS), (y, a)
    yield costs.cost_rule(losses.mean_squared_error, "mean", COLUMNS), (np.array([1.0, 2.0, 4.0]),)
    yield costs.root, _sizes(3)
    yield costs.root_gradient, (y, np.array(2.5))


def _metrics_rules():
    C, counts = np.array([[5.0, 2.0, 1.0], [3.0, 6.0, 0.0], [4.0, 2.0, 7.0]]), _sizes(40, 10, 5, 45)
    TP, FP, FN = np.array([5.0, 6.0, 7.0]), np.array([7.0, 4.0, 1.0]), np.array([3.0, 3.0, 6.0])
    places, classes = (np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0])), {"classes": 3}
    yield metrics.confusion_matrix, places, classes
    for cell in (
        metrics.TRUE_POSITIVES,
        metrics.TRUE_NEGATIVES,
        metrics.POSITIVE_ROW,
        metrics.POSITIVE_COLUMN,
    ):
        yield cell, (C[:2, :2],), {"p": 1, "n": 2}
    for made in (metrics.diagonal, metrics.rest_of_row, metrics.rest_of_column):
        yield made, (C,)
    yield metrics.rest, (np.array(30.0), TP, FP, FN)
    yield metrics.support, (TP, FN)
    yield metrics.accuracy, (counts[0], counts[3], counts[1], counts[2])
    yield metrics.share_right, (TP, np.array(30.0))
    for made in (metrics.precision, metrics.recall, metrics.specificity, metrics.false_positive_rate):
        yield made, counts[:2]
    yield metrics.f1, (np.array(0.5), np.array(0.8))
    yield metrics.f1_of_counts, (TP, FP, FN)
    yield metrics.balanced_accuracy, (np.array(0.5), np.array(0.8))
    yield metrics.macro_average, (FP,)
    yield metrics.weighted_average, (TP, FP)
    yield metrics.micro_average, (TP, FP)
    scores, others = np.array([0.9, 0.6, 0.4]), np.array([0.6, 0.3])
    yield metrics.called_positive, (scores, np.array([0.9, 0.6, 0.4, 0.3]))
    yield metrics.rate, (np.array([0.0, 1.0, 2.0]), np.array(2.0))
    yield metrics.trapezoids, (np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.8, 1.0]))
    yield metrics.pairs_won, (scores, others)
    e, y = np.array([1.0, -2.0, 4.0]), np.array([1.0, 2.0, 4.5])
    yield metrics.residuals, (y, e)
    for made in (metrics.mean_absolute, metrics.mean_square, metrics.residual_squares):
        yield made, (e,)
    yield metrics.root, _sizes(3)
    yield metrics.mean_target, (y,)
    yield metrics.total_squares, (y, np.array(2.5))
    yield metrics.determination, _sizes(3, 8)


def _linear_algebra_rules():
    A, B, a, b = _draw(12, 3, 3), _draw(13, 3, 3), _draw(14, 3), _draw(15, 3)
    M = np.array([[2.0, 4.0, 6.0], [2.0, 4.0, 7.0], [1.0, 2.0, 8.0]])
    U = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 2.0], [0.0, 0.0, 0.0]])
    yield linear_algebra.reduced_row_echelon_form, (M,)
    yield linear_algebra.rank, (U,)
    yield linear_algebra.nullity, _sizes(2), {"columns": 3}
    yield linear_algebra.column_space, (M, U)
    yield linear_algebra.null_space, (U / 2,)
    yield linear_algebra.determinant, (A,)
    yield linear_algebra.pivot_product, (A,), {"swaps": 1}
    yield linear_algebra.shifted, (A, np.array(2.0))
    yield linear_algebra.characteristic_polynomial, (A,)
    for made in (linear_algebra.gram, linear_algebra.row_gram):
        yield made, (A,)
    yield linear_algebra.singular_values, (a**2,)
    yield linear_algebra.product, (A, B)
    yield linear_algebra.dot, (a, b)
    yield linear_algebra.norm, (a,)
    yield linear_algebra.cosine, (a @ b, np.array(2.0), np.array(3.0))
    yield linear_algebra.condition_number, (np.array(200.0), np.array(2.0))
    yield calculus.shrink_factors, (np.array(0.009), np.array([200.0, 2.0]))
    yield calculus.learning_rate_limit, (np.array(200.0),)
    yield calculus.best_learning_rate, (np.array(200.0), np.array(2.0))
    yield calculus.best_factor, (np.array(100.0),)
    yield calculus.through_slope, (a, b)


def _perceptron_rules():
    x, w, b = _draw(16, ROWS, 3), _draw(17, 3), _draw(18)
    yield perceptron.weighted_sum, (x[0], w, b)
    yield perceptron.weighted_sums, (x, w, b)
    yield perceptron.corrected_weights, (w, np.array(0.5), np.array(-1.0), x[0])
    yield perceptron.weights_gradient, (x, _draw(19, ROWS))
    yield perceptron.margins, (np.array([1.0, -1.0, 1.0, -1.0]), x, w, b)
    z, threshold, targets = np.array([0.0, 0.5, 1.0, -2.0]), np.array(1.0), np.array([1.0, 0.0, 1.0, 1.0])
    yield perceptron.threshold_step, (z, threshold)
    yield perceptron.threshold_sign, (z, threshold)
    yield perceptron.sign, (z,)
    yield perceptron.error, (targets, z)
    yield perceptron.corrected_bias, (b, np.array(0.5), np.array(-1.0))
    yield perceptron.mistakes, (targets, np.array([1.0, 0.0, 0.0, 1.0]))
    yield perceptron.line_slope, (w,)
    for crossing in (perceptron.LINE_INTERCEPT, perceptron.LINE_POSITION):
        yield crossing[False], (w, b)
        yield crossing[True], (w, b, threshold)
    for penalty in perceptron.PENALTIES.values():
        rho = (np.array(0.2),) if penalty is perceptron.PENALTIES["elastic"] else ()
        yield penalty.value, (w, *rho)
        yield penalty.slope, (w, *rho)
    yield perceptron.penalized, (b, np.array(0.1), np.array(3.0))
    for loss in losses.LOSSES.values():
        if loss.per == "element":
            a = 1 / (1 + np.exp(-_draw(20, ROWS)))
            a = 3 * a if loss.name in ("huber", "hinge") else a
            yield perceptron.loss_of_each_row(loss), (_targets(loss)[:, 0], a)


def _penalty_rules():
    W, d = _draw(21, 3, 2), _draw(22, 3, 2)
    rate, strength, rows = np.array(0.1), np.array(0.3), np.array(4.0)
    for factor in penalties.FACTORS:
        scaling = (strength, rows)[: len(penalties.strength_inputs(factor))]
        yield penalties.decay_rule(factor), (rate, *scaling)
        for kind in penalties.KINDS:
            yield penalties.penalty_rule(kind, factor, 2), (*scaling, W, d)
            yield penalties.penalized_gradient_rule(kind, factor), (d, W, *scaling)
    yield penalties.weight_decay, (W, d, rate, np.array(0.9))


def _normalization_rules():
    x, dy, xhat = _draw(23, ROWS, COLUMNS), _draw(24, ROWS, COLUMNS), _draw(25, ROWS, COLUMNS)
    mean, var, gamma, beta = (
        _draw(26, COLUMNS),
        _draw(27, COLUMNS) ** 2,
        _draw(28, COLUMNS),
        _draw(29, COLUMNS),
    )
    deviation = np.sqrt(var)
    yield normalization.batch_mean, (x,)
    yield normalization.population_variance, (x, mean)
    yield normalization.sample_variance, (x, mean)
    yield normalization.deviation, (var,)
    yield normalization.safe_deviation, (var,), {"epsilon": 0.1}
    yield normalization.safe_deviation_outside, (var,), {"epsilon": 0.1}
    yield normalization.normalized, (x, mean, deviation)
    yield normalization.scale_and_shift, (xhat, gamma, beta)
    yield normalization.scaled, (xhat, gamma)
    yield normalization.shifted, (xhat, beta)
    yield normalization.moving_average, (mean, mean + 1), {"momentum": 0.99}
    yield normalization.scale_dgamma, (dy, xhat)
    yield normalization.scale_dbeta, (dy,)
    yield normalization.scale_dxhat, (dy, gamma)
    yield normalization.batch_dvar, (dy, x, mean, deviation)
    yield normalization.batch_dmean, (dy, deviation)
    yield normalization.batch_dx, (dy, x, mean, deviation, gamma, beta)
    yield normalization.normalized_dx, (dy, deviation)
    each, spread = _draw(30, ROWS, 1), _draw(31, ROWS, 1) ** 2
    yield normalization.layer_mean, (x,)
    yield normalization.layer_variance, (x, each)
    yield normalization.layer_dvar, (dy, x, each, spread)
    yield normalization.layer_dmean, (dy, spread)
    yield normalization.layer_dx, (dy, x, each, spread, each, each + 1)
    bounds = (mean - 5, mean + 7)
    yield normalization.unit_scaled, (x, *bounds)
    yield normalization.min_max_scaled, (x, *bounds, np.array(-1.0), np.array(2.0))


def _dropout_rules():
    x, rate, keep = _draw(32, ROWS, 2), np.array(0.2), {"keep": 0.8}
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


def _sizes(*numbers):
    return tuple(np.array(float(n)) for n in numbers)


def _window_rules():
    yield windows.same_padding, _sizes(29, 7, 3)
    yield windows.zeros_before, _sizes(5)
    yield windows.zeros_after, _sizes(5, 2)
    yield convolution.effective_size, _sizes(3, 2)
    yield convolution.output_size, _sizes(29, 5, 2, 2, 3)
    yield convolution.keeping_padding, _sizes(28, 5, 2)
    yield convolution.padding_on_each_side, _sizes(27)
    yield convolution.receptive_field, _sizes(5, 3, 2)
    yield convolution.receptive_jump, _sizes(2, 3)


def _convolution_rules():
    x, b = _draw(33, 2, 5, 4, 2), _draw(34, 3)
    W, dY = _draw(35, 3, 2, 2, 3), _draw(36, 2, 3, 3, 3)
    how = {"strides": (1, 1), "padding": "valid", "dilation": (1, 1)}
    yield convolution.convolution, (x, W, b), how
    yield convolution.convolution_without_bias, (x, W), how
    yield convolution.convolution_dW, (x, dY), {**how, "kernel": (3, 2)}
    yield convolution.convolution_dx, (dY, W, x), how
    yield convolution.convolution_db, (dY,)
    yield depthwise.depthwise_convolution, (x, W, _draw(37, 6)), how
    yield depthwise.depthwise_without_bias, (x, W), how
    dz = _draw(45, 2, 3, 3, 6)
    yield depthwise.depthwise_dW, (x, dz), {**how, "kernel": (3, 2)}
    yield depthwise.depthwise_dx, (dz, W, x), how
    X, F, Y = x[0, ..., 0], W[:2, ..., 0, 0], _draw(38, 4, 3)
    plain = {"strides": (1, 1), "dilation": (1, 1)}
    for flip in (False, True):
        yield maps.map_rule(flip, bias=False), (X, F), plain
        yield maps.map_rule(flip, bias=True), (X, F, b[0]), plain
    yield maps.half_turn, (F,)
    for made in (maps.map_dX, maps.FLIPPED_MAP_DX):
        yield made, (X, F), {"dilation": (1, 1), "inside": ((0, 0), (0, 0))}
    for made in (maps.map_dW, maps.flipped_map_dW):
        yield made, (X, Y), {**plain, "kernel": (2, 2)}
    yield maps.sum_of_a_map, (X,)
    yield maps.map_db, (Y,)
    yield maps.sum_of_maps(2, bias=False), (X, X + 1)
    yield maps.sum_of_maps(2, bias=True), (X, X + 1, b[0])


def _pooling_rules():
    x, how = -1 - _draw(39, 2, 4, 4, 2) ** 2, {"pool_size": (2, 2), "strides": (2, 2)}
    how["padding"] = ((1, 1), (1, 1))
    dy = _draw(40, 2, 3, 3, 2)
    yield pooling.max_pooling, (x,), how
    yield pooling.max_pooling_dx, (x, dy), how
    yield pooling.average_pooling, (x,), how
    yield pooling.average_pooling_dx, (dy, x), how
    yield pooling.map_of_largest, (x[0, ..., 0],), how
    yield pooling.map_of_largest_dX, (x[0, ..., 0], dy[0, ..., 0]), how
    yield pooling.map_of_means, (x[0, ..., 0],), how
    yield pooling.map_of_means_dX, (dy[0, ..., 0],), {**how, "lengths": (4, 4)}
    yield pooling.global_max_pooling, (x,)
    yield pooling.global_max_pooling_dx, (x, dy[:, 0, 0])
    yield pooling.global_average_pooling, (x,)
    yield pooling.global_average_pooling_dx, (dy[:, 0, 0], x)


def _optimizer_rules():
    theta, v, d, r = _draw(41, 3), _draw(42, 3), _draw(43, 3), _draw(44, 3) ** 2 + 2
    rate, t, fading = np.array(0.1), np.array(3.0), {"momentum": 0.9}
    yield optimizers.downhill_velocity, (v, d, rate), fading
    yield optimizers.step_down, (theta, v)
    yield optimizers.gradient_step, (d, rate)
    yield optimizers.look_ahead, (theta, v), fading
    yield optimizers.look_ahead_downhill, (theta, v), fading
    yield optimizers.gradient_average, (v, d), {"beta": 0.9}
    yield optimizers.squares_sum, (r, d)
    yield optimizers.squares_average, (r, d), {"rho": 0.9}
    yield optimizers.bias_corrected, (v, t), {"beta": 0.9}
    yield optimizers.adaptive_step, (d, r, rate), {"epsilon": 0.1}
    yield optimizers.adaptive_step_outside, (d, r, rate), {"epsilon": 0.1}
    yield optimizers.largest_so_far, (r + v, r)
    yield optimizers.gathered_steps, (v, d), fading
    yield optimizers.decayed, (theta, rate), {"weight_decay": 0.04}
    yield descent.number_of_updates, _sizes(3, 400, 150)
    yield descent.batches_per_epoch, _sizes(400, 150)
    yield descent.rows_in_last_batch, _sizes(400, 3, 150)
    yield descent.rows_per_batch, _sizes(400, 10)
    yield descent.updates_in_epochs, _sizes(5, 3)


def _schedule_rules():
    rate, t, steps = np.array(0.1), np.array(5.0), {"decay_steps": 3.0}
    falling = {**steps, "decay_rate": 0.5}
    yield schedules.inverse_sqrt, (rate, t)
    yield schedules.inverse, (rate, t)
    yield schedules.inverse_time_decay, (rate, t), falling
    yield schedules.inverse_time_staircase, (rate, t), falling
    yield schedules.exponential_decay, (rate, t), falling
    yield schedules.step_decay, (rate, t), falling
    yield schedules.natural_decay, (rate, t), {"k": 0.3}
    yield schedules.inverse_sqrt_decay, (rate, t), steps
    yield schedules.cosine_decay, (rate, np.array(2.0)), {"decay_steps": 7.0, "alpha": 0.1}
    ending = {"decay_steps": 7.0, "end_learning_rate": 0.01, "power": 2.0}
    yield schedules.polynomial_decay, (rate, t), ending


def _probability_rules():
    x, p = np.array([-1.0, 0.0, 2.0]), np.array([0.2, 0.5, 0.3])
    half, third, tenth = np.array(0.5), np.array(1 / 3), np.array(0.1)
    joint, y, means = np.array([[0.1, 0.3], [0.2, 0.1], [0.1, 0.2]]), np.array([1.0, 3.0]), _sizes(0.3, 2.2)
    ends = np.array(1.0), np.array(4.0)
    yield probability.classical, _sizes(2, 6)
    yield probability.sum_over("i"), (p,)
    yield probability.conditional_beside("P_A"), (tenth, third)
    yield probability.added(2), (half, third)
    yield probability.gathered(((0, 1), (2,))), (p,)
    yield probability.cumulative, (p,)
    yield probability.second_moment, (x, p)
    yield probability.variance, (x, p, np.array(0.4))
    yield probability.standard_deviation, (half,)
    yield probability.marginal_of_rows, (joint[:2],)
    yield probability.marginal_of_columns, (joint[:2],)
    yield probability.mean_product, (x, y, joint)
    yield probability.covariance_by_definition, (x, y, joint, *means)
    yield probability.correlation, (tenth, half, third)
    yield probability.variance_of_sum_by_definition, (x, y, joint, *means)
    yield probability.uniform_pdf, (np.array([2.0, 5.0]), *ends)
    yield probability.uniform_cdf, (np.array([2.0, 5.0]), *ends)
    yield probability.uniform_mean, ends
    yield probability.normal_cdf, (x,)
    yield probability.normal_variance, _sizes(3)
    yield probability.difference, (half, third)
    yield probability.complement, (third,)
    yield probability.union, (half, third, tenth)
    yield probability.conditional, (tenth, third)
    yield probability.product, (half, third)
    yield probability.expectation, (x, p)
    yield probability.variance_by_moments, (np.array(1.4), np.array(0.4))
    yield probability.covariance, (half, third, tenth)
    yield probability.variance_of_sum, (half, third, tenth)
    yield probability.uniform_variance, (np.array(-1.0), np.array(2.0))
    yield probability.normal_pdf, (x, np.array(1.0), np.array(2.0))
    yield probability.standard_score, (x, np.array(1.0), np.array(2.0))


def _information_rules():
    p, q = np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.1, 0.3])
    for base in ("2", "e"):
        yield information.entropy(base), (p,)
        yield information.cross_entropy(base), (p, q)
        yield information.kl_divergence(base), (p, q)
        yield information.mutual_information(base), (np.array([[0.1, 0.4], [0.3, 0.2]]), p[1:], q[1:] + 0.1)
        yield information.uniform_entropy(base), _sizes(1, 4)
        yield information.cross_entropy_to_uniform(base), _sizes(1, 4, 0, 5)
        yield information.kl_of_uniforms(base), _sizes(1, 4, 0, 5)
        yield information.normal_entropy(base), _sizes(3)
        yield information.cross_entropy_to_normal(base), _sizes(1, 2, 3, 4)
        yield information.kl_of_normals(base), _sizes(1, 2, 3, 4)
    yield information.conditional_entropy("H_Y"), _sizes(1.5, 0.6)


def _sampling_rules():
    x, rows, columns = _draw(71, 2, 3, 4, 2), _draw(72, 2, 3, 3), _draw(73, 2, 3, 3)
    for fill_mode in sampling.FILL_MODES:
        how = {"interpolation": "bilinear", "fill_mode": fill_mode, "fill_value": 0.5}
        yield sampling.sampled, (x, rows, columns), how
    drawn = np.array([0.3, -0.7])
    for axis in (1, 2):
        yield sampling.shifted_places, (drawn, x), {"axis": axis}
        yield sampling.zoomed_places, (drawn, x), {"axis": axis}
        yield sampling.cropped_places, (np.array([0.7, 0.95]), x), {"axis": axis, "length": 2}
    yield sampling.rotated_rows, (drawn, x)
    yield sampling.rotated_columns, (drawn, x)


def _found(thing):
    """The rules in something that a module of rules holds."""
    if isinstance(thing, Rule):
        yield thing
    elif isinstance(thing, Activation):
        yield from (thing.forward, thing.backward, *thing.gradients.values())
        yield from filter(None, [thing.derivative])
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _found(value)


EXAMPLES = [
    *_activation_rules(),
    *_loss_rules(),
    *_other_rules(),
    *_counting_rules(),
    *_network_rules(),
    *_shape_rules(),
    *_metrics_rules(),
    *_linear_algebra_rules(),
    *_perceptron_rules(),
    *_penalty_rules(),
    *_normalization_rules(),
    *_dropout_rules(),
    *_window_rules(),
    *_convolution_rules(),
    *_pooling_rules(),
    *_optimizer_rules(),
    *_schedule_rules(),
    *_probability_rules(),
    *_information_rules(),
    *_sampling_rules(),
]
COUNTS = (*metrics.METRICS.values(), metrics.confusion_matrix, linear_algebra.rank, linear_algebra.null_space)
"""They give whole numbers, or what makes them whole, whatever they take."""
MODULES = [
    importlib.import_module(f"chainrule.rules.{m.name}")
    for m in pkgutil.iter_modules(chainrule.rules.__path__)
]
DISCOVERED = [made for module in MODULES for thing in vars(module).values() for made in _found(thing)]
RULES = list(dict.fromkeys([*(example[0] for example in EXAMPLES), *DISCOVERED]))


def _id(made):
    return made.name if isinstance(made, Rule) else ""


def _references(tex):
    return set(re.findall(r"<(\w+)>", tex))


def _fillable(made):
    keywords = inspect.signature(made.function).parameters.values()
    return {*made.inputs, *made.defaults, *(p.name for p in keywords if p.kind is p.KEYWORD_ONLY)}


every_rule = pytest.mark.parametrize("made", RULES, ids=_id)
every_example = pytest.mark.parametrize(
    ("made", "inputs", "options"), [(*e, {}) if len(e) == 2 else e for e in EXAMPLES], ids=_id
)


@every_rule
def test_tex_names_only_inputs_and_options(made):
    for template in filter(None, [made.tex, made.columns_tex, *(slip.tex for slip in made.slips)]):
        assert _references(template) <= _fillable(made)


@every_rule
def test_tex_is_balanced_and_leaves_nothing_to_fill(made):
    filled = dict.fromkeys(_fillable(made), "q")
    slips = [replace(made, tex=slip.tex, columns_tex=None) for slip in made.slips]
    for form in (made, *slips):
        for columns in (False, True):
            tex = form.formula(filled, columns)
            assert tex
            assert not _references(tex)
            assert tex.count("{") == tex.count("}")
            assert tex.count(r"\left") == tex.count(r"\right")
            assert tex.count(r"\begin{cases}") == tex.count(r"\end{cases}")


@every_rule
def test_slips_have_ids_of_their_own_and_finish_a_sentence(made):
    ids = [slip.id for slip in made.slips]
    assert len(set(ids)) == len(ids)
    for slip in made.slips:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", slip.id)
        assert slip.what[0].islower() or slip.what.startswith("e^")
        assert not slip.what.endswith(".")


@every_rule
def test_a_rule_with_two_forms_or_slips_has_an_example_here(made):
    examples = [example[0] for example in EXAMPLES]
    assert made in examples or not (made.stable or made.slips)


@every_example
def test_a_rule_takes_as_many_inputs_as_it_names(made, inputs, options):
    assert len(made.inputs) == len(inputs)
    call = made(*map(Name, made.inputs), **options)
    assert tuple(str(i) for i in call.inputs) == made.inputs


@every_example
def test_the_stable_form_is_the_same_function(made, inputs, options):
    options = {**made.defaults, **options}
    if made.stable:
        np.testing.assert_allclose(
            made.stable(*inputs, **options), made.function(*inputs, **options), rtol=1e-12, atol=1e-15
        )


@every_example
def test_every_slip_runs_on_the_rules_inputs_and_is_a_mistake(made, inputs, options):
    options = {**made.defaults, **options}
    right = np.asarray(made.function(*inputs, **options))
    for slip in made.slips:
        also = [np.array(0.7) for _ in slip.also]
        wrong = np.asarray(slip.function(*inputs, *also, **options))
        assert wrong.shape == right.shape, slip.id
        assert not np.allclose(wrong.astype(float), right.astype(float)), slip.id


@every_example
def test_an_input_of_numpy_float32_stays_float32(made, inputs, options):
    single = [i.astype(np.float32) if getattr(i, "dtype", None) == np.float64 else i for i in inputs]
    if any(getattr(i, "ndim", 0) for i in single) and made not in COUNTS:
        assert made(*single, **options).dtype == np.float32


class Counted:
    """A number that counts how often numbers are multiplied."""

    multiplications = 0

    def __add__(self, other):
        return self

    __radd__ = __sub__ = __rsub__ = __add__

    def __mul__(self, other):
        Counted.multiplications += 1
        return self

    __rmul__ = __mul__


COUNTABLE = {
    "affine": [(2, 3), (3, 5), (5,)],
    "linear_map": [(2, 3), (3, 5)],
    "affine_dW": [(2, 3), (2, 5)],
    "affine_db": [(2, 5)],
    "affine_dx": [(2, 5), (3, 5)],
    "gradient_descent": [(3, 5), (3, 5), ()],
    "velocity": [(3, 5), (3, 5), ()],
    "momentum_step": [(3, 5), (3, 5)],
    "nesterov_step": [(3, 5), (3, 5), (3, 5), ()],
    "softmax_backward": [(2, 3), (2, 3), (2, 3)],
}


@pytest.mark.parametrize("name", COUNTABLE)
def test_the_multiplications_said_are_those_done(name):
    made, _, *options = next(example for example in EXAMPLES if example[0].name == name)
    shapes = COUNTABLE[name]
    Counted.multiplications = 0
    counted = (np.full(shape, Counted(), dtype=object) for shape in shapes)
    made.function(*counted, **dict(*options))
    assert made.multiplications(*shapes) == Counted.multiplications


def test_exact_numbers_take_the_textbook_form_and_floats_the_stable_one():
    made = Rule("half", lambda x: x / 2, "", stable=lambda x: 0.5 * x + 1)
    assert made(np.array([Fraction(1, 3)])).tolist() == [Fraction(1, 6)]
    assert made(np.array([1.0])).tolist() == [1.5]


def test_a_constant_is_of_the_kind_of_number_that_it_is_made_like():
    assert constant(1, np.array([Fraction(1, 3)])).tolist() == [Fraction(1)]
    assert isinstance(constant(1, np.array([Fraction(1, 3)]))[0], Fraction)
    assert constant(1, np.zeros(2, np.float32)).dtype == np.float32
    assert is_exact(np.array([Fraction(1)]))
    assert not is_exact(np.zeros(2), 3.0, None)


def test_the_decorator_makes_a_rule_with_the_functions_name_and_docstring():
    @rule(tex="<x>^2", multiplications=lambda x: 1)
    def square(x):
        """A square."""
        return x * x

    assert (square.name, square.inputs, square.__doc__) == ("square", ("x",), "A square.")
    assert square.formula({"x": "z_1"}) == "z_1^2"
