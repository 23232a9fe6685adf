"""Random numbers on paper: masks and noise that are given for each update, or drawn with few decimals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from chainrule.layers.layer import Draw
from chainrule.layers.steps import Step
from chainrule.network import Network, Placed, Program
from chainrule.network.shapes import hollow, shapes_after
from chainrule.paper.layer_tables import (
    GivenLayer,
    GivenLayers,
    drawn_steps,
    forward_steps,
    quantities_of,
)
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.network.door import fitted, shape_said, worked
from chainrule.paper.values import names_in, read_array, resolve
from chainrule.rules.rule import Shape

Drawn = dict[str, list[np.ndarray]]
"""What layers draw, by its numbered name: a value for each update."""

PLACES = 3
"""Decimals of a number that is drawn for paper."""
_SEED = 0
_KINDS = {
    "uniform": "numbers drawn evenly from 0 to 1",
    "normal": "numbers drawn with mean 0 and standard deviation 1",
}


def draws_of(network: Network, given: GivenLayers, batches: Sequence[int], columns: bool) -> Drawn:
    """What layers draw, as it is given; ``batches`` are the rows of each update.

    Of one update the value stands alone, of several there is one for each. Raises SheetError for what
    is missing or does not fit.
    """
    values: Drawn = {}
    for place in network.places:
        found, steps = given.of(place.layer), drawn_steps(place)
        shapes = [_shapes(place, steps, rows) for rows in batches]
        for name in shapes[0]:
            key = name.removesuffix(place.number)
            if key in found.values:
                at = f"{found.at}.{key}"
                array = worked(at, read_array, found.values[key])
                values[name] = _by_update(at, array, [each[name] for each in shapes], columns)
                _check_values(at, array, place.draws.get(name))
        for step in steps:
            for name in step.inputs:
                if step.name in values and name in values:
                    key, stands = (n.removesuffix(place.number) for n in (name, step.name))
                    raise SheetError(f"{found.at}.{key}: is of no use where {stands} is given; leave out one")
        for name in _needed(forward_steps(place), place.draws, values):
            if name not in values:
                raise SheetError(_missing(place, found, name, shapes, columns))
    return values


def _check_values(at: str, array: np.ndarray, draw: Draw | None) -> None:
    """Raise SheetError for what is never drawn: a mask that is neither 0 nor 1, and u out of its range."""
    if names_in([array]) or (draw is not None and draw.kind != "uniform"):
        return
    for value in worked(at, resolve, array, False).flat:
        if draw is None and value not in (0, 1):
            raise SheetError(f"{at}: expected 1 where an output is kept and 0 elsewhere; got {value}")
        if draw is not None and not 0 <= value <= 1:
            raise SheetError(f"{at}: expected numbers from 0 to 1; got {value}")


def check_undrawn(network: Network, given: GivenLayers) -> None:
    """Raise SheetError where something drawn is given for the pass that predicts, which draws nothing."""
    for place in network.places:
        found = given.of(place.layer)
        for key in quantities_of(place):
            if key in found.values and f"{key}{place.number}" not in place.weights:
                raise SheetError(f"{found.at}.{key}: is of no use where training is false; leave it out")


def drawn_for(draws: Mapping[str, Draw], batches: Sequence[int]) -> Drawn:
    """Random numbers for each update, always the same ones, of so few decimals that they can be worked.

    >>> drawn_for({"u1": Draw((2,))}, [1])
    {'u1': [array([[0.636, 0.269]])]}
    """
    generator = np.random.default_rng(_SEED)
    make: dict[str, Callable[[Shape], np.ndarray]] = {
        "uniform": generator.random,
        "normal": generator.standard_normal,
    }
    values: Drawn = {name: [] for name in draws}
    for rows in batches:
        for name, draw in draws.items():
            made = make[draw.kind]((rows, *draw.shape))
            values[name].append(np.floor(made * 10**PLACES) / 10**PLACES)
    return values


def without_steps(program: Program, given: Iterable[str]) -> Program:
    """The program with what is given taken as it is, and without the draws that nobody then needs."""
    given = {*given}
    forward = tuple(step for step in program.forward if step.name not in given)
    needed = {*_needed(forward, program.draws)}
    return replace(program, forward=forward, draws={k: d for k, d in program.draws.items() if k in needed})


def _needed(steps: Iterable[Step], draws: Iterable[str], given: Iterable[str] = ()) -> list[str]:
    taken = {name for step in steps if step.name not in given for name in step.inputs}
    return [name for name in draws if name in taken]


def _shapes(place: Placed, steps: Sequence[Step], rows: int) -> dict[str, Shape]:
    """The shapes of what a layer draws for so many rows, and of what follows from it."""
    return shapes_after(steps, {name: hollow((rows, *draw.shape)) for name, draw in place.draws.items()})


def _by_update(at: str, array: np.ndarray, shapes: Sequence[Shape], columns: bool) -> list[np.ndarray]:
    """The value of each update; where the last update has fewer rows, it takes the first of its own."""
    if len(shapes) == 1:
        return [fitted(at, array[None] if array.ndim == len(shapes[0]) - 1 else array, shapes[0], columns)]
    if array.shape[:1] != (len(shapes),) or array.ndim != len(shapes[0]) + 1:
        each = shape_said(shapes[0], columns)
        raise SheetError(
            f"{at}: each of the {len(shapes)} updates has its own; give a list of {len(shapes)}, each {each}"
        )
    return [
        fitted(at, part, shapes[0], columns)[: shape[0]] for part, shape in zip(array, shapes, strict=True)
    ]


def _missing(
    place: Placed, found: GivenLayer, name: str, shapes: Sequence[dict[str, Shape]], columns: bool
) -> str:
    """What is said of a draw that is needed; what follows from it, as a mask, is asked for first."""
    key, size = name.removesuffix(place.number), shape_said(shapes[0][name], columns)
    kind = f"{_KINDS[place.draws[name].kind]}, shape {size}"
    more = f", for each of the {len(shapes)} updates" if len(shapes) > 1 else ""
    for step in drawn_steps(place):
        if name in step.inputs:
            stands = step.name.removesuffix(place.number)
            size = shape_said(shapes[0][step.name], columns)
            return f"{found.at}.{stands}: is missing; give it, shape {size}{more}; or {key}, {kind}"
    return f"{found.at}.{key}: is missing; give {kind}{more}"
