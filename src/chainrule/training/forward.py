"""A forward pass as machine code: for networks that are asked for few rows, again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import jax
import numpy as np

from chainrule.layers.steps import Step, run
from chainrule.rules.arrays import Array
from chainrule.training.inference import in_full
from chainrule.training.kernels import are_but_products
from chainrule.training.native.equations import Equations, UnknownError, equations_of
from chainrule.training.native.plain import Bound
from chainrule.training.native.whole.body import is_written_here
from chainrule.training.native.whole.once import function_of


class Forward:
    """Machine code of a forward pass, for inputs of one kind."""

    def __init__(self, equations: Equations, inputs: Sequence[np.ndarray]) -> None:
        self._function = function_of(equations)
        self._found = [np.asarray(array, order="C") for array in equations.found]
        self._inputs = [(x.shape, x.dtype) for x in inputs]
        self._results = [(result.shape, result.dtype) for result in equations.results]

    def with_weights(self, weights: Sequence[np.ndarray]) -> Asked:
        """The outputs as a function of inputs, float32 or int32, of which the numbers lie side by side."""

        def desk() -> _Desk:
            inputs, results = (
                [np.empty(shape, dtype) for shape, dtype in kinds] for kinds in (self._inputs, self._results)
            )
            held = [*weights, *inputs, *self._found, *results]
            return _Desk(inputs, results, self._function(held), held)

        return Asked(desk)


class _Desk(NamedTuple):
    """Where a call finds its inputs and leaves its results; all that is ``held`` has to stay where it is."""

    inputs: list[np.ndarray]
    results: list[np.ndarray]
    work: Bound
    held: list[np.ndarray]


class Asked:
    """Outputs for inputs. Desks are used again, for it takes longer to make one than to do its work."""

    def __init__(self, desk: Callable[[], _Desk]) -> None:
        self._new, self._free = desk, [desk()]

    def __call__(self, inputs: Iterable[np.ndarray]) -> list[np.ndarray]:
        """The outputs, for any number of threads at once."""
        try:
            desk = self._free.pop()
        except IndexError:
            desk = self._new()
        for place, x in zip(desk.inputs, inputs, strict=True):
            place[...] = x
        desk.work()
        results = [result.copy() for result in desk.results]
        self._free.append(desk)
        return results


def forward(
    steps: Sequence[Step],
    outputs: Sequence[str],
    weights: Mapping[str, np.ndarray],
    inputs: Mapping[str, np.ndarray],
) -> Forward | None:
    """The outputs for weights and inputs like these; None where a step has no machine code."""
    known = {**weights, **inputs}
    kinds = [jax.ShapeDtypeStruct(array.shape, array.dtype) for array in known.values()]
    if jax.default_backend() != "cpu" or not are_but_products(steps):
        return None

    def function(arrays: Sequence[Array]) -> list[Array]:
        done = run(steps, dict(zip(known, arrays, strict=True)))
        return [in_full(done[output]) for output in outputs]

    try:
        equations = equations_of(jax.make_jaxpr(function)(kinds))
    except UnknownError:
        return None
    if any(array.dtype not in (np.float32, np.int32) for array in known.values()):
        return None
    if not is_written_here(equations):
        return None
    return Forward(equations, [*inputs.values()])
