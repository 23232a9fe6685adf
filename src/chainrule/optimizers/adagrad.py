"""AdaGrad."""

from __future__ import annotations

from typing import Any

from chainrule.initializers import Constant, Initializer
from chainrule.layers.steps import Step
from chainrule.optimizers.arguments import at_least_0
from chainrule.optimizers.descent import Descent, Moved
from chainrule.rules.optimizers.adaptive import adaptive_step
from chainrule.rules.optimizers.averages import squares_sum
from chainrule.rules.optimizers.gradient_steps import step_down


class Adagrad(Descent):
    """Every number's rate falls with the sum ``r`` of its squared gradients.

    Raises ValueError for an epsilon or an initial sum below 0, and as all optimizers do.

    >>> from chainrule.initializers import Zeros
    >>> from chainrule.layers.layer import Parameter
    >>> steps, state = Adagrad().write({"W1": Parameter((2, 1), Zeros())})
    >>> for step in steps: print(step)
    rW1_new = squares_sum(rW1, dW1)
    stepW1 = adaptive_step(dW1, rW1_new, learning_rate)
    W1_new = step_down(W1, stepW1)
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: Any = 0.1,
        epsilon: Any = 1e-7,
        weight_decay: Any = None,
        clipnorm: Any = None,
        clipvalue: Any = None,
        global_clipnorm: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name)
        self.initial_accumulator_value = at_least_0(initial_accumulator_value, "initial_accumulator_value")
        self.epsilon = at_least_0(epsilon, "epsilon")

    def slots(self) -> dict[str, Initializer]:
        return {"r": Constant(self.initial_accumulator_value)}

    def moved(self, at: Moved) -> list[Step]:
        r = at.carried("r", squares_sum, at.gradient)
        step = at.own("step", adaptive_step, at.gradient, r.name, at.rate, epsilon=self.epsilon)
        return [r, step, at.new(step_down, at.start, step.name)]
