"""A penalty on the weights: what it adds to the loss, to the gradients and to the update."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from chainrule.layers.steps import Step
from chainrule.lookup import suggest
from chainrule.network import LOSS, Network, Program
from chainrule.optimizers import LEARNING_RATE
from chainrule.paper.sheet import SheetError, Table
from chainrule.paper.topics.network.door import worked
from chainrule.paper.values import names_in, read_array, resolve
from chainrule.rules.networks.counts import sum_of
from chainrule.rules.optimizers.gradient_steps import gradient_descent
from chainrule.rules.penalties import (
    FACTORS,
    KINDS,
    decay_rule,
    penalized_gradient_rule,
    penalty_rule,
    strength_inputs,
    weight_decay,
)

STRENGTH, ROWS = "lambda", "rows"
PENALTY, COST, DECAY = "penalty", "cost", "decay"
PENALIZED = "_penalized"
_KEYS = ("name", "lambda", "factor")


@dataclass(frozen=True)
class Penalty:
    """L1 or L2, the factor before the sum, and its strength λ as given."""

    kind: str
    factor: str
    strength: np.ndarray

    @property
    def scaling(self) -> tuple[str, ...]:
        """The names of what scales it: λ, and the number of rows where it is divided by them."""
        return (STRENGTH, ROWS)[: len(strength_inputs(self.factor))]


def penalty_of(table: Table) -> Penalty | None:
    """The penalty of a table such as ``{ name = "l2", lambda = 0.1, factor = "1/2m" }``."""
    if table is None:
        return None
    place = "given.penalty"
    if isinstance(table, str):
        raise SheetError(f"{place}: expected a table, as {{ name = 'l2', lambda = 0.1 }}; got {table!r}")
    for key in table:
        if key not in _KEYS:
            raise SheetError(f"{place}.{key}: unknown key; {suggest(str(key), _KEYS)}")
    for key in ("name", STRENGTH):
        if key not in table:
            raise SheetError(f"{place}.{key}: is missing")
    factor = _as_text(table.get("factor", "1"))
    for key, found, known in (("name", table["name"], KINDS), ("factor", factor, FACTORS)):
        if found not in known:
            shown = repr(found) if isinstance(found, str) else found
            raise SheetError(f"{place}.{key}: {suggest(str(found), known)}; got {shown}")
    strength = worked(f"{place}.{STRENGTH}", read_array, table[STRENGTH])
    if strength.ndim:
        raise SheetError(f"{place}.{STRENGTH}: expected one number, got a list")
    if not names_in([strength]) and bool(resolve(strength, False) < 0):
        raise SheetError(f"{place}.{STRENGTH}: expected a number that is not below 0")
    return Penalty(table["name"], factor, strength)


def _as_text(factor: Any) -> Any:
    """A factor as text where it is the number 1 or 0.5; anything else as it is."""
    is_number = isinstance(factor, (int, Decimal)) and not isinstance(factor, bool)
    return {Decimal(1): "1", Decimal("0.5"): "1/2"}.get(Decimal(factor), factor) if is_number else factor


def penalized(program: Program, network: Network, penalty: Penalty) -> Program:
    """The program with the penalty: the cost L + penalty, its gradients, and the update by them."""
    weights = _weights(network)
    scaling = penalty.scaling
    cost = (
        Step(PENALTY, penalty_rule(penalty.kind, penalty.factor, len(weights)), (*scaling, *weights)),
        Step(COST, sum_of(2), (LOSS, PENALTY)),
    )
    gradient = penalized_gradient_rule(penalty.kind, penalty.factor)
    added = tuple(Step(f"d{W}{PENALIZED}", gradient, (f"d{W}", W, *scaling)) for W in weights)
    plain = {(W, f"d{W}", LEARNING_RATE) for W in weights}
    decays = penalty.kind == "l2" and any(
        step.rule is gradient_descent and step.inputs in plain for step in program.update
    )
    update = tuple(_updated(step, weights, decays) for step in program.update)
    if decays:
        update = (Step(DECAY, decay_rule(penalty.factor), (LEARNING_RATE, *scaling)), *update)
    return replace(
        program,
        loss=(*program.loss, *cost),
        backward=(*program.backward, *added),
        update=update,
        evaluation=(*program.evaluation, *cost),
    )


def _weights(network: Network) -> list[str]:
    found = [f"W{p.number}" for p in network.places if f"W{p.number}" in p.parameters]
    if not found:
        raise SheetError("given.penalty: there are no weights to penalize; give a layer with some, as Dense")
    return found


def _updated(step: Step, weights: list[str], decays: bool) -> Step:
    """A step of the update that follows the gradient of the cost instead of the loss."""
    names = {f"d{W}": f"d{W}{PENALIZED}" for W in weights}
    if decays and step.rule is gradient_descent and step.inputs[0] in weights:
        return Step(step.name, weight_decay, (*step.inputs, DECAY))
    return replace(step, inputs=tuple(names.get(name, name) for name in step.inputs))


def symbol_of(name: str) -> str:
    """The TeX of a penalty's quantity; empty for any other.

    >>> symbol_of("dW1_penalized.2"), symbol_of("cost_before"), symbol_of("loss")
    ('\\\\frac{\\\\partial C}{\\\\partial W_{1}^{(2)}}', 'C^{\\\\text{before}}', '')
    """
    stem, dot, update = name.partition(".")
    ending = rf"^{{({update})}}" if dot else ""
    for when in ("before", "after"):
        if stem.endswith(f"_{when}"):
            stem, ending = stem.removesuffix(f"_{when}"), rf"^{{\text{{{when}}}}}"
    if stem.endswith(PENALIZED):
        number = stem.removesuffix(PENALIZED).removeprefix("dW")
        return rf"\frac{{\partial C}}{{\partial W_{{{number}}}{ending}}}"
    symbols: dict[str, Any] = {STRENGTH: r"\lambda", PENALTY: "R", COST: "C", DECAY: "c"}
    return f"{symbols[stem]}{ending}" if stem in symbols else ""
