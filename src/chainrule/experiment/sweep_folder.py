"""What a finished sweep leaves in its folder: the table of all runs, and the best one's training file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import tomlkit

from chainrule.experiment.file import TrainFile
from chainrule.experiment.folders import write_table
from chainrule.experiment.table import PATHS
from chainrule.files import write_whole
from chainrule.sweeps import Sweep

RESULTS, BEST = "results.csv", "best.toml"


def save_sweep(made: Sweep, file: TrainFile, folder: Path, found_from: Path) -> None:
    """Write the table of all runs, and the training file of the best, whose paths begin at ``found_from``."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = made.table()
    write_table(folder / RESULTS, list(rows[0]), (list(row.values()) for row in rows))
    if made.best.diverged is None:
        write_whole(folder / BEST, best_text(made, file, found_from).encode())


def best_text(made: Sweep, file: TrainFile, found_from: Path) -> str:
    """The training file of the best run."""
    tables = dict(file.swept()[made.best.variant - 1].tables)
    tables["title"] = f"{file.title}: the best of a sweep"
    tables["seed"] = made.best.seed
    data = dict(tables["data"])
    for key in PATHS:
        if isinstance(data.get(key), str):
            data[key] = str((found_from / data[key]).resolve())
    tables["data"] = data
    if "transfer" in tables:
        weights = (found_from / tables["transfer"]["weights"]).resolve()
        tables["transfer"] = tables["transfer"] | {"weights": str(weights)}
    return toml_text(tables)


def toml_text(tables: dict[str, Any]) -> str:
    """Tables as the text of a TOML file: plain values first, then a section for each table.

    >>> print(toml_text({"fit": {"epochs": 2}, "loss": "mse", "layers": [{"layer": "Dense"}]}), end="")
    loss = "mse"
    layers = [
        {layer = "Dense"},
    ]
    <BLANKLINE>
    [fit]
    epochs = 2
    """
    document = tomlkit.document()
    for key, value in tables.items():
        if not isinstance(value, dict):
            document[key] = _item(value)
    for key, value in tables.items():
        if isinstance(value, dict):
            section = tomlkit.table()
            for name, each in value.items():
                section[name] = _item(each)
            document[key] = section
    return tomlkit.dumps(document)


def _item(value: Any) -> Any:
    """A value in one line; a list of tables has a line for each."""
    if isinstance(value, Decimal):
        return tomlkit.float_(str(value))
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, each in value.items():
            table[key] = _item(each)
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for each in value:
            array.append(_item(each))
        return array.multiline(any(isinstance(each, dict) for each in value))
    return value
