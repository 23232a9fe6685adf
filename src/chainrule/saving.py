"""The file of a model: safetensors, the architecture as JSON in its metadata."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from chainrule import optimizers
from chainrule.files import write_whole
from chainrule.layers.layer import Layer, Parameter
from chainrule.layers.merge import Merge
from chainrule.layers.node import Input, Node
from chainrule.layers.registry import LAYERS, deserialize, serialize
from chainrule.lookup import suggest
from chainrule.losses import Loss
from chainrule.network import Network
from chainrule.objective import Objective, objective
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
GRAPH: dict[str, Kind] = {
    "version": int,
    "name": str,
    "inputs": list,
    "graph": list,
    "outputs": list,
    "compile": (dict, type(None)),
}
COMPILE: dict[str, Kind] = {"optimizer": dict, "loss": dict, "metrics": list}
COMPILE_SEVERAL: dict[str, Kind] = {"optimizer": dict, "losses": list, "loss_weights": list, "metrics": list}
OBJECT: dict[str, Kind] = {"class_name": str, "config": dict}


@dataclass(frozen=True)
class Compiled:
    """What a model was compiled with."""

    optimizer: Optimizer
    objective: Objective


@dataclass(frozen=True)
class Saved:
    """What a file holds: all that makes the model again.

    Of layers one after the other, ``layers``; of a graph None, and what leads from ``inputs`` to ``outputs``.
    """

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Node, ...]
    layers: list[Layer] | None
    compiled: Compiled | None
    values: dict[str, np.ndarray]

    @property
    def input_shape(self) -> Shape:
        return self.inputs[0].shape


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
        **_architecture(network),
        "compile": compiled and _compile_table(compiled),
    }
    try:
        text = json.dumps(table, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{target}: a configuration must hold plain numbers and text: {error}") from None
    arrays = {name: np.asarray(value, order="C") for name, value in values.items()}
    write_whole(target, save(arrays, metadata={KEY: text}))


def _architecture(network: Network) -> dict[str, Any]:
    """The layers in order, or of a graph the shapes of its inputs and each layer with what it takes."""
    if network.layers is not None:
        layers = [serialize(layer) for layer in network.layers]
        return {"input_shape": list(network.input_shape), "layers": layers}
    entries = [
        {**serialize(cast(Layer, node.layer)), "takes": [network.nodes.index(i) for i in node.inputs]}
        for node in network.nodes
        if node.layer is not None
    ]
    return {
        "inputs": [list(shape) for shape in network.inputs.values()],
        "graph": entries,
        "outputs": [network.nodes.index(node) for node in network.output_nodes],
    }


def _compile_table(compiled: Compiled) -> dict[str, Any]:
    aim = compiled.objective
    optimizer = _object_table(compiled.optimizer)
    if len(aim.losses) == 1:
        return {"optimizer": optimizer, "loss": _object_table(aim.losses[0]), "metrics": list(aim.metrics[0])}
    return {
        "optimizer": optimizer,
        "losses": [_object_table(loss) for loss in aim.losses],
        "loss_weights": list(aim.shares),
        "metrics": [list(names) for names in aim.metrics],
    }


def _object_table(thing: Loss | Optimizer) -> dict[str, Any]:
    return {"class_name": type(thing).__name__, "config": thing.get_config()}


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
    _check_keys("the model", table, GRAPH if "graph" in table else MODEL)
    layers: list[Layer] | None = None
    outputs: tuple[Node, ...] = ()
    if "graph" in table:
        inputs = tuple(Input(shape) for shape in table["inputs"])
        nodes = _graph(inputs, table["graph"], custom)
        outputs = tuple(_taken(nodes, table["outputs"], "the model's outputs"))
        network = Network.of_graph(inputs, outputs)
    else:
        inputs = (Input(table["input_shape"]),)
        layers = [_layer(entry, custom) for entry in table["layers"]]
        network = Network(layers, inputs[0].shape)
    kept = dict(network.weights)
    compiled = None
    if table["compile"] is not None:
        compiled = _compiled(table["compile"], [*network.outputs])
        state = network.program(compiled.objective.losses, compiled.optimizer).state
        # A model that was compiled and not trained yet has no state of the optimizer.
        if any(name in tensors for name in state):
            kept |= state
    _check_tensors(tensors, kept)
    return Saved(table["name"], inputs, outputs, layers, compiled, {name: tensors[name] for name in kept})


def _graph(inputs: tuple[Input, ...], entries: list[Any], custom: Mapping[str, type[Layer]]) -> list[Node]:
    """The nodes of a graph, from its layers in order, each with the numbers of what it takes."""
    nodes: list[Node] = list(inputs)
    for entry in entries:
        if not isinstance(entry, dict):
            raise TypeError(f"a layer of a graph must be a table, got {entry!r}")
        taken = _taken(nodes, entry.get("takes"), "a layer of a graph")
        layer: Any = _layer({k: v for k, v in entry.items() if k != "takes"}, custom)
        nodes.append(layer(taken if isinstance(layer, Merge) else taken[0]))
    return nodes


def _taken(nodes: list[Node], numbers: Any, what: str) -> list[Node]:
    """The nodes with these numbers."""
    if not isinstance(numbers, list) or not numbers:
        raise TypeError(f"{what} must name the numbers of what is taken, got {numbers!r}")
    for number in numbers:
        if type(number) is not int or not 0 <= number < len(nodes):
            raise ValueError(f"{what}: {number!r} is taken, and there are {len(nodes)} before it")
    return [nodes[number] for number in numbers]


def _layer(entry: Any, custom: Mapping[str, type[Layer]]) -> Layer:
    _check_object("a layer", entry)
    name = entry["class_name"]
    if name not in LAYERS and name not in custom:
        known = suggest(name, [*LAYERS, *custom])
        raise ValueError(f"unknown layer {name!r}: {known}; a class of your own goes into custom_objects")
    return deserialize(entry, custom)


def _compiled(table: dict[str, Any], outputs: list[str]) -> Compiled:
    several = "losses" in table
    _check_keys("compile", table, COMPILE_SEVERAL if several else COMPILE)
    _check_object("the optimizer", table["optimizer"])
    given = table["losses"] if several else [table["loss"]]
    for loss in given:
        _check_object("the loss", loss)
    measured = table["metrics"] if several else [str(name) for name in table["metrics"]]
    aim = objective(given if several else given[0], table.get("loss_weights"), measured, outputs)
    return Compiled(optimizers.get(table["optimizer"]), aim)


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


def _check_tensors(tensors: Mapping[str, np.ndarray], kept: Mapping[str, Parameter]) -> None:
    """Raise ValueError unless the arrays are finite, and have just these names, kinds and shapes."""
    for name in tensors:
        if name not in kept:
            raise ValueError(f"unknown weight {name!r}: {suggest(name, kept)}")
    for name, parameter in kept.items():
        if name not in tensors:
            raise ValueError(f"weight {name!r} of shape {parameter.shape} is missing")
        found = tensors[name]
        if found.shape != parameter.shape or found.dtype != np.dtype(parameter.dtype):
            wanted = f"{parameter.dtype} of shape {parameter.shape}"
            raise ValueError(f"weight {name!r} is {found.dtype} of shape {found.shape}, expected {wanted}")
        if not np.isfinite(found).all():
            raise ValueError(f"weight {name!r} holds NaN or infinity")
