"""What makes two programs one: all of them but the values of float options of their steps."""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from chainrule.layers.layer import Layer
from chainrule.layers.steps import Step
from chainrule.network import Program
from chainrule.rules.rule import Rule
from chainrule.training.inference import Measures
from chainrule.training.kernels import KERNELS

PARTS = ("forward", "loss", "backward", "update", "evaluation")
"""The fields of a program that hold steps."""
PLAIN = (bool, int, float, complex, str, bytes, type(None))
NUMBER = "a number"


class _Same:
    """A thing that is equal to itself alone; holds it, so that no other gets its place in memory."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)


def written_out(program: Program, measures: Measures) -> tuple[Hashable, list[float]]:
    """What programs must have in common to be one, and the numbers in which they may differ.

    >>> from chainrule.layers import Dense
    >>> from chainrule.losses import MeanSquaredError
    >>> from chainrule.network import Network
    >>> from chainrule.optimizers import SGD
    >>> def of(units, momentum):
    ...     program = Network([Dense(units)], (2,)).program(MeanSquaredError(), SGD(momentum=momentum))
    ...     return written_out(program, Measures({}, {}))
    >>> of(1, 0.5)[0] == of(1, 0.9)[0], of(1, 0.5)[0] == of(2, 0.5)[0], of(1, 0.5)[1]
    (True, False, [0.5, 0.5])
    """
    numbers: list[float] = []
    parts = [tuple(_step(step, numbers) for step in getattr(program, part)) for part in PARTS]
    kept = (program.parameters, program.state, program.carried, program.frozen)
    shapes = [tuple((name, p.shape, p.dtype) for name, p in of.items()) for of in kept]
    draws = tuple((name, draw.shape, draw.kind, draw.seed) for name, draw in program.draws.items())
    logs = (_key(measures.losses), tuple((name, _key(tuple(m))) for name, m in measures.metrics.items()))
    return (*parts, *shapes, draws, program.outputs, logs), numbers


def filled(program: Program, numbers: Mapping[int, Any]) -> Program:
    """The program with other numbers in some places, which count in the order of :func:`written_out`."""
    place = -1

    def number(value: Any) -> Any:
        nonlocal place
        if not _is_number(value):
            return value
        place += 1
        return numbers.get(place, value)

    def step_filled(step: Step) -> Step:
        return replace(step, options={name: number(value) for name, value in _options(step).items()})

    parts: dict[str, Any] = {part: tuple(map(step_filled, getattr(program, part))) for part in PARTS}
    return replace(program, **parts)


def _options(step: Step) -> dict[str, Any]:
    """All that a step's rule is given beside quantities; a kernel is not given the rule's own."""
    return dict(step.options) if step.rule in KERNELS else {**step.rule.defaults, **step.options}


def _is_number(value: Any) -> bool:
    return isinstance(value, float | np.floating)


def _step(step: Step, numbers: list[float]) -> Hashable:
    options = _options(step)
    numbers += [float(value) for value in options.values() if _is_number(value)]
    said = tuple((name, NUMBER if _is_number(value) else _key(value)) for name, value in options.items())
    rule = _Same(step.rule) if step.rule in KERNELS else _rule(step.rule, ())
    return step.name, rule, step.inputs, said, step.compute


def _rule(rule: Rule, within: tuple[Any, ...]) -> Hashable:
    return rule.name, _key(rule.function, within), _key(rule.stable, within)


def _key(value: Any, within: tuple[Any, ...] = ()) -> Hashable:
    """Two things with equal keys do the same; ``within`` are those whose keys are being made."""
    if isinstance(value, PLAIN):
        return type(value).__name__, value
    if any(value is one for one in within):
        return ("within", next(i for i, one in enumerate(within) if value is one))
    within = (*within, value)
    if isinstance(value, np.ndarray):
        return "array", str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, types.FunctionType):
        return _function(value, within)
    if isinstance(value, tuple | list):
        return type(value).__name__, tuple(_key(one, within) for one in value)
    if isinstance(value, Mapping):
        return "table", tuple((_key(name, within), _key(one, within)) for name, one in value.items())
    if isinstance(value, Rule):
        return "rule", _rule(value, within), _key(value.defaults, within)
    if isinstance(value, Step):
        return "step", value.name, _key(value.rule, within), value.inputs, _key(value.options, within)
    if isinstance(value, Layer):
        said = {name: one for name, one in vars(value).items() if name not in ("_kept", "name")}
        return "layer", _Same(type(value)), _key(said, within)
    if is_dataclass(value) and not isinstance(value, type):
        named = {f.name: getattr(value, f.name) for f in fields(value)}
        return "made", _Same(type(value)), _key(named, within)
    return _Same(value)


def _function(function: Callable[..., Any], within: tuple[Any, ...]) -> Hashable:
    held = [_key(cell.cell_contents, within) for cell in getattr(function, "__closure__", None) or ()]
    defaults = (getattr(function, "__defaults__", None), getattr(function, "__kwdefaults__", None))
    return (
        function.__module__,
        function.__qualname__,
        _Same(function.__code__),
        tuple(held),
        _key(defaults, within),
    )
