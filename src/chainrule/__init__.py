"""Deep learning you can check by hand and run at full speed.

The public names are Keras' where Keras has the thing, so that ``import chainrule as keras`` runs the
code of a Keras course.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule import (
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    utils,
)
from chainrule.layers import Input
from chainrule.model import Model, Sequential
from chainrule.rules.rule import Rule, Slip, rule

if TYPE_CHECKING:
    from chainrule.paper.solving import solve as solve

__version__ = "0.1.0"

__all__ = [
    "Input",
    "Model",
    "Rule",
    "Sequential",
    "Slip",
    "__version__",
    "activations",
    "callbacks",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "rule",
    "solve",
    "utils",
]


def __getattr__(name: str) -> Any:
    """``chainrule.solve``, imported when it is first used: what it needs is not wanted for training."""
    if name == "solve":
        from chainrule.paper.solving import solve

        return solve
    raise AttributeError(f"module 'chainrule' has no attribute {name!r}")
