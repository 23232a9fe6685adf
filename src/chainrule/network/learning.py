"""What stands between the output and the update: the loss, its gradient, penalties, bounds, the optimizer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chainrule.layers.layer import Parameter
from chainrule.layers.steps import Step
from chainrule.losses import Loss
from chainrule.network.names import DATA_LOSS, LOSS, PROBABILITY, TARGET, WEIGHTS
from chainrule.network.writing import NEW
from chainrule.optimizers import Optimizer
from chainrule.rules.losses import weighted_gradient_rule
from chainrule.rules.networks import sum_of
from chainrule.rules.rule import Rule

PENALIZED, FREE, PENALTY = "_penalized", "_free", "penalty"
"""The ends of the names of a gradient with the penalty's, and of a weight before it is brought back into
its bounds; and what a weight's penalty is called, as penaltyW1."""

Steps = tuple[Step, ...]


def judged(
    forward: Steps, backward: Steps, output: str, loss: Loss, fused: bool, weighted: bool
) -> tuple[Steps, Steps]:
    """The steps of the loss, and those of all gradients, the loss's in the output first."""
    last = next(step for step in forward if step.name == output)
    implied: Steps = ()
    if loss.from_logits:
        last = Step(PROBABILITY, loss.implied.forward, (output,))
        implied = (last,)
    gradients = (*_loss_gradients(loss, last, weighted), *backward)
    value, gradients = _fuse(gradients, last, loss, weighted) if fused else (None, gradients)
    return (*implied, value or _plain(loss, last.name, weighted)), gradients


def evaluated(
    forward: Steps, output: str, loss: Loss, weighted: bool, parameters: Mapping[str, Parameter]
) -> Steps:
    """The steps of the loss of the pass that predicts, the penalties among them."""
    last = next(step for step in forward if step.name == output)
    implied: Steps = ()
    if loss.from_logits:
        last = Step(PROBABILITY, loss.implied.forward, (output,))
        implied = (last,)
    value = _plain(loss, last.name, weighted)
    if loss.fuses_with(last.rule.name):
        value = _behind(loss, last, weighted)
    return _with_penalties((*implied, value), parameters)


def updated(
    losses: Steps,
    backward: Steps,
    trained: Mapping[str, Parameter],
    parameters: Mapping[str, Parameter],
    optimizer: Optimizer,
) -> tuple[Steps, Steps, Steps, dict[str, Parameter]]:
    """The loss and the gradients with penalties, the update within bounds, the optimizer's state."""
    penalized = {name: p for name, p in trained.items() if p.regularizer is not None}
    gradients = {name: f"d{name}" + (PENALIZED if name in penalized else "") for name in trained}
    added = tuple(
        Step(gradients[name], p.regularizer.gradient, (f"d{name}", name))
        for name, p in penalized.items()
        if p.regularizer is not None
    )
    update, state = optimizer.write(trained, gradients)
    losses = _with_penalties(losses, parameters)
    return losses, (*backward, *added), tuple(_bounded(update, trained)), state


def _loss_gradients(loss: Loss, last: Step, weighted: bool) -> list[Step]:
    """The steps from the loss to the gradient in the output; ``last`` gave what the loss takes."""
    steps = [_slope(f"d{last.name}", loss.gradient, last.name, weighted)]
    if loss.from_logits:
        (z,) = last.inputs
        steps.append(Step(f"d{z}", loss.implied.backward, (f"d{last.name}", z, last.name)))
    return steps


def _plain(loss: Loss, of: str, weighted: bool) -> Step:
    if weighted:
        return Step(LOSS, loss.weighted_value(), (TARGET, of, WEIGHTS))
    return Step(LOSS, loss.value, (TARGET, of))


def _behind(loss: Loss, last: Step, weighted: bool) -> Step:
    (z,) = last.inputs
    if weighted:
        return Step(LOSS, loss.weighted_value(last.rule.name), (TARGET, last.name, z, WEIGHTS))
    return Step(LOSS, loss.value_behind(last.rule.name), (TARGET, last.name, z))


def _slope(name: str, gradient: Rule, of: str, weighted: bool, layer: str = "") -> Step:
    if weighted:
        return Step(name, weighted_gradient_rule(gradient), (TARGET, of, WEIGHTS), {}, layer)
    return Step(name, gradient, (TARGET, of), {}, layer)


def _fuse(backward: Steps, last: Step, loss: Loss, weighted: bool) -> tuple[Step | None, Steps]:
    """Take the loss and the activation before it together, where that simplifies ∂loss/∂z.

    The two factors of ∂loss/∂z overflow for confident outputs; their product, a - y, does not.
    The gradient in a stays among the steps, as courses ask for it, though nothing uses it.
    """
    first, second, *rest = backward
    if not loss.fuses_with(last.rule.name) or second.rule.name != f"{last.rule.name}_backward":
        return None, backward
    simpler = _slope(second.name, loss.gradient_behind(last.rule.name), last.name, weighted, second.layer)
    return _behind(loss, last, weighted), (first, simpler, *rest)


def _with_penalties(losses: Steps, parameters: Mapping[str, Parameter]) -> Steps:
    """The loss with the penalties on weights added, where there are any."""
    penalties = tuple(
        Step(f"{PENALTY}{name}", p.regularizer.value, (name,))
        for name, p in parameters.items()
        if p.regularizer is not None
    )
    if not penalties:
        return losses
    parts = (DATA_LOSS, *(step.name for step in penalties))
    *before, value = losses
    return (*before, replace(value, name=DATA_LOSS), *penalties, Step(LOSS, sum_of(len(parts)), parts))


def _bounded(update: Iterable[Step], trained: Mapping[str, Parameter]) -> Iterable[Step]:
    """The steps of the update, each weight that has bounds brought back into them."""
    constraints = {f"{name}{NEW}": p.constraint for name, p in trained.items() if p.constraint is not None}
    for step in update:
        if step.name not in constraints:
            yield step
            continue
        free = step.name.removesuffix(NEW) + FREE
        yield replace(step, name=free)
        yield Step(step.name, constraints[step.name].rule, (free,))
