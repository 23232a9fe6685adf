"""Deep learning you can check by hand and run at full speed.

The public names are Keras' where Keras has the thing, so that ``import chainrule as keras`` runs the
code of a Keras course.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from chainrule import (
    activations,
    applications,
    callbacks,
    constraints,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    mixed_precision,
    models,
    optimizers,
    regularizers,
    utils,
)
from chainrule.layers import Input
from chainrule.model import Model, Sequential
from chainrule.rules.rule import Rule, Slip, rule

if TYPE_CHECKING:
    from chainrule.estimators import NetworkClassifier as NetworkClassifier
    from chainrule.estimators import NetworkRegressor as NetworkRegressor
    from chainrule.exercises.making import make as make
    from chainrule.marking.sheet import check as check
    from chainrule.paper.solving import solve as solve
    from chainrule.sweeps import sweep as sweep

__version__ = "0.1.0"

__all__ = [
    "Input",
    "Model",
    "NetworkClassifier",
    "NetworkRegressor",
    "Rule",
    "Sequential",
    "Slip",
    "__version__",
    "activations",
    "applications",
    "callbacks",
    "check",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "make",
    "metrics",
    "mixed_precision",
    "models",
    "optimizers",
    "regularizers",
    "rule",
    "solve",
    "sweep",
    "utils",
]

_LATER = {
    "NetworkClassifier": "chainrule.estimators",
    "NetworkRegressor": "chainrule.estimators",
    "check": "chainrule.marking.sheet",
    "make": "chainrule.exercises.making",
    "solve": "chainrule.paper.solving",
    "sweep": "chainrule.sweeps",
}
"""What is imported when it is first used, since it brings along what not everybody needs."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'chainrule' has no attribute {name!r}")
