"""Optimizers: how parameters follow their gradients; Keras' classes, names and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from chainrule.initializers import Zeros
from chainrule.layers.layer import Parameter
from chainrule.layers.steps import Step
from chainrule.lookup import build, with_aliases
from chainrule.rules.optimizers import gradient_descent, momentum_step, nesterov_step, velocity

LEARNING_RATE = "learning_rate"


class Optimizer:
    """Writes the steps of the update of every parameter."""

    learning_rate: Any

    def write(
        self, parameters: Mapping[str, Parameter], gradients: Mapping[str, str] | None = None
    ) -> tuple[tuple[Step, ...], dict[str, Parameter]]:
        """The update's steps, ``W1`` to ``W1_new``, and the state that they carry along."""
        raise NotImplementedError

    @property
    def rate(self) -> Any:
        """The learning rate that training is given."""
        return self.learning_rate

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))


class SGD(Optimizer):
    """Gradient descent, with momentum where asked for.

    Raises ValueError for a learning rate that is not above 0 or a momentum outside [0, 1].

    >>> from chainrule.initializers import Zeros
    >>> steps, state = SGD(0.1, momentum=0.9).write({"W1": Parameter((2, 1), Zeros())})
    >>> for step in steps: print(step)
    vW1_new = velocity(vW1, dW1, learning_rate)
    W1_new = momentum_step(W1, vW1_new)
    """

    def __init__(self, learning_rate: Any = 0.01, momentum: Any = 0.0, nesterov: bool = False) -> None:
        for name, value in (("learning_rate", learning_rate), ("momentum", momentum)):
            if isinstance(value, str | bool) or not hasattr(value, "__float__"):
                raise TypeError(f"{name} must be a number, got {value!r}")
        if _is_known(learning_rate) and (not learning_rate > 0 or float(learning_rate) == inf):
            raise ValueError(f"learning_rate must be greater than 0, got {learning_rate!r}")
        if _is_known(momentum) and not 0 <= momentum <= 1:
            raise ValueError(f"momentum must lie between 0 and 1, got {momentum!r}")
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.nesterov = nesterov

    def write(
        self, parameters: Mapping[str, Parameter], gradients: Mapping[str, str] | None = None
    ) -> tuple[tuple[Step, ...], dict[str, Parameter]]:
        steps: list[Step] = []
        for name in parameters:
            steps += self._momentum(name) if self.momentum else self._plain(name)
        state = {f"v{k}": Parameter(p.shape, Zeros()) for k, p in parameters.items()}
        return tuple(steps), state if self.momentum else {}

    def _plain(self, name: str) -> list[Step]:
        return [Step(f"{name}_new", gradient_descent, (name, f"d{name}", LEARNING_RATE))]

    def _momentum(self, name: str) -> list[Step]:
        fading = {"momentum": self.momentum}
        v, d = f"v{name}", f"d{name}"
        moved = (
            Step(f"{name}_new", nesterov_step, (name, f"{v}_new", d, LEARNING_RATE), fading)
            if self.nesterov
            else Step(f"{name}_new", momentum_step, (name, f"{v}_new"))
        )
        return [Step(f"{v}_new", velocity, (v, d, LEARNING_RATE), fading), moved]


def _is_known(value: Any) -> bool:
    """Whether it is a number, and not a formula with a name in it, whose sign nobody knows."""
    return getattr(value, "is_number", True) is not False


OPTIMIZERS = with_aliases((SGD,))


def get(identifier: Any) -> Optimizer:
    """An optimizer from its name, its table or itself.

    >>> get({"name": "SGD", "learning_rate": 0.5}).learning_rate
    0.5
    """
    found: Optimizer = build("optimizer", identifier, OPTIMIZERS, Optimizer)
    return found
