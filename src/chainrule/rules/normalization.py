"""Normalization: batch normalization and its gradients, layer normalization, and the scaling of features.

x is (m, …, c): m samples (and places, for an image), c features or channels last; a plain vector is one
feature. Statistics of a batch are per feature, over all else; those of layer normalization are per
sample, over the features. Sources: Ioffe, Szegedy, "Batch normalization" (ICML 2015); Ba, Kiros, Hinton,
"Layer normalization" (2016); Keras 3, keras.layers.BatchNormalization and LayerNormalization.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, largest, sqrt, total
from chainrule.rules.rule import Shape, rule, size


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


@rule(tex=r"\frac{1}{m} \sum_{i} (<x>)_{i}")
def batch_mean(x: Array) -> Array:
    """The mean of each feature over the batch; shape (c,)."""
    return total(x, axis=_others(x.shape)) / count(x)


@rule(tex=r"\frac{1}{m} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2", multiplications=_once)
def population_variance(x: Array, mean: Array) -> Array:
    """The variance of each feature in the batch, divided by m as batch normalization does; shape (c,)."""
    return total((x - mean) ** 2, axis=_others(x.shape)) / count(x)


@rule(tex=r"\frac{1}{m - 1} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2", multiplications=_once)
def sample_variance(x: Array, mean: Array) -> Array:
    """The variance estimated from a sample, divided by m - 1; shape (c,)."""
    return total((x - mean) ** 2, axis=_others(x.shape)) / (count(x) - 1)


@rule(tex=r"\sqrt{<var>}")
def deviation(var: Array) -> Array:
    """The standard deviation."""
    return sqrt(var)


@rule(tex=r"\sqrt{<var> + <epsilon>}")
def safe_deviation(var: Array, *, epsilon: Array) -> Array:
    """The deviation that is divided by, ε in the root so that it is not 0: the paper's and Keras' form."""
    return sqrt(var + epsilon)


@rule(tex=r"\sqrt{<var>} + <epsilon>")
def safe_deviation_outside(var: Array, *, epsilon: Array) -> Array:
    """The deviation with ε added to it, as some courses write it."""
    return sqrt(var) + epsilon


@rule(tex=r"\frac{<x> - <mean>}{<deviation>}", multiplications=_once)
def normalized(x: Array, mean: Array, deviation: Array) -> Array:
    """x with mean 0 and, but for ε, variance 1; shape of x.

    >>> import numpy as np
    >>> normalized(np.array([2.0, 4.0]), np.float64(3), np.float64(0.5))
    array([-2.,  2.])
    """
    return (x - mean) / deviation


@rule(tex=r"<gamma> \cdot <xhat> + <beta>", multiplications=lambda xhat, gamma, beta: size(xhat))
def scale_and_shift(xhat: Array, gamma: Array, beta: Array) -> Array:
    """What is normalized, with the trained deviation γ and mean β; shape of xhat."""
    return gamma * xhat + beta


@rule(tex=r"<gamma> \cdot <xhat>", multiplications=lambda xhat, gamma: size(xhat))
def scaled(xhat: Array, gamma: Array) -> Array:
    """What is normalized, with the trained deviation γ alone; shape of xhat."""
    return gamma * xhat


@rule(tex=r"<xhat> + <beta>")
def shifted(xhat: Array, beta: Array) -> Array:
    """What is normalized, with the trained mean β alone; shape of xhat."""
    return xhat + beta


@rule(
    tex=r"<momentum> \cdot <moving> + (1 - <momentum>) \cdot <batch>",
    multiplications=lambda a, b: 2 * size(a),
    # a float 1 - 0.99 is no 0.01: with exact numbers the 1 is one of them
    stable=lambda moving, batch, *, momentum: momentum * moving + (1 - momentum) * batch,
)
def moving_average(moving: Array, batch: Array, *, momentum: Array) -> Array:
    """A moving mean or variance after a batch, for use after training; shape (c,)."""
    return momentum * moving + (constant(1, batch) - momentum) * batch


@rule(tex=r"\sum_{i} (<dy>)_{i} \odot (<xhat>)_{i}", multiplications=_once)
def scale_dgamma(dy: Array, xhat: Array) -> Array:
    """Gradient of the loss in γ; shape (c,)."""
    return total(dy * xhat, axis=_others(dy.shape))


@rule(tex=r"\sum_{i} (<dy>)_{i}")
def scale_dbeta(dy: Array) -> Array:
    """Gradient of the loss in β; shape (c,)."""
    return total(dy, axis=_others(dy.shape))


@rule(tex=r"<dy> \odot <gamma>", multiplications=_once)
def scale_dxhat(dy: Array, gamma: Array) -> Array:
    """Gradient of the loss in what is normalized; shape of dy."""
    return dy * gamma


@rule(
    tex=r"-\frac{\sum_{i} (<dxhat>)_{i} \cdot \left( (<x>)_{i} - <mean> \right)}{2 (<deviation>)^{3}}",
    multiplications=lambda dxhat, x, mean, deviation: size(dxhat) + 4 * size(deviation),
)
def batch_dvar(dxhat: Array, x: Array, mean: Array, deviation: Array) -> Array:
    """Gradient of the loss in the batch's variance, which is in the deviation's root; shape (c,)."""
    return -total(dxhat * (x - mean), axis=_others(x.shape)) / (2 * deviation**3)


@rule(
    tex=r"-\frac{\sum_{i} (<dxhat>)_{i}}{<deviation>}",
    multiplications=lambda dxhat, deviation: size(deviation),
)
def batch_dmean(dxhat: Array, deviation: Array) -> Array:
    """Gradient of the loss in the batch's mean; shape (c,).

    The mean is also in the variance, but Σ(x - μ) = 0 makes that part 0.
    """
    return -total(dxhat, axis=_others(dxhat.shape)) / deviation


@rule(
    tex=r"\frac{<dxhat>}{<deviation>} + <dvar> \cdot \frac{2 (<x> - <mean>)}{m} + \frac{<dmean>}{m}",
    multiplications=lambda dxhat, x, *_: 4 * size(x),
)
def batch_dx(dxhat: Array, x: Array, mean: Array, deviation: Array, dvar: Array, dmean: Array) -> Array:
    """Gradient of the loss in x, by its three ways through x̂, variance and mean; shape of x."""
    m = count(x)
    return dxhat / deviation + dvar * (2 * (x - mean) / m) + dmean / m


@rule(tex=r"\frac{<dxhat>}{<deviation>}", multiplications=_once)
def normalized_dx(dxhat: Array, deviation: Array) -> Array:
    """Gradient of the loss in x where mean and deviation are given and do not depend on x; shape of x."""
    return dxhat / deviation


@rule(tex=r"\frac{1}{c} \sum_{j} (<x>)_{i,j}")
def layer_mean(x: Array) -> Array:
    """The mean of each sample over its features; shape (m, …, 1)."""
    return total(x, axis=-1, keepdims=True) / x.shape[-1]


@rule(tex=r"\frac{1}{c} \sum_{j} \left( (<x>)_{i,j} - (<mean>)_{i} \right)^2", multiplications=_once)
def layer_variance(x: Array, mean: Array) -> Array:
    """The variance of each sample over its features; shape (m, …, 1)."""
    return total((x - mean) ** 2, axis=-1, keepdims=True) / x.shape[-1]


@rule(
    tex=r"-\frac{\sum_{j} (<dxhat>)_{i,j} \cdot \left( (<x>)_{i,j} - (<mean>)_{i} \right)}"
    r"{2 (<deviation>)_{i}^{3}}",
    multiplications=lambda dxhat, x, mean, deviation: size(dxhat) + 4 * size(deviation),
)
def layer_dvar(dxhat: Array, x: Array, mean: Array, deviation: Array) -> Array:
    """Gradient of the loss in each sample's variance; shape (m, …, 1)."""
    return -total(dxhat * (x - mean), axis=-1, keepdims=True) / (2 * deviation**3)


@rule(
    tex=r"-\frac{\sum_{j} (<dxhat>)_{i,j}}{(<deviation>)_{i}}",
    multiplications=lambda dxhat, deviation: size(deviation),
)
def layer_dmean(dxhat: Array, deviation: Array) -> Array:
    """Gradient of the loss in each sample's mean, which adds nothing by way of the variance."""
    return -total(dxhat, axis=-1, keepdims=True) / deviation


@rule(
    tex=r"\frac{<dxhat>}{<deviation>} + <dvar> \cdot \frac{2 (<x> - <mean>)}{c} + \frac{<dmean>}{c}",
    multiplications=lambda dxhat, x, *_: 4 * size(x),
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
)
def min_max_scaled(x: Array, x_min: Array, x_max: Array, a: Array, b: Array) -> Array:
    """x stretched so that its smallest value is a and its largest b; shape of x."""
    return a + (b - a) * ((x - x_min) / (x_max - x_min))


@rule(tex=r"\frac{<x> - <x_min>}{<x_max> - <x_min>}", multiplications=_once)
def unit_scaled(x: Array, x_min: Array, x_max: Array) -> Array:
    """x stretched so that its smallest value is 0 and its largest 1; shape of x."""
    return (x - x_min) / (x_max - x_min)
