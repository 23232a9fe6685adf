"""Update rules of the optimizers.

theta is a parameter, d its gradient, v its velocity. Source: Keras 3, keras.optimizers.SGD;
Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum" (ICML 2013).
"""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Slip, rule, size


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
