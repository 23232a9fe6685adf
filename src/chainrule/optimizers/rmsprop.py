"""RMSProp."""

from __future__ import annotations

from typing import Any

from chainrule.doors import flag
from chainrule.initializers import Initializer, Zeros
from chainrule.layers.steps import Step
from chainrule.optimizers.arguments import at_least_0, fading, is_zero, share
from chainrule.optimizers.descent import Descent, Moved
from chainrule.rules.optimizers.adaptive import adaptive_step
from chainrule.rules.optimizers.averages import gradient_average, gradient_variance, squares_average
from chainrule.rules.optimizers.gradient_steps import gathered_steps, step_down


class RMSprop(Descent):
    """Every number's rate follows the average ``r`` of its squared gradients.

    ``centered`` subtracts the square of the average ``m`` of the gradients; with ``momentum`` the steps
    are gathered in ``v``. Raises ValueError for a rho outside [0, 1), a momentum outside [0, 1] or an
    epsilon below 0, and as all optimizers do.

    >>> from chainrule.layers.layer import Parameter
    >>> steps, state = RMSprop(centered=True).write({"W1": Parameter((2, 1), Zeros())})
    >>> for step in steps: print(step)
    rW1_new = squares_average(rW1, dW1)
    mW1_new = gradient_average(mW1, dW1)
    sW1 = gradient_variance(rW1_new, mW1_new)
    stepW1 = adaptive_step(dW1, sW1, learning_rate)
    W1_new = step_down(W1, stepW1)
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-7,
        centered: bool = False,
        weight_decay: Any = None,
        clipnorm: Any = None,
        clipvalue: Any = None,
        global_clipnorm: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.rho = fading(rho, "rho")
        self.momentum = share(momentum, "momentum")
        self.epsilon = at_least_0(epsilon, "epsilon")
        self.centered = flag(centered, "centered")

    def slots(self) -> dict[str, Initializer]:
        letters = ["r"] + ["m"] * self.centered + ["v"] * (not is_zero(self.momentum))
        return {letter: Zeros() for letter in letters}

    def moved(self, at: Moved) -> list[Step]:
        steps = [at.carried("r", squares_average, at.gradient, rho=self.rho)]
        if self.centered:
            m = at.carried("m", gradient_average, at.gradient, beta=self.rho)
            steps += [m, at.own("s", gradient_variance, steps[0].name, m.name)]
        spread = steps[-1].name
        steps.append(at.own("step", adaptive_step, at.gradient, spread, at.rate, epsilon=self.epsilon))
        if not is_zero(self.momentum):
            steps.append(at.carried("v", gathered_steps, steps[-1].name, momentum=self.momentum))
        return [*steps, at.new(step_down, at.start, steps[-1].name)]
