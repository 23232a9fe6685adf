"""The door of a model: x and y as its program takes them, or an error that says what to do."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.losses import TARGETS, Loss, check_labels, unfit_rows
from chainrule.rules.rule import Shape

SPARSE, ONE_HOT = "sparse_categorical_crossentropy", "categorical_crossentropy"


def inputs(x: Any, name: str = "x") -> np.ndarray:
    """Inputs as float32, at least one row; a list of plain numbers is a column.

    Raises TypeError for what is not numbers; ValueError for no rows, NaN or infinity.

    >>> inputs([1, 2]).shape
    (2, 1)
    """
    array = numbers(x, name)
    if array.ndim == 0:
        raise ValueError(f"{name} must have a row per sample, got the single number {array}")
    if not array.size:
        raise ValueError(f"{name} is empty (shape {array.shape}): give at least one row")
    array = finite(array, name)
    return array[:, None] if array.ndim == 1 else array


def check_features(x: np.ndarray, shape: Shape, name: str = "x") -> None:
    """Raise ValueError unless each row of x has the shape of the model's input."""
    if x.shape[1:] != shape:
        raise ValueError(
            f"{name} has rows of shape {x.shape[1:]} and the model takes {shape}: give {name} the shape "
            f"{(x.shape[0], *shape)}, or build the model with Input({x.shape[1:]})"
        )


def targets(y: Any, rows: int, loss: Loss, shape: Shape, name: str = "y") -> np.ndarray:
    """Targets as the loss takes them: int32 labels (m,), or float32 in the shape of the outputs.

    Raises TypeError for what is not numbers; ValueError where they do not fit the rows, the output
    or the loss.

    >>> from chainrule.losses import MeanSquaredError
    >>> targets([1, 2], 2, MeanSquaredError(), (1,)).tolist()
    [[1.0], [2.0]]
    """
    array = numbers(y, name)
    if array.ndim == 0 or array.shape[0] != rows:
        found = array.shape[0] if array.ndim else "no"
        raise ValueError(f"{name} has {found} rows and the inputs have {rows}: give one target per sample")
    floats = finite(array, name)
    kind = loss.entry.name
    if kind == SPARSE:
        return _labels(array, shape, name)
    _check_outputs(array, kind, shape, name)
    prepared: np.ndarray = loss.prepare(floats.reshape(rows, *shape))
    _check_range(prepared, loss, name)
    return prepared


def numbers(values: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} is not a regular array, its rows have different lengths: {error}") from None
    if array.dtype.kind not in "biuf":
        example = f", as {array.flat[0]!r}" if array.size else ""
        raise TypeError(
            f"{name} must hold numbers, got {array.dtype}{example}; turn class names into whole numbers by "
            "numpy.unique(names, return_inverse=True), and numbers in text by astype(float)"
        )
    return array


def finite(array: np.ndarray, name: str) -> np.ndarray:
    """The array as float32, or ValueError at the first NaN or infinity."""
    with np.errstate(over="ignore"):
        floats = array.astype(np.float32, copy=False)
    finite = np.isfinite(floats)
    if not finite.all():
        place = tuple(int(i) for i in np.argwhere(~finite)[0])
        value = array[place]
        why = ", too large for float32" if np.isfinite(value) else ""
        raise ValueError(f"{name}{list(place)} is {value}{why}: leave such rows out or fill them in")
    return floats


def _labels(array: np.ndarray, shape: Shape, name: str) -> np.ndarray:
    classes = shape[-1]
    if classes == 1:
        raise ValueError(
            f"{SPARSE} needs one output unit per class and the output has 1: end with "
            'Dense(classes, activation="softmax"), or use binary_crossentropy for two classes'
        )
    if array.shape[1:] == (classes,):
        raise ValueError(f"{name} is one-hot, shape {array.shape}: use {ONE_HOT}, or its argmax(axis=1)")
    if array.shape[1:] not in ((), (1,)):
        raise ValueError(f"{name} must hold one label per row, shape ({array.shape[0]},), got {array.shape}")
    labels = array.reshape(-1)
    check_labels(labels, labels.shape[0], classes)
    return labels.astype(np.int32)


def _check_outputs(array: np.ndarray, kind: str, shape: Shape, name: str) -> None:
    rows, own = array.shape[0], array.shape[1:]
    if own == shape or (own == () and shape == (1,)):
        return
    if kind == ONE_HOT and own in ((), (1,)):
        raise ValueError(
            f"{name} holds one number per row, shape {array.shape}, and {kind} takes one-hot rows, shape "
            f"{(rows, *shape)}: use {SPARSE} for whole-number labels, or turn them into one-hot rows by "
            f"utils.to_categorical(labels, {shape[-1]})"
        )
    raise ValueError(
        f"{name} has shape {array.shape} and the model gives {(rows, *shape)}: give {name} that shape, or "
        f"end the model with as many units as {name} has columns"
    )


def _check_range(array: np.ndarray, loss: Loss, name: str) -> None:
    """Raise ValueError for targets that the loss has no meaning for."""
    off = unfit_rows(loss, array, tolerance=1e-3)
    if off.any():
        row = int(np.argmax(off))
        takes = f"{loss.entry.name} takes {TARGETS[loss.entry.targets]}"
        raise ValueError(f"{name}[{row}] is {array[row].tolist()}: {takes}")


def whole_number(value: Any, name: str, least: int) -> int:
    """The value, or ValueError (TypeError) unless it is a whole number that is not below the least."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return int(value)


def verbosity(value: Any) -> int:
    """Keras' ``verbose`` as a number: "auto" is 1.

    >>> verbosity("auto"), verbosity(False)
    (1, 0)
    """
    if value == "auto":
        return 1
    if value not in (0, 1, 2):
        raise ValueError(
            f'verbose must be "auto", 0 (nothing), 1 (a bar) or 2 (a line per epoch), got {value!r}'
        )
    return int(value)


def pair(data: Any) -> tuple[Any, Any]:
    """``validation_data`` as (x, y)."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise ValueError(f"validation_data must be the pair (x, y), got {type(data).__name__}")
    return data[0], data[1]


Pair = tuple[np.ndarray, np.ndarray]


def split_off(x: np.ndarray, y: np.ndarray, part: float) -> tuple[Pair, Pair]:
    """The first rows to train on, and the last to validate on, as ``validation_split`` asks.

    >>> (x, _), (held, _) = split_off(np.arange(5), np.arange(5), 0.4)
    >>> x.tolist(), held.tolist()
    ([0, 1, 2], [3, 4])
    """
    if not 0 < part < 1:
        raise ValueError(f"validation_split must lie between 0 and 1, got {part!r}")
    at = int(x.shape[0] * (1 - part))
    if at in (0, x.shape[0]):
        raise ValueError(f"validation_split={part} of {x.shape[0]} rows leaves one side without any row")
    return (x[:at], y[:at]), (x[at:], y[at:])
