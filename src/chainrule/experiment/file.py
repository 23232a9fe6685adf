"""The training file: what ``chainrule train`` trains, as TOML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError, model_validator

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


class TrainFileError(ValueError):
    """A training file that cannot be used; the message names the place and what was expected."""


def _path_or_rows(given: Any) -> Any:
    if not isinstance(given, (str, list, Path)):
        raise ValueError(f"expected the path of a .npy file, or rows of numbers; got {shown(given)}")
    return Path(given) if isinstance(given, str) else given


def _path(given: Any) -> Any:
    if not isinstance(given, (str, Path)):
        raise ValueError(f"expected the path of a file; got {shown(given)}")
    return Path(given)


FilePath = Annotated[Path, BeforeValidator(_path)]
PathOrRows = Annotated[Any, BeforeValidator(_path_or_rows)]


class DataTable(Strict):
    """Where the data comes from: a name, a file, or the numbers themselves."""

    name: str | None = Field(None, description="a data set that comes along: digits")
    csv: FilePath | None = Field(None, description="a CSV file with a header row")
    target: str | None = Field(None, description="the target's column in the CSV file")
    npz: FilePath | None = Field(None, description="a .npz file with arrays x and y")
    x: PathOrRows = Field(None, description="a .npy file, or rows of numbers")
    y: PathOrRows = Field(None, description="a .npy file, or the targets")
    test: Float = Field(0.0, ge=0, lt=1, description="the part of the rows that is kept for the test")

    @model_validator(mode="after")
    def _one_source(self) -> DataTable:
        given = [key for key in ("name", "csv", "npz", "x") if getattr(self, key) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise ValueError(f"give one of name, csv, npz, or x and y; got {found}")
        if (self.csv is None) != (self.target is None):
            raise ValueError("csv and target go together: target names the column to predict")
        if (self.x is None) != (self.y is None):
            raise ValueError("x and y go together")
        if isinstance(self.x, Path) != isinstance(self.y, Path):
            raise ValueError("x and y are two .npy files, or two lists of numbers")
        return self


class FitTable(Strict):
    """How long to train: ``fit``'s arguments."""

    epochs: int = Field(default=10, ge=1, le=MOST_EPOCHS)
    batch_size: int = Field(default=32, ge=1)
    shuffle: bool = True
    callbacks: list[Table] = Field([], description="callbacks by their names in Keras, with arguments")
    checkpoint: Float = Field(30.0, ge=0, description="seconds from one checkpoint to the next")


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
    claim: str = Field("", description="what the comparison of variants is to show, in words")
    seeds: int = Field(1, ge=1, le=100, description="from how many seeds each variant is trained")
    variant: list[Variant] = Field([], description="runs that differ from this file, to be compared")
    expect: list[Expectation] = Field([], description="the effects that the comparison should show")
    _variants: dict[str, TrainFile] = PrivateAttr({})

    @model_validator(mode="after")
    def _variants_are_named(self) -> TrainFile:
        check_names(self.variant, self.expect)
        if (self.expect or self.claim or self.seeds > 1) and not self.variant:
            raise ValueError("claim, seeds and expect are of a comparison: give [[variant]] tables, or leave them out")
        return self

    def variants(self) -> dict[str, TrainFile]:
        """What each variant trains, by its name."""
        return dict(self._variants)


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
    for variant in file.variant:
        own = {k: v for k, v in raw.items() if k not in ("variant", "expect", "claim", "seeds")}
        try:
            file._variants[variant.name] = _validated(changed(own, variant), folder)
        except ValueError as error:
            raise TrainFileError(f"variant {variant.name!r}: {error}") from None
    return file


def _validated(raw: dict[str, Any], folder: Path) -> TrainFile:
    try:
        file = TrainFile.model_validate(raw)
    except ValidationError as error:
        raise TrainFileError(describe(error, raw, TrainFile)) from None
    for key in ("csv", "npz", "x", "y"):
        path = getattr(file.data, key)
        if isinstance(path, Path):
            setattr(file.data, key, folder / path)
    return file
