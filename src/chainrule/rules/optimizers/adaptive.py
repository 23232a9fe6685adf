"""Steps that are divided by the root of the squares, and weight decay.

Sources: Kingma, Ba, "Adam" (ICLR 2015); Loshchilov, Hutter, "Decoupled weight decay regularization"
(ICLR 2019).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from chainrule.rules.arrays import Array, expm1, log, sqrt
from chainrule.rules.rule import Slip, per_element, rule
from chainrule.rules.slipping import NO_LEARNING_RATE, NO_ROOT


def _adaptive_slips(spread: Callable[[Array, Array], Array], tex: str) -> tuple[Slip, ...]:
    """Slips of a step divided by this spread, from r and ε."""
    return (
        Slip(
            *NO_ROOT,
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
            *NO_LEARNING_RATE,
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
    multiplications=per_element(3),
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
    multiplications=per_element(3),
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
            *NO_ROOT,
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
    tex=r"<theta> - <learning_rate> \cdot <weight_decay> \cdot <theta>",
    multiplications=per_element(2),
    slips=(
        Slip(
            "no_decay",
            "the weight decay is left out",
            lambda theta, learning_rate, *, weight_decay: theta + 0 * learning_rate,
            "<theta>",
        ),
        Slip(
            *NO_LEARNING_RATE,
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
