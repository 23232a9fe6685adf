"""What a run shows while it trains: a bar, a line per epoch, or nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

Logs = Mapping[str, float]


class Report(Protocol):
    """Takes the number of epochs done so far, the logs of those that are new, and the part of the next."""

    def __call__(self, done: int, logs: Sequence[Logs], part: float = 0.0) -> None: ...


def shown(logs: Logs, separator: str) -> str:
    """Logs as Keras prints them.

    >>> shown({"loss": 0.53125, "accuracy": 0.0005}, separator=" - ")
    'loss: 0.5312 - accuracy: 5.0000e-04'
    """
    return separator.join(f"{name}: {_number(value)}" for name, value in logs.items())


def _number(value: float) -> str:
    return f"{value:.4f}" if value == 0 or 1e-3 < abs(value) < 1e6 else f"{value:.4e}"


def _unbroken(logs: Logs) -> str:
    """Logs that a narrow terminal breaks between them only.

    >>> _unbroken({"loss": 0.53125, "mae": 0.25})
    'loss=0.5312 mae=0.2500'
    """
    return shown(logs, " ").replace(": ", "=")


@contextmanager
def reporting(verbose: int, epochs: int, rows: int, initial_epoch: int) -> Iterator[Report]:
    """A function that shows epochs as they are done; ``verbose`` is Keras': 0, 1 (a bar) or 2 (lines)."""
    if verbose == 1:
        with _bar(epochs, rows, initial_epoch) as report:
            yield report
    elif verbose == 2:
        yield lambda done, logs, part=0.0: _lines(done, logs, epochs)
    else:
        yield lambda done, logs, part=0.0: None


def _lines(done: int, logs: Sequence[Logs], epochs: int) -> None:
    for epoch, log in enumerate(logs, start=done - len(logs) + 1):
        print(f"Epoch {epoch}/{epochs} - {shown(log, ' - ')}", flush=True)


@contextmanager
def _bar(epochs: int, rows: int, initial_epoch: int) -> Iterator[Report]:
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    columns = (
        TextColumn("epoch {task.completed:.0f}/{task.total}"),
        BarColumn(bar_width=12),
        TextColumn("{task.fields[logs]}", table_column=Column(no_wrap=False)),
        TextColumn("{task.fields[speed]}"),
    )
    with Progress(*columns) as progress:
        task = progress.add_task("", total=epochs, completed=initial_epoch, logs="", speed="compiling")
        began = time.perf_counter()

        def report(done: int, logs: Sequence[Logs], part: float = 0.0) -> None:
            nonlocal began
            if part:
                seconds = max(time.perf_counter() - began, 1e-9)
                speed = f"{(done + part - initial_epoch) * rows / seconds:,.0f} rows/s"
                progress.update(task, completed=done + part, speed=speed)
                return
            if not logs:
                began = time.perf_counter()
                progress.update(task, speed="")
                return
            seconds = max(time.perf_counter() - began, 1e-9)
            speed = f"{(done - initial_epoch) * rows / seconds:,.0f} rows/s"
            progress.update(task, completed=done, logs=_unbroken(logs[-1]), speed=speed)

        yield report
