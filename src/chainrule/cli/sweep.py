"""``chainrule sweep FILE``: many variants of a training file, trained at once and compared."""

from __future__ import annotations

import contextlib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from chainrule.experiment.file import TrainFile
    from chainrule.sweeps import Sweep

REPORT = "sweep.html"
SHOWN = 10


def command(
    file: Annotated[Path, typer.Argument(help="The training file with a [sweep], TOML.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The sweep's folder; runs/NAME if absent.", show_default=False),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the last sweep of the file (or of -o) that was stopped."),
    ] = False,
    at_once: Annotated[
        int | None,
        typer.Option("--at-once", min=1, help="Train at most so many at once.", show_default=False),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            "--data-dir",
            help="Where the files of the named data set are, in a folder of its name; nothing is downloaded.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Train many variants of a file at once; writes a table of all, a report and the best one's file.

    Variants that differ in numbers alone are one program. A sweep that was stopped goes on with --resume.
    """
    from chainrule.cli.train import stopped_run
    from chainrule.experiment.file import TrainFileError, read_train_file
    from chainrule.experiment.folders import free_folder

    described = read_train_file(file)
    if described.sweep is None:
        raise TrainFileError(f"{file}: sweep: is missing; say what varies in a table [sweep.over]")
    if at_once is not None:
        described.sweep.at_once = at_once
    if data_dir is not None:
        described.look_for_data_in(data_dir)
    wanted = output or Path("runs") / file.stem
    folder = stopped_run(wanted, output is None, REPORT) if resume else free_folder(wanted)
    if folder is None:
        typer.echo(f"nothing to resume: the sweep in {wanted} is finished")
        return
    if resume and not folder.exists():
        typer.echo(f"no stopped sweep in {folder}: a new one begins", err=True)
    try:
        sweep_into(described, folder, file.parent, quiet)
    except (ValueError, TypeError, ImportError) as error:
        raise TrainFileError(f"{file}: {error}") from None
    except KeyboardInterrupt:
        if folder.exists() and not (folder / REPORT).exists():
            again = shlex.join(["chainrule", "sweep", str(file), "--resume", "-o", str(folder)])
            typer.echo(f"to go on: {again}", err=True)
        raise


def sweep_into(file: TrainFile, folder: Path, found_from: Path, quiet: bool = False) -> None:
    """Train all variants, write what came out into the folder, and show the best."""
    from chainrule.experiment.kept_sweep import KeptSweep
    from chainrule.experiment.sweep_folder import BEST, RESULTS, save_sweep
    from chainrule.experiment.sweeping import sweep
    from chainrule.files import write_whole
    from chainrule.report.sweep import sweep_report
    from chainrule.sweeps.progress import progress

    folder.mkdir(parents=True, exist_ok=True)
    kept = KeptSweep(folder)
    try:
        with progress(quiet) as report:
            made = sweep(file, report, kept)
    except BaseException:
        with contextlib.suppress(OSError):
            folder.rmdir()
        raise
    save_sweep(made, file, folder, found_from)
    _show(made)
    page = folder / REPORT
    write_whole(page, sweep_report(made, file.title).encode())
    kept.remove()
    typer.echo(f"all runs: {folder / RESULTS}")
    if made.best.diverged is None:
        typer.echo(f"the best: {folder / BEST}")
    typer.echo(f"report:   {page}")


def _show(made: Sweep) -> None:
    """The best variants, as a table."""
    from rich.console import Console
    from rich.table import Table

    from chainrule.report.sweep import mean, number, shown, words

    ranked = made.ranked
    logs = [made.measure, *(log for log in made.logs if log.startswith("val_") and log != made.measure)]
    table = Table(title=f"the best of {len(ranked)} variants, by {words(made.measure)}", box=None)
    for name in ("variant", *made.results[0].values, *logs, "epochs"):
        table.add_column(name.replace(".", " .").replace("_", "_\u200b"), justify="right")
    for runs in ranked[:SHOWN]:
        values = [shown(value) for value in runs[0].values.values()]
        numbers = [number(mean(runs, log)) for log in logs]
        table.add_row(str(runs[0].variant), *values, *numbers, str(max(run.epochs for run in runs)))
    Console().print(table)


command.__name__ = "sweep"
