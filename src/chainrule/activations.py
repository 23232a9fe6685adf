"""Activations by their names in Keras: :func:`get` and the functions themselves.

>>> import numpy as np
>>> relu(np.array([-1.0, 2.0]))
array([0., 2.])
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.lookup import suggest
from chainrule.rules.activations.activation import Activation
from chainrule.rules.activations.named import ACTIVATIONS

__all__ = ["ACTIVATIONS", "Activation", "get", "serialize", *ACTIVATIONS]

globals().update({name: entry.forward for name, entry in ACTIVATIONS.items()})


def get(identifier: Any) -> Activation:
    """An activation from its name, a table (``name`` and its options), None (linear) or itself.

    Raises ValueError for a name that is not known, TypeError for an option that is not taken.

    >>> get("leaky_relu").options
    {'negative_slope': 0.2}
    >>> get({"name": "leaky_relu", "negative_slope": 0.01}).options
    {'negative_slope': 0.01}
    """
    if identifier is None:
        return ACTIVATIONS["linear"]
    if isinstance(identifier, Activation):
        return identifier
    options: dict[str, Any] = {}
    if isinstance(identifier, Mapping):
        options = dict(identifier)
        identifier = options.pop("name", None)
    for entry in ACTIVATIONS.values():
        if identifier == entry.name or identifier is entry.forward:
            return entry.with_options(**options) if options else entry
    raise ValueError(f"unknown activation {identifier!r}: {suggest(str(identifier), ACTIVATIONS)}")


def serialize(activation: Activation) -> str | dict[str, Any]:
    """The name of an activation, or a table where its options are not the usual ones."""
    if activation.options == ACTIVATIONS[activation.name].options:
        return activation.name
    return {"name": activation.name, **activation.options}
