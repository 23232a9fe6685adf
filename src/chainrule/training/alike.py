"""Runs that one program can train: the same but for numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chainrule.network import Program
from chainrule.training.inference import Data, Measures, evaluator
from chainrule.training.lifted import BranchError, Key, Ledger, Lifted
from chainrule.training.loop import updater
from chainrule.training.room import bytes_of
from chainrule.training.structure import filled, written_out
from chainrule.training.together import Ran, Rows, Span, copy_trained

CAPACITY = 256
"""The most epochs that one call can run."""


@dataclass(frozen=True)
class Candidate:
    """One run of many: its program, what it begins with, and how long it is trained.

    ``rows`` is the number of the data that it is trained on, ``seed`` that of its order and draws.
    """

    program: Program
    measures: Measures
    values: Mapping[str, Any]
    rate: float
    seed: int
    rows: int
    epochs: int
    batch_size: int
    shuffle: bool


@dataclass
class Alike:
    """Candidates with one program; ``numbers`` are those in which they differ, (candidates, places)."""

    members: list[int]
    first: Candidate
    numbers: np.ndarray
    asked: dict[Key, np.ndarray] = field(default_factory=dict)
    worked: int = 0

    def program(self, ledger: Ledger) -> Program:
        """The program, given the numbers that a ledger has."""
        differing = np.flatnonzero((self.numbers != self.numbers[:1]).any(axis=0))
        firsts: dict[bytes, int] = {}  # of places with the same numbers
        lifted = {}
        for place in map(int, differing):
            values = np.ascontiguousarray(self.numbers[:, place])
            root = firsts.setdefault(values.tobytes(), place)
            lifted[place] = Lifted(values, f"#{root}", frozenset({place}), ledger)
        return filled(self.first.program, lifted)

    def given(self, members: Sequence[int]) -> dict[Key, np.ndarray]:
        """The numbers of some members, by what the program asks for."""
        places = [self.members.index(member) for member in members]
        return {key: values[places].astype(np.float32) for key, values in self.asked.items()}

    def compiled(self) -> Callable[..., Ran]:
        """The program of several members at once, ``(values, numbers, rows, rates, keys, start, stop)``.

        Whether rows and keys are those of all members, or have an axis for them, is said by ``own_rows``
        and ``own_keys``.
        """
        plan, measures = self.first, self.first.measures

        def together(
            values: Any,
            numbers: Any,
            rows: Rows,
            rates: Any,
            keys: Any,
            start: Any,
            stop: Any,
            own_rows: bool,
            own_keys: bool,
        ) -> Ran:
            def one(values: Any, numbers: Any, rows: Rows, rate: Any, key: Any) -> Ran:
                program = self.program(Ledger(numbers))
                run = copy_trained(program, measures, plan.batch_size, plan.shuffle)
                return run(values, rows, rate, key, Span(start, stop, CAPACITY))

            axes = (0, 0, 0 if own_rows else None, 0, 0 if own_keys else None)
            return jax.vmap(one, in_axes=axes)(values, numbers, rows, rates, keys)

        return jax.jit(together, static_argnames=("own_rows", "own_keys"))


def alike(candidates: Sequence[Candidate], sets: Sequence[Rows]) -> list[Alike]:
    """The candidates by what one program can train.

    A number that a formula decides on, in Python, is the same in all candidates of a program.
    """
    found: dict[Any, list[tuple[int, list[float]]]] = {}
    for number, one in enumerate(candidates):
        key, numbers = written_out(one.program, one.measures)
        shapes = tuple((name, jnp.shape(value)) for name, value in _named(sets[one.rows]))
        found.setdefault((key, one.epochs, one.batch_size, one.shuffle, shapes), []).append((number, numbers))
    made = []
    for members in found.values():
        first = candidates[members[0][0]]
        group = Alike([n for n, _ in members], first, np.array([numbers for _, numbers in members]))
        made += _settled(group, candidates, sets[first.rows])
    return made


def _named(rows: Rows) -> list[tuple[str, Any]]:
    parts = {"data": rows.data, "validation": rows.validation or {}}
    return [(f"{part}.{name}", value) for part, data in parts.items() for name, value in data.items()]


def _settled(group: Alike, candidates: Sequence[Candidate], rows: Rows) -> list[Alike]:
    """The group with what its program asks for; parted, where a number in it decides what that is."""
    ledger = Ledger()
    try:
        done = jax.eval_shape(partial(_one_update, group, ledger), group.first.values, rows.data)
    except BranchError as error:
        parts: dict[bytes, list[int]] = {}
        for position, numbers in enumerate(group.numbers[:, sorted(error.places)]):
            parts.setdefault(numbers.tobytes(), []).append(position)
        made = []
        for positions in parts.values():
            members = [group.members[position] for position in positions]
            part = Alike(members, candidates[members[0]], group.numbers[positions])
            made += _settled(part, candidates, rows)
        return made
    group.asked = ledger.asked
    group.worked = bytes_of(jax.tree.leaves(done)) + 2 * bytes_of(
        map(np.asarray, group.first.values.values())
    )
    return [group]


def _one_update(group: Alike, ledger: Ledger, values: Mapping[str, Any], data: Data) -> Any:
    """All quantities of an update, and the measures behind it."""
    program, plan = group.program(ledger), group.first
    size = min(plan.batch_size, next(iter(data.values())).shape[0])
    key, batch = jax.random.key(0), jnp.arange(size)
    new, done = updater(program)(values, data, jnp.float32(plan.rate), key, batch)
    return done, evaluator(program, plan.measures)(new, data, plan.batch_size, batch)
