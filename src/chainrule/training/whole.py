"""Whole epochs as one function of machine code: of networks so small that each core is best left to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.layers.steps import needed, run
from chainrule.network import LOSS, NEW, Program
from chainrule.optimizers import LEARNING_RATE
from chainrule.rules.arrays import Array
from chainrule.rules.rule import size
from chainrule.training.inference import Data, Measures, Values, measured
from chainrule.training.kernels import KERNELS
from chainrule.training.native.equations import Equations, UnknownError, equations_of
from chainrule.training.native.rows import Outside
from chainrule.training.native.whole.body import is_written_here
from chainrule.training.native.whole.calls import called
from chainrule.training.native.whole.epochs import Epochs, Table
from chainrule.training.products import PRODUCTS

MOST = 2**21
"""Multiplications of an update. Of more, XLA's program has the gain of all cores."""
SIDE_BY_SIDE = 2**24
"""The same where many networks are trained at once, and each core has its own."""
LINES = 1000
"""Equations of an update. More take LLVM longer than they would XLA."""


def epochs_at_once(
    program: Program,
    measures: Measures,
    values: Values,
    data: Data,
    rate: Array,
    random: Mapping[str, Array],
    order: Array | None,
    batch_size: int,
    count: Array | int = 1,
    capacity: int = 1,
    most: int = MOST,
) -> tuple[dict[str, Array], dict[str, Array]] | None:
    """Some epochs of updates on rows in order, or as they come; None where this is not the way to do them.

    ``random`` are the random numbers of all updates, in whose order their rows are. Gives the new values, and
    for each name of the logs the sums of each epoch, (capacity,).
    """
    if jax.default_backend() != "cpu" or not _are_arrays({**values, **data}):
        return None
    changing = list(program.changing)
    others = [name for name in values if name not in program.changing]
    rows = next(iter(data.values())).shape[0] if order is None else order.shape[0]
    size_of_batch = min(rows, batch_size)
    if _is_large(program, size_of_batch, most):
        return None
    update = _update(program, measures, changing, others, [*data, *random])
    taken = [*data.values(), *random.values()]
    kinds = [[_kind(values[name]) for name in names] for names in (changing, others)]

    def equations(rows: int) -> Equations:
        batch = [jax.ShapeDtypeStruct((rows, *array.shape[1:]), _type(array)) for array in taken]
        return equations_of(jax.make_jaxpr(update)(*kinds, _kind(rate), batch))

    try:
        whole, rest = equations(size_of_batch), rows % size_of_batch
        last = equations(rest) if rest else None
    except UnknownError:
        return None
    both = [whole] if last is None else [whole, last]
    if not all(_is_carried_on(each, len(changing)) for each in both):
        return None
    if last is not None and not _are_the_same(whole.found, last.found):
        return None
    if whole.multiplications > most or sum(len(each.lines) for each in both) > LINES:
        return None
    if not all(map(is_written_here, both)):
        return None
    batches = whole.given[len(kinds[0]) + len(kinds[1]) + 1 :]
    tables = tuple(
        Table(batch, isinstance(array, Outside), number >= len(data))
        for number, (batch, array) in enumerate(zip(batches, taken, strict=False))
    )
    epochs = Epochs(whole, last, len(changing), tables, rows, size_of_batch, order is not None, capacity)
    arrays = [array.address if isinstance(array, Outside) else array for array in taken]
    order = jnp.zeros(1, jnp.int32) if order is None else order.astype(jnp.int32)
    given = [
        *(values[name] for name in (*changing, *others)),
        rate,
        *arrays,
        *whole.found,
        order,
        jnp.minimum(jnp.asarray(count, jnp.int32), capacity),
    ]
    *new, sums = called(epochs, given)
    logs = dict(zip(measures.names, sums, strict=True))
    return {**values, **dict(zip(changing, new, strict=True))}, logs


def _is_large(program: Program, rows: int, most: int) -> bool:
    """Whether the forward pass alone has too many multiplications, or layers that are written elsewhere."""
    if any(step.rule in KERNELS and step.rule not in PRODUCTS for step in program.steps):
        return True
    weights = {**program.parameters, **program.frozen}.values()
    return rows * sum(size(each.shape) for each in weights if len(each.shape) == 2) > most


def _update(
    program: Program,
    measures: Measures,
    changing: Sequence[str],
    others: Sequence[str],
    tables: Sequence[str],
) -> Callable[..., Any]:
    """One update as a function of arrays, by the rules alone."""
    results = [f"{name}{NEW}" for name in changing]
    steps = needed(program.steps, (*results, LOSS, *program.outputs))

    def update(new: Sequence[Array], old: Sequence[Array], rate: Array, batch: Sequence[Array]) -> Any:
        given = dict(zip([*changing, *others, *tables], [*new, *old, *batch], strict=True))
        done = run(steps, {**given, LEARNING_RATE: rate})
        return [done[name] for name in results], list(measured(done, program, measures).values())

    return update


def _is_carried_on(equations: Equations, changing: int) -> bool:
    """Whether new values are like the old ones, sums are single numbers, and all have four bytes each."""
    new, sums = equations.results[:changing], equations.results[changing:]
    old = equations.given[:changing]
    return (
        all(a.shape == b.shape and a.dtype == b.dtype for a, b in zip(new, old, strict=True))
        and all(each.shape == () and each.dtype == np.float32 for each in sums)
        and all(each.dtype in (np.float32, np.int32) for each in equations.given)
    )


def _are_the_same(found: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether what two functions found elsewhere are the same arrays."""
    return len(found) == len(others) and all(map(_is_the_same, found, others))


def _is_the_same(one: Any, other: Any) -> bool:
    if one is other or any(isinstance(each, jax.core.Tracer) for each in (one, other)):
        return one is other
    return one.dtype == other.dtype and np.array_equal(one, other)


def _are_arrays(values: Mapping[str, Any]) -> bool:
    return all(isinstance(value, Outside) or hasattr(value, "dtype") for value in values.values())


def _type(array: Any) -> Any:
    return jnp.float32 if isinstance(array, Outside) else array.dtype


def _kind(array: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(jnp.shape(array), jnp.asarray(array).dtype)
