"""Adam, and Adam with weight decay apart from the gradient."""

from __future__ import annotations

from typing import Any

from chainrule.doors import flag
from chainrule.initializers import Initializer, Zeros
from chainrule.layers.steps import Step
from chainrule.optimizers.arguments import at_least_0, fading
from chainrule.optimizers.descent import NEW, Descent, Moved
from chainrule.optimizers.schedules import UPDATES
from chainrule.rules.optimizers.adaptive import adaptive_step_outside, corrected_rate
from chainrule.rules.optimizers.averages import gradient_average, largest_so_far, squares_average
from chainrule.rules.optimizers.gradient_steps import step_down


class Adam(Descent):
    """Adam as Keras arranges it: ``m`` and ``v`` are the averages of the gradients and of their squares.

    The corrections of both are in the rate α, so ε is not corrected. With ``amsgrad`` the largest
    ``v`` so far, ``u``, takes its place. Raises ValueError for a beta outside [0, 1) or an epsilon below
    0, and as all optimizers do.

    >>> from chainrule.layers.layer import Parameter
    >>> steps, state = Adam().write({"W1": Parameter((2, 1), Zeros())})
    >>> for step in steps: print(step)
    t_new = next_update(t)
    alpha = corrected_rate(learning_rate, t_new)
    mW1_new = gradient_average(mW1, dW1)
    vW1_new = squares_average(vW1, dW1)
    stepW1 = adaptive_step_outside(mW1_new, vW1_new, alpha)
    W1_new = step_down(W1, stepW1)
    """

    counts = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = 1e-7,
        amsgrad: bool = False,
        weight_decay: Any = None,
        clipnorm: Any = None,
        clipvalue: Any = None,
        global_clipnorm: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.beta_1 = fading(beta_1, "beta_1")
        self.beta_2 = fading(beta_2, "beta_2")
        self.epsilon = at_least_0(epsilon, "epsilon")
        self.amsgrad = flag(amsgrad, "amsgrad")

    def slots(self) -> dict[str, Initializer]:
        return {letter: Zeros() for letter in ("mvu" if self.amsgrad else "mv")}

    def shared(self, rate: str) -> tuple[list[Step], str]:
        betas = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return [Step("alpha", corrected_rate, (rate, UPDATES + NEW), betas)], "alpha"

    def moved(self, at: Moved) -> list[Step]:
        m = at.carried("m", gradient_average, at.gradient, beta=self.beta_1)
        steps = [m, at.carried("v", squares_average, at.gradient, rho=self.beta_2)]
        if self.amsgrad:
            steps.append(at.carried("u", largest_so_far, steps[-1].name))
        spread = steps[-1].name
        step = at.own("step", adaptive_step_outside, m.name, spread, at.rate, epsilon=self.epsilon)
        return [*steps, step, at.new(step_down, at.start, step.name)]


class AdamW(Adam):
    """Adam with every parameter made smaller by rate · weight_decay before its step.

    Raises ValueError without a ``weight_decay``, and as :class:`Adam` does.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: Any = 0.004,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = 1e-7,
        amsgrad: bool = False,
        clipnorm: Any = None,
        clipvalue: Any = None,
        global_clipnorm: Any = None,
        name: str | None = None,
    ) -> None:
        if weight_decay is None:
            raise ValueError("weight_decay must be a number of at least 0: without any, use Adam")
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            name,
        )
