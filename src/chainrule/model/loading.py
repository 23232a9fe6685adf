"""Loading a model from its file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from chainrule.layers.layer import Layer
from chainrule.model.absent import names_what_it_takes
from chainrule.model.functional import Model
from chainrule.model.sequential import Sequential
from chainrule.network import Network


@names_what_it_takes
def load_model(
    path: str | os.PathLike[str], custom_objects: Mapping[str, type[Layer]] | None = None
) -> Model:
    """The model that :meth:`Model.save` wrote, with its weights and what it was compiled with.

    ``custom_objects`` gives the classes of layers of one's own by their names. No code in the file
    is run.

    Raises ValueError for a damaged file, another's, or one that holds anything unknown, with its
    name; OSError where the file cannot be read.
    """
    from chainrule.saving import read_model

    saved = read_model(path, custom_objects)
    model: Model
    if saved.layers is not None:
        _keep(Network(saved.layers, saved.input_shape), saved.values)
        model = Sequential([saved.inputs[0], *saved.layers], name=saved.name)
    else:
        network = Network.of_graph(saved.inputs, saved.outputs)
        _keep(network, saved.values)
        model = Model.__new__(Model)
        model._begin(saved.name)
        model._take(network)
    if saved.compiled is not None:
        model._optimizer, model._objective = saved.compiled.optimizer, saved.compiled.objective
        model.values = dict(saved.values)
    return model


def _keep(network: Network, values: Mapping[str, Any]) -> None:
    """Give the layers their weights before they stand in a model, so that none are drawn."""
    for place in network.places:
        place.layer.kept.update({key.removesuffix(place.number): values[key] for key in place.weights})
