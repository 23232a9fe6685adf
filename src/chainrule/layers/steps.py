"""Steps: a rule applied to named quantities, and the pen with which layers write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chainrule.rules.rule import Call, Name, Rule


@dataclass(frozen=True)
class Step:
    """``name = rule(*inputs, **options)``; ``layer`` is the number of the layer that wrote it.

    ``compute`` is the type that training computes it in, as bfloat16; that of its inputs, where it is None.
    """

    name: str
    rule: Rule
    inputs: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    layer: str = ""
    compute: str | None = None

    def __str__(self) -> str:
        return f"{self.name} = {self.rule.name}({', '.join(self.inputs)})"


Kernels = Mapping[Rule, Callable[..., Any]]
"""Faster functions for some rules, of the same values: what one kind of machine does better."""


def run(steps: Iterable[Step], values: Mapping[str, Any], kernels: Kernels | None = None) -> dict[str, Any]:
    """The values with those of the steps added: what every reader of arrays does.

    >>> import numpy as np
    >>> from chainrule.rules.affine import affine
    >>> z1 = Step("z1", affine, ("x", "W1", "b1"))
    >>> given = {"x": np.array([[1.0, 2.0]]), "W1": np.eye(2), "b1": np.zeros(2)}
    >>> run([z1], given)["z1"]
    array([[1., 2.]])
    """
    known, faster = dict(values), kernels or {}
    for step in steps:
        function = faster.get(step.rule, step.rule)
        inputs = (known[i] for i in step.inputs)
        if step.compute is not None:
            inputs = (_computed_in(step.compute, value) for value in inputs)
        known[step.name] = function(*inputs, **step.options)
    return known


def _computed_in(dtype: str, value: Any) -> Any:
    """A float value in another type; labels, counts, and what Optax carries along stay as they are."""
    return value.astype(dtype) if "float" in str(getattr(value, "dtype", "")) else value


def needed(steps: Iterable[Step], results: Iterable[str]) -> tuple[Step, ...]:
    """Of the steps, those that the results depend on, in their order."""
    wanted = set(results)
    kept = []
    for step in reversed(tuple(steps)):
        if step.name in wanted:
            kept.append(step)
            wanted.update(step.inputs)
    return tuple(reversed(kept))


class Quantities:
    """The quantities of one layer: assigning writes a step, reading gives a name.

    Inside a layer a quantity has its textbook name; outside, the layer's number is added, so
    ``q.z = affine(x, q.W, q.b)`` in layer 2 writes the step ``z2 = affine(a1, W2, b2)``.

    >>> from chainrule.rules.affine import affine
    >>> q = Quantities("2", ("W", "b"))
    >>> q.z = affine(Name("a1"), q.W, q.b)
    >>> str(q.steps[0])
    'z2 = affine(a1, W2, b2)'
    """

    def __init__(self, number: str, parameters: Iterable[str], others: Iterable[str] = ()) -> None:
        trained = set(parameters)
        self.__dict__.update(number=number, trained=trained, known=trained | {*others}, steps=[])

    number: str
    trained: set[str]
    known: set[str]
    steps: list[Step]

    def __getattr__(self, local: str) -> Name:
        if local not in self.known:
            has = ", ".join(sorted(self.known)) or "nothing"
            raise AttributeError(f"layer {self.number} has no quantity {local!r} yet; it has {has}")
        return Name(local + self.number)

    def __setattr__(self, local: str, call: Call) -> None:
        self.write(local + self.number, call)
        self.known.add(local)

    def carry(self, local: str, call: Call) -> None:
        """Write what a quantity that is carried along, as a moving average, becomes with this update."""
        getattr(self, local)
        self.write(f"{local}{self.number}_new", call)

    def write(self, name: str, call: Call) -> Name:
        """Write the step ``name = call`` under a name that is already whole."""
        if not isinstance(call, Call):
            raise TypeError(
                f"{name!r} must be a rule applied to quantities, got {type(call).__name__}; make the "
                "formula a chainrule.rule and apply it to q's quantities"
            )
        if any(step.name == name for step in self.steps):
            raise ValueError(f"{name!r} is written already: a quantity has one value, so name this one anew")
        inputs = tuple(i.text if isinstance(i, Name) else _not_a_name(call, i) for i in call.inputs)
        self.steps.append(Step(name, call.rule, inputs, call.options, self.number))
        return Name(name)


def _not_a_name(call: Call, found: Any) -> str:
    raise TypeError(
        f"rule {call.rule.name!r} was applied to {type(found).__name__} {found!r} beside quantities; "
        "give plain numbers as keyword options of the rule"
    )
