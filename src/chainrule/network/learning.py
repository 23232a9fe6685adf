"""What stands between the output and the update: the loss, its gradient, penalties, bounds, the optimizer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chainrule.layers.layer import Parameter
from chainrule.layers.steps import Step
from chainrule.losses import Loss
from chainrule.network.names import DATA_LOSS, LOSS, PROBABILITY, TARGET, WEIGHTS
from chainrule.network.writing import NEW
from chainrule.optimizers import Optimizer
from chainrule.rules.losses.weighted import scaled_rule, weighted_gradient_rule
from chainrule.rules.networks.counts import sum_of, weighted_sum
from chainrule.rules.rule import Rule

PENALIZED, FREE, PENALTY = "_penalized", "_free", "penalty"
"""The ends of the names of a gradient with the penalty's, and of a weight before it is brought back into
its bounds; and what a weight's penalty is called, as penaltyW1."""

Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Aim:
    """What an output is held against: its quantity, the target's, the loss, and how much that counts.

    ``seed`` is the name of the loss's gradient in the output, ``ending`` what the names of its quantities
    end in, of several outputs.
    """

    output: str
    loss: Loss
    seed: str
    ending: str = ""
    share: float = 1.0

    @property
    def target(self) -> str:
        return TARGET + self.ending

    @property
    def value(self) -> str:
        return LOSS + self.ending


def judged(
    forward: Steps, backward: Steps, aims: Sequence[Aim], fused: bool, weighted: bool
) -> tuple[Steps, Steps]:
    """The steps of the loss, and those of all gradients, the losses' in the outputs first."""
    values: Steps = ()
    seeds: Steps = ()
    for aim in aims:
        implied, last = _last(forward, aim)
        seeds = (*seeds, *_loss_gradients(aim, last, weighted))
        value, backward = _fuse(backward, seeds, aim, last, weighted) if fused else (None, backward)
        if value is not None and aim.loss.from_logits:
            seeds = (*seeds[:-1], _simpler(aim, last, seeds[-1], weighted))
        values = (*values, *implied, value or _plain(aim, last.name, weighted))
    return (*values, *_together(aims)), (*seeds, *backward)


def evaluated(
    forward: Steps, aims: Sequence[Aim], weighted: bool, parameters: Mapping[str, Parameter]
) -> Steps:
    """The steps of the loss of the pass that predicts, the penalties among them."""
    values: Steps = ()
    for aim in aims:
        implied, last = _last(forward, aim)
        behind = aim.loss.fuses_with(last.rule.name)
        value = _behind(aim, last, weighted) if behind else _plain(aim, last.name, weighted)
        values = (*values, *implied, value)
    return _with_penalties((*values, *_together(aims)), parameters)


def _last(forward: Steps, aim: Aim) -> tuple[Steps, Step]:
    """The step that gives what the loss takes, and whether the loss brings it along."""
    last = next(step for step in forward if step.name == aim.output)
    if not aim.loss.from_logits:
        return (), last
    implied = Step(PROBABILITY + aim.ending, aim.loss.implied.forward, (aim.output,))
    return (implied,), implied


def _together(aims: Sequence[Aim]) -> Steps:
    """The sum of the losses of several outputs, each as much as it counts."""
    if len(aims) == 1:
        return ()
    shares = tuple(aim.share for aim in aims)
    return (Step(LOSS, weighted_sum(shares), tuple(aim.value for aim in aims)),)


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


def _loss_gradients(aim: Aim, last: Step, weighted: bool) -> list[Step]:
    """The steps from the loss to its gradient in the output; ``last`` gave what the loss takes."""
    if not aim.loss.from_logits:
        return [_slope(aim.seed, aim.loss.gradient, aim, last.name, weighted)]
    (z,) = last.inputs
    first = _slope(f"d{last.name}", aim.loss.gradient, aim, last.name, weighted)
    return [first, Step(aim.seed, aim.loss.implied.backward, (first.name, z, last.name))]


def _plain(aim: Aim, of: str, weighted: bool) -> Step:
    if weighted:
        return Step(aim.value, aim.loss.weighted_value(), (aim.target, of, WEIGHTS))
    return Step(aim.value, aim.loss.value, (aim.target, of))


def _behind(aim: Aim, last: Step, weighted: bool) -> Step:
    (z,) = last.inputs
    if weighted:
        return Step(aim.value, aim.loss.weighted_value(last.rule.name), (aim.target, last.name, z, WEIGHTS))
    return Step(aim.value, aim.loss.value_behind(last.rule.name), (aim.target, last.name, z))


def _slope(name: str, gradient: Rule, aim: Aim, of: str, weighted: bool, layer: str = "") -> Step:
    if aim.share != 1:
        gradient = scaled_rule(gradient, aim.share)
    if weighted:
        return Step(name, weighted_gradient_rule(gradient), (aim.target, of, WEIGHTS), {}, layer)
    return Step(name, gradient, (aim.target, of), {}, layer)


def _simpler(aim: Aim, last: Step, second: Step, weighted: bool) -> Step:
    """The step of ∂loss/∂z from the loss and the activation together."""
    gradient = aim.loss.gradient_behind(last.rule.name)
    return _slope(second.name, gradient, aim, last.name, weighted, second.layer)


def _fuse(backward: Steps, seeds: Steps, aim: Aim, last: Step, weighted: bool) -> tuple[Step | None, Steps]:
    """Take the loss and the activation before it together, where that simplifies ∂loss/∂z.

    The two factors of ∂loss/∂z overflow for confident outputs; their product, a - y, does not.
    The gradient in a stays among the steps, as courses ask for it, though nothing uses it.
    """
    if not aim.loss.fuses_with(last.rule.name):
        return None, backward
    if aim.loss.from_logits:
        return _behind(aim, last, weighted), backward
    # Where layers take the output too, its gradient is not the loss's alone.
    second = next((s for s in backward if f"d{aim.output}" in s.inputs), None)
    if second is None or aim.seed != f"d{aim.output}" or second.rule.name != f"{last.rule.name}_backward":
        return None, backward
    simpler = _simpler(aim, last, second, weighted)
    return _behind(aim, last, weighted), tuple(simpler if s is second else s for s in backward)


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
