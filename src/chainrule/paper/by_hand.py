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


def work_by_hand(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    weights: Mapping[str, np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    batch_size: int | None = None,
    epochs: int = 1,
    find: str | list[str] | None = None,
    rounding: int | None = None,
    convention: str = "rows",
    digits: int = DIGITS,
) -> NetworkWorking:
    """Work the updates of a network from float weights, each taken as its shortest decimal.

    x is (m, …) and y its targets as the loss takes them; ``weights`` may hold the optimizer's
    velocities, which otherwise start at 0.

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
    targets: Any = y if y.dtype.kind in "iu" and y.ndim == 1 else numbers(y)
    given = {INPUT: numbers(x), TARGET: targets} | {k: numbers(v) for k, v in weights.items()}
    return work_network(
        network,
        loss,
        optimizer,
        given,
        Descent(epochs, batch_size),
        rounded_to=rounding,
        find=[find] if isinstance(find, str) else find,
        columns=convention == "columns",
        digits=digits,
    )
