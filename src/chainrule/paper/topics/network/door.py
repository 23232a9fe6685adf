"""The door of the topic ``network``: given layers, parameters and samples that fit together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from chainrule import optimizers
from chainrule.initializers import Constant, Ones, Zeros
from chainrule.layers.registry import deserialize
from chainrule.network import Network
from chainrule.optimizers import Optimizer
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import SheetError, Table
from chainrule.paper.topics.network.given import LayerGiven
from chainrule.paper.values import read_array, resolve
from chainrule.rules.rule import size

MOST_PARAMETERS = 100_000


def worked(place: str, work: Callable[..., Any], *arguments: Any) -> Any:
    """What the function gives; where it cannot, a SheetError with the place."""
    try:
        return work(*arguments)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise SheetError(f"{place}: {error}") from None


def place_of(name: str) -> str:
    """Where a sheet gives a quantity.

    >>> place_of("x"), place_of("W12")
    ('given.x', 'given.layers[12].W')
    """
    key = name.rstrip("0123456789")
    return f"given.layers[{name.removeprefix(key)}].{key}" if key != name else f"given.{name}"


def times(shape: tuple[int, ...]) -> str:
    """A shape as people write it: 2 × 3."""
    return " × ".join(map(str, shape))


# ------------------------------------------------------------------------------ samples


def samples(place: str, array: np.ndarray, columns: bool) -> np.ndarray:
    """Inputs or targets with one row per sample; a single list is a single sample."""
    if array.ndim > 2 or array.ndim == 0:
        raise SheetError(f"{place}: expected rows of numbers, as [[1, 2], [3, 4]]")
    if array.ndim == 1:
        return array.reshape(1, -1)
    return np.asarray(array.T) if columns else array


# ------------------------------------------------------------------- layers, parameters


def network_of(
    tables: list[LayerGiven], input_shape: tuple[int, ...]
) -> tuple[Network, list[dict[str, np.ndarray]]]:
    """The network of the given layers, and the values given for each layer's parameters."""
    layers = [_layer(f"given.layers[{i}]", table) for i, table in enumerate(tables, start=1)]
    try:
        network = Network([layer for layer, _ in layers], input_shape)
    except ValueError as error:
        raise SheetError(f"given.layers: {error}") from None
    return network, [values for _, values in layers]


def _layer(place: str, table: LayerGiven) -> tuple[Any, dict[str, Any]]:
    """The layer, and the values given for its parameters."""
    arguments, values = table.split()
    if table.layer == "Dense" and "units" not in arguments:
        raise SheetError(f"{place}.units: is missing")
    layer = worked(place, deserialize, {"class_name": table.layer, "config": arguments})
    return layer, {key: worked(f"{place}.{key}", read_array, raw) for key, raw in values.items()}


def parameters_of(
    network: Network, given: list[dict[str, np.ndarray]], columns: bool
) -> dict[str, np.ndarray]:
    """The value of every parameter, in rows: as given, or all alike as its initializer says."""
    values: dict[str, np.ndarray] = {}
    for place, arrays in zip(network.places, given, strict=True):
        at = f"given.layers[{place.number}]"
        for name, parameter in place.parameters.items():
            key = name.removesuffix(place.number)
            if size(parameter.shape) > MOST_PARAMETERS:
                raise SheetError(
                    f"{at}.{key}: shape {_shown(parameter.shape, columns)} is more than the "
                    f"{MOST_PARAMETERS:,} numbers that are worked by hand: train it instead"
                )
            if key in arrays:
                values[name] = _fitted(f"{at}.{key}", arrays.pop(key), parameter.shape, columns)
            elif isinstance(parameter.initializer, (Zeros, Ones, Constant)):
                first = worked(f"{at}.{key}", lambda make: Number(make((1,))[0]), parameter.initializer)
                values[name] = np.full(parameter.shape, first, dtype=object)
            else:
                raise SheetError(
                    f"{at}.{key}: is missing; give its values, shape {_shown(parameter.shape, columns)}"
                )
        if arrays:
            key = next(iter(arrays))
            takes = ", ".join(k.removesuffix(place.number) for k in place.parameters) or "none"
            raise SheetError(f"{at}.{key}: the layer has no such parameter; its parameters are {takes}")
    return values


def _fitted(place: str, array: np.ndarray, shape: tuple[int, ...], columns: bool) -> np.ndarray:
    """The values of a parameter in rows, where they have its shape in the question's convention."""
    if columns:
        array = array.T
    if len(shape) == 1 and array.ndim == 2 and 1 in array.shape:
        array = array.reshape(-1)
    if array.shape != shape:
        found = array.shape[::-1] if columns else array.shape
        raise SheetError(
            f"{place}: expected shape {_shown(shape, columns)}, got {times(found) or 'a number'}"
        )
    return array


def _shown(shape: tuple[int, ...], columns: bool) -> str:
    return times(shape[::-1] if columns else shape)


# ---------------------------------------------------------------------------- optimizer


def rates_of(table: Table) -> dict[str, np.ndarray]:
    """The learning rate and the momentum of a table, which may be text as any value."""
    if isinstance(table, str):
        return {}
    return {
        key: worked(f"given.optimizer.{key}", read_array, table[key])
        for key in ("learning_rate", "momentum")
        if key in table
    }


def optimizer_of(table: Table, rates: Mapping[str, np.ndarray], closed: bool) -> Optimizer:
    """The optimizer of a table, its rates exact."""
    place = "given.optimizer"
    known = {key: worked(f"{place}.{key}", resolve, value, closed) for key, value in rates.items()}
    for key, value in known.items():
        if value.ndim:
            raise SheetError(f"{place}.{key}: expected one number, got a list")
    if isinstance(table, str):
        return cast(Optimizer, worked(place, optimizers.get, table))
    return cast(Optimizer, worked(place, optimizers.get, {**table, **{k: v[()] for k, v in known.items()}}))
