"""One training run: the data, the model, its training, and what is kept of it in a folder."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from chainrule import losses, optimizers
from chainrule.callbacks import Callback, Checkpoints, History
from chainrule.callbacks import get as callback_named
from chainrule.config import set_random_seed
from chainrule.data import Chunked, DataSet, Scaler
from chainrule.doors import finite
from chainrule.experiment.file import TrainFile, TrainFileError
from chainrule.experiment.rows import load_data, parted
from chainrule.files import write_whole
from chainrule.layers import Input
from chainrule.losses import SparseCategoricalCrossentropy
from chainrule.model import Programs, Sequential
from chainrule.network import Network
from chainrule.paper.layer_tables import GivenLayers, unknown_key
from chainrule.paper.sheet import SheetError
from chainrule.paper.values import names_in, read_array, resolve
from chainrule.training.checkpoint import digest

MOST_PARAMETERS = 1_000_000_000
THRESHOLDS: Mapping[str, float] = {"share": 0.5, "sign": 0.0}
"""Of losses of yes and no, by what their targets are: the output above which it is yes."""


@dataclass(frozen=True)
class Run:
    """A finished training run; without test rows, the test is on the rows trained on."""

    file: TrainFile
    data: DataSet
    model: Sequential
    history: History
    x_train: np.ndarray | Chunked
    y_train: np.ndarray | None
    x_test: np.ndarray
    y_test: np.ndarray
    seconds: float
    is_tested: bool
    scaler: Scaler | None = None

    @property
    def is_classifier(self) -> bool:
        """Whether the loss is one of classification: of one class per row, or of yes and no."""
        return self.model.loss.entry.targets != "number"

    def true_classes(self) -> np.ndarray:
        """The class of each test row; shape (m,)."""
        return self._classes(self.y_test, THRESHOLDS.get(self.model.loss.entry.targets))

    def predicted_classes(self, outputs: np.ndarray) -> np.ndarray:
        """The class that each row of outputs says; shape (m,)."""
        threshold = THRESHOLDS.get(self.model.loss.entry.targets)
        return self._classes(outputs, 0.0 if threshold and self.model.loss.from_logits else threshold)

    def _classes(self, values: np.ndarray, threshold: float | None) -> np.ndarray:
        columns = values.reshape(len(values), -1)
        if threshold is not None:
            return (columns[:, 0] > threshold).astype(int)
        return columns.argmax(axis=1) if columns.shape[1] > 1 else columns[:, 0].astype(int)


def build_model(file: TrainFile, input_shape: tuple[int, ...]) -> Sequential:
    """The model that a training file describes, compiled; given values are its first weights.

    Raises TrainFileError, naming the key.
    """
    try:
        given = GivenLayers(file.layers, "layers", _floats)
    except SheetError as error:
        raise TrainFileError(str(error)) from None
    layers = given.layers
    network = _placed("layers", Network, layers, input_shape)
    if (count := sum(place.count_params for place in network.places)) > MOST_PARAMETERS:
        raise TrainFileError(f"layers: {count:,} parameters; at most {MOST_PARAMETERS:,} are trained")
    first = _first_weights(network, given)
    model = Sequential([Input(input_shape), *layers])
    loss = _placed("loss", losses.get, _floats(file.loss))
    optimizer = _placed("optimizer", optimizers.get, _floats(file.optimizer))
    _placed("metrics", model.compile, optimizer, loss, metrics=file.metrics)
    model.set_weights([first.get(name, model.values[name]) for name in model.network.weights])
    return model


def _first_weights(network: Network, given: GivenLayers) -> dict[str, np.ndarray]:
    """The given values of what layers keep, by their names."""
    first = {}
    for place in network.places:
        found = given.of(place.layer)
        kept = {name.removesuffix(place.number): p.shape for name, p in place.weights.items()}
        for key, raw in found.values.items():
            at = f"{found.at}.{key}"
            if key not in kept:
                raise TrainFileError(f"{at}: {unknown_key(type(place.layer).__name__, key, [*kept])}")
            first[f"{key}{place.number}"] = array = _numbers(at, raw)
            if array.shape != kept[key]:
                expected, got = (" × ".join(map(str, n)) or "a number" for n in (kept[key], array.shape))
                raise TrainFileError(f"{at}: expected shape {expected}, got {got}")
    return first


def _numbers(place: str, raw: Any) -> np.ndarray:
    """Numbers as a worksheet gives them, as float32."""
    array = _placed(place, read_array, raw)
    if names := names_in([array]):
        raise TrainFileError(f"{place}: expected numbers, got the name {min(names)!r}")
    return finite(_placed(place, lambda: resolve(array, closed=False).astype(float)), place)


def _placed(place: str, make: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What the function gives; where it cannot, a TrainFileError with the place."""
    try:
        return make(*arguments, **options)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise TrainFileError(f"{place}: {error}") from None


def _floats(value: Any) -> Any:
    """The same table with its decimals as floats."""
    if isinstance(value, dict):
        return {k: _floats(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_floats(v) for v in value]
    return float(value) if isinstance(value, Decimal) else value


def train(
    file: TrainFile,
    verbose: int = 1,
    checkpoint: Path | None = None,
    callbacks: Sequence[Callback] = (),
    programs: Programs | None = None,
) -> Run:
    """Train what a file describes; ``callbacks`` are told beside those that it names.

    ``programs`` are what was compiled for a file that differs in numbers alone that training is given, as
    the seed.

    Where the run stands is kept in the file ``checkpoint``; if that is there already, the run goes on
    from it, to the bit as if it had never stopped. Ctrl-C then keeps where the run got before it ends.

    Raises ValueError for what does not fit together or a checkpoint of another run, FloatingPointError
    where the numbers become NaN or infinite, OSError for a data file that cannot be read or a
    checkpoint that cannot be written.
    """
    data = load_data(file.data, _numbers)
    set_random_seed(file.seed)
    model = build_model(file, data.sample_shape)
    model.programs = programs or model.programs
    labelled = file.data.one_hot or isinstance(model.loss, SparseCategoricalCrossentropy)
    rows = parted(data, file.data, file.seed, labelled)
    keeper = None
    if checkpoint is not None:
        keeper = Checkpoints(checkpoint, float(file.fit.checkpoint), _identity(file, rows.data))
    start = time.perf_counter()
    with keeper.stopping_gently() if keeper else nullcontext():
        history = model.fit(
            rows.x_train,
            rows.y_train,
            batch_size=file.fit.batch_size,
            epochs=file.fit.epochs,
            shuffle=file.fit.shuffle,
            validation_data=rows.validation,
            verbose=verbose,
            callbacks=[*callbacks_of(file), *callbacks, *([keeper] if keeper else [])],
        )
    seconds = keeper.elapsed if keeper else time.perf_counter() - start
    return Run(
        file,
        rows.data,
        model,
        history,
        rows.x_train,
        rows.y_train,
        rows.x_test,
        rows.y_test,
        seconds,
        rows.is_tested,
        rows.scaler,
    )


def _identity(file: TrainFile, data: DataSet) -> dict[str, str]:
    """What run it is, in a digest of each part that changes its numbers: those of the file, and the data."""
    table = file.model_dump(mode="json", exclude={"title": True, "fit": {"checkpoint"}})
    # The data counts by its numbers, wherever its files are found from.
    said = {
        key: value for key, value in table.pop("data").items() if key == "scale" or not isinstance(value, str)
    }
    return {**{key: digest(value) for key, value in table.items()}, "data": digest(data.x, data.y, said)}


def callbacks_of(file: TrainFile) -> list[Callback]:
    """The callbacks that a training file names."""
    return [
        _placed(f"fit.callbacks[{number}]", callback_named, _floats(table))
        for number, table in enumerate(file.fit.callbacks, start=1)
    ]


def free_folder(wanted: Path) -> Path:
    """The folder itself, or with a number behind its name where there is one already."""
    folder, number = wanted, 2
    while folder.exists():
        folder, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return folder


def folders_of(wanted: Path) -> list[Path]:
    """The folders that :func:`free_folder` gave so far, in order."""
    found = {1: wanted} if wanted.is_dir() else {}
    for folder in wanted.parent.glob("*-*"):
        name, _, number = folder.name.rpartition("-")
        if name == wanted.name and number.isdecimal() and folder.is_dir():
            found[int(number)] = folder
    return [found[number] for number in sorted(found)]


def save_run(run: Run, folder: Path) -> None:
    """Write the model, the history and what was learned of scaling into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    run.model.save(folder / "model.safetensors")
    if run.scaler is not None:
        write_whole(folder / "scaling.json", json.dumps(run.scaler.get_config()).encode())
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["epoch", *run.history.history])
    columns = run.history.history.values()
    writer.writerows([epoch + 1, *row] for epoch, row in enumerate(zip(*columns, strict=True)))
    write_whole(folder / "history.csv", text.getvalue().encode())
