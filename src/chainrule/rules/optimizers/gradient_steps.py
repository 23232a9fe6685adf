"""Gradient descent, and momentum in the forms of several libraries.

Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum" (ICML 2013).
"""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Slip, per_element, rule, size
from chainrule.rules.slipping import NO_LEARNING_RATE, UPHILL

_NO_MOMENTUM = "the factor of the velocity is left out"
_BACKWARDS = "the sign of the velocity is turned"


@rule(
    tex=r"<theta> - <learning_rate> \cdot <d>",
    in_matrices=True,
    multiplications=lambda theta, d, learning_rate: size(theta),
    slips=(
        Slip(
            *UPHILL,
            lambda theta, d, learning_rate: theta + learning_rate * d,
            r"<theta> + <learning_rate> \cdot <d>",
        ),
        Slip(
            *NO_LEARNING_RATE,
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
            *NO_LEARNING_RATE,
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
            *UPHILL,
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
    multiplications=per_element(2),
    slips=_velocity_slips(1),
)
def downhill_velocity(v: Array, d: Array, learning_rate: Array, *, momentum: Array) -> Array:
    """The velocity where it is subtracted from the parameter instead of added to it."""
    return momentum * v + learning_rate * d


@rule(
    tex=r"<theta> - <step>",
    slips=(Slip(*UPHILL, lambda theta, step: theta + step, "<theta> + <step>"),),
)
def step_down(theta: Array, step: Array) -> Array:
    """A parameter after a step that is subtracted."""
    return theta - step


@rule(
    tex=r"<learning_rate> \cdot <d>",
    multiplications=lambda d, learning_rate: size(d),
    slips=(Slip(*NO_LEARNING_RATE, lambda d, learning_rate: d, "<d>"),),
)
def gradient_step(d: Array, learning_rate: Array) -> Array:
    """The step that gradient descent subtracts."""
    return learning_rate * d


@rule(
    tex=r"<theta> + <momentum> \cdot <v>",
    multiplications=per_element(1),
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
    multiplications=per_element(1),
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


@rule(
    tex=r"<momentum> \cdot <v> + <step>",
    multiplications=per_element(1),
    slips=(
        Slip("no_past", "the steps before are left out", lambda v, step, *, momentum: step + 0 * v, "<step>"),
        Slip("no_momentum", _NO_MOMENTUM, lambda v, step, *, momentum: v + step, "<v> + <step>"),
    ),
)
def gathered_steps(v: Array, step: Array, *, momentum: Array) -> Array:
    """A fading sum of past steps, which is subtracted: RMSProp with momentum."""
    return momentum * v + step
