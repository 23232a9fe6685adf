"""``chainrule train FILE`` of a file with variants: all are trained and compared."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from chainrule.experiment.file import TrainFile


def compare_into(file: TrainFile, folder: Path, quiet: bool = False) -> None:
    """Train all variants, write what came out into the folder, and say which effects appeared.

    What is finished is kept in the folder until all is written; a comparison goes on from there.
    """
    from chainrule.experiment.compare import compare
    from chainrule.experiment.folders import save_comparison
    from chainrule.experiment.kept import KeptRuns
    from chainrule.files import write_whole
    from chainrule.report.comparison import comparison_report

    folder.mkdir(parents=True, exist_ok=True)
    kept = KeptRuns(folder)
    try:
        with progress(quiet) as report:
            made = compare(file, report, kept)
    except BaseException:
        with contextlib.suppress(OSError):
            folder.rmdir()
        raise
    save_comparison(made, folder)
    for finding in made.findings():
        typer.echo(f"{finding.verdict}: {finding.expectation.text} ({finding.said})")
    page = folder / "report.html"
    write_whole(page, comparison_report(made).encode())
    kept.remove()
    typer.echo(f"logs:   {folder / 'history.csv'}")
    typer.echo(f"report: {page}")


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
