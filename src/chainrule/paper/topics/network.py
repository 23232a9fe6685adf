"""The topic ``network``: forward, loss, gradients and updates of a chain of layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, cast

import numpy as np
from pydantic import Field

from chainrule import losses, optimizers
from chainrule.initializers import Constant, Ones, Zeros
from chainrule.layers.registry import deserialize
from chainrule.losses import TARGETS, Loss, SparseCategoricalCrossentropy, unfit_rows
from chainrule.network import INPUT, TARGET, Network, Program
from chainrule.optimizers import Optimizer
from chainrule.paper.notation import DIGITS, exact_text, plain_array
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import LayerGiven, Question, SheetError, Strict, Table, Values
from chainrule.paper.tape import (
    AFTER,
    BEFORE,
    COUNT,
    FORWARD,
    GRADIENTS,
    LOSS_PART,
    UPDATE,
    Descent,
    Tape,
    rounding,
    tidying,
    work,
)
from chainrule.paper.values import names_in, read_array, resolve
from chainrule.paper.workings import Part, Picture, Working
from chainrule.rules.rule import size

GRAPH = "graph"
_TITLES = {
    COUNT: "Number of updates",
    FORWARD: "Forward",
    LOSS_PART: "Loss",
    GRADIENTS: "Gradients",
    UPDATE: "Update",
    BEFORE: "Loss over all rows, before",
    AFTER: "Loss over all rows, after",
}
MOST_UPDATES = 2000
MOST_PARAMETERS = 100_000
MOST_FORMULAS = 10
"""Updates worked with formulas, which grow with each."""


class Given(Strict):
    """What is given in a question of the topic ``network``."""

    x: Values = Field(description="the inputs, one row per sample")
    y: Values = Field(description="the targets, one row per sample")
    layers: list[LayerGiven] = Field(min_length=1)
    loss: Table = "mse"
    optimizer: Table = "SGD"
    batch_size: int | None = Field(None, ge=1, description="rows per update; all of them if absent")
    epochs: int = Field(1, ge=1, le=1000)


@dataclass(frozen=True)
class NetworkWorking(Working):
    """A network worked by hand, with the steps that were worked."""

    network: Network | None = None
    program: Program | None = None

    def graph(self) -> str:
        """The computational graph of the first update, every edge with value and gradient, as SVG."""
        from chainrule.paper.graph import graph_svg

        return graph_svg(self)


def solve(question: Question) -> NetworkWorking:
    """Work a question of the topic ``network``.

    Raises SheetError for what does not fit together, WorkError for a step that cannot be worked.
    """
    given = question.given
    columns = question.convention == "columns"
    loss = _worked("given.loss", losses.get, given.loss)
    rates = _rates(given.optimizer)
    x = _samples("given.x", given.x, columns)
    layers = [_layer(f"given.layers[{i}]", table) for i, table in enumerate(given.layers, start=1)]
    try:
        network = Network([layer for layer, _ in layers], x.shape[1:])
    except ValueError as error:
        raise SheetError(f"given.layers: {error}") from None
    parameters = _parameters(network, [arrays for _, arrays in layers], columns)
    y = _targets(given, network, loss, rows=x.shape[0], columns=columns)
    symbols = names_in([x, y, *parameters.values(), *rates.values()])
    closed = question.closed or bool(symbols)
    if closed and question.rounding is not None:
        raise SheetError("rounding: a formula cannot be rounded; leave out rounding, or closed and the names")
    values = {INPUT: x, TARGET: y, **parameters}
    optimizer = _optimizer(given.optimizer, rates, closed)
    exact = {k: _worked(_place(k), resolve, v, closed) if v.dtype == object else v for k, v in values.items()}
    exact[TARGET] = loss.prepare(exact[TARGET])
    return work_network(
        network,
        loss,
        optimizer,
        exact,
        Descent(given.epochs, given.batch_size),
        closed=closed,
        rounded_to=question.rounding,
        find=question.find,
        columns=columns,
        digits=question.digits,
        name=question.id,
        text=question.text,
        marks=question.marks,
    )


def work_network(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    given: Mapping[str, np.ndarray],
    descent: Descent,
    closed: bool = False,
    rounded_to: int | None = None,
    find: list[str] | None = None,
    digits: int = DIGITS,
    **shown: Any,
) -> NetworkWorking:
    """Work a network with exact numbers given for x, y and every parameter."""
    updates, most = len(descent.batches(given[INPUT].shape[0])), MOST_FORMULAS if closed else MOST_UPDATES
    if updates > most:
        kind = "with formulas" if closed else "by hand"
        raise SheetError(
            f"given.epochs: {updates:,} updates; at most {most:,} are worked {kind}: train it instead"
        )
    find = find or ["forward", "loss", "gradients", "update"]
    measured = any(name.endswith(("_before", "_after")) for name in find)
    # Of a target that is a name nobody knows whether its row adds up to 1.
    fused = not _has_symbols(given[TARGET])
    program = network.program(loss, optimizer, fused)
    rate: Any = optimizer.learning_rate
    if not isinstance(rate, Number) and not hasattr(rate, "expression"):
        rate = resolve(read_array(rate), closed)
    exact_rate = np.asarray(rate, dtype=object)
    tape = work(program, given, descent, exact_rate, _finish(closed, rounded_to), measured)
    working = NetworkWorking(
        "network", tape, rounding=rounded_to, digits=digits, network=network, program=program, **shown
    )
    picture = Picture("Computational graph", working.graph)
    parts = [Part(GRAPH, "Computational graph", (picture,)), *_parts(tape, _found(tape, find))]
    return replace(working, parts=parts)


def _parts(tape: Tape, found: list[str]) -> list[Part]:
    """The quantities found, by part and update."""
    several = max(q.update for q in tape.quantities.values()) > 1
    made = []
    for (part, update), names in groupby(found, lambda name: (tape[name].part, tape[name].update)):
        title = f"Update {update}: {_TITLES[part].lower()}" if several and update else _TITLES[part]
        made.append(Part(part, title, tuple(names)))
    return made


def _place(name: str) -> str:
    """Where a sheet gives a quantity.

    >>> _place("x"), _place("W12")
    ('given.x', 'given.layers[12].W')
    """
    key = name.rstrip("0123456789")
    return f"given.layers[{name.removeprefix(key)}].{key}" if key != name else f"given.{name}"


def _worked(place: str, work: Callable[..., Any], *arguments: Any) -> Any:
    """What the function gives; where it cannot, a SheetError with the place."""
    try:
        return work(*arguments)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise SheetError(f"{place}: {error}") from None


def _has_symbols(values: np.ndarray) -> bool:
    return any(not getattr(v, "is_number", True) for v in values.flat)


def _finish(closed: bool, rounded_to: int | None) -> Callable[[np.ndarray], np.ndarray]:
    if closed:
        return tidying
    return rounding(rounded_to) if rounded_to is not None else lambda value: value


def _rates(table: Table) -> dict[str, np.ndarray]:
    """The learning rate and the momentum of a table, which may be text as any value."""
    if isinstance(table, str):
        return {}
    return {
        key: _worked(f"given.optimizer.{key}", read_array, table[key])
        for key in ("learning_rate", "momentum")
        if key in table
    }


def _optimizer(table: Table, rates: Mapping[str, np.ndarray], closed: bool) -> Optimizer:
    place = "given.optimizer"
    known = {key: _worked(f"{place}.{key}", resolve, value, closed) for key, value in rates.items()}
    for key, value in known.items():
        if value.ndim:
            raise SheetError(f"{place}.{key}: expected one number, got a list")
    if isinstance(table, str):
        return cast(Optimizer, _worked(place, optimizers.get, table))
    return cast(Optimizer, _worked(place, optimizers.get, {**table, **{k: v[()] for k, v in known.items()}}))


def _samples(place: str, array: np.ndarray, columns: bool) -> np.ndarray:
    """Inputs or targets with one row per sample; a single list is a single sample."""
    if array.ndim > 2 or array.ndim == 0:
        raise SheetError(f"{place}: expected rows of numbers, as [[1, 2], [3, 4]]")
    if array.ndim == 1:
        return array.reshape(1, -1)
    return np.asarray(array.T) if columns else array


def _layer(place: str, table: LayerGiven) -> tuple[Any, dict[str, Any]]:
    """The layer, and the values given for its parameters."""
    arguments, values = table.split()
    if table.layer == "Dense" and "units" not in arguments:
        raise SheetError(f"{place}.units: is missing")
    layer = _worked(place, deserialize, {"class_name": table.layer, "config": arguments})
    return layer, {key: _worked(f"{place}.{key}", read_array, raw) for key, raw in values.items()}


def _parameters(network: Network, given: list[dict[str, np.ndarray]], columns: bool) -> dict[str, np.ndarray]:
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
                first = _worked(f"{at}.{key}", lambda make: Number(make((1,))[0]), parameter.initializer)
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


def times(shape: tuple[int, ...]) -> str:
    """A shape as people write it: 2 × 3."""
    return " × ".join(map(str, shape))


def _targets(given: Given, network: Network, loss: Loss, rows: int, columns: bool) -> np.ndarray:
    place, outputs = "given.y", network.output_shape[0]
    if isinstance(loss, SparseCategoricalCrossentropy):
        return _labels(place, given.y, rows, outputs)
    y: np.ndarray = given.y
    if y.ndim == 1 and len(y) == rows != 1 and outputs == 1:
        y = y.reshape(-1, 1)
    elif y.ndim == 0:
        y = y.reshape(1, 1)
    else:
        y = _samples(place, y, columns)
    if y.shape != (rows, outputs):
        raise SheetError(
            f"{place}: expected {rows} × {outputs} values (samples × outputs), got {times(y.shape)}"
        )
    _check_range(place, y, loss)
    return y


def _labels(place: str, y: np.ndarray, rows: int, classes: int) -> np.ndarray:
    """The label of each sample; a label is a whole number, never a name."""
    expected = f"labels are whole numbers from 0 to {classes - 1}, one per sample"
    if y.size != rows:
        raise SheetError(f"{place}: got {y.size} for {rows} samples; {expected}")
    if names := names_in([y]):
        raise SheetError(f"{place}: got the name {min(names)!r}; {expected}")
    known = [Number(label) for label in range(classes)]
    labels = []
    for row, label in enumerate(_worked(place, resolve, y, False).flat, start=1):
        if label not in known:
            raise SheetError(f"{place}: sample {row} has the label {exact_text(label)}; {expected}")
        labels.append(known.index(label))
    return np.asarray(labels, dtype=np.int64)


def _check_range(place: str, y: np.ndarray, loss: Loss) -> None:
    """Raise SheetError for targets that the loss has no meaning for; names may stand for any."""
    if names_in([y]):
        return
    prepared = loss.prepare(_worked(place, resolve, y, False))
    off = unfit_rows(loss, prepared)
    if off.any():
        row = int(np.argmax(off))
        shown = plain_array(prepared[row], exact_text)
        takes = f"{loss.entry.name} takes {TARGETS[loss.entry.targets]}"
        raise SheetError(f"{place}: row {row + 1} is {shown}; {takes}")


def _found(tape: Tape, find: list[str]) -> list[str]:
    """The names asked for: whole parts, quantities, or a quantity in every update."""
    names: dict[str, None] = {}
    for wanted in find:
        matches = [
            q.name
            for q in tape.quantities.values()
            if q.step is not None
            and (q.part == wanted or q.name == wanted or q.name.partition(".")[0] == wanted)
        ]
        if wanted in (BEFORE, AFTER):
            matches = [q.name for q in tape.quantities.values() if q.part == wanted]
        if wanted == UPDATE and len(find) > 1 and not matches:
            continue  # a network without parameters
        if not matches:
            known = {
                q.name.partition(".")[0]
                for q in tape.quantities.values()
                if q.step and q.part not in (BEFORE, AFTER)
            }
            raise SheetError(
                f"find: {wanted!r} is no part and no quantity here; parts are forward, loss, gradients, "
                f"update, updates, loss_before, loss_after; quantities are {', '.join(sorted(known))}"
            )
        names.update(dict.fromkeys(matches))
    order = {name: i for i, name in enumerate(tape.quantities)}
    return sorted(names, key=order.__getitem__)
