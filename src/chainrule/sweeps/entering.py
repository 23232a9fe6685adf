"""What takes part in a sweep: models that are ready to be trained, and their data."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.losses import Loss
from chainrule.model import Model

if TYPE_CHECKING:
    from chainrule.training.alike import Candidate
    from chainrule.training.together import Rows

Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Entry:
    """One run: a variant, counted from 1, its values, its seed, and the model."""

    variant: int
    values: Mapping[str, Any]
    seed: int
    model: Model


@dataclass(frozen=True)
class Given:
    """The rows to train on and to validate on; ``name`` tells them from others."""

    name: Hashable
    train: Pair
    validation: Pair | None


@dataclass(frozen=True)
class Plan:
    """How long a run is trained, and how it goes through its rows; ``seed`` is that of their order."""

    seed: int
    epochs: int
    batch_size: int
    shuffle: bool


class Field:
    """All runs of a sweep."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.candidates: list[Candidate] = []
        self.sets: list[Rows] = []
        self._known: dict[Hashable, int] = {}

    def enter(self, entry: Entry, given: Given, plan: Plan) -> None:
        """Let a run take part. Raises ValueError or TypeError for data that does not fit the model."""
        from chainrule.training.alike import Candidate
        from chainrule.training.trainer import measured_of

        model, aim = entry.model, entry.model.objective
        rows = self._rows(model, given)
        program = model.network.program(aim.losses, model.optimizer, shares=aim.shares)
        measures = measured_of(model.network, program, aim.rules([*model.network.outputs.values()]))
        state = {name: p.first_values(name).astype(p.dtype) for name, p in program.state.items()}
        self.entries.append(entry)
        self.candidates.append(
            Candidate(
                program,
                measures,
                {**state, **model.values},
                float(model.optimizer.rate),
                plan.seed,
                rows,
                plan.epochs,
                plan.batch_size,
                plan.shuffle,
            )
        )

    def _rows(self, model: Model, given: Given) -> int:
        """The number of the data as this model takes it; checked once for models that take it alike."""
        from chainrule.training.together import Rows

        shapes = tuple((name, p.shape) for name, p in model.network.weights.items())
        losses = tuple(map(_said, model.objective.losses))
        key = (given.name, shapes, losses, tuple(model.network.outputs.values()))
        if key not in self._known:
            data = model.checked_data(*given.train)
            held = (
                None
                if given.validation is None
                else model.checked_data(*given.validation, prefix="validation ")
            )
            self._known[key] = len(self.sets)
            self.sets.append(self._same(Rows(data, held)))
        return self._known[key]

    def _same(self, rows: Rows) -> Rows:
        """The rows, their arrays those that are there already where they are equal."""
        for other in self.sets:
            if _are_equal(rows, other):
                return other
        return rows


def _said(loss: Loss) -> Hashable:
    return type(loss), loss.entry.name, loss.from_logits


def _are_equal(one: Rows, other: Rows) -> bool:
    pairs = [(one.data, other.data), (one.validation or {}, other.validation or {})]
    return all(a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a) for a, b in pairs)
