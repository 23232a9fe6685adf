"""The folders of runs, and what a finished run leaves in its own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chainrule.experiment.compare import Comparison
from chainrule.experiment.run import Run
from chainrule.files import write_whole
from chainrule.validation import CrossValidation


def free_folder(wanted: Path) -> Path:
    """The folder itself, or with a number behind its name where there is one already.

    Raises ValueError for a path that ends in no name.

    >>> free_folder(Path(".."))
    Traceback (most recent call last):
    ValueError: '..' does not end in the name of a new folder: give one, as runs/first
    """
    if wanted.name in ("", ".."):
        raise ValueError(f"{str(wanted)!r} does not end in the name of a new folder: give one, as runs/first")
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
    columns = run.history.history.values()
    rows = ([epoch + 1, *row] for epoch, row in enumerate(zip(*columns, strict=True)))
    write_table(folder / "history.csv", ["epoch", *run.history.history], rows)
    if run.folds is not None:
        _save_folds(run.folds, folder / "folds.csv")


def _save_folds(folds: CrossValidation, path: Path) -> None:
    """The logs of every fold after each epoch."""
    logs = folds.history
    rows = (
        [fold + 1, epoch + 1, *(logs[name][fold][epoch] for name in logs)]
        for fold in range(len(folds.rows))
        for epoch in range(len(logs["loss"][fold]))
    )
    write_table(path, ["fold", "epoch", *logs], rows)


def save_comparison(made: Comparison, folder: Path) -> None:
    """Write the logs of all variants and seeds into one table."""
    rows = (
        [name, made.file.seed + number, epoch + 1]
        + [run.history[log][epoch] if log in run.history else "" for log in made.logs]
        for name, runs in made.trained.items()
        for number, run in enumerate(runs)
        for epoch in range(len(run.history.get("loss", ())))
    )
    write_table(folder / "history.csv", ["variant", "seed", "epoch", *made.logs], rows)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    write_whole(path, text.getvalue().encode())
