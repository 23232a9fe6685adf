"""The door of a model: x and y as its program takes them, or an error that says what to do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.lookup import suggest
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
        # A plain list of one sample's features has come in as a column.
        single = f" (of a single sample {(1, *shape)})" if x.shape == (*shape, 1) else ""
        raise ValueError(
            f"{name} has rows of shape {x.shape[1:]} and the model takes {shape}: give {name} the shape "
            f"{(x.shape[0], *shape)}{single}, or build the model with Input({x.shape[1:]})"
        )


def targets(y: Any, rows: int, loss: Loss, shape: Shape, name: str = "y") -> np.ndarray:
    """Targets as the loss takes them: int32 labels (m,), or float32 in the shape of the outputs.

    Raises TypeError for what is not numbers; ValueError where they do not fit the rows, the output
    or the loss.

    >>> from chainrule.losses import MeanSquaredError
    >>> targets([1, 2], 2, MeanSquaredError(), (1,)).tolist()
    [[1.0], [2.0]]
    """
    if y is None:
        raise TypeError(f"{name} is missing: give a target per sample")
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
    """The values as an array; TypeError for what is not numbers, ValueError for rows of different lengths."""
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} is not a regular array, its rows have different lengths: {error}") from None
    if array.dtype.kind in "biuf":
        return array
    if array.ndim == 0:
        raise TypeError(f"{name} must be an array or a list of numbers, got {type(values).__name__}")
    example = f", as {array.flat[0]!r}" if array.size else ""
    raise TypeError(
        f"{name} must hold numbers, got {array.dtype}{example}; turn class names into whole numbers by "
        "numpy.unique(names, return_inverse=True), and numbers in text by astype(float)"
    )


def finite(array: np.ndarray, name: str) -> np.ndarray:
    """The array as float32, or ValueError at the first NaN or infinity."""
    floats = array
    if array.dtype != np.float32:
        with np.errstate(over="ignore", invalid="ignore"):
            floats = array.astype(np.float32)
    # The sum of squares takes half of the time; where it is not finite, large numbers may be why.
    if floats.flags.c_contiguous and math.isfinite(np.vdot(floats, floats)):
        return floats
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


def weights(values: Any, rows: int, name: str = "sample_weight") -> np.ndarray:
    """A weight per row as float32; shape (m,).

    Raises TypeError for what is not numbers; ValueError for another number of rows, or a weight below 0.
    """
    array = numbers(values, name)
    if array.shape not in ((rows,), (rows, 1)):
        raise ValueError(f"{name} must hold one number per row, shape ({rows},), got {array.shape}")
    found = finite(array.reshape(-1), name)
    if (found < 0).any():
        raise ValueError(f"{name}[{int(np.argmax(found < 0))}] is {found.min()}: a weight is not below 0")
    if not found.any():
        raise ValueError(f"{name} is 0 in every row: then there is nothing to learn from")
    return found


def class_weights(table: Any, y: np.ndarray) -> np.ndarray:
    """The weight of each row from a table of its class's: {0: 1.0, 1: 5.0}; shape (m,).

    ``y`` is as the loss takes it: labels, rows of one-hot, or one column of 0 and 1.

    >>> class_weights({0: 1.0, 1: 5.0}, np.array([1, 0])).tolist()
    [5.0, 1.0]
    """
    if not isinstance(table, Mapping):
        raise TypeError(
            f"class_weight must be a table of weights by class, as {{0: 1.0, 1: 5.0}}, or as "
            f"data.balanced_class_weight(y) makes it; got {table!r}"
        )
    columns = y.reshape(len(y), -1)
    labels = columns.argmax(axis=1) if columns.shape[1] > 1 else columns[:, 0]
    if (labels != np.floor(labels)).any():
        wrong = labels[labels != np.floor(labels)][0]
        raise ValueError(f"class_weight needs classes 0, 1, … as y, which holds {wrong}: give sample_weight")
    missing = sorted({int(label) for label in np.unique(labels)} - {*table})
    if missing:
        raise ValueError(f"class_weight has no weight for class {missing[0]}: give one for every class in y")
    return weights([table[int(label)] for label in labels], len(y), "class_weight")


def whole_number(value: Any, name: str, least: int) -> int:
    """The value, or ValueError (TypeError) unless it is a whole number that is not below the least."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return int(value)


def missing(own: object, what: str) -> NotImplementedError:
    """The error of a class that lacks what all of its kind must have."""
    return NotImplementedError(f"{type(own).__name__} must have a {what} of its own")


def flag(value: Any, name: str) -> bool:
    """The value, or TypeError unless it is true or false."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be true or false, got {value!r}")
    return bool(value)


def real_number(value: Any, name: str, expected: str, fits: Callable[[Any], Any]) -> Any:
    """The value, or TypeError unless it is one number, ValueError unless it is finite and fits.

    Exact numbers stay as they are, to be worked by hand; a formula with a name in it fits everything.

    >>> real_number(0.5, "rho", "lie between 0 and 1", lambda value: 0 <= value <= 1)
    0.5
    """
    if isinstance(value, str | bool | np.bool_) or not hasattr(value, "__float__") or np.ndim(value):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if hasattr(value, "dtype"):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value!r}")
    if getattr(value, "is_number", True) is not False and not fits(value):
        raise ValueError(f"{name} must {expected}, got {value!r}")
    return value


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


def validation(data: Any) -> tuple[Any, ...]:
    """``validation_data`` as (x, y) or (x, y, weights)."""
    if not isinstance(data, tuple | list) or len(data) not in (2, 3):
        raise ValueError(
            f"validation_data must be the pair (x, y), or (x, y, sample_weight); got {type(data).__name__}"
        )
    return tuple(data)


def several_inputs(x: Any, shapes: Mapping[str, Shape], prefix: str = "") -> dict[str, np.ndarray]:
    """The inputs of a model with several, given as a list in their order, by their names.

    Raises TypeError for what is no list, ValueError for another number of arrays or of rows.
    """
    if isinstance(x, Mapping):
        x = _in_order(x, [*shapes], f"{prefix}x")
    if not isinstance(x, list | tuple):
        raise TypeError(f"the model has {len(shapes)} inputs: give {prefix}x as a list of so many arrays")
    if len(x) != len(shapes):
        raise ValueError(f"the model has {len(shapes)} inputs, and {prefix}x holds {len(x)} arrays")
    data = {}
    for (name, shape), values in zip(shapes.items(), x, strict=True):
        data[name] = inputs(values, f"{prefix}{name}")
        check_features(data[name], shape, f"{prefix}{name}")
    rows = {name: len(array) for name, array in data.items()}
    if len(set(rows.values())) > 1:
        raise ValueError(f"the inputs have different numbers of rows: {rows}")
    return data


def several_targets(y: Any, outputs: Sequence[str], prefix: str = "") -> list[Any]:
    """The targets of a model with several outputs, given as a list in their order or a table by name."""
    if isinstance(y, Mapping):
        y = _in_order(y, outputs, f"{prefix}y")
    if not isinstance(y, list | tuple) or len(y) != len(outputs):
        raise ValueError(
            f"the model has the outputs {', '.join(outputs)}: give {prefix}y as a list with an array for each"
        )
    return list(y)


def _in_order(table: Mapping[str, Any], names: Sequence[str], what: str) -> list[Any]:
    """The arrays of a table in the order of the names, or ValueError for a name too many or too few."""
    for name in {**dict.fromkeys(names), **table}:
        if name not in names:
            raise ValueError(f"{what} has an array {name!r}: {suggest(str(name), names)}")
        if name not in table:
            raise ValueError(f"{what} has no array {name!r}: give one for each of {', '.join(names)}")
    return [table[name] for name in names]


def split_off(
    data: dict[str, np.ndarray], part: float
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The first rows to train on, and the last to validate on, as ``validation_split`` asks.

    >>> trained, held = split_off({"x": np.arange(5)}, 0.4)
    >>> trained["x"].tolist(), held["x"].tolist()
    ([0, 1, 2], [3, 4])
    """
    rows = len(next(iter(data.values())))
    part = real_number(part, "validation_split", "lie between 0 and 1", lambda value: 0 < value < 1)
    at = int(rows * (1 - part))
    if at in (0, rows):
        raise ValueError(f"validation_split={part} of {rows} rows leaves one side without any row")
    return ({name: a[:at] for name, a in data.items()}, {name: a[at:] for name, a in data.items()})
