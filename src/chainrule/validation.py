"""Cross-validation: a model trained on every fold of the data, all folds at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule import doors
from chainrule.config import next_seed
from chainrule.data.splitting import folds as fold_rows
from chainrule.model import BATCH_SIZE, Model

Rows = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class CrossValidation:
    """What came out of each fold.

    ``history`` has, for each log, a list per fold with a number per epoch, as
    :class:`chainrule.callbacks.History` has for one run; ``weights`` are those of each fold's model.
    """

    history: dict[str, list[list[float]]]
    weights: list[list[np.ndarray]]
    rows: list[Rows]

    @property
    def scores(self) -> dict[str, list[float]]:
        """The last value of each log of the rows held out, fold by fold."""
        return {
            name.removeprefix("val_"): [fold[-1] for fold in folds]
            for name, folds in self.history.items()
            if name.startswith("val_")
        }

    def mean(self, name: str = "loss") -> float:
        """The mean of a score over the folds."""
        return float(np.mean(self.scores[name]))

    def deviation(self, name: str = "loss") -> float:
        """The standard deviation of a score over the folds, divided by k - 1."""
        return float(np.std(self.scores[name], ddof=1))


def cross_validate(
    model: Model,
    x: Any,
    y: Any,
    folds: int | Sequence[Rows] = 5,
    *,
    epochs: int = 1,
    batch_size: int | None = None,
    stratify: bool | None = None,
    seed: int = 0,
    shuffle: bool = True,
    sample_weight: Any = None,
    class_weight: Any = None,
) -> CrossValidation:
    """Train a copy of a compiled model on every fold of the data, all in one compiled program.

    Each copy begins with weights of its own and is measured, after each epoch, on the rows held out.
    ``folds`` is their number, or pairs of indices (those to train on, those held out). The model itself
    is left as it is.

    Raises RuntimeError before ``compile``; TypeError or ValueError for data that does not fit, or too
    few rows for so many folds; FloatingPointError where a fold's numbers become NaN or infinite.

    >>> from chainrule import Input, Sequential
    >>> from chainrule.layers import Dense
    >>> model = Sequential([Input((1,)), Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = np.linspace(0, 1, 10)
    >>> found = cross_validate(model, x, 2 * x + 1, folds=5, epochs=3)
    >>> len(found.scores["loss"]), len(found.history["val_loss"][0])
    (5, 3)
    """
    data = model.checked_data(x, y, sample_weight, class_weight)
    epochs = doors.whole_number(epochs, "epochs", 1)
    size = BATCH_SIZE if batch_size is None else doors.whole_number(batch_size, "batch_size", 1)
    rows = len(next(iter(data.values())))
    if isinstance(folds, int):
        parts = fold_rows(data["y"], folds, seed, stratify)
    else:
        parts = [_checked(i, part, rows) for i, part in enumerate(folds)]
        if not parts:
            raise ValueError("folds is empty: give a number of folds, or pairs of rows")
    trainer = model.trainer(weighted="sample_weight" in data)
    fresh = [model.fresh_values(trainer) for _ in parts]
    seeds = [next_seed() for _ in parts]
    history: dict[str, list[list[float]]] = {}
    weights: list[list[np.ndarray]] = [[] for _ in parts]
    for together in _of_one_size(parts):
        values, logs = trainer.folds(
            [fresh[i] for i in together],
            data,
            np.stack([parts[i][0] for i in together]),
            np.stack([parts[i][1] for i in together]),
            [seeds[i] for i in together],
            (epochs, size, shuffle),
        )
        for position, fold in enumerate(together):
            weights[fold] = [np.array(values[name][position]) for name in model.network.weights]
            for name, column in logs.items():
                history.setdefault(name, [[] for _ in parts])[fold] = column[position].tolist()
    _check_finite(history)
    return CrossValidation(history, weights, parts)


def _checked(number: int, part: Any, rows: int) -> Rows:
    """The rows of a fold that was given, as two arrays of indices."""
    if not isinstance(part, tuple | list) or len(part) != 2:
        raise ValueError(f"folds[{number}] must be a pair: the rows to train on, the rows held out")
    found = []
    for which, indices in zip(("to train on", "held out"), part, strict=True):
        array = np.asarray(indices)
        if array.ndim != 1 or not array.size or array.dtype.kind not in "iu":
            raise ValueError(
                f"folds[{number}]: the rows {which} must be a list of whole numbers, and not empty"
            )
        if array.min() < 0 or array.max() >= rows:
            raise ValueError(f"folds[{number}]: the rows {which} go beyond the {rows} rows of the data")
        found.append(array)
    return found[0], found[1]


def _of_one_size(parts: Sequence[Rows]) -> list[list[int]]:
    """The numbers of the folds, those of as many rows together: a program takes one shape at a time."""
    groups: dict[tuple[int, int], list[int]] = {}
    for number, (trained, held) in enumerate(parts):
        groups.setdefault((len(trained), len(held)), []).append(number)
    return list(groups.values())


def _check_finite(history: dict[str, list[list[float]]]) -> None:
    for fold, losses in enumerate(history["loss"]):
        off = ~np.isfinite(losses)
        if off.any():
            raise FloatingPointError(
                f"fold {fold + 1} became non-finite in epoch {int(np.argmax(off)) + 1}: lower the learning "
                "rate or scale the inputs"
            )
