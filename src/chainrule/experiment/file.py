"""The training file: what ``chainrule train`` trains, as TOML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from chainrule.experiment.decimals import decimals, floats
from chainrule.experiment.sweep_table import SweepTable
from chainrule.experiment.table import DataTable, FilePath
from chainrule.experiment.variants import Expectation, Variant, changed, check_names
from chainrule.paper.sheet import (
    Float,
    LayerGiven,
    SheetError,
    Strict,
    Table,
    describe,
    parse_toml,
    read_text,
    shown,
)

MOST_EPOCHS = 1_000_000
NOT_OF_VARIANTS = ("variant", "expect", "claim", "seeds", "sweep")
"""Keys that variants of a file do not take from it."""


class TrainFileError(ValueError):
    """A training file that cannot be used; the message names the place and what was expected."""


class FitTable(Strict):
    """How long to train: ``fit``'s arguments."""

    epochs: int = Field(default=10, ge=1, le=MOST_EPOCHS)
    batch_size: int = Field(default=32, ge=1)
    shuffle: bool = True
    callbacks: list[Table] = Field(
        default=[], description="callbacks by their names in Keras, with arguments"
    )
    checkpoint: Float = Field(default=30.0, ge=0, description="seconds from one checkpoint to the next")
    folds: int | None = Field(
        default=None, ge=2, description="cross-validate with so many folds, after training"
    )


class TransferTable(Strict):
    """The saved model whose weights the run begins with: ``load_weights``'s arguments."""

    weights: FilePath = Field(description="the model.safetensors of another run")
    by_name: bool = Field(False, description="take those of layers with a name in common alone")
    skip_mismatch: bool = Field(False, description="leave out layers whose shapes differ")


class PretrainTable(Strict):
    """How each layer is trained as the first half of an autoencoder first: ``pretrain``'s arguments."""

    epochs: int = Field(default=10, ge=1, le=MOST_EPOCHS)
    batch_size: int | None = Field(default=None, ge=1)
    optimizer: Table = "adam"
    loss: Table = "mse"
    noise: Float = Field(default=0.0, ge=0, description="deviation of the noise that spoils its inputs")


class TrainFile(Strict):
    """Everything that is trained."""

    title: str = "Training"
    seed: int = Field(0, ge=0, lt=2**32)
    data: DataTable
    layers: list[LayerGiven] = Field(min_length=1)
    loss: Table
    optimizer: Table = "SGD"
    metrics: list[str] = Field([])
    fit: FitTable = FitTable()
    transfer: TransferTable | None = Field(None, description="weights to begin with, of a saved model")
    pretrain: PretrainTable | None = Field(None, description="layers trained one by one before the network")
    claim: str = Field("", description="what the comparison of variants is to show, in words")
    seeds: int = Field(1, ge=1, le=100, description="from how many seeds each variant is trained")
    variant: list[Variant] = Field([], description="runs that differ from this file, to be compared")
    expect: list[Expectation] = Field([], description="the effects that the comparison should show")
    sweep: SweepTable | None = Field(None, description="many variants of this file, trained at once")
    _variants: dict[str, TrainFile] = PrivateAttr({})
    _swept: list[Swept] = PrivateAttr([])

    @model_validator(mode="after")
    def _folds_go_with_the_rest(self) -> TrainFile:
        if self.fit.folds is None:
            return self
        beside = {
            "fit.callbacks": self.fit.callbacks,
            "transfer": self.transfer,
            "pretrain": self.pretrain,
            "variant": self.variant,
            "data.chunk_rows": self.data.chunk_rows,
        }
        for key, given in beside.items():
            if given:
                raise ValueError(
                    f"fit.folds and {key} do not go together: all folds are trained at once, as one program, "
                    "on rows in memory and from weights drawn by chance; leave one of them out"
                )
        return self

    @model_validator(mode="after")
    def _a_sweep_goes_with_the_rest(self) -> TrainFile:
        if self.sweep is None:
            return self
        beside = {
            "fit.callbacks": self.fit.callbacks,
            "fit.folds": self.fit.folds,
            "pretrain": self.pretrain,
            "variant": self.variant,
            "data.chunk_rows": self.data.chunk_rows,
        }
        for key, given in beside.items():
            if given:
                raise ValueError(
                    f"sweep and {key} do not go together: many variants are one program, on rows in memory; "
                    "leave one of them out"
                )
        return self

    @model_validator(mode="after")
    def _variants_are_named(self) -> TrainFile:
        if (self.expect or self.claim or self.seeds > 1) and not self.variant:
            raise ValueError(
                "claim, seeds and expect are of a comparison: give [[variant]] tables, or leave them out"
            )
        check_names(self.variant, self.expect)
        return self

    def look_for_data_in(self, data_dir: Path) -> None:
        """Let data sets that are named have their files in this folder.

        Raises TrainFileError where the data has no name.
        """
        for file in (self, *self._variants.values(), *(one.file for one in self._swept)):
            if file.data.name is None:
                raise TrainFileError(
                    "--data-dir is for data sets by name: this one is not given by data.name"
                )
            file.data.data_dir = data_dir

    @property
    def held_out(self) -> str:
        """What the rows are called whose logs start with val_: validation, or test."""
        tables = [self.data, *(file.data for file in self._variants.values())]
        return "validation" if any(table.validation for table in tables) else "test"

    def variants(self) -> dict[str, TrainFile]:
        """What each variant trains, by its name."""
        return dict(self._variants)

    def swept(self) -> list[Swept]:
        """What each variant of the sweep trains, in order."""
        return list(self._swept)


class Swept(NamedTuple):
    """A variant of a sweep: the values of what varies, its tables, and what they say."""

    values: dict[str, Any]
    tables: dict[str, Any]
    file: TrainFile


def read_train_file(path: Path) -> TrainFile:
    """A training file. Raises TrainFileError, one line that names the place; OSError if it cannot be read."""
    try:
        return parse_train_file(read_text(path), path.parent)
    except (SheetError, TrainFileError) as error:
        raise TrainFileError(f"{path}: {error}") from None


def parse_train_file(text: str, folder: Path = Path()) -> TrainFile:
    """A training file from its text; files that it names are looked for from the folder.

    >>> parse_train_file('loss = "mse"')
    Traceback (most recent call last):
    chainrule.experiment.file.TrainFileError: data: is missing (and 1 more)
    """
    raw = parse_toml(text)
    file = _validated(raw, folder)
    optimizer = {"optimizer": file.optimizer}  # so that a variant may change the usual one's rate
    own = {k: v for k, v in (optimizer | raw).items() if k not in NOT_OF_VARIANTS}
    for variant in file.variant:
        try:
            file._variants[variant.name] = _validated(changed(own, variant), folder)
        except ValueError as error:
            raise TrainFileError(f"variant {variant.name!r}: {error}") from None
    if file.sweep is not None:
        file._swept = list(_swept(file, file.sweep, own, folder))
    return file


def _swept(file: TrainFile, sweep: SweepTable, own: dict[str, Any], folder: Path) -> Iterator[Swept]:
    try:
        variants = sweep.variants(file.seed)
    except ValueError as error:
        raise TrainFileError(f"sweep.{error}") from None
    for values in variants:
        try:
            tables = changed(own, Variant(name="of the sweep", set=decimals(values)))
            yield Swept(floats(values), tables, _validated(tables, folder))
        except ValueError as error:
            raise TrainFileError(f"sweep, {said(values)}: {error}") from None


def said(values: Mapping[str, Any]) -> str:
    """The values of a variant in one line.

    >>> said({"optimizer.learning_rate": 0.1, "layers.1.units": 8})
    'optimizer.learning_rate = 0.1, layers.1.units = 8'
    """
    return ", ".join(f"{key} = {shown(value)}" for key, value in values.items())


def _validated(raw: dict[str, Any], folder: Path) -> TrainFile:
    try:
        file = TrainFile.model_validate(raw)
    except ValidationError as error:
        raise TrainFileError(describe(error, raw, TrainFile)) from None
    file.data.found_from(folder)
    if file.transfer is not None:
        file.transfer.weights = folder / file.transfer.weights
    return file
