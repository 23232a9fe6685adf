"""Starting from what another model has learnt: saved weights by name, and layers trained one by one."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule import doors
from chainrule.callbacks import History
from chainrule.layers import Dense, Flatten, GaussianNoise, Input, Layer, Reshape
from chainrule.lookup import suggest
from chainrule.model import Model, Sequential
from chainrule.network import Network, Placed
from chainrule.network.places import usual_names
from chainrule.rules.rule import Shape, size
from chainrule.saving import read_model


def load_weights(
    model: Model,
    path: str | os.PathLike[str],
    *,
    by_name: bool = False,
    skip_mismatch: bool = False,
    custom_objects: Mapping[str, type[Layer]] | None = None,
) -> list[str]:
    """Take weights from a file that :meth:`Model.save` wrote; returns the names of the layers that got some.

    All of the file's layers must fit the model's, one after the other. ``by_name`` takes the weights of
    those layers alone that have a name in common, and ``skip_mismatch`` leaves out those whose shapes
    differ, as where a head is replaced. ``custom_objects`` gives the classes of the file's layers that are
    neither chainrule's nor among the model's.

    Raises ValueError for layers that do not fit, no layer in common, or a damaged file; OSError where it
    cannot be read.
    """
    own = {type(place.layer).__name__: type(place.layer) for place in model.network.places}
    saved = read_model(path, {**own, **(custom_objects or {})})
    places = list(model.network.places)
    theirs = _network(saved).places
    if by_name:
        pairs = _by_name(path, places, theirs)
    else:
        if len(places) != len(theirs):
            raise ValueError(
                f"{path} holds {len(theirs)} layers and the model has {len(places)}: use by_name=True for "
                "those whose names are the same"
            )
        pairs = list(zip(places, theirs, strict=True))
    new: dict[str, Any] = {}
    loaded = []
    for ours, other in pairs:
        found = {key.removesuffix(other.number): saved.values[key] for key in other.weights}
        wanted = {key.removesuffix(ours.number): p.shape for key, p in ours.weights.items()}
        if {name: array.shape for name, array in found.items()} != wanted:
            if skip_mismatch:
                continue
            raise ValueError(
                f"{path}: layer {other.name!r} has weights {_shapes(found)}, the model's {ours.name!r} takes "
                f"{_shapes(wanted)}: skip_mismatch=True leaves such layers out"
            )
        if found:
            new |= {f"{name}{ours.number}": array for name, array in found.items()}
            loaded.append(ours.name)
    model.values = {**model.values, **new}
    return loaded


def _network(saved: Any) -> Network:
    if saved.layers is not None:
        return Network(saved.layers, saved.input_shape)
    return Network.of_graph(saved.inputs, saved.outputs)


def _by_name(path: Any, ours: list[Placed], theirs: tuple[Placed, ...]) -> list[tuple[Placed, Placed]]:
    known = {place.name: place for place in theirs}
    pairs = [(place, known[place.name]) for place in ours if place.name in known]
    if not pairs:
        raise ValueError(f"{path} has no layer of the model's names; {suggest(ours[0].name, known)}")
    return pairs


def _shapes(weights: Mapping[str, Any]) -> str:
    listed = (f"{name} {getattr(value, 'shape', value)}" for name, value in weights.items())
    return ", ".join(listed) or "none"


def pretrain(
    model: Sequential,
    x: Any,
    epochs: int = 10,
    *,
    batch_size: int | None = None,
    optimizer: Any = "adam",
    loss: Any = "mse",
    noise: float = 0.0,
    verbose: str | int = 0,
) -> dict[str, History]:
    """Train the layers one by one without targets, each as the first half of an autoencoder.

    A layer learns to keep what a linear layer needs to give its input back (with ``noise`` the input is
    spoiled by normal noise of that deviation first); the next one learns from what it gives. The last
    layer with weights, the head, is left as it is. Returns a History for each layer that was
    trained, by its name.
    Sources: Hinton, Salakhutdinov (Science, 2006); Vincent and others (ICML 2008) for the noise.

    Raises RuntimeError for a model without weights yet, ValueError for one with nothing before its head.
    """
    if not isinstance(model, Sequential):
        raise TypeError(
            f"pretrain takes a Sequential, layers one after the other; got {type(model).__name__}"
        )
    places = model.network.places
    doors.whole_number(epochs, "epochs", 1)
    values = doors.inputs(x)
    doors.check_features(values, model.network.input_shape)
    trained = [place for place in places if place.parameters][:-1]
    if not trained:
        raise ValueError("there is no layer with weights before the last one: nothing to pretrain")
    histories: dict[str, History] = {}
    names = usual_names(model.layers)[: _position(model, trained[-1]) + 1]
    for index, name in enumerate(names):
        half = Sequential([Input(values.shape[1:]), model.layers[index]])
        if half.network.parameters:
            histories[name] = _reconstruct(half, values, optimizer, loss, noise, batch_size, epochs, verbose)
        values = half.predict(values, batch_size=1024, verbose=0)
    return histories


def _position(model: Sequential, last: Placed) -> int:
    return int(last.number.partition("_")[0]) - 1


def _reconstruct(
    half: Sequential,
    values: np.ndarray,
    optimizer: Any,
    loss: Any,
    noise: float,
    batch_size: int | None,
    epochs: int,
    verbose: str | int,
) -> History:
    """Train the layer, which the model shares, with a linear one behind it that gives its input back."""
    shape: Shape = values.shape[1:]
    (layer,) = half.layers
    spoil = [GaussianNoise(noise)] if noise else []
    flat = [Flatten()] if len(half.network.output_shape) > 1 else []
    unflat = [Reshape(shape)] if len(shape) > 1 else []
    whole = Sequential([Input(shape), *spoil, layer, *flat, Dense(size(shape)), *unflat])
    whole.compile(copy.deepcopy(optimizer), loss)
    return whole.fit(values, values, batch_size=batch_size, epochs=epochs, verbose=verbose)
