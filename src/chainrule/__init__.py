"""Deep learning you can check by hand and run at full speed.

The public names are Keras' where Keras has the thing, so that ``import chainrule as keras`` runs the
code of a Keras course.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule import (
    activations,
    callbacks,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    utils,
)
from chainrule.layers import Input
from chainrule.model import Sequential
from chainrule.rules.rule import Rule, Slip, rule

if TYPE_CHECKING:
    from chainrule.paper.solving import solve as solve

__version__ = "0.1.0"

__all__ = [
    "Input",
    "Rule",
    "Sequential",
    "Slip",
    "__version__",
    "activations",
    "callbacks",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
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
