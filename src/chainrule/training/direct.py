"""Small networks on a processor, trained and measured without XLA: Python calls one function of machine code.

Nothing is compiled but that function, and a call takes microseconds. It gives the values that the compiled
loop gives, to the bit, for that calls the same function in each epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from chainrule.network import LOSS, Program
from chainrule.training.inference import Data, Measures, Values
from chainrule.training.loop import CAPACITY, Epochs
from chainrule.training.native.rows import Outside
from chainrule.training.native.whole.calls import plainly
from chainrule.training.native.whole.epochs import Order
from chainrule.training.whole import Plan, measuring, training

Sums = Callable[[Values], dict[str, float]]
Run = Callable[[Values, float, int, int], Epochs]
"""Epochs from a start to a stop, not included: ``run(values, rate, start, stop)``."""


class Direct:
    """The ways of a program to be run by Python, each written when it is first wanted."""

    def __init__(self, program: Program, measures: Measures) -> None:
        self._program, self._measures = program, measures
        self._made: dict[Any, _Function | None] = {}

    def training(
        self,
        values: Values,
        data: Data,
        validation: Data | None,
        batch_size: int,
        shuffle: bool,
        seed: int,
    ) -> Run | None:
        """A run with this data, or None where XLA does it better."""
        rows = next(iter(data.values())).shape[0]
        is_shuffled = shuffle and batch_size < rows
        if self._program.draws or (is_shuffled and not _keys_are_known()):
            return None
        order = Order.DRAWN if is_shuffled else Order.AS_THEY_COME
        function = self._function(
            ("train", batch_size, order),
            values,
            data,
            lambda: training(
                self._program, self._measures, values, data, {}, rows, batch_size, order, CAPACITY
            ),
        )
        if function is None:
            return None
        if validation is None:
            return _Run(function.on(data), None, self._measures.names, rows, seed)
        measure = self.measuring(values, validation, batch_size)
        return measure and _Run(function.on(data), measure, self._measures.names, rows, seed)

    def measuring(self, values: Values, data: Data, batch_size: int) -> Sums | None:
        """The means of the loss and the metrics over all rows, or None where XLA does it better."""
        function = self._function(
            ("measure", batch_size),
            values,
            data,
            lambda: measuring(self._program, self._measures, values, data, batch_size),
        )
        if function is None:
            return None
        call, rows = function.on(data), next(iter(data.values())).shape[0]

        def means(values: Values) -> dict[str, float]:
            _, sums = call(values, 0.0, np.zeros(1, np.int32), 1)
            return dict(zip(self._measures.names, _means(sums[:, 0], rows).tolist(), strict=True))

        return means

    def _function(
        self, what: Any, values: Values, data: Data, plan: Callable[[], Plan | None]
    ) -> _Function | None:
        key = (what, _kinds(values), _kinds(data))
        if key not in self._made:
            made = plan()
            self._made[key] = None if made is None else _Function(made)
        return self._made[key]


class _Function:
    """Machine code of a plan, and what it is given."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._call = plan, plainly(plan.epochs)
        self._names = [*plan.changing, *plan.others]
        self._types = [quantity.dtype for quantity in plan.epochs.update.given]

    def on(self, data: Data) -> _Call:
        """The function with this data."""
        types = self._types[len(self._names) + 1 :]
        found = [*data.values(), *self._plan.found]
        arrays = list(map(_array, found, types))

        def call(
            values: Values, rate: float, order: np.ndarray, count: int
        ) -> tuple[dict[str, Any], np.ndarray]:
            given = [_array(values[name], kind) for name, kind in zip(self._names, self._types, strict=False)]
            given += [np.array(rate, np.float32), *arrays, order, np.array(count, np.int32)]
            *new, sums = self._call(given)
            for array in new:
                array.flags.writeable = False  # as what XLA gives: who has it may keep it
            return {**values, **dict(zip(self._plan.changing, new, strict=True))}, sums

        return call


_Call = Callable[[Values, float, np.ndarray, int], tuple[dict[str, Any], np.ndarray]]


class _Run:
    """Epochs on some data, one after the other where each is validated, else many in one call."""

    def __init__(
        self, call: _Call, validated: Sums | None, names: Sequence[str], rows: int, seed: int
    ) -> None:
        self._call, self._validated, self._names, self._rows = call, validated, names, rows
        self._key = [seed >> 32, seed & 0xFFFFFFFF]

    def __call__(self, values: Values, rate: float, start: int, stop: int) -> Epochs:
        """The epochs from ``start`` to ``stop``, not included, or up to one whose loss is not finite."""
        if self._validated is None:
            values, logs = self._several(values, rate, start, stop - start)
        else:
            values, logs = self._one_by_one(values, rate, start, stop)
        lost = np.flatnonzero(~np.isfinite(logs[LOSS]))
        done = int(lost[0]) + 1 if len(lost) else len(logs[LOSS])
        finite = not len(lost) and all(np.isfinite(value).all() for value in values.values())
        return Epochs(values, done, logs, finite)

    def _several(
        self, values: Values, rate: float, start: int, count: int
    ) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        order = np.array([*self._key, start], np.uint32)
        new, sums = self._call(values, rate, order, count)
        return new, dict(zip(self._names, _means(sums[:, :count], self._rows), strict=True))

    def _one_by_one(
        self, values: Values, rate: float, start: int, stop: int
    ) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        assert self._validated is not None
        new, rows = dict(values), []
        for epoch in range(start, stop):
            new, logs = self._several(new, rate, epoch, 1)
            found = self._validated(new)
            rows.append([*(float(log[0]) for log in logs.values()), *found.values()])
            if not np.isfinite(logs[LOSS]).all():
                break
        names = [*self._names, *(f"val_{name}" for name in self._names)]
        columns = np.array(rows, np.float32).reshape(len(rows), len(names)).T
        return new, dict(zip(names, columns, strict=True))


def _means(sums: np.ndarray, rows: int) -> np.ndarray:
    means: np.ndarray = sums / np.float32(rows)
    return means


def _keys_are_known() -> bool:
    """Whether JAX derives random numbers as machine code does: in the way that it has as its default."""
    known = jax.config.values
    return known["jax_default_prng_impl"] == "threefry2x32" and bool(known["jax_threefry_partitionable"])


def _kinds(arrays: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple((name, *_kind(array)) for name, array in arrays.items())


def _kind(array: Any) -> tuple[Any, ...]:
    if isinstance(array, Outside):
        return array.shape, "outside"
    return np.shape(array), getattr(array, "dtype", type(array))


def _array(value: Any, kind: np.dtype) -> np.ndarray:
    """The numbers as machine code reads them; of what is outside, the address."""
    if isinstance(value, Outside):
        address: np.ndarray = value.address
        return address
    return np.asarray(value, kind, order="C")
