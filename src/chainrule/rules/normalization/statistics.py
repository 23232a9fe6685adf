"""Mean and variance, of a batch and of each sample, and the moving average of a batch."""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, sqrt, total
from chainrule.rules.rule import Shape, Slip, per_element, rule, size
from chainrule.rules.slipping import SUM_FOR_MEAN


def batch_axes(shape: Shape) -> tuple[int, ...]:
    """The axes that a feature's statistics are taken over: all but the last, or the only one."""
    return tuple(range(max(1, len(shape) - 1)))


def count(x: Array) -> int:
    """How many values a feature has in a batch.

    >>> import numpy as np
    >>> count(np.zeros((4, 3))), count(np.zeros(5)), count(np.zeros((2, 8, 8, 3)))
    (4, 5, 128)
    """
    return size(tuple(x.shape[axis] for axis in batch_axes(x.shape)))


def _over_all(x: Array) -> Array:
    """The mean over samples and features alike, for each feature."""
    return 0 * total(x, axis=batch_axes(x.shape)) + total(x) / size(x.shape)


def _squares(x: Array, mean: Array) -> Array:
    return total((x - mean) ** 2, axis=batch_axes(x.shape))


_LESS_ONE = "it is divided by the number less 1, as of a sample"
_ROOT_TAKEN = "the root is taken already: the standard deviation in place of the variance"


@rule(
    tex=r"\frac{1}{m} \sum_{i} (<x>)_{i}",
    slips=(
        Slip(*SUM_FOR_MEAN, lambda x: total(x, axis=batch_axes(x.shape)), r"\sum_{i} (<x>)_{i}"),
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
    return total(x, axis=batch_axes(x.shape)) / count(x)


@rule(
    tex=r"\frac{1}{m} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2",
    multiplications=per_element(1),
    slips=(
        Slip(
            "n_minus_one",
            _LESS_ONE,
            lambda x, mean: _squares(x, mean) / (count(x) - 1),
            r"\frac{1}{m - 1} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2",
        ),
        Slip(*SUM_FOR_MEAN, _squares, r"\sum_{i} \left( (<x>)_{i} - <mean> \right)^2"),
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
    multiplications=per_element(1),
    slips=(
        Slip(
            "n_for_n_minus_one",
            "it is divided by the number itself, not by the number less 1",
            lambda x, mean: _squares(x, mean) / count(x),
            r"\frac{1}{m} \sum_{i} \left( (<x>)_{i} - <mean> \right)^2",
        ),
        Slip(*SUM_FOR_MEAN, _squares, r"\sum_{i} \left( (<x>)_{i} - <mean> \right)^2"),
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


@rule(
    tex=r"\frac{1}{c} \sum_{j} (<x>)_{i,j}",
    slips=(
        Slip(
            *SUM_FOR_MEAN,
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
    multiplications=per_element(1),
    slips=(
        Slip(
            "n_minus_one",
            _LESS_ONE,
            lambda x, mean: _layer_squares(x, mean) / (x.shape[-1] - 1),
            rf"\frac{{1}}{{c - 1}} {_LAYER_SQUARES}",
        ),
        Slip(*SUM_FOR_MEAN, _layer_squares, _LAYER_SQUARES),
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
