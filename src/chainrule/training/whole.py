"""Whole epochs as one function of machine code: of networks so small that each core is best left to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.layers.steps import Step, needed, run
from chainrule.network import LOSS, NEW, Program
from chainrule.optimizers import LEARNING_RATE
from chainrule.rules.arrays import Array
from chainrule.rules.rule import size
from chainrule.training.batches import rows_of
from chainrule.training.inference import Data, Measures, Values, measured
from chainrule.training.kernels import are_but_products
from chainrule.training.native.equations import Equations, UnknownError, equations_of
from chainrule.training.native.rows import Outside
from chainrule.training.native.whole.body import is_written_here
from chainrule.training.native.whole.calls import called
from chainrule.training.native.whole.epochs import Epochs, Order, Table

MOST = 2**21
"""Multiplications of an update. Of more, XLA's program has the gain of all cores."""
SIDE_BY_SIDE = 2**24
"""The same where many networks are trained at once, and each core has its own."""
EVALUATED = 2**28
"""The same of all that is evaluated at once: beyond, the other cores gain more than calling them takes."""
LINES = 1000
"""Equations of an update. More take LLVM longer than they would XLA."""


class Plan(NamedTuple):
    """Epochs as one function, and what that takes beside the data and the order.

    ``changing`` are the values that it gives anew, ``others`` those that it only reads.
    """

    epochs: Epochs
    changing: list[str]
    others: list[str]

    @property
    def found(self) -> Sequence[Any]:
        return self.epochs.update.found


def epochs_at_once(
    program: Program,
    measures: Measures,
    values: Values,
    data: Data,
    rate: Array,
    random: Mapping[str, Array],
    order: Array,
    batch_size: int,
    most: int = MOST,
) -> tuple[dict[str, Array], dict[str, Array]] | None:
    """An epoch of updates on rows in order; None where this is not the way to do it.

    ``random`` are the random numbers of all updates, in whose order their rows are. Gives the new values, and
    for each name of the logs the sum.
    """
    rows = order.shape[0]
    made = training(program, measures, values, data, random, rows, batch_size, Order.GIVEN, most=most)
    if made is None:
        return None
    given = [
        *(values[name] for name in (*made.changing, *made.others)),
        rate,
        *(_address(array) for array in (*data.values(), *random.values())),
        *made.found,
        order.astype(jnp.int32),
        jnp.int32(1),
    ]
    *new, sums = called(made.epochs, given)
    logs = dict(zip(measures.names, sums[:, 0], strict=True))
    return {**values, **dict(zip(made.changing, new, strict=True))}, logs


def training(
    program: Program,
    measures: Measures,
    values: Values,
    data: Data,
    random: Mapping[str, Array],
    rows: int,
    batch_size: int,
    order: Order,
    capacity: int = 1,
    most: int = MOST,
) -> Plan | None:
    """Epochs of updates on so many of the rows, if machine code does them best."""
    changing = list(program.changing)
    results = [f"{name}{NEW}" for name in changing]
    steps = needed(program.steps, (*results, LOSS, *program.outputs))
    function = _Function(program, measures, steps, changing)
    return planned(function, values, data, random, rows, batch_size, order, capacity, most)


def measuring(
    program: Program, measures: Measures, values: Values, data: Data, batch_size: int
) -> Plan | None:
    """An evaluation on all rows, if machine code does it best."""
    steps = needed(program.evaluation, (LOSS, *program.outputs))
    rows = rows_of(data)
    if _multiplications(program, rows) > EVALUATED:
        return None
    function = _Function(program, measures, steps, [])
    return planned(function, values, data, {}, rows, batch_size, Order.AS_THEY_COME, 1, MOST)


class _Function(NamedTuple):
    """Steps that change some values, and give what is measured behind them."""

    program: Program
    measures: Measures
    steps: Sequence[Step]
    changing: list[str]

    def of(self, others: Sequence[str], tables: Sequence[str]) -> Callable[..., Any]:
        """As a function of arrays, by the rules alone."""
        names = [*self.changing, *others, *tables]

        def update(new: Sequence[Array], old: Sequence[Array], rate: Array, batch: Sequence[Array]) -> Any:
            given = dict(zip(names, [*new, *old, *batch], strict=True))
            done = run(self.steps, {**given, LEARNING_RATE: rate})
            sums = measured(done, self.program, self.measures)
            return [done[f"{name}{NEW}"] for name in self.changing], list(sums.values())

        return update


def planned(
    function: _Function,
    values: Values,
    data: Data,
    random: Mapping[str, Array],
    rows: int,
    batch_size: int,
    order: Order,
    capacity: int,
    most: int,
) -> Plan | None:
    """The plan of a function, if there is a way of writing it, and it is small."""
    if jax.default_backend() != "cpu" or not _are_arrays({**values, **data}):
        return None
    changing = function.changing
    others = [name for name in values if name not in changing]
    size_of_batch = min(rows, batch_size)
    if not are_but_products(function.steps):
        return None  # layers that are written elsewhere
    if _multiplications(function.program, size_of_batch) > most:
        return None
    update = function.of(others, [*data, *random])
    taken = [*data.values(), *random.values()]
    kinds = [[_kind(values[name]) for name in names] for names in (changing, others)]
    rate = jax.ShapeDtypeStruct((), jnp.float32)

    def equations(rows: int) -> Equations:
        batch = [jax.ShapeDtypeStruct((rows, *array.shape[1:]), _type(array)) for array in taken]
        return equations_of(jax.make_jaxpr(update)(*kinds, rate, batch))

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
    epochs = Epochs(whole, last, len(changing), tables, rows, size_of_batch, order, capacity)
    return Plan(epochs, changing, others)


def _multiplications(program: Program, rows: int) -> int:
    """Those of the forward pass through layers with matrices, without what a weight is used for again."""
    weights = {**program.parameters, **program.frozen}.values()
    return rows * sum(size(each.shape) for each in weights if len(each.shape) == 2)


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


def _address(array: Any) -> Any:
    """The array, or where it is."""
    return array.address if isinstance(array, Outside) else array


def _type(array: Any) -> Any:
    return jnp.float32 if isinstance(array, Outside) else jnp.result_type(array)


def _kind(array: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(jnp.shape(array), jnp.result_type(array))
