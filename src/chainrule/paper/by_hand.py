"""Working a model's own step by hand: its weights and some rows, as exact numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule.doors import whole_number
from chainrule.losses import Loss
from chainrule.network import INPUT, TARGET, Network
from chainrule.optimizers import Optimizer
from chainrule.paper.notation import DIGITS
from chainrule.paper.numbers import numbers
from chainrule.paper.tape import Descent
from chainrule.paper.topics.network import NetworkWorking, work_network
from chainrule.paper.topics.network.draws import drawn_for
from chainrule.paper.topics.network.working import check_size


def work_by_hand(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    weights: Mapping[str, np.ndarray],
    x: np.ndarray | Mapping[str, np.ndarray],
    y: np.ndarray,
    batch_size: int | None = None,
    epochs: int = 1,
    find: str | list[str] | None = None,
    rounding: int | None = None,
    convention: str = "rows",
    digits: int = DIGITS,
    training: bool = True,
) -> NetworkWorking:
    """Work the updates of a network from float weights, each taken as its shortest decimal.

    x is (m, …), of several inputs a table by their names, and y its targets as the loss takes them;
    ``weights`` may hold the optimizer's state, which otherwise starts as it says. What layers draw, as
    the mask of dropout, is drawn with three decimals and always the same. Without ``training`` it is the
    pass that predicts.

    Raises ValueError for what does not fit, WorkError for a step that cannot be worked.
    """
    for name, value, least in (
        ("batch_size", batch_size, 1),
        ("epochs", epochs, 1),
        ("rounding", rounding, 0),
        ("digits", digits, 1),
    ):
        if value is not None:
            whole_number(value, name, least)
    if convention not in ("rows", "columns"):
        raise ValueError(f"convention must be 'rows' or 'columns', got {convention!r}")
    descent = Descent(epochs, batch_size)
    check_size(network, network.program(loss, optimizer), loss, descent.rows(len(y)))
    inputs = dict(x) if isinstance(x, Mapping) else {INPUT: x}
    targets: Any = y if y.dtype.kind in "iu" and y.ndim == 1 else numbers(y)
    given = {k: numbers(v) for k, v in (*inputs.items(), *weights.items())} | {TARGET: targets}
    draws = {k: d for place in network.places for k, d in place.draws.items()} if training else {}
    drawn = drawn_for(draws, descent.rows(len(y)))
    return work_network(
        network,
        loss,
        optimizer,
        given,
        descent,
        rounded_to=rounding,
        find=[find] if isinstance(find, str) else find,
        drawn={name: [numbers(value) for value in values] for name, values in drawn.items()},
        training=training,
        columns=convention == "columns",
        digits=digits,
    )
