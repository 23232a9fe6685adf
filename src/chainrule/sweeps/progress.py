"""What a sweep shows while it trains."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from chainrule.sweeps.running import Report


@contextmanager
def progress(quiet: bool) -> Iterator[Report]:
    """A function that shows how many epochs of all runs are done, and how many a second."""
    if quiet:
        yield lambda done, of: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.completed:,.0f}/{task.total:,.0f} epochs"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as shown:
        task = shown.add_task("", total=1, speed="compiling")
        began: tuple[float, int] | None = None

        def report(done: int, of: int) -> None:
            nonlocal began
            if began is None:
                began = time.perf_counter(), done
                shown.update(task, completed=done, total=of)
                return
            seconds = max(time.perf_counter() - began[0], 1e-9)
            speed = f"{(done - began[1]) / seconds:,.1f} epochs/s"
            shown.update(task, completed=done, total=of, speed=speed)

        yield report
