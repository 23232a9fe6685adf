"""The topic ``network``: passes and updates of a network, and what its layers say without them."""

from __future__ import annotations

import numpy as np

from chainrule import losses
from chainrule.network import INPUT, TARGET
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.tape import Descent
from chainrule.paper.topics.network.bare import solve_sizes, solve_without_layers
from chainrule.paper.topics.network.door import (
    network_for,
    optimizer_of,
    place_of,
    rates_of,
    weights_of,
    worked,
)
from chainrule.paper.topics.network.draws import check_undrawn, draws_of
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
    if given.y is None and question.find is None and given.training:
        raise SheetError(
            "given.y: is missing; without it there is no loss and no update: say in find what to work"
        )
    assert given.layers is not None
    columns = question.convention == "columns"
    loss = worked("given.loss", losses.get, given.loss)
    penalty = penalty_of(given.penalty)
    rates = rates_of(given.optimizer)
    x, network, layers = network_for(given.x, given.layers, columns)
    values = {INPUT: x, **weights_of(network, layers, columns)}
    if given.y is not None:
        values[TARGET] = targets_of(given.y, loss, x.shape[0], network.output_shape, columns)
    else:
        _check_without(given, "without y", "loss", "penalty", "optimizer", "batch_size", "epochs")
    if not given.training:
        said = "where training is false"
        _check_without(given, said, "penalty", "optimizer", "batch_size", "epochs")
        check_undrawn(network, layers)
    descent = Descent(given.epochs, given.batch_size)
    drawn = draws_of(network, layers, descent.rows(len(x)), columns) if given.training else {}
    strength = [penalty.strength] if penalty else []
    arrays = [*values.values(), *rates.values(), *strength, *(v for each in drawn.values() for v in each)]
    closed = question.closed or bool(names_in(arrays))
    if closed and question.rounding is not None:
        raise SheetError("rounding: a formula cannot be rounded; leave out rounding, or closed and the names")
    optimizer = optimizer_of(given.optimizer, rates, closed)

    def exact(name: str, value: np.ndarray) -> np.ndarray:
        at = place_of(name, network, layers)
        return worked(at, resolve, value, closed) if value.dtype == object else value

    known = {name: exact(name, value) for name, value in values.items()}
    if TARGET in known:
        known[TARGET] = loss.prepare(known[TARGET])
    return work_network(
        network,
        loss,
        optimizer,
        known,
        descent,
        closed=closed,
        rounded_to=question.rounding,
        find=question.find,
        penalty=penalty,
        drawn={name: [exact(name, value) for value in each] for name, each in drawn.items()},
        training=given.training,
        columns=columns,
        digits=question.digits,
        name=question.id,
        text=question.text,
        marks=question.marks,
    )


def _check_without(given: Given, why: str, *keys: str) -> None:
    for key in keys:
        if key in given.model_fields_set:
            raise SheetError(f"given.{key}: is of no use {why}")
