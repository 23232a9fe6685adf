"""The model that a training file describes."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import losses, optimizers
from chainrule.doors import finite
from chainrule.experiment.decimals import floats
from chainrule.experiment.file import TrainFile, TrainFileError
from chainrule.experiment.places import placed
from chainrule.layers import Input
from chainrule.model import Sequential
from chainrule.network import Network
from chainrule.paper.layer_tables import GivenLayers, unknown_key
from chainrule.paper.sheet import SheetError
from chainrule.paper.values import names_in, read_array, resolve

MOST_PARAMETERS = 1_000_000_000


def build_model(file: TrainFile, input_shape: tuple[int, ...]) -> Sequential:
    """The model that a training file describes, compiled; given values are its first weights.

    Raises TrainFileError, naming the key.
    """
    try:
        given = GivenLayers(file.layers, "layers", floats)
    except SheetError as error:
        raise TrainFileError(str(error)) from None
    layers = given.layers
    network = placed("layers", Network, layers, input_shape)
    if (count := sum(place.count_params for place in network.places)) > MOST_PARAMETERS:
        raise TrainFileError(f"layers: {count:,} parameters; at most {MOST_PARAMETERS:,} are trained")
    first = _first_weights(network, given)
    if first and file.fit.folds is not None:
        raise TrainFileError(
            "fit.folds: the folds begin with weights drawn by chance; leave it out, or the values of layers"
        )
    model = Sequential([Input(input_shape), *layers])
    loss = placed("loss", losses.get, floats(file.loss))
    optimizer = placed("optimizer", optimizers.get, floats(file.optimizer))
    placed("metrics", model.compile, optimizer, loss, metrics=file.metrics)
    model.set_weights([first.get(name, model.values[name]) for name in model.network.weights])
    return model


def _first_weights(network: Network, given: GivenLayers) -> dict[str, np.ndarray]:
    """The given values of what layers keep, by their names."""
    first = {}
    for place in network.places:
        found = given.of(place.layer)
        kept = {name.removesuffix(place.number): p.shape for name, p in place.weights.items()}
        for key, raw in found.values.items():
            at = f"{found.at}.{key}"
            if key not in kept:
                raise TrainFileError(f"{at}: {unknown_key(type(place.layer).__name__, key, [*kept])}")
            first[f"{key}{place.number}"] = array = numbers(at, raw)
            if array.shape != kept[key]:
                expected, got = (" × ".join(map(str, n)) or "a number" for n in (kept[key], array.shape))
                raise TrainFileError(f"{at}: expected shape {expected}, got {got}")
    return first


def numbers(place: str, raw: Any) -> np.ndarray:
    """Numbers as a worksheet gives them, as float32. Raises TrainFileError with the place."""
    array = placed(place, read_array, raw)
    if names := names_in([array]):
        raise TrainFileError(f"{place}: expected numbers, got the name {min(names)!r}")
    return finite(placed(place, lambda: resolve(array, closed=False).astype(float)), place)
