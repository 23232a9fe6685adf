"""``chainrule.sweep``: many variants of a model trained at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chainrule import doors
from chainrule.config import next_seed, seeded
from chainrule.model import BATCH_SIZE, Model
from chainrule.sweeps.entering import Entry, Field, Given, Plan
from chainrule.sweeps.halving import Halving
from chainrule.sweeps.results import Goal, Sweep
from chainrule.sweeps.running import Judge, carried_out
from chainrule.sweeps.space import Choices, Search, variants_of


def sweep(
    build: Callable[..., Model],
    over: Choices,
    x: Any,
    y: Any,
    *,
    epochs: int = 1,
    batch_size: int | None = None,
    validation_data: Any = None,
    shuffle: bool = True,
    search: Search | None = None,
    count: int | None = None,
    seeds: int | Sequence[int] = 1,
    measure: str | None = None,
    goal: Goal | None = None,
    halving: Halving | None = None,
    at_once: int | None = None,
    verbose: int = 1,
) -> Sweep:
    """Train many variants of a model at once, and find the best.

    ``build(**values)`` gives a compiled model for the values of what varies. ``over`` has, for each of
    build's arguments that varies, a list of values, or a :class:`chainrule.sweeps.Range` to draw from.
    Variants that differ in numbers alone are trained by one program; each comes out as if it had been
    trained alone, by ``set_random_seed(seed)``, ``build`` and ``fit``. ``seeds`` is from how many seeds, 0
    and up, each variant is trained, or which. ``measure`` is the log that counts (``val_loss``, or
    ``loss``), ``goal`` whether it should be "small" or "large". ``at_once`` is the most that one call
    trains.

    Raises TypeError where ``build`` gives no compiled model, ValueError for data that does not fit.

    >>> from chainrule import Input, Sequential
    >>> from chainrule.layers import Dense
    >>> def build(rate):
    ...     model = Sequential([Input((1,)), Dense(1)])
    ...     model.compile({"name": "SGD", "learning_rate": rate}, "mse")
    ...     return model
    >>> x = [[0.0], [1.0], [2.0], [3.0]]
    >>> found = sweep(build, {"rate": [0.1, 0.0001]}, x, [1.0, 3.0, 5.0, 7.0], epochs=50, verbose=0)
    >>> found.best.values
    {'rate': 0.1}
    """
    field = Field()
    epochs = doors.whole_number(epochs, "epochs", 1)
    size = BATCH_SIZE if batch_size is None else doors.whole_number(batch_size, "batch_size", 1)
    held = None if validation_data is None else doors.validation(validation_data)
    if held is not None and len(held) > 2:
        raise ValueError("validation_data has weights: give x and y alone")
    if at_once is not None:
        at_once = doors.whole_number(at_once, "at_once", 1)
    chosen = range(doors.whole_number(seeds, "seeds", 1)) if isinstance(seeds, int) else seeds
    given = Given("data", (x, y), None if held is None else (held[0], held[1]))
    variants = variants_of(over, search, count)
    for number, values in enumerate(variants, start=1):
        for seed in chosen:
            with seeded(seed):
                model = _built(build, values, x)
                plan = Plan(next_seed(), epochs, size, shuffle)
                field.enter(Entry(number, values, seed, model), given, plan)
    from chainrule.sweeps.progress import progress

    judge = Judge(field, measure, goal, halving)
    with progress(quiet=not doors.verbosity(verbose)) as report:
        return carried_out(field, judge, at_once, report)


def _built(build: Callable[..., Model], values: Mapping[str, Any], x: Any) -> Model:
    model = build(**values)
    if not isinstance(model, Model):
        raise TypeError(f"build must give a compiled model, got {type(model).__name__}")
    return model
