"""What a network answers: by NumPy where the work is small, else by a compiled program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from chainrule.layers.steps import Step

SMALL = 2**18
"""Weights times rows. Below, NumPy answers before a compiled program is called: one row of 784-128-10
takes 20 µs instead of 50, and the first needs no compiling, nor JAX."""

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
        self._last = _Weights({}, {}, 0)

    def __call__(
        self, values: Mapping[str, Any], inputs: Mapping[str, np.ndarray], batch_size: int
    ) -> list[np.ndarray]:
        """The outputs for every row."""
        weights = self._last
        if not weights.are(values):
            weights = self._last = self._as_arrays(values)
        if all(x.ndim == 2 and len(x) <= weights.most_rows for x in inputs.values()):
            return self._by_numpy({**weights.arrays, **inputs})
        return self._by_program(values, inputs, batch_size)

    def _as_arrays(self, values: Mapping[str, Any]) -> _Weights:
        """The weights as NumPy has them, and for how many rows of plain features it will do."""
        arrays = {name: np.asarray(value) for name, value in values.items()}
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

    def are(self, values: Mapping[str, Any]) -> bool:
        given = self.given
        return len(given) == len(values) and all(given.get(name) is value for name, value in values.items())
