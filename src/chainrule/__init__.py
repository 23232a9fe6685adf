"""Deep learning you can check by hand and run at full speed.

The public names are Keras' where Keras has the thing, so that ``import chainrule as keras`` runs the
code of a Keras course.
"""

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
    "utils",
]
