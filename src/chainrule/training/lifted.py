"""Numbers that differ between copies of a network, standing in formulas for one number each.

Where numbers alone meet, as in 1 - β, the host works in float64, as it does for a network alone; where
they meet arrays, the program is given what came out, in float32. So each copy has the numbers that it
would have alone, to the bit, and all copies have one program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from chainrule.rules.arrays import Array

Key = str
"""How a number came about: the place that it is from, or an operation and what it was of."""


class BranchError(Exception):
    """A formula asked, in Python, for the one value of a number that has several; from these places."""

    def __init__(self, places: frozenset[int]) -> None:
        super().__init__(f"the numbers of places {sorted(places)} decide what the program is")
        self.places = places


class Ledger:
    """The numbers that a program is given: those it asked for, or while it is compiled, their arrays."""

    def __init__(self, given: Mapping[Key, Array] | None = None) -> None:
        self.given = given
        self.asked: dict[Key, np.ndarray] = {}

    def array(self, number: Lifted) -> Array:
        """The number as the program has it."""
        self.asked[number.key] = number.values
        return jnp.zeros(()) if self.given is None else self.given[number.key]


class Lifted(NDArrayOperatorsMixin):
    """A number with a value for each copy; ``places`` are those that it was worked from.

    >>> ledger = Ledger()
    >>> beta = Lifted(np.array([0.9, 0.5]), "#0", frozenset({0}), ledger)
    >>> (1 - beta).values.round(6).tolist(), beta < 1, len(ledger.asked)
    ([0.1, 0.5], True, 0)
    >>> _ = (1 - beta) * jnp.ones(3); list(ledger.asked)
    ['subtract(1, #0)']
    """

    def __init__(self, values: np.ndarray, key: Key, places: frozenset[int], ledger: Ledger) -> None:
        self.values, self.key, self.places, self._ledger = values, key, places, ledger

    def __jax_array__(self) -> Array:
        return self._ledger.array(self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            raise BranchError(self.places)
        if all(isinstance(one, Lifted) or np.isscalar(one) for one in inputs):
            return self._worked(ufunc, inputs)
        function = getattr(jnp, ufunc.__name__)
        return function(*(_as_array(one, inputs) for one in inputs))

    def _worked(self, ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Any:
        lifted = [one for one in inputs if isinstance(one, Lifted)]
        values = ufunc(*(one.values if isinstance(one, Lifted) else one for one in inputs))
        key = ", ".join(one.key if isinstance(one, Lifted) else repr(one) for one in inputs)
        found = Lifted(
            values,
            f"{ufunc.__name__}({key})",
            frozenset().union(*(one.places for one in lifted)),
            self._ledger,
        )
        return bool(found) if values.dtype == bool else found

    def __bool__(self) -> bool:
        return bool(self._only(self.values != 0))

    def __float__(self) -> float:
        return float(self._only(self.values))

    def _only(self, values: np.ndarray) -> Any:
        """The value that all copies have."""
        if (values != values[0]).any():
            raise BranchError(self.places)
        return values[0]


def _as_array(one: Any, beside: tuple[Any, ...]) -> Any:
    """A lifted number in the kind of number of what it meets; anything else as it is."""
    if not isinstance(one, Lifted):
        return one
    kinds = [other.dtype for other in beside if not isinstance(other, Lifted) and hasattr(other, "dtype")]
    floats = [kind for kind in kinds if jnp.issubdtype(kind, jnp.floating)]
    return jax.lax.convert_element_type(one.__jax_array__(), floats[0] if floats else np.float32)
