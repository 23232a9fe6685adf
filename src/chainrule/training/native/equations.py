"""The equations of a jaxpr as one list: calls opened, what is there twice once, and only what is needed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Literal

from chainrule.rules.rule import Shape
from chainrule.training.native import machine

DEAR = dict.fromkeys(("exp", "expm1", "log", "log1p", "tanh", "logistic"), 25)
"""Instructions of functions that have many, about."""
CALLS = ("jit", "pjit", "closed_call", "custom_jvp_call", "custom_vjp_call")


@dataclass(frozen=True, eq=False)
class Quantity:
    """An array that is worked out or given; ``known`` is its one number, where that is known beforehand."""

    shape: Shape
    dtype: np.dtype
    known: Any = None


@dataclass(frozen=True, eq=False)
class Equation:
    """A result, JAX's primitive that gives it, and what of."""

    primitive: Any
    inputs: tuple[Quantity, ...]
    result: Quantity
    params: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.primitive.name)


@dataclass(frozen=True)
class Equations:
    """What is given, the equations in their order, and those quantities that are asked for.

    ``found`` are arrays that the function did not take as inputs; they are given after these.
    """

    given: tuple[Quantity, ...]
    lines: tuple[Equation, ...]
    results: tuple[Quantity, ...]
    found: tuple[Any, ...] = ()

    @property
    def used(self) -> list[int]:
        """The numbers of the given ones that something depends on."""
        taken = {*self.results, *(quantity for each in self.lines for quantity in each.inputs)}
        return [i for i, quantity in enumerate(self.given) if quantity in taken]

    @property
    def written(self) -> str:
        """All of it in words: what has the same words does the same."""
        numbers: dict[Quantity, int] = {}

        def name(quantity: Quantity) -> str:
            number = numbers.setdefault(quantity, len(numbers))
            return f"{number}:{quantity.dtype}{quantity.shape}{quantity.known!r}"

        lines = [" ".join(map(name, self.given))]
        for e in self.lines:
            params = ", ".join(f"{key}={e.params[key]}" for key in sorted(e.params))
            lines.append(f"{name(e.result)} = {e.name}[{params}] {' '.join(map(name, e.inputs))}")
        return "\n".join([*lines, " ".join(map(name, self.results))])

    @property
    def vectors(self) -> int:
        """About how many vectors are worked on, a function of numbers as so many as it has instructions."""
        lanes = machine.vectors().lanes
        results = sum(-(-math.prod(e.result.shape) // lanes) * DEAR.get(e.name, 1) for e in self.lines)
        return results + self.multiplications // lanes

    @property
    def multiplications(self) -> int:
        """Those of the products of matrices."""
        return sum(
            math.prod(e.result.shape) * e.inputs[0].shape[e.params["dimension_numbers"][0][0][0]]
            for e in self.lines
            if e.name == "dot_general"
        )


def kind_of(dtype: Any) -> np.dtype:
    """NumPy's type; raises UnknownError of one that is JAX's alone, as that of keys."""
    if jnp.issubdtype(dtype, jax.dtypes.extended):
        raise UnknownError(f"{dtype} is not a type of numbers")
    kind: np.dtype = np.dtype(dtype)
    return kind


class UnknownError(Exception):
    """A jaxpr has something that is not a number of equations with one result each."""


@dataclass
class _Reader:
    """What was read so far."""

    equations: list[Equation] = field(default_factory=list)
    known: dict[Any, Quantity] = field(default_factory=dict)
    found: list[Any] = field(default_factory=list)
    given: list[Quantity] = field(default_factory=list)

    def read(self, made: ClosedJaxpr, given: Sequence[Quantity]) -> list[Quantity]:
        """Read the equations of a jaxpr of these; gives its results."""
        here: dict[Any, Quantity] = dict(zip(made.jaxpr.invars, given, strict=True))
        here |= {v: self.constant(c) for v, c in zip(made.jaxpr.constvars, made.consts, strict=True)}

        def quantity(variable: Any) -> Quantity:
            if isinstance(variable, Literal):
                kind: Any = variable.aval
                return self.constant(variable.val, kind.dtype)
            return here[variable]

        for equation in made.jaxpr.eqns:
            inputs = [quantity(variable) for variable in equation.invars]
            inner = equation.params.get("jaxpr") or equation.params.get("call_jaxpr")
            if equation.primitive.name in CALLS:
                results = self.read(inner, inputs)
            else:
                results = [self._result(equation, inputs)]
            here |= dict(zip(equation.outvars, results, strict=True))
        return [quantity(variable) for variable in made.jaxpr.outvars]

    def constant(self, number: Any, dtype: Any = None) -> Quantity:
        """A known number; an array, or what stands for one while a program is made, as if it were given."""
        if isinstance(number, jax.core.Tracer) or np.ndim(number):
            if not any(each is number for each in self.found):
                self.found.append(number)
                self.given.append(Quantity(np.shape(number), kind_of(number.dtype)))
            return next(q for each, q in zip(self.found, self.given, strict=True) if each is number)
        value = np.asarray(number, dtype)
        return self._once(("known", value.dtype, value.tobytes()), Quantity((), value.dtype, value.item()))

    def _result(self, equation: Any, inputs: Sequence[Quantity]) -> Quantity:
        if len(equation.outvars) != 1:
            raise UnknownError(f"{equation.primitive.name} gives several results")
        kind, params = equation.outvars[0].aval, equation.params
        name = equation.primitive.name
        result = Quantity(kind.shape, kind_of(kind.dtype))
        key = (name, tuple(map(id, inputs)), str(sorted(params.items(), key=str)))
        known = self._once(key, result)
        if known is result:
            self.equations.append(Equation(equation.primitive, tuple(inputs), result, params))
        return known

    def _once(self, key: Any, quantity: Quantity) -> Quantity:
        return self.known.setdefault(key, quantity)


def equations_of(made: ClosedJaxpr) -> Equations:
    """The equations of a jaxpr; raises UnknownError where it has others."""
    given = tuple(Quantity(kind.shape, kind_of(kind.dtype)) for kind in made.in_avals)
    reader = _Reader()
    results = reader.read(made, given)
    needed = tuple(_needed(reader.equations, results))
    return Equations((*given, *reader.given), needed, tuple(results), tuple(reader.found))


def _needed(equations: Sequence[Equation], results: Iterable[Quantity]) -> list[Equation]:
    wanted, kept = set(results), []
    for equation in reversed(equations):
        if equation.result in wanted:
            kept.append(equation)
            wanted.update(equation.inputs)
    return kept[::-1]
