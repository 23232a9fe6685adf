"""What a jaxpr does as one list of lines, without calls, and without what no result needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jax.extend.core import ClosedJaxpr, Literal

CALLS = ("jit", "pjit", "closed_call", "custom_jvp_call")


class Line(NamedTuple):
    """A primitive of JAX's that makes some values of others; each value has a number."""

    primitive: Any
    inputs: tuple[int, ...]
    results: tuple[int, ...]
    options: Any


@dataclass
class Listing:
    """The lines, what kind each value is of, those that are known, and which ones the results are.

    The inputs are the first of the values.
    """

    inputs: int
    kinds: list[Any] = field(default_factory=list)
    constants: dict[int, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    results: list[int] = field(default_factory=list)

    @property
    def used(self) -> list[int]:
        """The inputs that the results depend on."""
        taken = {*self.results, *(value for line in self.lines for value in line.inputs)}
        return [i for i in range(self.inputs) if i in taken]


def listed(made: ClosedJaxpr) -> Listing:
    """The list of what the jaxpr does."""
    listing = Listing(len(made.in_avals))
    inputs = [_new(listing, kind) for kind in made.in_avals]
    listing.results = _add(listing, made, inputs)
    needed = set(listing.results)
    kept = []
    for line in reversed(listing.lines):
        if needed.intersection(line.results):
            kept.append(line)
            needed.update(line.inputs)
    listing.lines = kept[::-1]
    return listing


def _new(listing: Listing, kind: Any) -> int:
    listing.kinds.append(kind)
    return len(listing.kinds) - 1


def _known(listing: Listing, kind: Any, value: Any) -> int:
    number = _new(listing, kind)
    listing.constants[number] = value
    return number


def _add(listing: Listing, made: ClosedJaxpr, inputs: Sequence[int]) -> list[int]:
    """Add the lines of a jaxpr of these inputs; the numbers of its results."""
    numbers = dict(zip(made.jaxpr.invars, inputs, strict=True))
    for variable, constant in zip(made.jaxpr.constvars, made.consts, strict=True):
        numbers[variable] = _known(listing, variable.aval, constant)

    def number(atom: Any) -> int:
        return _known(listing, atom.aval, atom.val) if isinstance(atom, Literal) else numbers[atom]

    for equation in made.jaxpr.eqns:
        taken = [number(atom) for atom in equation.invars]
        if equation.primitive.name in CALLS:
            inner = equation.params.get("jaxpr") or equation.params["call_jaxpr"]
            results = _add(listing, inner, taken)
        else:
            results = [_new(listing, variable.aval) for variable in equation.outvars]
            listing.lines.append(Line(equation.primitive, tuple(taken), tuple(results), equation.params))
        numbers |= dict(zip(equation.outvars, results, strict=True))
    return [number(atom) for atom in made.jaxpr.outvars]
