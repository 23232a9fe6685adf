"""The topic ``network``: passes and updates of a network, and what its layers say without them."""

from __future__ import annotations

from chainrule import losses
from chainrule.network import INPUT, TARGET
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.tape import Descent
from chainrule.paper.topics.network.bare import solve_sizes, solve_without_layers
from chainrule.paper.topics.network.door import (
    network_of,
    optimizer_of,
    parameters_of,
    place_of,
    rates_of,
    samples,
    worked,
)
from chainrule.paper.topics.network.given import Given
from chainrule.paper.topics.network.penalty import penalty_of
from chainrule.paper.topics.network.targets import targets_of
from chainrule.paper.topics.network.working import GRAPH, NetworkWorking, work_network
from chainrule.paper.values import names_in, resolve
from chainrule.paper.workings import Working

__all__ = ["GRAPH", "Given", "NetworkWorking", "solve", "work_network"]


def solve(question: Question) -> Working:
    """Work a question of the topic ``network``.

    Raises SheetError for what does not fit together, WorkError for a step that cannot be worked.
    """
    given: Given = question.given
    if given.layers is not None and given.chain is not None:
        raise SheetError("given.chain: is of no use where layers are given; leave out one of them")
    if given.layers is None:
        return solve_without_layers(question)
    if given.x is None:
        if given.inputs is None:
            raise SheetError("given.x: is missing; give x, or how many inputs where only sizes matter")
        return solve_sizes(question)
    return _solve_samples(question, given)


def _solve_samples(question: Question, given: Given) -> NetworkWorking:
    """Work a network on samples."""
    if given.inputs is not None:
        raise SheetError("given.inputs: is of no use where x and layers are given; leave it out")
    if given.y is None and question.find is None:
        raise SheetError(
            "given.y: is missing; without it there is no loss and no update: say in find what to work"
        )
    assert given.layers is not None
    columns = question.convention == "columns"
    loss = worked("given.loss", losses.get, given.loss)
    penalty = penalty_of(given.penalty)
    rates = rates_of(given.optimizer)
    x = samples("given.x", given.x, columns)
    network, arrays = network_of(given.layers, x.shape[1:])
    values = {INPUT: x, **parameters_of(network, arrays, columns)}
    if given.y is not None:
        outputs = network.output_shape[0]
        values[TARGET] = targets_of(given.y, loss, x.shape[0], outputs, columns)
    else:
        _check_without_targets(given)
    strength = [penalty.strength] if penalty else []
    closed = question.closed or bool(names_in([*values.values(), *rates.values(), *strength]))
    if closed and question.rounding is not None:
        raise SheetError("rounding: a formula cannot be rounded; leave out rounding, or closed and the names")
    optimizer = optimizer_of(given.optimizer, rates, closed)
    exact = {
        name: worked(place_of(name), resolve, v, closed) if v.dtype == object else v
        for name, v in values.items()
    }
    if TARGET in exact:
        exact[TARGET] = loss.prepare(exact[TARGET])
    return work_network(
        network,
        loss,
        optimizer,
        exact,
        Descent(given.epochs, given.batch_size),
        closed=closed,
        rounded_to=question.rounding,
        find=question.find,
        penalty=penalty,
        columns=columns,
        digits=question.digits,
        name=question.id,
        text=question.text,
        marks=question.marks,
    )


def _check_without_targets(given: Given) -> None:
    for key in ("loss", "penalty", "optimizer", "batch_size", "epochs"):
        if key in given.model_fields_set:
            raise SheetError(f"given.{key}: is of no use without y")
