"""Carrying out the sweep of a training file."""

from __future__ import annotations

from collections.abc import Hashable

from chainrule.config import next_seed, seeded
from chainrule.data import Chunked, DataSet
from chainrule.experiment.building import build_model, numbers
from chainrule.experiment.file import Swept, TrainFile, TrainFileError, said
from chainrule.experiment.kept_sweep import KeptSweep
from chainrule.experiment.rows import Rows, load_data, parted
from chainrule.experiment.start import begin
from chainrule.experiment.table import DataTable
from chainrule.losses import SparseCategoricalCrossentropy
from chainrule.sweeps import Sweep
from chainrule.sweeps.entering import Entry, Field, Given, Plan
from chainrule.sweeps.running import Judge, Report, carried_out
from chainrule.training.checkpoint import digest


def sweep(file: TrainFile, report: Report = lambda done, of: None, kept: KeptSweep | None = None) -> Sweep:
    """Train the variants of a file at once, each as ``train`` would train it alone.

    Where runs stand is kept by ``kept``, and a sweep goes on from there.

    Raises ValueError for what does not fit together, in any variant before the first is trained, or kept
    runs of another file; OSError for a data file that cannot be read.
    """
    if file.sweep is None:
        raise TrainFileError("sweep: is missing; say what varies in a table [sweep.over]")
    field, loaded = entered(file, file.sweep.seeds)
    judge = _judge(field, file)
    if kept is not None:
        kept.begin(_identity(file, loaded), float(file.fit.checkpoint))
    return carried_out(field, judge, file.sweep.at_once, report, kept)


def entered(file: TrainFile, seeds: int) -> tuple[Field, dict[str, DataSet]]:
    """All runs of a file's sweep, and the data that they are trained on."""
    field, data = Field(), _Data()
    for number, swept in enumerate(file.swept(), start=1):
        for more in range(seeds):
            try:
                _enter(field, data, number, swept, swept.file.seed + more)
            except (ValueError, TypeError) as error:
                raise TrainFileError(f"sweep, {said(swept.values)}: {error}") from None
    return field, data.loaded


def _enter(field: Field, data: _Data, number: int, swept: Swept, seed: int) -> None:
    file = swept.file
    loaded = data.of(file.data)
    with seeded(seed):
        model = build_model(file, loaded.sample_shape)
        labelled = file.data.one_hot or isinstance(model.loss, SparseCategoricalCrossentropy)
        name, rows = data.parted(file.data, seed, labelled)
        begin(model, file, rows.x_train)
        plan = Plan(next_seed(), file.fit.epochs, file.fit.batch_size, file.fit.shuffle)
    given = Given(name, (rows.x_train, rows.y_train), rows.validation)
    field.enter(Entry(number, swept.values, seed, model), given, plan)


class _Data:
    """The data that variants name, each loaded once, and parted once for each seed."""

    def __init__(self) -> None:
        self.loaded: dict[str, DataSet] = {}
        self._rows: dict[Hashable, Rows] = {}

    def of(self, table: DataTable) -> DataSet:
        key = _said(table, "test", "validation", "scale")
        if key not in self.loaded:
            found = load_data(table, numbers)
            if isinstance(found, Chunked):
                raise TrainFileError("data.chunk_rows: a sweep is on rows in memory; leave it out")
            self.loaded[key] = found
        return self.loaded[key]

    def parted(self, table: DataTable, seed: int, labelled: bool) -> tuple[Hashable, Rows]:
        is_drawn = bool(table.test or table.validation)
        name = (_said(table), seed if is_drawn else None, labelled)
        if name not in self._rows:
            self._rows[name] = parted(self.of(table), table, seed, labelled)
        return name, self._rows[name]


def _said(table: DataTable, *without: str) -> str:
    return table.model_dump_json(exclude={*without})


def _judge(field: Field, file: TrainFile) -> Judge:
    assert file.sweep is not None
    try:
        return Judge(field, file.sweep.measure, file.sweep.goal, file.sweep.halved())
    except ValueError as error:
        raise TrainFileError(f"sweep.{error}") from None


def _identity(file: TrainFile, loaded: dict[str, DataSet]) -> dict[str, str]:
    """What sweep it is, in a digest of each part that changes its numbers."""
    table = file.model_dump(
        mode="json", exclude={"title": True, "data": True, "fit": {"checkpoint"}, "sweep": {"at_once"}}
    )
    data = [digest(one.x, one.y) for one in loaded.values()]
    said = [file.data.test, file.data.validation, file.data.scale]
    return {**{key: digest(value) for key, value in table.items()}, "data": digest(data, said)}
