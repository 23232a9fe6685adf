"""The table ``[data]`` of a training file: where its rows come from, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from chainrule.data.images import ColorMode
from chainrule.data.scaling import Kind
from chainrule.paper.sheet import Float, Strict, shown

SOURCES: Mapping[str, str | None] = {
    "name": None,
    "csv": "target",
    "npz": None,
    "x": "y",
    "images": "labels",
    "folder": None,
    "parquet": "target",
}
"""The keys that say where the data is, and the key that each needs beside it."""

BESIDE: Mapping[str, tuple[str, ...]] = {
    "target": ("csv", "parquet"),
    "y": ("x",),
    "labels": ("images",),
    "data_dir": ("name",),
    "image_size": ("folder",),
    "color_mode": ("folder",),
    "columns": ("parquet",),
    "sample_shape": ("parquet",),
    "chunk_rows": ("parquet", "x"),
}
"""Keys that have a meaning beside some sources only."""

PATHS = ("csv", "npz", "x", "y", "images", "labels", "folder", "parquet", "data_dir")


def _path_or_rows(given: Any) -> Any:
    if not isinstance(given, (str, list, Path)) or given == "":
        raise ValueError(f"expected the path of a .npy file, or rows of numbers; got {shown(given)}")
    return Path(given) if isinstance(given, str) else given


def _path(given: Any) -> Any:
    if not isinstance(given, (str, Path)) or given == "":
        raise ValueError(f"expected the path of a file; got {shown(given)}")
    return Path(given)


def _names(given: Any) -> Any:
    if not isinstance(given, str) and not (
        isinstance(given, list) and given and all(isinstance(name, str) for name in given)
    ):
        raise ValueError(f"expected the name of a column, or a list of names; got {shown(given)}")
    return given


FilePath = Annotated[Path, BeforeValidator(_path)]
PathOrRows = Annotated[Any, BeforeValidator(_path_or_rows)]
Size = Annotated[int, Field(ge=1)]
Part = Annotated[Float, Field(ge=0, lt=1)]


class DataTable(Strict):
    """Where the data comes from, a name, files or the numbers themselves; how it is parted and scaled."""

    name: str | None = Field(None, description="a data set by its name, as digits, iris or mnist")
    data_dir: FilePath | None = Field(
        None, description="where the named set's files are, so as not to get them"
    )
    csv: FilePath | None = Field(None, description="a CSV file with a header row")
    parquet: FilePath | None = Field(None, description="a Parquet file, or a folder of them")
    target: Annotated[str | list[str] | None, BeforeValidator(_names)] = Field(
        None, description="the target's column in the CSV or Parquet file; of Parquet it may be several"
    )
    columns: list[str] | None = Field(
        None, min_length=1, description="the inputs' columns; by default all others"
    )
    sample_shape: list[Size] | None = Field(None, min_length=1, description="the shape of a row of inputs")
    npz: FilePath | None = Field(None, description="a .npz file with arrays x and y")
    x: PathOrRows = Field(None, description="a .npy file, or rows of numbers")
    y: PathOrRows = Field(None, description="a .npy file, or the targets")
    images: FilePath | None = Field(None, description="an IDX file of images")
    labels: FilePath | None = Field(None, description="an IDX file of their labels")
    folder: FilePath | None = Field(None, description="a folder with a folder of images for each class")
    image_size: list[Size] = Field([256, 256], min_length=2, max_length=2, description="height and width")
    color_mode: ColorMode = Field("rgb", description="grayscale or rgb")
    chunk_rows: Size | None = Field(
        None, description="read so many rows at a time: for data larger than memory"
    )
    test: Part = Field(0.0, description="the part of the rows that is kept for the test")
    validation: Part = Field(
        0.0, description="the part of the rows to validate on; by default those of the test"
    )
    scale: Kind | None = Field(None, description="standard or min_max, learned from the rows trained on")
    one_hot: bool = Field(False, description="whether labels become rows of 0 and 1")

    @model_validator(mode="after")
    def _one_source(self) -> DataTable:
        given = [key for key in SOURCES if getattr(self, key) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise ValueError(f"give one of name, csv, npz, images, folder, parquet, or x and y; got {found}")
        source = given[0]
        needed = SOURCES[source]
        if needed is not None and getattr(self, needed) is None:
            raise ValueError(f"{source} and {needed} go together")
        for key, sources in BESIDE.items():
            if key in self.model_fields_set and source not in sources:
                raise ValueError(f"{key} and {' or '.join(sources)} go together; got {key} and {source}")
        self._check_fit()
        return self

    def _check_fit(self) -> None:
        if isinstance(self.x, Path) != isinstance(self.y, Path):
            raise ValueError("x and y are two .npy files, or two lists of numbers")
        if self.csv is not None and not isinstance(self.target, str):
            raise ValueError("the target of a CSV file is one column")
        if self.test + self.validation >= 1:
            raise ValueError(
                f"test and validation are {self.test} and {self.validation}: none is left to train on"
            )
        if self.chunk_rows is None:
            return
        if isinstance(self.x, list):
            raise ValueError("chunk_rows is for x and y in .npy files; got lists of numbers")
        if self.one_hot:
            raise ValueError(
                "rows read in chunks keep their labels: use the loss sparse_categorical_crossentropy"
            )
        if not self.test:
            raise ValueError("rows read in chunks need a test: give the part of them that fits into memory")

    def found_from(self, folder: Path) -> None:
        """Let the paths start at the folder of the training file."""
        for key in PATHS:
            path = getattr(self, key)
            if isinstance(path, Path):
                setattr(self, key, folder / path)
