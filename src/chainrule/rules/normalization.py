"""Normalization: batch normalization and its gradients, layer normalization, and the scaling of features.

x is (m, …, c): m samples (and places, for an image), c features or channels last; a plain vector is one
feature. Statistics of a batch are per feature, over all else; those of layer normalization are per
sample, over the features. Sources: Ioffe, Szegedy, "Batch normalization" (ICML 2015); Ba, Kiros, Hinton,
"Layer normalization" (2016); Keras 3, keras.layers.BatchNormalization and LayerNormalization.
"""

from __future__ import annotations

from collections.abc import Callable

from chainrule.rules.arrays import Array, constant, largest, sqrt, total
from chainrule.rules.rule import Shape, Slip, rule, size


def _others(shape: Shape) -> tuple[int, ...]:
    """The axes that a feature's statistics are taken over: all but the last, or the only one."""
    return tuple(range(max(1, len(shape) - 1)))


def count(x: Array) -> int:
    """How many values a feature has in a batch.

    >>> import numpy as np
    >>> count(np.zeros((4, 3))), count(np.zeros(5)), count(np.zeros((2, 8, 8, 3)))
    (4, 5, 128)
    """
    return size(tuple(x.shape[axis] for axis in _others(x.shape)))


def _once(x: Shape, *_: Shape) -> int:
    return size(x)


def _over_all(x: Array) -> Array:
    """The mean over samples and features alike, for each feature."""
    return 0 * total(x, axis=_others(x.shape)) + total(x) / size(x.shape)


def _squares(x: Array, mean: Array) -> Array:
    return total((x - mean) ** 2, axis=_others(x.shape))


_NOT_DIVIDED = "the sum is not divided"
_LESS_ONE = "it is divided by the number less 1, as of a sample"
_ROOT_TAKEN = "the root is taken already: the standard deviation in place of the variance"
_VARIANCE = "the variance is taken in place of the standard deviation"
_DEVIATION = Slip("variance_for_deviation", _VARIANCE, lambda var: var, "<var>")
_SAFE = (
    Slip("variance_for_deviation", _VARIANCE, lambda var, *, epsilon: var + epsilon, "<var> + <epsilon>"),
    Slip("no_epsilon", "ε is left out", lambda var, *, epsilon: sqrt(var), r"\sqrt{<var>}"),
)


@rule(
    tex=r"\frac{1}{m} \sum_{i} (<x>)_{i}",
    slips=(
        Slip("sum_for_mean", _NOT_DIVIDED, lambda x: total(x, axis=_others(x.shape)), r"\sum_{i} (<x>)_{i}"),
        Slip(
            "over_all_features",
            "the mean is taken over all features together",
            _over_all,
            r"\frac{1}{m c} \sum_{i,j} (<x>)_{i,j}",
        ),
    ),
)
def batch_mean(x: Array) -> Array:
    """The mean of each feature over the batch; shape (c,)."""
    return total(x, axis=_others(x.shape)) / count(x)


@rule(
    tex=r"\frac{1}{m} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2",
    multiplications=_once,
    slips=(
        Slip(
            "n_minus_one",
            _LESS_ONE,
            lambda x, mean: _squares(x, mean) / (count(x) - 1),
            r"\frac{1}{m - 1} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2",
        ),
        Slip("sum_for_mean", _NOT_DIVIDED, _squares, r"\sum_{i} \left( (<x>)_{i} - <mean> \right)^2"),
        Slip(
            "mean_not_subtracted",
            "the mean is not subtracted",
            lambda x, mean: _squares(x, 0 * mean) / count(x),
            r"\frac{1}{m} \sum_{i} (<x>)_{i}^2",
        ),
        Slip(
            "deviation_for_variance",
            _ROOT_TAKEN,
            lambda x, mean: sqrt(_squares(x, mean) / count(x)),
            r"\sqrt{\frac{1}{m} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2}",
        ),
    ),
)
def population_variance(x: Array, mean: Array) -> Array:
    """The variance of each feature in the batch, divided by m as batch normalization does; shape (c,)."""
    return _squares(x, mean) / count(x)


@rule(
    tex=r"\frac{1}{m - 1} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2",
    multiplications=_once,
    slips=(
        Slip(
            "n_for_n_minus_one",
            "it is divided by the number itself, not by the number less 1",
            lambda x, mean: _squares(x, mean) / count(x),
            r"\frac{1}{m} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2",
        ),
        Slip("sum_for_mean", _NOT_DIVIDED, _squares, r"\sum_{i} \left( (<x>)_{i} - <mean> \right)^2"),
        Slip(
            "deviation_for_variance",
            _ROOT_TAKEN,
            lambda x, mean: sqrt(_squares(x, mean) / (count(x) - 1)),
            r"\sqrt{\frac{1}{m - 1} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2}",
        ),
    ),
)
def sample_variance(x: Array, mean: Array) -> Array:
    """The variance estimated from a sample, divided by m - 1; shape (c,)."""
    return _squares(x, mean) / (count(x) - 1)


@rule(tex=r"\sqrt{<var>}", slips=(_DEVIATION,))
def deviation(var: Array) -> Array:
    """The standard deviation."""
    return sqrt(var)


@rule(
    tex=r"\sqrt{<var> + <epsilon>}",
    slips=(
        *_SAFE,
        Slip(
            "epsilon_outside",
            "ε is added outside the root",
            lambda var, *, epsilon: sqrt(var) + epsilon,
            r"\sqrt{<var>} + <epsilon>",
        ),
    ),
)
def safe_deviation(var: Array, *, epsilon: Array) -> Array:
    """The deviation that is divided by, ε in the root so that it is not 0: the paper's and Keras' form."""
    return sqrt(var + epsilon)


@rule(
    tex=r"\sqrt{<var>} + <epsilon>",
    slips=(
        *_SAFE,
        Slip(
            "epsilon_inside",
            "ε is added inside the root",
            lambda var, *, epsilon: sqrt(var + epsilon),
            r"\sqrt{<var> + <epsilon>}",
        ),
    ),
)
def safe_deviation_outside(var: Array, *, epsilon: Array) -> Array:
    """The deviation with ε added to it, as some courses write it."""
    return sqrt(var) + epsilon


@rule(
    tex=r"\frac{<x> - <mean>}{<deviation>}",
    multiplications=_once,
    slips=(
        Slip(
            "variance_for_deviation",
            _VARIANCE,
            lambda x, mean, deviation: (x - mean) / deviation**2,
            r"\frac{<x> - <mean>}{(<deviation>)^2}",
        ),
        Slip(
            "mean_not_subtracted",
            "the mean is not subtracted",
            lambda x, mean, deviation: x / deviation + 0 * mean,
            r"\frac{<x>}{<deviation>}",
        ),
        Slip(
            "not_divided",
            "nothing is divided by the standard deviation",
            lambda x, mean, deviation: x - mean + 0 * deviation,
            "<x> - <mean>",
        ),
    ),
)
def normalized(x: Array, mean: Array, deviation: Array) -> Array:
    """x with mean 0 and, but for ε, variance 1; shape of x.

    >>> import numpy as np
    >>> normalized(np.array([2.0, 4.0]), np.float64(3), np.float64(0.5))
    array([-2.,  2.])
    """
    return (x - mean) / deviation


_NO_BETA, _BETA_SUBTRACTED, _NO_GAMMA = "β is left out", "β is subtracted", "γ is left out"


@rule(
    tex=r"<gamma> \cdot <xhat> + <beta>",
    multiplications=lambda xhat, gamma, beta: size(xhat),
    slips=(
        Slip(
            "no_beta",
            _NO_BETA,
            lambda xhat, gamma, beta: gamma * xhat + 0 * beta,
            r"<gamma> \cdot <xhat>",
        ),
        Slip(
            "beta_subtracted",
            _BETA_SUBTRACTED,
            lambda xhat, gamma, beta: gamma * xhat - beta,
            r"<gamma> \cdot <xhat> - <beta>",
        ),
        Slip("no_gamma", _NO_GAMMA, lambda xhat, gamma, beta: xhat + beta + 0 * gamma, "<xhat> + <beta>"),
        Slip(
            "gamma_and_beta_swapped",
            "γ and β are swapped",
            lambda xhat, gamma, beta: beta * xhat + gamma,
            r"<beta> \cdot <xhat> + <gamma>",
        ),
    ),
)
def scale_and_shift(xhat: Array, gamma: Array, beta: Array) -> Array:
    """What is normalized, with the trained deviation γ and mean β; shape of xhat."""
    return gamma * xhat + beta


@rule(
    tex=r"<gamma> \cdot <xhat>",
    multiplications=lambda xhat, gamma: size(xhat),
    slips=(Slip("no_gamma", _NO_GAMMA, lambda xhat, gamma: xhat + 0 * gamma, "<xhat>"),),
)
def scaled(xhat: Array, gamma: Array) -> Array:
    """What is normalized, with the trained deviation γ alone; shape of xhat."""
    return gamma * xhat


@rule(
    tex=r"<xhat> + <beta>",
    slips=(
        Slip("no_beta", _NO_BETA, lambda xhat, beta: xhat + 0 * beta, "<xhat>"),
        Slip("beta_subtracted", _BETA_SUBTRACTED, lambda xhat, beta: xhat - beta, "<xhat> - <beta>"),
    ),
)
def shifted(xhat: Array, beta: Array) -> Array:
    """What is normalized, with the trained mean β alone; shape of xhat."""
    return xhat + beta


@rule(
    tex=r"<momentum> \cdot <moving> + (1 - <momentum>) \cdot <batch>",
    multiplications=lambda a, b: 2 * size(a),
    # a float 1 - 0.99 is no 0.01: with exact numbers the 1 is one of them
    stable=lambda moving, batch, *, momentum: momentum * moving + (1 - momentum) * batch,
    slips=(
        Slip(
            "weights_swapped",
            "the factors of the old value and the new one are swapped",
            lambda moving, batch, *, momentum: (1 - momentum) * moving + momentum * batch,
            r"(1 - <momentum>) \cdot <moving> + <momentum> \cdot <batch>",
        ),
        Slip(
            "no_complement",
            "the factor of the new value is left out",
            lambda moving, batch, *, momentum: momentum * moving + batch,
            r"<momentum> \cdot <moving> + <batch>",
        ),
        Slip(
            "no_past",
            "the old value is left out",
            lambda moving, batch, *, momentum: (1 - momentum) * batch + 0 * moving,
            r"(1 - <momentum>) \cdot <batch>",
        ),
    ),
)
def moving_average(moving: Array, batch: Array, *, momentum: Array) -> Array:
    """A moving mean or variance after a batch, for use after training; shape (c,)."""
    return momentum * moving + (constant(1, batch) - momentum) * batch


_MEAN = "the rows are averaged instead of added"


@rule(
    tex=r"\sum_{i} (<dy>)_{i} \odot (<xhat>)_{i}",
    multiplications=_once,
    slips=(
        Slip(
            "mean_over_rows",
            _MEAN,
            lambda dy, xhat: total(dy * xhat, axis=_others(dy.shape)) / count(dy),
            r"\frac{1}{m} \sum_{i} (<dy>)_{i} \odot (<xhat>)_{i}",
        ),
        Slip(
            "no_xhat",
            "the normalized values are left out",
            lambda dy, xhat: total(dy, axis=_others(dy.shape)),
            r"\sum_{i} (<dy>)_{i}",
        ),
    ),
)
def scale_dgamma(dy: Array, xhat: Array) -> Array:
    """Gradient of the loss in γ; shape (c,)."""
    return total(dy * xhat, axis=_others(dy.shape))


@rule(
    tex=r"\sum_{i} (<dy>)_{i}",
    slips=(
        Slip(
            "mean_over_rows",
            _MEAN,
            lambda dy: total(dy, axis=_others(dy.shape)) / count(dy),
            r"\frac{1}{m} \sum_{i} (<dy>)_{i}",
        ),
    ),
)
def scale_dbeta(dy: Array) -> Array:
    """Gradient of the loss in β; shape (c,)."""
    return total(dy, axis=_others(dy.shape))


@rule(
    tex=r"<dy> \odot <gamma>",
    multiplications=_once,
    slips=(Slip("no_gamma", _NO_GAMMA, lambda dy, gamma: dy + 0 * gamma, "<dy>"),),
)
def scale_dxhat(dy: Array, gamma: Array) -> Array:
    """Gradient of the loss in what is normalized; shape of dy."""
    return dy * gamma


def _variance_slips(summed: Callable[[Array, Array], Array], at: str, of: str) -> tuple[Slip, ...]:
    """Slips in the gradient in a variance; ``summed`` adds products, ``at`` and ``of`` index in TeX."""
    products = rf"\sum (<dxhat>)_{at} \cdot \left( (<x>)_{at} - (<mean>){of} \right)"
    return (
        Slip(
            "opposite_sign",
            "the sign is turned",
            lambda dxhat, x, mean, deviation: summed(dxhat, x - mean) / (2 * deviation**3),
            rf"\frac{{{products}}}{{2 (<deviation>){of}^3}}",
        ),
        Slip(
            "no_half",
            "the factor ½ of the root's slope is left out",
            lambda dxhat, x, mean, deviation: -summed(dxhat, x - mean) / deviation**3,
            rf"-\frac{{{products}}}{{(<deviation>){of}^3}}",
        ),
        Slip(
            "wrong_power",
            "it is divided by the deviation itself, not by its cube",
            lambda dxhat, x, mean, deviation: -summed(dxhat, x - mean) / (2 * deviation),
            rf"-\frac{{{products}}}{{2 (<deviation>){of}}}",
        ),
    )


def _input_slips(number: Callable[[Array], int], m: str) -> tuple[Slip, ...]:
    """Slips in the gradient in x, whose statistics are over so many values, ``m`` in TeX."""
    direct = r"\frac{<dxhat>}{<deviation>}"
    return (
        Slip(
            "statistics_constant",
            "mean and variance are taken for constants",
            lambda dxhat, x, mean, deviation, dvar, dmean: dxhat / deviation,
            direct,
        ),
        Slip(
            "no_way_through_variance",
            "the way through the variance is left out",
            lambda dxhat, x, mean, deviation, dvar, dmean: dxhat / deviation + dmean / number(x),
            rf"{direct} + \frac{{<dmean>}}{{{m}}}",
        ),
        Slip(
            "no_way_through_mean",
            "the way through the mean is left out",
            lambda dxhat, x, mean, deviation, dvar, dmean: (
                dxhat / deviation + dvar * (2 * (x - mean) / number(x))
            ),
            rf"{direct} + <dvar> \cdot \frac{{2 (<x> - <mean>)}}{{{m}}}",
        ),
    )


def _mean_slips(summed: Callable[[Array], Array], of: str) -> tuple[Slip, ...]:
    """Slips in the gradient in a mean."""
    return (
        Slip(
            "opposite_sign",
            "the sign is turned",
            lambda dxhat, deviation: summed(dxhat) / deviation,
            rf"\frac{{\sum (<dxhat>)}}{{(<deviation>){of}}}",
        ),
        Slip(
            "not_divided",
            "nothing is divided by the standard deviation",
            lambda dxhat, deviation: -summed(dxhat) + 0 * deviation,
            r"-\sum (<dxhat>)",
        ),
    )


@rule(
    tex=r"-\frac{\sum_{i} (<dxhat>)_{i} \cdot \left( (<x>)_{i} - <mean> \right)}{2 (<deviation>)^{3}}",
    multiplications=lambda dxhat, x, mean, deviation: size(dxhat) + 4 * size(deviation),
    slips=_variance_slips(lambda dxhat, x: total(dxhat * x, axis=_others(x.shape)), "{i}", ""),
)
def batch_dvar(dxhat: Array, x: Array, mean: Array, deviation: Array) -> Array:
    """Gradient of the loss in the batch's variance, which is in the deviation's root; shape (c,)."""
    return -total(dxhat * (x - mean), axis=_others(x.shape)) / (2 * deviation**3)


@rule(
    tex=r"-\frac{\sum_{i} (<dxhat>)_{i}}{<deviation>}",
    multiplications=lambda dxhat, deviation: size(deviation),
    slips=_mean_slips(lambda dxhat: total(dxhat, axis=_others(dxhat.shape)), ""),
)
def batch_dmean(dxhat: Array, deviation: Array) -> Array:
    """Gradient of the loss in the batch's mean; shape (c,).

    The mean is also in the variance, but Σ(x - μ) = 0 makes that part 0.
    """
    return -total(dxhat, axis=_others(dxhat.shape)) / deviation


@rule(
    tex=r"\frac{<dxhat>}{<deviation>} + <dvar> \cdot \frac{2 (<x> - <mean>)}{m} + \frac{<dmean>}{m}",
    multiplications=lambda dxhat, x, *_: 4 * size(x),
    slips=_input_slips(count, "m"),
)
def batch_dx(dxhat: Array, x: Array, mean: Array, deviation: Array, dvar: Array, dmean: Array) -> Array:
    """Gradient of the loss in x, by its three ways through x̂, variance and mean; shape of x."""
    m = count(x)
    return dxhat / deviation + dvar * (2 * (x - mean) / m) + dmean / m


@rule(
    tex=r"\frac{<dxhat>}{<deviation>}",
    multiplications=_once,
    slips=(
        Slip(
            "not_divided",
            "nothing is divided by the standard deviation",
            lambda dxhat, deviation: dxhat + 0 * deviation,
            "<dxhat>",
        ),
    ),
)
def normalized_dx(dxhat: Array, deviation: Array) -> Array:
    """Gradient of the loss in x where mean and deviation are given and do not depend on x; shape of x."""
    return dxhat / deviation


@rule(
    tex=r"\frac{1}{c} \sum_{j} (<x>)_{i,j}",
    slips=(
        Slip(
            "sum_for_mean",
            _NOT_DIVIDED,
            lambda x: total(x, axis=-1, keepdims=True),
            r"\sum_{j} (<x>)_{i,j}",
        ),
    ),
)
def layer_mean(x: Array) -> Array:
    """The mean of each sample over its features; shape (m, …, 1)."""
    return total(x, axis=-1, keepdims=True) / x.shape[-1]


def _layer_squares(x: Array, mean: Array) -> Array:
    return total((x - mean) ** 2, axis=-1, keepdims=True)


_LAYER_SQUARES = r"\sum_{j} \left( (<x>)_{i,j} - (<mean>)_{i} \right)^2"


@rule(
    tex=rf"\frac{{1}}{{c}} {_LAYER_SQUARES}",
    multiplications=_once,
    slips=(
        Slip(
            "n_minus_one",
            _LESS_ONE,
            lambda x, mean: _layer_squares(x, mean) / (x.shape[-1] - 1),
            rf"\frac{{1}}{{c - 1}} {_LAYER_SQUARES}",
        ),
        Slip("sum_for_mean", _NOT_DIVIDED, _layer_squares, _LAYER_SQUARES),
        Slip(
            "deviation_for_variance",
            _ROOT_TAKEN,
            lambda x, mean: sqrt(_layer_squares(x, mean) / x.shape[-1]),
            rf"\sqrt{{\frac{{1}}{{c}} {_LAYER_SQUARES}}}",
        ),
    ),
)
def layer_variance(x: Array, mean: Array) -> Array:
    """The variance of each sample over its features; shape (m, …, 1)."""
    return _layer_squares(x, mean) / x.shape[-1]


@rule(
    tex=r"-\frac{\sum_{j} (<dxhat>)_{i,j} \cdot \left( (<x>)_{i,j} - (<mean>)_{i} \right)}"
    r"{2 (<deviation>)_{i}^{3}}",
    multiplications=lambda dxhat, x, mean, deviation: size(dxhat) + 4 * size(deviation),
    slips=_variance_slips(lambda dxhat, x: total(dxhat * x, axis=-1, keepdims=True), "{i,j}", "_{i}"),
)
def layer_dvar(dxhat: Array, x: Array, mean: Array, deviation: Array) -> Array:
    """Gradient of the loss in each sample's variance; shape (m, …, 1)."""
    return -total(dxhat * (x - mean), axis=-1, keepdims=True) / (2 * deviation**3)


@rule(
    tex=r"-\frac{\sum_{j} (<dxhat>)_{i,j}}{(<deviation>)_{i}}",
    multiplications=lambda dxhat, deviation: size(deviation),
    slips=_mean_slips(lambda dxhat: total(dxhat, axis=-1, keepdims=True), "_{i}"),
)
def layer_dmean(dxhat: Array, deviation: Array) -> Array:
    """Gradient of the loss in each sample's mean, which adds nothing by way of the variance."""
    return -total(dxhat, axis=-1, keepdims=True) / deviation


@rule(
    tex=r"\frac{<dxhat>}{<deviation>} + <dvar> \cdot \frac{2 (<x> - <mean>)}{c} + \frac{<dmean>}{c}",
    multiplications=lambda dxhat, x, *_: 4 * size(x),
    slips=_input_slips(lambda x: int(x.shape[-1]), "c"),
)
def layer_dx(dxhat: Array, x: Array, mean: Array, deviation: Array, dvar: Array, dmean: Array) -> Array:
    """Gradient of the loss in x, by its three ways through x̂, variance and mean; shape of x."""
    c = x.shape[-1]
    return dxhat / deviation + dvar * (2 * (x - mean) / c) + dmean / c


@rule(tex=r"\min_{i} (<x>)_{i}")
def feature_min(x: Array) -> Array:
    """The smallest value of each feature; shape (c,)."""
    return -largest(-x, axis=_others(x.shape))


@rule(tex=r"\max_{i} (<x>)_{i}")
def feature_max(x: Array) -> Array:
    """The largest value of each feature; shape (c,)."""
    return largest(x, axis=_others(x.shape))


@rule(
    tex=r"<a> + (<b> - <a>) \cdot \frac{<x> - <x_min>}{<x_max> - <x_min>}",
    multiplications=lambda x, *_: 2 * size(x),
    slips=(
        Slip(
            "no_start",
            "the range's start is not added",
            lambda x, x_min, x_max, a, b: (b - a) * ((x - x_min) / (x_max - x_min)),
            r"(<b> - <a>) \cdot \frac{<x> - <x_min>}{<x_max> - <x_min>}",
        ),
        Slip(
            "unit_range",
            "it is scaled to 0 … 1",
            lambda x, x_min, x_max, a, b: (x - x_min) / (x_max - x_min),
            r"\frac{<x> - <x_min>}{<x_max> - <x_min>}",
        ),
        Slip(
            "end_for_width",
            "the range's end is taken for its width",
            lambda x, x_min, x_max, a, b: a + b * ((x - x_min) / (x_max - x_min)),
            r"<a> + <b> \cdot \frac{<x> - <x_min>}{<x_max> - <x_min>}",
        ),
    ),
)
def min_max_scaled(x: Array, x_min: Array, x_max: Array, a: Array, b: Array) -> Array:
    """x stretched so that its smallest value is a and its largest b; shape of x."""
    return a + (b - a) * ((x - x_min) / (x_max - x_min))


@rule(
    tex=r"\frac{<x> - <x_min>}{<x_max> - <x_min>}",
    multiplications=_once,
    slips=(
        Slip(
            "divided_by_largest",
            "it is divided by the largest value instead of the spread",
            lambda x, x_min, x_max: (x - x_min) / x_max,
            r"\frac{<x> - <x_min>}{<x_max>}",
        ),
        Slip(
            "smallest_not_subtracted",
            "the smallest value is not subtracted from x",
            lambda x, x_min, x_max: x / (x_max - x_min),
            r"\frac{<x>}{<x_max> - <x_min>}",
        ),
        Slip(
            "share_of_largest",
            "each value is divided by the largest",
            lambda x, x_min, x_max: x / x_max + 0 * x_min,
            r"\frac{<x>}{<x_max>}",
        ),
    ),
)
def unit_scaled(x: Array, x_min: Array, x_max: Array) -> Array:
    """x stretched so that its smallest value is 0 and its largest 1; shape of x."""
    return (x - x_min) / (x_max - x_min)
