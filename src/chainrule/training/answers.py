"""What a network answers: by NumPy or a compiled program, or by machine code where it is often asked."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.layers.steps import Step

if TYPE_CHECKING:
    from chainrule.training.forward import Asked, Forward

Kind = tuple[tuple[tuple[int, ...], str], ...]
"""Shapes and types of the inputs."""

SMALL = 2**18
"""Weights times rows. Below, NumPy answers before a compiled program is called: one row of 784-128-10
takes 40 µs instead of 50, and the first needs no compiling, nor JAX."""

OFTEN = 2**13
"""Answers to so many rows after which machine code is written for it, by way of JAX, in a second at most; one
row of 784-128-10 takes 13 µs then. Calls are counted, not seconds: the same calls have the same last bits."""

NEAR = 512
"""Rows that a processor works at once, whatever is asked for: more do not stay in its cache, and 10,000
rows of 784-128-10 take twice as long."""


class Answers:
    """Outputs of some steps for inputs: ``answers(values, inputs, batch_size)``."""

    def __init__(self, steps: tuple[Step, ...], outputs: tuple[str, ...]) -> None:
        self._steps, self._outputs = steps, outputs
        functions = ((s.rule.stable or s.rule.function, {**s.rule.defaults, **s.options}) for s in steps)
        self._work = [
            (step.name, function, step.inputs, options)
            for step, (function, options) in zip(steps, functions, strict=True)
        ]
        self._last: _Weights | None = None
        self._answered: Counter[Kind] = Counter()
        self._forwards: dict[Kind, Forward | None] = {}

    def __call__(
        self, values: Mapping[str, Any], inputs: Mapping[str, np.ndarray], batch_size: int
    ) -> list[np.ndarray]:
        """The outputs for every row."""
        weights = self._last
        if weights is None or not weights.are(values):
            weights = self._last = self._as_arrays(values)
        kind = tuple([(x.shape, x.dtype.char) for x in inputs.values()])
        asked = weights.asked.get(kind)
        if asked is not None:
            return asked(inputs.values())
        if not all(x.ndim == 2 and len(x) <= weights.most_rows for x in inputs.values()):
            return self._by_program(values, inputs, batch_size)
        self._answered[kind] += 1
        if self._answered[kind] > OFTEN and weights.are_plain:
            self._write(kind, weights, inputs)
        return self._by_numpy({**weights.arrays, **inputs})

    def _write(self, kind: Kind, weights: _Weights, inputs: Mapping[str, np.ndarray]) -> None:
        """Have machine code for inputs of a kind from now on, where there is such."""
        if kind not in self._forwards:
            from chainrule.training.forward import forward

            self._forwards[kind] = forward(self._steps, self._outputs, weights.arrays, inputs)
        made = self._forwards[kind]
        if made is not None:
            weights.asked[kind] = made.with_weights([*weights.arrays.values()])

    def _as_arrays(self, values: Mapping[str, Any]) -> _Weights:
        """The weights as NumPy has them, and for how many rows of plain features it will do."""
        arrays = {name: np.asarray(value, order="C") for name, value in values.items()}
        numbers = sum(array.size for array in arrays.values())
        plain = all(step.compute is None for step in self._steps)
        in_matrices = all(array.ndim <= 2 for array in arrays.values())
        return _Weights(dict(values), arrays, SMALL // max(numbers, 1) if plain and in_matrices else 0)

    def _by_numpy(self, known: dict[str, np.ndarray]) -> list[np.ndarray]:
        with np.errstate(all="ignore"):  # as compiled programs, which say nothing of an overflow
            for name, function, names, options in self._work:
                known[name] = function(*[known[i] for i in names], **options)
        return [np.array(known[output]) for output in self._outputs]

    def _by_program(
        self, values: Mapping[str, Any], inputs: Mapping[str, np.ndarray], batch_size: int
    ) -> list[np.ndarray]:
        import jax

        from chainrule.training.native.rows import left_outside

        if jax.default_backend() == "cpu":
            batch_size = min(batch_size, NEAR)
        return [np.array(output) for output in self._program(values, left_outside(inputs), batch_size)]

    @cached_property
    def _program(self) -> Any:
        from chainrule.training.inference import predictor

        return predictor(self._steps, self._outputs)


@dataclass(frozen=True)
class _Weights:
    """The values that were given last, as NumPy's arrays too."""

    given: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]
    most_rows: int
    asked: dict[Kind, Asked] = field(default_factory=dict)

    @cached_property
    def are_plain(self) -> bool:
        """Whether they are of the types that machine code takes."""
        return all(array.dtype in (np.float32, np.int32) for array in self.arrays.values())

    def are(self, values: Mapping[str, Any]) -> bool:
        """Whether these are the same arrays; names are those of one network, in their order."""
        given = self.given
        return len(given) == len(values) and all(map(operator.is_, given.values(), values.values()))
