"""One training run: the data, the model, its training, and what is kept of it in a folder."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.callbacks import History
from chainrule.config import set_random_seed
from chainrule.data import DataSet, digits, read_csv, read_npy, read_npz, split
from chainrule.experiment.file import DataTable, TrainFile, TrainFileError
from chainrule.layers import Input, Layer, deserialize
from chainrule.lookup import suggest
from chainrule.losses import SparseCategoricalCrossentropy
from chainrule.model import Sequential
from chainrule.paper.sheet import LayerGiven

NAMED: Mapping[str, Callable[[], DataSet]] = {"digits": digits}
PARAMETERS = ("W", "b", "alpha")


@dataclass(frozen=True)
class Run:
    """A finished training run; without test rows, the test is on the rows trained on."""

    file: TrainFile
    data: DataSet
    model: Sequential
    history: History
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    seconds: float

    @property
    def is_tested(self) -> bool:
        """Whether rows were kept for the test."""
        return self.file.data.test > 0

    @property
    def is_classifier(self) -> bool:
        """Whether the outputs are one probability per class."""
        return self.model.loss.entry.name in {
            "sparse_categorical_crossentropy",
            "categorical_crossentropy",
        }


def load_data(table: DataTable) -> DataSet:
    """The data set that a training file names.

    Raises ValueError for one that is not known or cannot be used, OSError for a missing file.
    """
    if table.name is not None:
        if table.name not in NAMED:
            raise TrainFileError(f"data.name: unknown data set {table.name!r}; {suggest(table.name, NAMED)}")
        return NAMED[table.name]()
    if table.csv is not None:
        return read_csv(table.csv, table.target or "")
    if table.npz is not None:
        return read_npz(table.npz)
    if isinstance(table.x, Path) and isinstance(table.y, Path):
        return read_npy(table.x, table.y)
    try:
        x, y = np.asarray(table.x, dtype=float), np.asarray(table.y, dtype=float)
    except (ValueError, TypeError):
        raise TrainFileError("data: x and y must be rows of numbers, all of the same length") from None
    return DataSet("data", x, y)


def build_model(file: TrainFile, input_shape: tuple[int, ...]) -> Sequential:
    """The model that a training file describes, compiled; given values are its first weights.

    Raises TrainFileError, naming the key.
    """
    layers, given = [], {}
    for number, table in enumerate(file.layers, start=1):
        layer, values = _layer(f"layers[{number}]", table)
        layers.append(layer)
        given.update({f"{key}{number}": value for key, value in values.items()})
    try:
        model = Sequential([Input(input_shape), *layers])
        model.compile(_floats(file.optimizer), _floats(file.loss), metrics=file.metrics)
        names = list(model.parameters)
        if unknown := set(given) - set(names):
            raise ValueError(f"{min(unknown)}: the layer has no such parameter; there are {', '.join(names)}")
        model.set_weights([given.get(name, value) for name, value in model.parameters.items()])
    except (ValueError, TypeError) as error:
        raise TrainFileError(str(error)) from None
    return model


def _layer(place: str, table: LayerGiven) -> tuple[Layer, dict[str, Any]]:
    arguments = _floats(dict(table.model_extra or {}))
    values = {key: arguments.pop(key) for key in PARAMETERS if isinstance(arguments.get(key), list)}
    try:
        return deserialize({"name": table.layer, **arguments}), values
    except (ValueError, TypeError) as error:
        raise TrainFileError(f"{place}: {error}") from None


def _floats(value: Any) -> Any:
    """The same table with its decimals as floats."""
    if isinstance(value, dict):
        return {k: _floats(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_floats(v) for v in value]
    return value if isinstance(value, (str, bool, int)) or value is None else float(value)


def train(file: TrainFile, verbose: int = 1) -> Run:
    """Train what a file describes.

    Raises ValueError for what does not fit together, FloatingPointError where the numbers become
    NaN or infinite, OSError for a data file that cannot be read.
    """
    data = load_data(file.data)
    set_random_seed(file.seed)
    model = build_model(file, data.x.shape[1:])
    x_train, x_test, y_train, y_test = _split(file, data, model)
    validation = (x_test, y_test) if file.data.test else None
    start = time.perf_counter()
    history = model.fit(
        x_train,
        y_train,
        batch_size=file.fit.batch_size,
        epochs=file.fit.epochs,
        shuffle=file.fit.shuffle,
        validation_data=validation,
        verbose=verbose,
    )
    seconds = time.perf_counter() - start
    return Run(file, data, model, history, x_train, y_train, x_test, y_test, seconds)


def _split(file: TrainFile, data: DataSet, model: Sequential) -> tuple[np.ndarray, ...]:
    if not file.data.test:
        return data.x, data.x, data.y, data.y
    labelled = isinstance(model.loss, SparseCategoricalCrossentropy)
    try:
        return split(data.x, data.y, file.data.test, file.seed, stratify=labelled)
    except ValueError as error:
        raise TrainFileError(f"data.test: {error}") from None


def free_folder(wanted: Path) -> Path:
    """The folder itself, or with a number behind its name where there is one already."""
    folder, number = wanted, 2
    while folder.exists():
        folder, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return folder


def save_run(run: Run, folder: Path) -> None:
    """Write the model and the history of a run into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    run.model.save(folder / "model.safetensors")
    with open(folder / "history.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["epoch", *run.history.history])
        columns = run.history.history.values()
        writer.writerows([epoch + 1, *row] for epoch, row in enumerate(zip(*columns, strict=True)))
