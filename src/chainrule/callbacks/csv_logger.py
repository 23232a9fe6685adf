"""The logs of every epoch, as a CSV file."""

from __future__ import annotations

import csv
import io
import os

from chainrule.callbacks.base import Callback, Logs, State
from chainrule.callbacks.growing import GrowingFile


class CSVLogger(Callback):
    """Write a row per epoch: its number from 0, and the logs in alphabetical order.

    The file starts anew with the first epoch, or with ``append`` goes on below what is there. As in
    Keras, a run without validation has columns of ``val_`` logs, filled with NA. A resumed run takes
    back the rows that came after its checkpoint.

    Raises OSError, as training begins, where the file cannot be written.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        if not isinstance(separator, str) or len(separator) != 1:
            raise ValueError(f"separator must be one character, got {separator!r}")
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._file = GrowingFile(self.filename)
        self._names: list[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        with open(self.filename, "ab") as file:  # an error where it cannot be written
            self._file.size = file.tell() if self.append else 0
        self._names = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        rows: list[list[object]] = []
        if self._names is None:
            self._names = _columns(logs)
            if not self._file.size:
                rows.append(["epoch", *self._names])
        rows.append([epoch, *(logs.get(name, "NA") for name in self._names)])
        text = io.StringIO()
        csv.writer(text, delimiter=self.separator).writerows(rows)
        self._file.add(text.getvalue().encode())

    def state(self) -> State:
        return {"size": self._file.size, "names": self._names}

    def restore(self, state: State) -> None:
        self._file.size, self._names = state["size"], state["names"]


def _columns(logs: Logs) -> list[str]:
    names = sorted(logs)
    if any(name.startswith("val_") for name in names):
        return names
    return [*names, *(f"val_{name}" for name in names)]
