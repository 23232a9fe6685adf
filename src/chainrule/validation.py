"""Cross-validation: a model trained on every fold of the data, all folds at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule import doors
from chainrule.config import next_seed
from chainrule.data.splitting import folds as fold_rows
from chainrule.lookup import suggest
from chainrule.model import BATCH_SIZE, Model
from chainrule.network import TARGET, WEIGHTS, numbered

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
        """The mean of a score over the folds; ValueError for a name of no score."""
        return float(np.mean(self._of(name)))

    def deviation(self, name: str = "loss") -> float:
        """The standard deviation of a score over the folds, divided by k - 1; NaN of one fold.

        Raises ValueError for a name of no score.
        """
        found = self._of(name)
        return float(np.std(found, ddof=1)) if len(found) > 1 else float("nan")

    def _of(self, name: str) -> list[float]:
        scores = self.scores
        if name not in scores:
            raise ValueError(f"there is no score {name!r}: {suggest(name, scores)}")
        return scores[name]


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
    ``folds`` is their number, or pairs of indices (those to train on, those held out), as scikit-learn's
    ``KFold(5).split(x)`` gives them. A number of folds keep the share of each class, unless ``stratify``
    is False; of several outputs those of the first. Classes do not weigh where rows are held out. The
    model itself is left as it is.

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
    data = model.checked_data(x, y, sample_weight)
    measured: dict[str, np.ndarray] = {}
    epochs = doors.whole_number(epochs, "epochs", 1)
    size = BATCH_SIZE if batch_size is None else doors.whole_number(batch_size, "batch_size", 1)
    rows = len(next(iter(data.values())))
    if class_weight is not None:
        measured[WEIGHTS] = data.get(WEIGHTS, np.ones(rows, np.float32))
        data = model.weighed(data, class_weight)
    parts = _parts(folds, rows, _targets(model, data), seed, stratify)
    trainer = model.trainer(weighted=WEIGHTS in data)
    fresh = [model.fresh_values(trainer) for _ in parts]
    seeds = [next_seed() for _ in parts]
    history: dict[str, list[list[float]]] = {}
    weights: list[list[np.ndarray]] = [[] for _ in parts]
    for together in _of_one_size(parts):
        values, logs = trainer.folds(
            [fresh[i] for i in together],
            data,
            measured,
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


def _parts(folds: Any, rows: int, targets: np.ndarray, seed: int, stratify: bool | None) -> list[Rows]:
    """The rows of each fold."""
    if isinstance(folds, int | np.integer):
        return fold_rows(targets, doors.whole_number(folds, "folds", 2), seed, stratify)
    if isinstance(folds, str) or not isinstance(folds, Iterable):
        raise TypeError(
            "folds must be a number, or pairs of rows as scikit-learn's KFold(5).split(x) gives them; got "
            f"{folds!r}"
        )
    parts = [_checked(i, part, rows) for i, part in enumerate(folds)]
    if not parts:
        raise ValueError("folds is empty: give a number of folds, or pairs of rows")
    return parts


def _targets(model: Model, data: Mapping[str, np.ndarray]) -> np.ndarray:
    """The (first) targets, as whole numbers where they are two classes."""
    found = data[numbered(TARGET, len(model.network.outputs))[0]]
    is_two = model.loss.entry.targets in ("share", "sign") and np.isin(found, (-1, 0, 1)).all()
    return found.astype(int) if is_two else found


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
