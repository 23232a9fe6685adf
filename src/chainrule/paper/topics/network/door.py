"""The door of the topic ``network``: given layers, parameters and samples that fit together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from chainrule import optimizers
from chainrule.initializers import Constant, Initializer, Ones, Zeros
from chainrule.network import Network
from chainrule.optimizers import Optimizer
from chainrule.optimizers.arguments import COUNTS
from chainrule.paper.layer_tables import GivenLayers, quantities_of, unknown_key
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import LayerGiven, SheetError, Table
from chainrule.paper.values import read_array, resolve
from chainrule.rules.rule import size

MOST_PARAMETERS = 100_000


def worked(place: str, work: Callable[..., Any], *arguments: Any) -> Any:
    """What the function gives; where it cannot, a SheetError with the place."""
    try:
        return work(*arguments)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise SheetError(f"{place}: {error}") from None


def place_of(name: str, network: Network, given: GivenLayers) -> str:
    """Where a sheet gives a quantity."""
    for place in network.places:
        if name in place.weights or (name in place.draws):
            return f"{given.of(place.layer).at}.{name.removesuffix(place.number)}"
    return f"given.{name}"


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


def network_for(
    x: np.ndarray, tables: list[LayerGiven], columns: bool
) -> tuple[np.ndarray, Network, GivenLayers]:
    """The samples, the network of the layers for them, and what is given for each layer.

    What the layers cannot take as samples may be a single one, or one whose single channel is not
    written: an image [h, w] is then taken for (1, h, w, 1). Raises SheetError where nothing fits.
    """
    rows = x if x.ndim > 2 else samples("given.x", x, columns)
    errors = []
    for candidate in (rows, x[None], x[..., None], x[None, ..., None]):
        if candidate.ndim < 2:
            continue
        try:
            network, given = network_of(tables, candidate.shape[1:])
        except SheetError as error:
            errors.append(str(error))
            continue
        return candidate, network, given
    told = [error for error in errors if "takes samples" not in error] if x.ndim > 1 else errors
    raise SheetError((told or errors)[0])


# ------------------------------------------------------------------- layers, parameters


def network_of(tables: list[LayerGiven], input_shape: tuple[int, ...]) -> tuple[Network, GivenLayers]:
    """The network of the given layers, and what is given for each of them."""
    given = GivenLayers(tables, "given.layers")
    try:
        network = Network(given.layers, input_shape)
    except (TypeError, ValueError) as error:
        raise SheetError(f"given.layers: {error}") from None
    for place in network.places:
        found, takes = given.of(place.layer), quantities_of(place)
        for key in found.values:
            if key not in takes:
                raise SheetError(
                    f"{found.at}.{key}: {unknown_key(type(place.layer).__name__, key, [*takes])}"
                )
    return network, given


def weights_of(network: Network, given: GivenLayers, columns: bool) -> dict[str, np.ndarray]:
    """The value of all that layers keep, in rows: as given, or all alike as the initializer says."""
    values: dict[str, np.ndarray] = {}
    for place in network.places:
        found = given.of(place.layer)
        for name, parameter in place.weights.items():
            key = name.removesuffix(place.number)
            at = f"{found.at}.{key}"
            if size(parameter.shape) > MOST_PARAMETERS:
                raise SheetError(
                    f"{at}: shape {shape_said(parameter.shape, columns)} is more than the "
                    f"{MOST_PARAMETERS:,} numbers that are worked by hand: train it instead"
                )
            if key in found.values:
                array = worked(at, read_array, found.values[key])
                values[name] = fitted(at, array, parameter.shape, columns)
            elif isinstance(parameter.initializer, (Zeros, Ones, Constant)):
                values[name] = worked(at, constants, parameter.initializer, parameter.shape)
            else:
                raise SheetError(
                    f"{at}: is missing; give its values, shape {shape_said(parameter.shape, columns)}"
                )
    return values


def constants(initializer: Initializer, shape: tuple[int, ...]) -> np.ndarray:
    """The first values that an initializer of equal ones gives, as Numbers."""
    first = initializer.value if isinstance(initializer, Constant) else initializer((1,))[0]
    return np.full(shape, first if hasattr(first, "expression") else Number(first), dtype=object)


def fitted(place: str, array: np.ndarray, shape: tuple[int, ...], columns: bool) -> np.ndarray:
    """The values of a quantity in rows, where they have its shape in the question's convention.

    Of three axes or more, those of length 1 may be left out: a kernel of one channel and one filter is a
    matrix.
    """
    if columns and len(shape) == 2:
        array = array.T
    if len(shape) == 1 and array.ndim == 2 and 1 in array.shape:
        array = array.reshape(-1)
    if len(shape) > 2 and _without_ones(array.shape) == _without_ones(shape):
        array = array.reshape(shape)
    if array.shape != shape:
        found = array.shape[::-1] if columns else array.shape
        raise SheetError(
            f"{place}: expected shape {shape_said(shape, columns)}, got {times(found) or 'a number'}"
        )
    return array


def _without_ones(shape: tuple[int, ...]) -> list[int]:
    return [n for n in shape if n != 1]


def shape_said(shape: tuple[int, ...], columns: bool) -> str:
    return times(shape[::-1] if columns and len(shape) == 2 else shape)


# ---------------------------------------------------------------------------- optimizer


def rates_of(table: Table) -> dict[str, np.ndarray]:
    """The numbers of a table and of a schedule in it, which may be text as any value, by their keys."""
    found: dict[str, np.ndarray] = {}
    for key, value in ({} if isinstance(table, str) else table).items():
        if isinstance(value, Mapping):
            found |= {f"{key}.{inner}": v for inner, v in rates_of(dict(value)).items()}
        elif key not in ("name", "class_name") and not isinstance(value, bool):
            found[key] = worked(f"given.optimizer.{key}", read_array, value)
    return found


def optimizer_of(table: Table, rates: Mapping[str, np.ndarray], closed: bool) -> Optimizer:
    """The optimizer of a table, its numbers exact; those that count updates are whole as they are."""
    place = "given.optimizer"
    known = {key: worked(f"{place}.{key}", resolve, value, closed) for key, value in rates.items()}
    for key, value in known.items():
        if value.ndim and not key.endswith(("boundaries", "values")):
            raise SheetError(f"{place}.{key}: expected one number, got a list")

    def exact(key: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {inner: exact(f"{key}.{inner}" if key else inner, v) for inner, v in value.items()}
        if key not in known or (isinstance(value, int) and key.endswith(COUNTS)):
            return value
        return known[key].tolist()

    made = table if isinstance(table, str) else exact("", table)
    return cast(Optimizer, worked(place, optimizers.get, made))
