"""The reader that works by hand: it applies each step to exact numbers and keeps what it saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from chainrule.layers.steps import Step
from chainrule.network import INPUT, TARGET, Program
from chainrule.optimizers import LEARNING_RATE
from chainrule.paper.digits import rounded
from chainrule.paper.numbers import Number
from chainrule.paper.words import Word
from chainrule.rules.descent import number_of_updates

SAMPLES, KERNEL, MAPS = "samples", "kernel", "maps"
"""What an array of three axes or more holds: a matrix for each sample and channel, for each channel and
filter of a layer's kernel, or for each channel."""
GIVEN, FORWARD, LOSS_PART, GRADIENTS, UPDATE = "given", "forward", "loss", "gradients", "update"
COUNT, BEFORE, AFTER = "updates", "loss_before", "loss_after"


class WorkError(ArithmeticError):
    """A step that cannot be worked with the numbers given; says which, and why."""


@dataclass(frozen=True)
class Quantity:
    """One quantity of a working: its name, its value, and the step that gave it (None: given).

    ``inputs`` are the names of the quantities that the step took, in the rule's order. ``part`` is
    the part of the working that it belongs to, ``update`` the number of its update; ``rounded`` says
    that finishing changed it. ``symbol`` is its name in TeX, where the usual one will not do; a
    ``hidden`` one is given for the steps alone. ``stacked`` says what the axes of more than two are.
    """

    name: str
    value: np.ndarray
    step: Step | None = None
    inputs: tuple[str, ...] = ()
    part: str = GIVEN
    update: int = 0
    rounded: bool = False
    symbol: str = ""
    hidden: bool = False
    stacked: str = SAMPLES


@dataclass
class Tape:
    """All quantities of a working, by name, in the order in which they were worked.

    ``finish`` is applied to every value as soon as it is worked: rounding, or tidying a formula.
    """

    finish: Callable[[np.ndarray], np.ndarray] = lambda value: value
    quantities: dict[str, Quantity] = field(default_factory=dict)

    def give(self, name: str, value: np.ndarray, symbol: str = "", hidden: bool = False) -> None:
        """Put down a given value."""
        self.quantities[name] = Quantity(name, value, symbol=symbol, hidden=hidden)

    def work(
        self,
        step: Step,
        name: str,
        inputs: tuple[str, ...],
        part: str,
        update: int = 0,
        symbol: str = "",
    ) -> None:
        """Apply the step's rule to the quantities named, and keep the result under ``name``."""
        values = [self.quantities[i].value for i in inputs]
        try:
            with np.errstate(all="ignore"):  # floats that overflow inside SymPy are no matter of NumPy's
                worked = _paper_numbers(np.asarray(step.rule(*values, **exact_options(step)), dtype=object))
            for number in worked.flat:
                number.check_size()
            value = self.finish(worked)
        except (ArithmeticError, NotImplementedError) as error:
            applied = f"{name} = {step.rule.name}({', '.join(inputs)})"
            raise WorkError(f"cannot work {applied}: {error}") from None
        rounded = not all(same_number(a, b) for a, b in zip(worked.flat, value.flat, strict=True))
        self.quantities[name] = Quantity(name, value, step, inputs, part, update, rounded, symbol)

    def __getitem__(self, name: str) -> Quantity:
        return self.quantities[name]


def exact_options(step: Step) -> dict[str, Any]:
    """The options of a step with floats and decimals exact, as 0.99 that is 99/100 and so leaves 1/100."""
    options = {**step.rule.defaults, **step.options}
    return {k: Number(v) if isinstance(v, (float, Decimal)) else v for k, v in options.items()}


def _paper_numbers(worked: np.ndarray) -> np.ndarray:
    """The array with plain whole numbers, as a count gives them, made Numbers."""
    if not any(isinstance(v, (int, np.integer)) for v in worked.flat):
        return worked
    return _each(lambda v: Number(v) if isinstance(v, (int, np.integer)) else v)(worked)


def same_number(worked: Any, kept: Any) -> bool:
    """Whether a value was kept as it was worked; a ball is never the decimal that is kept of it."""
    if worked is kept or not isinstance(kept, Number):
        return True
    exact = getattr(worked, "exact", None)
    return exact is not None and exact == kept.exact


@dataclass(frozen=True)
class Descent:
    """How the rows are gone through: so many epochs in batches of so many rows, in order."""

    epochs: int = 1
    batch_size: int | None = None

    def batches(self, rows: int) -> list[slice]:
        """The rows of each update, over all epochs; the last batch of an epoch may be smaller."""
        size = min(self.batch_size or rows, rows)
        return [slice(i, min(i + size, rows)) for i in range(0, rows, size)] * self.epochs

    def rows(self, rows: int) -> list[int]:
        """How many rows each update has.

        >>> Descent(epochs=2, batch_size=2).rows(3)
        [2, 1, 2, 1]
        """
        return [batch.stop - batch.start for batch in self.batches(rows)]


def work(
    program: Program,
    given: Mapping[str, np.ndarray],
    descent: Descent,
    learning_rate: Any,
    finish: Callable[[np.ndarray], np.ndarray],
    measured: bool = False,
    drawn: Mapping[str, Sequence[np.ndarray]] | None = None,
    inputs: Sequence[str] = (INPUT,),
) -> Tape:
    """Work the updates of a network; ``given`` holds its inputs, y and all that its layers keep.

    With one update, quantities have their plain names and the new parameters end in ``_new``; with
    several, the update's number follows a dot, and W1.3 is W1 after the third update. ``measured``
    adds the loss over all rows before the first update and after the last. ``drawn`` has a value of
    each random quantity for each update.

    Raises WorkError, naming the step, where a value cannot be worked.
    """
    tape = Tape(finish)
    for name, value in given.items():
        tape.give(name, value)
    rows = given[inputs[0]].shape[0]
    batches = descent.batches(rows)
    tape.give(LEARNING_RATE, np.asarray(learning_rate, dtype=object))
    counts = {"epochs": descent.epochs, "rows": rows, "batch_size": descent.batch_size or rows}
    for name, count in counts.items():
        tape.give(name, np.asarray(Number(count), dtype=object), hidden=True)
    tape.work(Step(COUNT, number_of_updates, tuple(counts)), COUNT, tuple(counts), COUNT)
    if measured:
        _measure(tape, program, "before", lambda name: name)
    naming = _Naming(len(batches), {*program.changing}, tuple(tape.quantities), (*inputs, TARGET))
    for update, batch in enumerate(batches, start=1):
        for name, values in (drawn or {}).items():
            known = naming.quantity(name, update)
            tape.quantities[known] = Quantity(known, values[update - 1], update=update)
        _update(tape, program, naming, update, batch, tuple(drawn or ()), whole=batch == slice(0, rows))
    if measured:
        _measure(tape, program, "after", lambda name: naming.parameter(name, len(batches)))
    return tape


@dataclass(frozen=True)
class _Naming:
    """Names of quantities in one of several updates."""

    updates: int
    carried: set[str]
    constants: tuple[str, ...]
    rows: tuple[str, ...]

    def quantity(self, name: str, update: int) -> str:
        if name.endswith("_new"):
            return self.parameter(name.removesuffix("_new"), update)
        return name if self.updates == 1 else f"{name}.{update}"

    def parameter(self, name: str, update: int) -> str:
        """A parameter after so many updates."""
        if update == 0 or name not in self.carried:
            return name
        return f"{name}_new" if self.updates == 1 else f"{name}.{update}"


def _update(
    tape: Tape,
    program: Program,
    naming: _Naming,
    update: int,
    batch: slice,
    drawn: Sequence[str],
    whole: bool,
) -> None:
    known = {name: name for name in naming.constants}
    known |= {name: naming.quantity(name, update) for name in drawn}
    for name in naming.carried:
        known[name] = naming.parameter(name, update - 1)
    for name in naming.rows:
        known[name] = name
        if not whole and name in tape.quantities:
            known[name] = f"{name}.{update}"
            rows = tape[name].value[batch]
            tape.quantities[known[name]] = Quantity(known[name], rows, update=update, hidden=True)
    for part, steps in (
        (FORWARD, program.forward),
        (LOSS_PART, program.loss),
        (GRADIENTS, program.backward),
        (UPDATE, program.update),
    ):
        for step in steps:
            name = naming.quantity(step.name, update)
            tape.work(step, name, tuple(known[i] for i in step.inputs), part, update)
            known[step.name] = name


def _measure(tape: Tape, program: Program, when: str, parameter: Callable[[str], str]) -> None:
    """Work the loss over all rows, before the first update or after the last."""
    known: dict[str, str] = {}
    # What layers draw, or take from the batch alone, has no part in the loss over all rows.
    differs = program.draws or program.carried
    steps = program.evaluation if differs else (*program.forward, *program.loss)
    for step in steps:
        inputs = tuple(known.get(i) or parameter(i) for i in step.inputs)
        name = f"{step.name}_{when}"
        tape.work(step, name, inputs, BEFORE if when == "before" else AFTER)
        known[step.name] = name


def rounding(places: int) -> Callable[[np.ndarray], np.ndarray]:
    """What rounds every value to so many decimals before the next step, as people do on paper."""
    return _each(lambda value: value if isinstance(value, Word) else rounded(Number(value), places))


def tidying(value: np.ndarray) -> np.ndarray:
    """What writes every formula as shortly as can be."""
    return _each(lambda formula: formula.tidy())(value)


def _each(change: Callable[[Any], Any]) -> Callable[[np.ndarray], np.ndarray]:
    def changed(value: np.ndarray) -> np.ndarray:
        made = np.empty(value.shape, dtype=object)
        for place in np.ndindex(value.shape):
            made[place] = change(value[place])
        return made

    return changed
