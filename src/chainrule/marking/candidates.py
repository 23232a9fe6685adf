"""The slips that may be made in one step, and what it then gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chainrule.marking.chains import Chain
from chainrule.paper.tape import GRADIENTS, UPDATE
from chainrule.rules.rule import Slip

NEW = "_new"


@dataclass(frozen=True)
class Found:
    """One explanation of an answer: the ids of its slips, what was done, and what that gives.

    ``at`` are the quantities in which the slips were made.
    """

    ids: tuple[str, ...]
    what: str
    value: np.ndarray
    at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A slip in one step, and the value that the step then has."""

    id: str
    what: str
    at: str
    value: np.ndarray


def candidates(chain: Chain, name: str) -> Iterator[Candidate]:
    """The step's value with each slip of its rule, and with weights that were updated already."""
    quantity = chain.tape[name]
    assert quantity.step is not None
    for slip in quantity.step.rule.slips:
        value = slipped(chain, name, slip)
        if value is not None:
            yield Candidate(slip.id, slip.what, name, value)
    for source in quantity.inputs:
        updated = f"{source}{NEW}"
        if quantity.part == GRADIENTS and _is_updated(chain, updated):
            inputs = tuple(updated if i == source else i for i in quantity.inputs)
            value = chain.applied(quantity, quantity.step.rule, inputs)
            if value is not None:
                yield Candidate("updated_weight", f"the updated {source} is used already", name, value)


def slipped(chain: Chain, name: str, slip: Slip) -> np.ndarray | None:
    """A step's value with a slip; None where the slip takes what the question does not have."""
    if any(other not in chain.tape.quantities for other in slip.also):
        return None
    quantity = chain.tape[name]
    return chain.applied(quantity, slip.function, (*quantity.inputs, *slip.also))


def _is_updated(chain: Chain, name: str) -> bool:
    return name in chain.tape.quantities and chain.tape[name].part == UPDATE
