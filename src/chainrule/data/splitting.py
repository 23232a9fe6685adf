"""Which rows to train on, and which to keep for the validation and the test."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from chainrule.doors import whole_number

Rows = tuple[np.ndarray, np.ndarray]
"""x and y."""


class Split(NamedTuple):
    """Three parts of a data set, each as (x, y)."""

    train: Rows
    validation: Rows
    test: Rows


def split(
    x: np.ndarray, y: np.ndarray, test: float | int, seed: int, stratify: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows to train on and rows to test with, drawn by chance: x_train, x_test, y_train, y_test.

    ``test`` is a part of the rows (below 1) or a number of rows; ``stratify`` keeps the share of each
    label in both, as scikit-learn's ``train_test_split``.

    Raises ValueError where a side, or a label's share of it, would be empty.

    >>> x_train, x_test, _, _ = split(np.arange(10), np.arange(10), test=0.2, seed=1)
    >>> len(x_train), len(x_test)
    (8, 2)
    """
    from sklearn.model_selection import train_test_split

    rows = len(x)
    if len(y) != rows:
        raise ValueError(f"x has {rows} rows and y has {len(y)}; give one of each per sample")
    kept = count_of(test, rows, "test")
    labels = labels_of(y) if stratify else None
    if labels is not None:
        check_shares(labels, kept, "test")
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=kept, random_state=seed, stratify=labels
    )
    return x_train, x_test, y_train, y_test


def split_three(
    x: np.ndarray,
    y: np.ndarray,
    validation: float | int,
    test: float | int,
    seed: int,
    stratify: bool = False,
) -> Split:
    """Rows to train on, to validate on while training, and to test with at the end, drawn by chance.

    ``validation`` and ``test`` are parts of all rows (below 1) or numbers of rows; ``stratify`` keeps
    the share of each label in all three. The rows for the test are those that :func:`split` draws.

    Raises ValueError where a part, or a label's share of it, would be empty.

    >>> rows = np.arange(10)
    >>> train, validation, test = split_three(rows, rows, validation=0.2, test=0.1, seed=1)
    >>> len(train[0]), len(validation[0]), len(test[0])
    (7, 2, 1)
    """
    held, kept = count_of(validation, len(x), "validation"), count_of(test, len(x), "test")
    if held + kept >= len(x):
        raise ValueError(
            f"validation has {held} rows and test {kept}, which leaves none of {len(x)} to train on"
        )
    x_rest, x_test, y_rest, y_test = split(x, y, kept, seed, stratify)
    x_train, x_held, y_train, y_held = split(x_rest, y_rest, held, seed, stratify)
    return Split((x_train, y_train), (x_held, y_held), (x_test, y_test))


def count_of(part: float | int, rows: int, name: str) -> int:
    """A part of the rows as a number of rows, rounded up as scikit-learn does.

    Raises ValueError (TypeError) for what is none, or leaves no other row.

    >>> count_of(0.3, 11, "test"), count_of(2, 11, "test")
    (4, 2)
    """
    if isinstance(part, bool) or not isinstance(part, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a number, got {part!r}")
    is_count = isinstance(part, int | np.integer)
    if not (1 <= part < rows if is_count else 0 < part < 1):
        raise ValueError(f"{name} must be a part of the rows, as 0.2, or a number below {rows}; got {part!r}")
    count = int(part) if is_count else math.ceil(part * rows)
    if count >= rows:
        raise ValueError(f"{name} {part} of {rows} rows leaves none to train on")
    return count


def check_shares(labels: np.ndarray, kept: int, name: str) -> None:
    """Raise ValueError unless each label can be on both sides of a split that keeps so many rows."""
    if labels.dtype.kind == "f" and (parts := labels[labels != np.floor(labels)]).size:
        raise ValueError(f"y holds {parts[0]}, and labels are whole numbers: part without their shares")
    names, counts = np.unique(labels, return_counts=True)
    if counts.min() < 2:
        raise ValueError(
            f"label {names[counts.argmin()]} is in a single row, which cannot be on both sides of a split: "
            "give more rows of it, or leave it out"
        )
    if min(kept, len(labels) - kept) < len(names):
        raise ValueError(
            f"{name} keeps {kept} of {len(labels)} rows, and each of {len(names)} labels needs a row on both "
            f"sides: keep from {len(names)} to {len(labels) - len(names)} rows"
        )


def folds(
    y: np.ndarray, k: int = 5, seed: int = 0, stratify: bool | None = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The rows of each of k folds: (those to train on, those to test with), as indices.

    Each row is tested once. ``stratify`` keeps the share of each label in every fold; it is on where y
    holds whole numbers or one-hot rows, and off where it holds others, unless given.

    Raises ValueError for fewer rows, or rows of one label, than folds.

    >>> for train, test in folds(np.array([0, 0, 0, 1, 1, 1]), k=3):
    ...     print(len(train), len(test))
    4 2
    4 2
    4 2
    """
    from sklearn.model_selection import KFold, StratifiedKFold

    k = whole_number(k, "k", 2)
    y = np.asarray(y)
    rows = len(y) if y.ndim else 0
    if rows < k:
        raise ValueError(f"{rows} rows cannot make {k} folds: give at least {k} rows, or fewer folds")
    labels = labels_of(y) if stratify or (stratify is None and _are_labels(y)) else None
    if labels is None:
        return list(KFold(k, shuffle=True, random_state=seed).split(np.arange(rows)))
    names, counts = np.unique(labels, return_counts=True)
    if counts.min() < k:
        few = names[counts.argmin()]
        raise ValueError(
            f"label {few} is in {counts.min()} rows, too few for {k} folds: make fewer folds, or give "
            "stratify=False"
        )
    return list(StratifiedKFold(k, shuffle=True, random_state=seed).split(np.arange(rows), labels))


def labels_of(y: np.ndarray) -> np.ndarray:
    """One label per row, of labels or of one-hot rows; shape (m,).

    Raises ValueError for rows of several numbers that are not one-hot.

    >>> labels_of(np.array([[0, 1], [1, 0]])).tolist()
    [1, 0]
    """
    columns = np.asarray(y).reshape(len(y), -1)
    if columns.shape[1] == 1:
        return columns[:, 0]
    if not _are_one_hot(columns):
        raise ValueError(f"y has shape {np.shape(y)}, and its rows are not one-hot: give one label per row")
    return np.asarray(columns.argmax(axis=1))


def _are_labels(y: np.ndarray) -> bool:
    columns = y.reshape(len(y), -1)
    return y.dtype.kind in "biuUSO" if columns.shape[1] == 1 else _are_one_hot(columns)


def _are_one_hot(columns: np.ndarray) -> bool:
    return bool(((columns == 0) | (columns == 1)).all() and (columns.sum(axis=1) == 1).all())
