"""The file of a model: safetensors, the architecture as JSON in its metadata."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chainrule import losses, metrics, optimizers
from chainrule.layers.layer import Layer
from chainrule.layers.node import Input
from chainrule.layers.registry import LAYERS, deserialize, serialize
from chainrule.lookup import suggest
from chainrule.losses import Loss
from chainrule.network import Network
from chainrule.optimizers import Optimizer
from chainrule.rules.rule import Shape

KEY = "chainrule"
VERSION = 1
SUFFIX = ".safetensors"

Kind = type | tuple[type, ...]

MODEL: dict[str, Kind] = {
    "version": int,
    "name": str,
    "input_shape": list,
    "layers": list,
    "compile": (dict, type(None)),
}
COMPILE: dict[str, Kind] = {"optimizer": dict, "loss": dict, "metrics": list}
OBJECT: dict[str, Kind] = {"class_name": str, "config": dict}


@dataclass(frozen=True)
class Compiled:
    """What a model was compiled with."""

    optimizer: Any
    loss: Any
    metrics: Sequence[str]


@dataclass(frozen=True)
class Saved:
    """What a file holds: all that makes the model again."""

    name: str
    input_shape: Shape
    layers: list[Layer]
    compiled: Compiled | None
    values: dict[str, np.ndarray]


def write_model(
    path: str | os.PathLike[str],
    name: str,
    network: Network,
    values: Mapping[str, Any],
    compiled: Compiled | None,
) -> None:
    """Write a model; the file is there as a whole, or as it was before.

    Raises ValueError for another suffix than .safetensors or a layer whose configuration JSON cannot
    hold; OSError where the disk refuses.
    """
    from safetensors.numpy import save

    target = Path(path)
    if target.suffix != SUFFIX:
        raise ValueError(f"{target}: a model is saved as safetensors, so name it {target.stem}{SUFFIX}")
    table = {
        "version": VERSION,
        "name": name,
        "input_shape": list(network.input_shape),
        "layers": [serialize(place.layer) for place in network.places],
        "compile": compiled and _compile_table(compiled),
    }
    try:
        text = json.dumps(table, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{target}: a configuration must hold plain numbers and text: {error}") from None
    arrays = {name: np.ascontiguousarray(value) for name, value in values.items()}
    _write_whole(target, save(arrays, metadata={KEY: text}))


def _compile_table(compiled: Compiled) -> dict[str, Any]:
    return {
        "optimizer": _object_table(compiled.optimizer),
        "loss": _object_table(compiled.loss),
        "metrics": list(compiled.metrics),
    }


def _object_table(thing: Loss | Optimizer) -> dict[str, Any]:
    return {"class_name": type(thing).__name__, "config": thing.get_config()}


def _write_whole(target: Path, content: bytes) -> None:
    # Beside the target, since a file can only be renamed within one file system.
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_model(
    path: str | os.PathLike[str], custom_objects: Mapping[str, type[Layer]] | None = None
) -> Saved:
    """What a file holds that :func:`write_model` wrote; runs no code from it.

    Raises ValueError for a file that is damaged, another's, or holds anything unknown, by its name;
    OSError where it cannot be read.
    """
    tensors, text = _read_file(path)
    try:
        return _model(_table(text), tensors, custom_objects or {})
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"{path}: {error}") from error


def _read_file(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], str]:
    from safetensors import SafetensorError, safe_open

    Path(path).open("rb").close()  # for Python's own error where it is missing or a folder
    try:
        with safe_open(str(path), framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a whole safetensors file ({error}): save the model again") from None
    if KEY not in metadata:
        raise ValueError(f"{path} holds weights and no model: build one and use set_weights")
    return tensors, metadata[KEY]


def _table(text: str) -> dict[str, Any]:
    try:
        table = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the architecture is not JSON ({error})") from None
    if not isinstance(table, dict):
        raise TypeError(f"the architecture must be a table, got {type(table).__name__}")
    if table.get("version") != VERSION:
        raise ValueError(
            f"the file has format version {table.get('version')!r}, and this chainrule reads version "
            f"{VERSION}: install the chainrule that wrote it"
        )
    return table


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _model(table: dict[str, Any], tensors: dict[str, np.ndarray], custom: Mapping[str, type[Layer]]) -> Saved:
    _check_keys("the model", table, MODEL)
    shape = Input(table["input_shape"]).shape
    layers = [_layer(entry, custom) for entry in table["layers"]]
    network = Network(layers, shape)
    shapes = {name: p.shape for name, p in network.parameters.items()}
    compiled = None
    if table["compile"] is not None:
        compiled = _compiled(table["compile"])
        state = network.program(compiled.loss, compiled.optimizer).state
        # A model that was compiled and not trained yet has no state of the optimizer.
        if any(name in tensors for name in state):
            shapes |= {name: p.shape for name, p in state.items()}
    _check_tensors(tensors, shapes)
    return Saved(table["name"], shape, layers, compiled, {name: tensors[name] for name in shapes})


def _layer(entry: Any, custom: Mapping[str, type[Layer]]) -> Layer:
    _check_object("a layer", entry)
    name = entry["class_name"]
    if name not in LAYERS and name not in custom:
        known = suggest(name, [*LAYERS, *custom])
        raise ValueError(f"unknown layer {name!r}: {known}; a class of your own goes into custom_objects")
    return deserialize(entry, custom)


def _compiled(table: dict[str, Any]) -> Compiled:
    _check_keys("compile", table, COMPILE)
    _check_object("the optimizer", table["optimizer"])
    _check_object("the loss", table["loss"])
    loss = losses.get(table["loss"])
    for name in table["metrics"]:
        metrics.get(str(name), loss)
    return Compiled(optimizers.get(table["optimizer"]), loss, table["metrics"])


def _check_object(what: str, entry: Any) -> None:
    if not isinstance(entry, dict):
        raise TypeError(f"{what} must be a table, got {entry!r}")
    _check_keys(what, entry, OBJECT)


def _check_keys(what: str, table: Mapping[str, Any], expected: Mapping[str, Kind]) -> None:
    """Raise ValueError unless a table has just these keys, TypeError for values of other types."""
    for key in table:
        if key not in expected:
            raise ValueError(f"{what} has an unknown key {key!r}: {suggest(key, expected)}")
    for key, kind in expected.items():
        if key not in table:
            raise ValueError(f"{what} lacks the key {key!r}")
        if not isinstance(table[key], kind):
            raise TypeError(f"{what} has {table[key]!r} for {key!r}, which is of the wrong type")


def _check_tensors(tensors: Mapping[str, np.ndarray], shapes: Mapping[str, Shape]) -> None:
    """Raise ValueError unless the arrays are float32, finite, and have just these names and shapes."""
    for name in tensors:
        if name not in shapes:
            raise ValueError(f"unknown weight {name!r}: {suggest(name, shapes)}")
    for name, shape in shapes.items():
        if name not in tensors:
            raise ValueError(f"weight {name!r} of shape {shape} is missing")
        found = tensors[name]
        if found.shape != shape or found.dtype != np.float32:
            wanted = f"float32 of shape {shape}"
            raise ValueError(f"weight {name!r} is {found.dtype} of shape {found.shape}, expected {wanted}")
        if not np.isfinite(found).all():
            raise ValueError(f"weight {name!r} holds NaN or infinity")
