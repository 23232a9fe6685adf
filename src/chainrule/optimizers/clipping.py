"""Clipping as steps: gradients that are made smaller where they are too large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.layers.steps import Step
from chainrule.rules.clipping import clipped_by_norm, clipped_by_value, norm_of

CLIPPED, NORM = "_clipped", "norm"
KINDS = ("clipnorm", "clipvalue", "global_clipnorm")


def clipped(gradients: Mapping[str, str], kind: str, limit: Any) -> tuple[list[Step], dict[str, str]]:
    """The steps that clip gradients, and the names that they have behind them.

    ``gradients`` are names by parameter; ``kind`` is Keras' argument that asks for it.

    >>> steps, names = clipped({"W1": "dW1", "b1": "db1"}, "global_clipnorm", 1.0)
    >>> for step in steps: print(step)
    norm = norm(dW1, db1)
    dW1_clipped = clipped_by_norm(dW1, norm)
    db1_clipped = clipped_by_norm(db1, norm)
    """
    names = {name: f"d{name}{CLIPPED}" for name in gradients}
    steps: list[Step] = []
    if kind == "global_clipnorm":
        steps.append(Step(NORM, norm_of(len(gradients)), tuple(gradients.values())))
    for name, gradient in gradients.items():
        if kind == "clipvalue":
            steps.append(Step(names[name], clipped_by_value, (gradient,), {"clipvalue": limit}))
            continue
        norm = NORM
        if kind == "clipnorm":
            norm = NORM + name
            steps.append(Step(norm, norm_of(1), (gradient,)))
        steps.append(Step(names[name], clipped_by_norm, (gradient, norm), {"clipnorm": limit}))
    return steps, names
