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

from chainrule.rules.arrays import Array, constant, expm1, largest_of, log, sqrt, where
from chainrule.rules.rule import Shape, Slip, rule, size


def _per_element(count: int) -> Callable[..., int]:
    return lambda first, *_: count * size(first)


def _bias_correction(m: Shape, t: Shape) -> int:
    return size(m)


_UPHILL = "the step is added instead of subtracted"
_NO_RATE = "the learning rate is left out"
_NO_PAST = "what was there before is left out"


@rule(
    tex=r"<theta> - <learning_rate> \cdot <d>",
    in_matrices=True,
    multiplications=lambda theta, d, learning_rate: size(theta),
    slips=(
        Slip(
            "uphill",
            _UPHILL,
            lambda theta, d, learning_rate: theta + learning_rate * d,
            r"<theta> + <learning_rate> \cdot <d>",
        ),
        Slip(
            "no_learning_rate",
            _NO_RATE,
            lambda theta, d, learning_rate: theta - d,
            r"<theta> - <d>",
        ),
    ),
)
def gradient_descent(theta: Array, d: Array, learning_rate: Array) -> Array:
    """One step down the gradient; the parameter's shape."""
    return theta - learning_rate * d


def _velocity_slips(sign: int) -> tuple[Slip, ...]:
    """Slips of a velocity in which the gradient has this sign."""
    other, own = ("-", "+")[::sign]
    return (
        Slip(
            "uphill",
            "the sign of the gradient is turned",
            lambda v, d, learning_rate, *, momentum: momentum * v - sign * learning_rate * d,
            rf"<momentum> \cdot <v> {other} <learning_rate> \cdot <d>",
        ),
        Slip(
            "no_learning_rate",
            _NO_RATE,
            lambda v, d, learning_rate, *, momentum: momentum * v + sign * d,
            rf"<momentum> \cdot <v> {own} <d>",
        ),
        Slip(
            "no_past",
            "the velocity before is left out",
            lambda v, d, learning_rate, *, momentum: sign * learning_rate * d + 0 * v,
            rf"{own} <learning_rate> \cdot <d>".removeprefix("+ "),
        ),
        Slip(
            "no_momentum",
            "the factor of the velocity before is left out",
            lambda v, d, learning_rate, *, momentum: v + sign * learning_rate * d,
            rf"<v> {own} <learning_rate> \cdot <d>",
        ),
    )


@rule(
    tex=r"<momentum> \cdot <v> - <learning_rate> \cdot <d>",
    in_matrices=True,
    multiplications=lambda v, d, learning_rate: 2 * size(v),
    slips=_velocity_slips(-1),
)
def velocity(v: Array, d: Array, learning_rate: Array, *, momentum: Array) -> Array:
    """The velocity of momentum, a fading sum of past steps; the parameter's shape."""
    return momentum * v - learning_rate * d


@rule(
    tex=r"<theta> + <v>",
    in_matrices=True,
    slips=(
        Slip(
            "velocity_subtracted",
            "the velocity is subtracted instead of added",
            lambda theta, v: theta - v,
            "<theta> - <v>",
        ),
    ),
)
def momentum_step(theta: Array, v: Array) -> Array:
    """A parameter after a step of momentum."""
    return theta + v


@rule(
    tex=r"<theta> + <momentum> \cdot <v> - <learning_rate> \cdot <d>",
    in_matrices=True,
    multiplications=lambda theta, v, d, learning_rate: 2 * size(theta),
    slips=(
        Slip(
            "plain_momentum",
            "the step of plain momentum is taken",
            lambda theta, v, d, learning_rate, *, momentum: theta + v,
            "<theta> + <v>",
        ),
        Slip(
            "uphill",
            _UPHILL,
            lambda theta, v, d, learning_rate, *, momentum: theta + momentum * v + learning_rate * d,
            r"<theta> + <momentum> \cdot <v> + <learning_rate> \cdot <d>",
        ),
    ),
)
def nesterov_step(theta: Array, v: Array, d: Array, learning_rate: Array, *, momentum: Array) -> Array:
    """A parameter after a step of Nesterov momentum, as Keras arranges it."""
    return theta + momentum * v - learning_rate * d


@rule(
    tex=r"<momentum> \cdot <v> + <learning_rate> \cdot <d>",
    multiplications=_per_element(2),
    slips=_velocity_slips(1),
)
def downhill_velocity(v: Array, d: Array, learning_rate: Array, *, momentum: Array) -> Array:
    """The velocity where it is subtracted from the parameter instead of added to it."""
    return momentum * v + learning_rate * d


@rule(
    tex=r"<theta> - <step>",
    slips=(Slip("uphill", _UPHILL, lambda theta, step: theta + step, "<theta> + <step>"),),
)
def step_down(theta: Array, step: Array) -> Array:
    """A parameter after a step that is subtracted."""
    return theta - step


@rule(
    tex=r"<learning_rate> \cdot <d>",
    multiplications=lambda d, learning_rate: size(d),
    slips=(Slip("no_learning_rate", _NO_RATE, lambda d, learning_rate: d, "<d>"),),
)
def gradient_step(d: Array, learning_rate: Array) -> Array:
    """The step that gradient descent subtracts."""
    return learning_rate * d


_NO_MOMENTUM = "the factor of the velocity is left out"
_BACKWARDS = "the sign of the velocity is turned"


@rule(
    tex=r"<theta> + <momentum> \cdot <v>",
    multiplications=_per_element(1),
    slips=(
        Slip("no_momentum", _NO_MOMENTUM, lambda theta, v, *, momentum: theta + v, "<theta> + <v>"),
        Slip(
            "backwards",
            _BACKWARDS,
            lambda theta, v, *, momentum: theta - momentum * v,
            r"<theta> - <momentum> \cdot <v>",
        ),
    ),
)
def look_ahead(theta: Array, v: Array, *, momentum: Array) -> Array:
    """Where momentum alone would take a parameter: Nesterov's gradient is taken there."""
    return theta + momentum * v


@rule(
    tex=r"<theta> - <momentum> \cdot <v>",
    multiplications=_per_element(1),
    slips=(
        Slip("no_momentum", _NO_MOMENTUM, lambda theta, v, *, momentum: theta - v, "<theta> - <v>"),
        Slip(
            "backwards",
            _BACKWARDS,
            lambda theta, v, *, momentum: theta + momentum * v,
            r"<theta> + <momentum> \cdot <v>",
        ),
    ),
)
def look_ahead_downhill(theta: Array, v: Array, *, momentum: Array) -> Array:
    """Where momentum alone would take a parameter, for a velocity that is subtracted."""
    return theta - momentum * v


_SWAPPED = "the factors of the old value and the new one are swapped"
_NO_COMPLEMENT = "the factor of the new value is left out"


@rule(
    tex=r"<beta> \cdot <m> + (1 - <beta>) \cdot <d>",
    multiplications=_per_element(2),
    slips=(
        Slip(
            "weights_swapped",
            _SWAPPED,
            lambda m, d, *, beta: (1 - beta) * m + beta * d,
            r"(1 - <beta>) \cdot <m> + <beta> \cdot <d>",
        ),
        Slip("no_complement", _NO_COMPLEMENT, lambda m, d, *, beta: beta * m + d, r"<beta> \cdot <m> + <d>"),
        Slip("no_past", _NO_PAST, lambda m, d, *, beta: (1 - beta) * d + 0 * m, r"(1 - <beta>) \cdot <d>"),
    ),
)
def gradient_average(m: Array, d: Array, *, beta: Array) -> Array:
    """The moving average of the gradients: the velocity in one form of momentum, Adam's first moment."""
    return beta * m + (1 - beta) * d


_NO_SQUARE = "the gradient is not squared"


@rule(
    tex=r"<r> + <d>^2",
    multiplications=_per_element(1),
    slips=(
        Slip("no_square", _NO_SQUARE, lambda r, d: r + d, "<r> + <d>"),
        Slip("no_past", _NO_PAST, lambda r, d: d**2 + 0 * r, "<d>^2"),
    ),
)
def squares_sum(r: Array, d: Array) -> Array:
    """The sum of all squared gradients: AdaGrad."""
    return r + d**2


@rule(
    tex=r"<rho> \cdot <r> + (1 - <rho>) \cdot <d>^2",
    multiplications=_per_element(3),
    slips=(
        Slip(
            "no_square",
            _NO_SQUARE,
            lambda r, d, *, rho: rho * r + (1 - rho) * d,
            r"<rho> \cdot <r> + (1 - <rho>) \cdot <d>",
        ),
        Slip(
            "weights_swapped",
            _SWAPPED,
            lambda r, d, *, rho: (1 - rho) * r + rho * d**2,
            r"(1 - <rho>) \cdot <r> + <rho> \cdot <d>^2",
        ),
        Slip(
            "no_complement",
            _NO_COMPLEMENT,
            lambda r, d, *, rho: rho * r + d**2,
            r"<rho> \cdot <r> + <d>^2",
        ),
        Slip(
            "factor_squared",
            "the factor of the gradient is squared too",
            lambda r, d, *, rho: rho * r + ((1 - rho) * d) ** 2,
            r"<rho> \cdot <r> + \left( (1 - <rho>) \cdot <d> \right)^2",
        ),
        Slip("no_past", _NO_PAST, lambda r, d, *, rho: (1 - rho) * d**2 + 0 * r, r"(1 - <rho>) \cdot <d>^2"),
    ),
)
def squares_average(r: Array, d: Array, *, rho: Array) -> Array:
    """The moving average of the squared gradients: RMSProp, and Adam's second moment."""
    return rho * r + (1 - rho) * d**2


def _not_negative_variance(r: Array, m: Array) -> Array:
    """For floating point, in which the difference of two that are nearly equal may fall below 0."""
    variance = r - m**2
    return where(variance < 0, constant(0, variance), variance)


@rule(
    tex=r"<r> - <m>^2",
    multiplications=_per_element(1),
    stable=_not_negative_variance,
    slips=(
        Slip("mean_not_squared", "the mean is not squared", lambda r, m: r - m, "<r> - <m>"),
        Slip("nothing_subtracted", "the mean is not subtracted", lambda r, m: r + 0 * m, "<r>"),
    ),
)
def gradient_variance(r: Array, m: Array) -> Array:
    """The average square less the squared average: what centered RMSProp divides by."""
    return r - m**2


@rule(
    tex=r"\frac{<m>}{1 - <beta>^{<t>}}",
    multiplications=_bias_correction,
    slips=(
        Slip("no_correction", "the bias correction is left out", lambda m, t, *, beta: m, "<m>"),
        Slip(
            "no_power",
            "the power t of β is left out",
            lambda m, t, *, beta: m / (1 - beta),
            r"\frac{<m>}{1 - <beta>}",
        ),
        Slip(
            "counted_from_zero",
            "the updates are counted from 0",
            lambda m, t, *, beta: m / (1 - beta ** (t - 1)),
            r"\frac{<m>}{1 - <beta>^{<t> - 1}}",
        ),
        Slip(
            "multiplied",
            "it is multiplied instead of divided",
            lambda m, t, *, beta: m * (1 - beta**t),
            r"<m> \cdot (1 - <beta>^{<t>})",
        ),
    ),
)
def bias_corrected(m: Array, t: Array, *, beta: Array) -> Array:
    """A moving average that began at 0, divided by the weights that it has so far."""
    return m / (1 - beta**t)


_NO_ROOT = "the root is left out"


def _adaptive_slips(spread: Callable[[Array, Array], Array], tex: str) -> tuple[Slip, ...]:
    """Slips of a step divided by this spread, from r and ε."""
    return (
        Slip(
            "no_root",
            _NO_ROOT,
            lambda d, r, learning_rate, *, epsilon: learning_rate / (r + epsilon) * d,
            r"\frac{<learning_rate>}{<r> + <epsilon>} \cdot <d>",
        ),
        Slip(
            "no_epsilon",
            "ε is left out",
            lambda d, r, learning_rate, *, epsilon: learning_rate / sqrt(r) * d,
            r"\frac{<learning_rate>}{\sqrt{<r>}} \cdot <d>",
        ),
        Slip(
            "no_learning_rate",
            _NO_RATE,
            lambda d, r, learning_rate, *, epsilon: d / spread(r, epsilon),
            rf"\frac{{<d>}}{{{tex}}}",
        ),
        Slip(
            "no_gradient",
            "the gradient is left out",
            lambda d, r, learning_rate, *, epsilon: learning_rate / spread(r, epsilon) + 0 * d,
            rf"\frac{{<learning_rate>}}{{{tex}}}",
        ),
    )


@rule(
    tex=r"\frac{<learning_rate>}{\sqrt{<r> + <epsilon>}} \cdot <d>",
    multiplications=_per_element(3),
    slips=(
        *_adaptive_slips(lambda r, epsilon: sqrt(r + epsilon), r"\sqrt{<r> + <epsilon>}"),
        Slip(
            "epsilon_outside",
            "ε is added outside the root",
            lambda d, r, learning_rate, *, epsilon: learning_rate / (sqrt(r) + epsilon) * d,
            r"\frac{<learning_rate>}{\sqrt{<r>} + <epsilon>} \cdot <d>",
        ),
    ),
)
def adaptive_step(d: Array, r: Array, learning_rate: Array, *, epsilon: Array) -> Array:
    """The step that each element subtracts, ε inside the root: Keras' AdaGrad and RMSProp."""
    return learning_rate / sqrt(r + epsilon) * d


@rule(
    tex=r"\frac{<learning_rate>}{\sqrt{<r>} + <epsilon>} \cdot <d>",
    multiplications=_per_element(3),
    slips=(
        *_adaptive_slips(lambda r, epsilon: sqrt(r) + epsilon, r"\sqrt{<r>} + <epsilon>"),
        Slip(
            "epsilon_inside",
            "ε is added inside the root",
            lambda d, r, learning_rate, *, epsilon: learning_rate / sqrt(r + epsilon) * d,
            r"\frac{<learning_rate>}{\sqrt{<r> + <epsilon>}} \cdot <d>",
        ),
    ),
)
def adaptive_step_outside(d: Array, r: Array, learning_rate: Array, *, epsilon: Array) -> Array:
    """The step that each element subtracts, ε outside the root: Adam as its authors write it."""
    return learning_rate / (sqrt(r) + epsilon) * d


@rule(tex=r"<t> + 1")
def next_update(t: Array) -> Array:
    """The number of updates with this one."""
    return t + 1


@rule(
    tex=r"\max(<u>, <v>)",
    slips=(Slip("no_maximum", "the newest is taken, not the largest", lambda u, v: v + 0 * u, "<v>"),),
)
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
    return -expm1(t * (log(beta) if beta else -math.inf))


@rule(
    tex=r"<learning_rate> \cdot \frac{\sqrt{1 - <beta_2>^{<t>}}}{1 - <beta_1>^{<t>}}",
    multiplications=lambda learning_rate, t: 2,
    stable=_accurate_rate,
    slips=(
        Slip(
            "no_correction",
            "the bias correction is left out",
            lambda learning_rate, t, *, beta_1, beta_2: learning_rate + 0 * t,
            "<learning_rate>",
        ),
        Slip(
            "no_root",
            _NO_ROOT,
            lambda learning_rate, t, *, beta_1, beta_2: learning_rate * (1 - beta_2**t) / (1 - beta_1**t),
            r"<learning_rate> \cdot \frac{1 - <beta_2>^{<t>}}{1 - <beta_1>^{<t>}}",
        ),
        Slip(
            "one_correction",
            "the first moment alone is corrected",
            lambda learning_rate, t, *, beta_1, beta_2: learning_rate / (1 - beta_1**t),
            r"\frac{<learning_rate>}{1 - <beta_1>^{<t>}}",
        ),
    ),
)
def corrected_rate(learning_rate: Array, t: Array, *, beta_1: Array, beta_2: Array) -> Array:
    """Both bias corrections of Adam in the learning rate, as Keras arranges them; ε is not corrected."""
    return learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)


@rule(
    tex=r"<momentum> \cdot <v> + <step>",
    multiplications=_per_element(1),
    slips=(
        Slip("no_past", "the steps before are left out", lambda v, step, *, momentum: step + 0 * v, "<step>"),
        Slip("no_momentum", _NO_MOMENTUM, lambda v, step, *, momentum: v + step, "<v> + <step>"),
    ),
)
def gathered_steps(v: Array, step: Array, *, momentum: Array) -> Array:
    """A fading sum of past steps, which is subtracted: RMSProp with momentum."""
    return momentum * v + step


@rule(
    tex=r"<theta> - <learning_rate> \cdot <weight_decay> \cdot <theta>",
    multiplications=_per_element(2),
    slips=(
        Slip(
            "no_decay",
            "the weight decay is left out",
            lambda theta, learning_rate, *, weight_decay: theta + 0 * learning_rate,
            "<theta>",
        ),
        Slip(
            "no_learning_rate",
            _NO_RATE,
            lambda theta, learning_rate, *, weight_decay: theta - weight_decay * theta,
            r"<theta> - <weight_decay> \cdot <theta>",
        ),
        Slip(
            "uphill",
            "the weights are made larger instead of smaller",
            lambda theta, learning_rate, *, weight_decay: theta + learning_rate * weight_decay * theta,
            r"<theta> + <learning_rate> \cdot <weight_decay> \cdot <theta>",
        ),
    ),
)
def decayed(theta: Array, learning_rate: Array, *, weight_decay: Array) -> Array:
    """A parameter made smaller before its step: weight decay apart from the gradient, as in AdamW."""
    return theta - learning_rate * weight_decay * theta
