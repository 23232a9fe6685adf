"""One training run: the data, the model, its training, and what came out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from chainrule.callbacks import Callback, Checkpoints, History
from chainrule.callbacks import get as callback_named
from chainrule.config import seeded, set_random_seed
from chainrule.data import Chunked, DataSet, Scaler
from chainrule.experiment.building import build_model, numbers
from chainrule.experiment.decimals import floats
from chainrule.experiment.file import TrainFile
from chainrule.experiment.places import placed
from chainrule.experiment.rows import MeasuredOn, Rows, load_data, parted
from chainrule.experiment.start import Start, begin
from chainrule.losses import SparseCategoricalCrossentropy
from chainrule.model import Programs, Sequential
from chainrule.training.checkpoint import digest
from chainrule.validation import CrossValidation, cross_validate

THRESHOLDS: Mapping[str, float] = {"share": 0.5, "sign": 0.0}
"""Of losses of yes and no, by what their targets are: the output above which it is yes."""


@dataclass(frozen=True)
class Run:
    """A finished training run.

    Without rows for the test, what it is tested with are the rows to validate on, or else those trained
    on, as ``measured_on`` says.
    """

    file: TrainFile
    data: DataSet
    model: Sequential
    history: History
    x_train: np.ndarray | Chunked
    y_train: np.ndarray | None
    x_test: np.ndarray
    y_test: np.ndarray
    seconds: float
    measured_on: MeasuredOn
    scaler: Scaler | None = None
    start: Start = field(default_factory=Start)
    folds: CrossValidation | None = None

    @property
    def is_classifier(self) -> bool:
        """Whether the loss is one of classification: of one class per row, or of one yes or no."""
        targets = self.model.loss.entry.targets
        return targets != "number" and (targets not in THRESHOLDS or self.y_test.size == len(self.y_test))

    @property
    def is_tested(self) -> bool:
        """Whether there are rows for the test alone."""
        return self.measured_on == "test"

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
    model, rows = _prepared(file)
    model.programs = programs or model.programs
    begun = begin(model, file, rows.x_train)
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
        rows.measured_on,
        rows.scaler,
        begun,
        _folds(model, file, rows),
    )


def _prepared(file: TrainFile) -> tuple[Sequential, Rows]:
    """The model, with weights drawn from the seed, and the rows."""
    data = load_data(file.data, numbers)
    set_random_seed(file.seed)
    model = build_model(file, data.sample_shape)
    labelled = file.data.one_hot or isinstance(model.loss, SparseCategoricalCrossentropy)
    return model, parted(data, file.data, file.seed, labelled)


def _folds(model: Sequential, file: TrainFile, rows: Rows) -> CrossValidation | None:
    """The cross-validation on the rows trained on, where the file asks for one."""
    if file.fit.folds is None:
        return None
    with seeded(file.seed):  # the same folds and weights after a run that was stopped
        found: CrossValidation = placed(
            "fit.folds",
            cross_validate,
            model,
            rows.x_train,
            rows.y_train,
            file.fit.folds,
            epochs=file.fit.epochs,
            batch_size=file.fit.batch_size,
            seed=file.seed,
            shuffle=file.fit.shuffle,
        )
    return found


def identity_of(file: TrainFile) -> dict[str, str]:
    """What run a file describes, so that no other goes on from where it stood; see :func:`train`.

    Raises as :func:`train` does before it trains.
    """
    _, rows = _prepared(file)
    callbacks_of(file)
    return _identity(file, rows.data)


def _identity(file: TrainFile, data: DataSet) -> dict[str, str]:
    """What run it is, in a digest of each part that changes its numbers: those of the file, and the data.

    Of data that is read in chunks the rows of the test stand for all.
    """
    table = file.model_dump(mode="json", exclude={"title": True, "fit": {"checkpoint", "folds"}})
    if file.transfer is not None:
        table["transfer"]["weights"] = digest(np.frombuffer(file.transfer.weights.read_bytes(), np.uint8))
    # The data counts by its numbers, wherever its files are found from.
    said = {
        key: value for key, value in table.pop("data").items() if key == "scale" or not isinstance(value, str)
    }
    return {**{key: digest(value) for key, value in table.items()}, "data": digest(data.x, data.y, said)}


def callbacks_of(file: TrainFile) -> list[Callback]:
    """The callbacks that a training file names."""
    return [
        placed(f"fit.callbacks[{number}]", callback_named, floats(table))
        for number, table in enumerate(file.fit.callbacks, start=1)
    ]
