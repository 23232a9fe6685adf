"""Gradient descent, with momentum where asked for."""

from __future__ import annotations

from typing import Any

from chainrule.doors import flag
from chainrule.initializers import Initializer, Zeros
from chainrule.layers.steps import Step
from chainrule.optimizers.arguments import is_zero, share
from chainrule.optimizers.descent import Descent, Moved
from chainrule.rules.optimizers.gradient_steps import gradient_descent, momentum_step, nesterov_step, velocity


class SGD(Descent):
    """Gradient descent, with momentum where asked for: ``v`` is the velocity.

    Raises ValueError for a learning rate that is not above 0 or a momentum outside [0, 1], and as all
    optimizers do (:class:`~chainrule.optimizers.descent.Descent`).

    >>> from chainrule.layers.layer import Parameter
    >>> steps, state = SGD(0.1, momentum=0.9).write({"W1": Parameter((2, 1), Zeros())})
    >>> for step in steps: print(step)
    vW1_new = velocity(vW1, dW1, learning_rate)
    W1_new = momentum_step(W1, vW1_new)
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: Any = 0.0,
        nesterov: bool = False,
        weight_decay: Any = None,
        clipnorm: Any = None,
        clipvalue: Any = None,
        global_clipnorm: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.momentum = share(momentum, "momentum")
        self.nesterov = flag(nesterov, "nesterov")

    def slots(self) -> dict[str, Initializer]:
        return {} if is_zero(self.momentum) else {"v": Zeros()}

    def moved(self, at: Moved) -> list[Step]:
        if is_zero(self.momentum):
            return [at.new(gradient_descent, at.start, at.gradient, at.rate)]
        v = at.carried("v", velocity, at.gradient, at.rate, momentum=self.momentum)
        if not self.nesterov:
            return [v, at.new(momentum_step, at.start, v.name)]
        return [v, at.new(nesterov_step, at.start, v.name, at.gradient, at.rate, momentum=self.momentum)]
