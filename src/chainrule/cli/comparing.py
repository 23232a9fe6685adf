"""The bar that shows how many runs of a comparison are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A function that is told the variant that is trained, how many runs are done, and of how many."""
    if quiet:
        yield lambda name, done, of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (MofNCompleteColumn(), BarColumn(bar_width=24), TextColumn("{task.description}", markup=False))
    with Progress(*columns) as shown:
        task = shown.add_task("", total=None)
        yield lambda name, done, of: shown.update(task, completed=done, total=of, description=name)
