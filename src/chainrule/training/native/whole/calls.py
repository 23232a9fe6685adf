"""Calls of whole functions: by XLA, of one example or of many at once, and by Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import numpy as np
from jax.custom_batching import custom_vmap

from chainrule.rules.arrays import Array
from chainrule.training.native import machine
from chainrule.training.native.handler import Work, registered
from chainrule.training.native.plain import plain
from chainrule.training.native.whole.epochs import Epochs, write_epochs


def called(epochs: Epochs, given: Sequence[Array]) -> Sequence[Array]:
    """The new values, and the sums (names, capacity), of arrays as the function takes them.

    Under ``vmap`` each core does the next of the examples; what all of them share is not copied.
    """
    work = _work(epochs)
    kinds = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in epochs.kinds]
    shapes, results = [array.shape for array in given], [kind.shape for kind in kinds]

    @custom_vmap
    def call(*inputs: Array) -> Any:
        return tuple(jax.ffi.ffi_call(registered(work, shapes, results), kinds)(*inputs))

    @call.def_vmap
    def of_many(count: int, batched: Sequence[bool], *inputs: Array) -> Any:
        name = registered(work, shapes, results, [i for i, own in enumerate(batched) if not own])
        many = [jax.ShapeDtypeStruct((count, *kind.shape), kind.dtype) for kind in kinds]
        found = jax.ffi.ffi_call(name, many, vmap_method="sequential")(*inputs)
        return tuple(found), (True,) * len(many)

    called: Sequence[Array] = call(*given)
    return called


def plainly(epochs: Epochs) -> Callable[[Sequence[np.ndarray]], list[np.ndarray]]:
    """The same as a function of NumPy's arrays, of just the kinds that the epochs take."""
    given = len(epochs.update.given) + 2
    function = plain(_work(epochs), given + len(epochs.kinds))

    def call(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        results = [np.empty(shape, dtype) for shape, dtype in epochs.kinds]
        function([*arrays, *results])()
        return results

    return call


def _work(epochs: Epochs) -> Work:
    turns = -(-epochs.rows // epochs.size)
    return Work(
        epochs.name,
        partial(write_epochs, epochs=epochs),
        machine.vectors().lanes,
        parts=1,
        multiplications=turns * epochs.update.multiplications,
        improved=epochs.is_tiny,  # loops are written as they should be
    )
