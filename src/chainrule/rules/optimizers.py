"""Update rules of the optimizers.

theta is a parameter, d its gradient, v its velocity, m the average of its gradients, r the sum or the
average of their squares, t the number of the update, counted from 1. All have the parameter's shape.
Sources: Keras 3, keras.optimizers; Sutskever, Martens, Dahl, Hinton, "On the importance of
initialization and momentum" (ICML 2013); Duchi, Hazan, Singer (JMLR 2011) for AdaGrad; Hinton, Neural
Networks for Machine Learning, lecture 6e (2012) for RMSProp; Kingma, Ba, "Adam" (ICLR 2015);
Loshchilov, Hutter, "Decoupled weight decay regularization" (ICLR 2019); Reddi, Kale, Kumar, "On the
convergence of Adam and beyond" (ICLR 2018) for AMSGrad.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from chainrule.rules.arrays import Array, constant, expm1, largest_of, sqrt, where
from chainrule.rules.rule import Shape, Slip, rule, size


def _per_element(count: int) -> Callable[..., int]:
    return lambda first, *_: count * size(first)


def _bias_correction(m: Shape, t: Shape) -> int:
    return size(m)


@rule(
    tex=r"<theta> - <learning_rate> \cdot <d>",
    in_matrices=True,
    multiplications=lambda theta, d, learning_rate: size(theta),
    slips=(
        Slip(
            "uphill",
            "the step is added instead of subtracted",
            lambda theta, d, learning_rate: theta + learning_rate * d,
            r"<theta> + <learning_rate> \cdot <d>",
        ),
        Slip(
            "no_learning_rate",
            "the learning rate is left out",
            lambda theta, d, learning_rate: theta - d,
            r"<theta> - <d>",
        ),
    ),
)
def gradient_descent(theta: Array, d: Array, learning_rate: Array) -> Array:
    """One step down the gradient; the parameter's shape."""
    return theta - learning_rate * d


@rule(
    tex=r"<momentum> \cdot <v> - <learning_rate> \cdot <d>",
    in_matrices=True,
    multiplications=lambda v, d, learning_rate: 2 * size(v),
)
def velocity(v: Array, d: Array, learning_rate: Array, *, momentum: Array) -> Array:
    """The velocity of momentum, a fading sum of past steps; the parameter's shape."""
    return momentum * v - learning_rate * d


@rule(tex=r"<theta> + <v>", in_matrices=True)
def momentum_step(theta: Array, v: Array) -> Array:
    """A parameter after a step of momentum."""
    return theta + v


@rule(
    tex=r"<theta> + <momentum> \cdot <v> - <learning_rate> \cdot <d>",
    in_matrices=True,
    multiplications=lambda theta, v, d, learning_rate: 2 * size(theta),
)
def nesterov_step(theta: Array, v: Array, d: Array, learning_rate: Array, *, momentum: Array) -> Array:
    """A parameter after a step of Nesterov momentum, as Keras arranges it."""
    return theta + momentum * v - learning_rate * d


@rule(tex=r"<momentum> \cdot <v> + <learning_rate> \cdot <d>", multiplications=_per_element(2))
def downhill_velocity(v: Array, d: Array, learning_rate: Array, *, momentum: Array) -> Array:
    """The velocity where it is subtracted from the parameter instead of added to it."""
    return momentum * v + learning_rate * d


@rule(tex=r"<theta> - <step>")
def step_down(theta: Array, step: Array) -> Array:
    """A parameter after a step that is subtracted."""
    return theta - step


@rule(tex=r"<learning_rate> \cdot <d>", multiplications=lambda d, learning_rate: size(d))
def gradient_step(d: Array, learning_rate: Array) -> Array:
    """The step that gradient descent subtracts."""
    return learning_rate * d


@rule(tex=r"<theta> + <momentum> \cdot <v>", multiplications=_per_element(1))
def look_ahead(theta: Array, v: Array, *, momentum: Array) -> Array:
    """Where momentum alone would take a parameter: Nesterov's gradient is taken there."""
    return theta + momentum * v


@rule(tex=r"<theta> - <momentum> \cdot <v>", multiplications=_per_element(1))
def look_ahead_downhill(theta: Array, v: Array, *, momentum: Array) -> Array:
    """Where momentum alone would take a parameter, for a velocity that is subtracted."""
    return theta - momentum * v


@rule(tex=r"<beta> \cdot <m> + (1 - <beta>) \cdot <d>", multiplications=_per_element(2))
def gradient_average(m: Array, d: Array, *, beta: Array) -> Array:
    """The moving average of the gradients: the velocity in one form of momentum, Adam's first moment."""
    return beta * m + (1 - beta) * d


@rule(tex=r"<r> + <d>^2", multiplications=_per_element(1))
def squares_sum(r: Array, d: Array) -> Array:
    """The sum of all squared gradients: AdaGrad."""
    return r + d**2


@rule(tex=r"<rho> \cdot <r> + (1 - <rho>) \cdot <d>^2", multiplications=_per_element(3))
def squares_average(r: Array, d: Array, *, rho: Array) -> Array:
    """The moving average of the squared gradients: RMSProp, and Adam's second moment."""
    return rho * r + (1 - rho) * d**2


def _not_negative_variance(r: Array, m: Array) -> Array:
    """For floating point, in which the difference of two that are nearly equal may fall below 0."""
    variance = r - m**2
    return where(variance < 0, constant(0, variance), variance)


@rule(tex=r"<r> - <m>^2", multiplications=_per_element(1), stable=_not_negative_variance)
def gradient_variance(r: Array, m: Array) -> Array:
    """The average square less the squared average: what centered RMSProp divides by."""
    return r - m**2


@rule(tex=r"\frac{<m>}{1 - <beta>^{<t>}}", multiplications=_bias_correction)
def bias_corrected(m: Array, t: Array, *, beta: Array) -> Array:
    """A moving average that began at 0, divided by the weights that it has so far."""
    return m / (1 - beta**t)


@rule(tex=r"\frac{<learning_rate>}{\sqrt{<r> + <epsilon>}} \cdot <d>", multiplications=_per_element(3))
def adaptive_step(d: Array, r: Array, learning_rate: Array, *, epsilon: Array) -> Array:
    """The step that each element subtracts, ε inside the root: Keras' AdaGrad and RMSProp."""
    return learning_rate / sqrt(r + epsilon) * d


@rule(tex=r"\frac{<learning_rate>}{\sqrt{<r>} + <epsilon>} \cdot <d>", multiplications=_per_element(3))
def adaptive_step_outside(d: Array, r: Array, learning_rate: Array, *, epsilon: Array) -> Array:
    """The step that each element subtracts, ε outside the root: Adam as its authors write it."""
    return learning_rate / (sqrt(r) + epsilon) * d


@rule(tex=r"<t> + 1")
def next_update(t: Array) -> Array:
    """The number of updates with this one."""
    return t + 1


@rule(tex=r"\max(<u>, <v>)")
def largest_so_far(u: Array, v: Array) -> Array:
    """Element by element the largest second moment up to now: AMSGrad.

    >>> import numpy as np
    >>> largest_so_far(np.array([1.0, 5.0]), np.array([2.0, 3.0]))
    array([2., 5.])
    """
    return largest_of((u, v))


def _accurate_rate(learning_rate: Array, t: Array, *, beta_1: float, beta_2: float) -> Array:
    """For floating point, in which 1 - β^t loses digits while β^t is near 1."""
    return learning_rate * sqrt(_weights_so_far(beta_2, t)) / _weights_so_far(beta_1, t)


def _weights_so_far(beta: float, t: Array) -> Array:
    return -expm1(t * (math.log(beta) if beta else -math.inf))


@rule(
    tex=r"<learning_rate> \cdot \frac{\sqrt{1 - <beta_2>^{<t>}}}{1 - <beta_1>^{<t>}}",
    multiplications=lambda learning_rate, t: 2,
    stable=_accurate_rate,
)
def corrected_rate(learning_rate: Array, t: Array, *, beta_1: Array, beta_2: Array) -> Array:
    """Both bias corrections of Adam in the learning rate, as Keras arranges them; ε is not corrected."""
    return learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)


@rule(tex=r"<momentum> \cdot <v> + <step>", multiplications=_per_element(1))
def gathered_steps(v: Array, step: Array, *, momentum: Array) -> Array:
    """A fading sum of past steps, which is subtracted: RMSProp with momentum."""
    return momentum * v + step


@rule(tex=r"<theta> - <learning_rate> \cdot <weight_decay> \cdot <theta>", multiplications=_per_element(2))
def decayed(theta: Array, learning_rate: Array, *, weight_decay: Array) -> Array:
    """A parameter made smaller before its step: weight decay apart from the gradient, as in AdamW."""
    return theta - learning_rate * weight_decay * theta
